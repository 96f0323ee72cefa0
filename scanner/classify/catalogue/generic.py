"""Names that anybody's software may use: never given to a vendor without a domain or other proof."""

from __future__ import annotations

SHORT = 3
"""Names of so many characters or fewer belong to nobody without a domain."""

# Compared in lower case with separators taken out, so that `session_id`, `sessionId` and `session-id` are one word.
_TEXT = """
    ab abtest account active ad ads adid admin affiliate age agent agreed alert analytics anonymous anonymousid
    anonid api app appid auth authorization authtoken authuser banner basket bid browser browserid bucket cache cart
    cartid cartcount cat category channel checkout choice cid city click clickid client clientid closed code color
    config consent consentgiven context cookie cookieaccepted cookieaccept cookiebanner cookielaw
    cookienotice cookiepolicy cookies cookietest country countrycode cookieallowed cookiesaccepted cookiesallowed
    cookiesenabled cookieenabled counter csrf currency current customer customerid data date debug default
    device deviceid devicetype did dismissed display env error event experiment favorites favourites filter first
    firstvisit flag font gdpr gdprconsent geo geoip gid group guest guestid guid hash height hide history id identity
    idtoken info init ip jwt key lang langcode language languagecode lastvisit layout loc locale location log
    loggedin login logintoken mobile mode modal msg name newsletter nonce notice notification option options orderid
    page pageviews pageview params partner partnerid path persist pid platform popup position preference preferences
    prefs previous privacy product products profile promo pv query queue random recent recentlyviewed redirect
    ref referer referral referrer region remember rememberme remembertoken request resolution returnurl rid route
    scroll search seen segment selected server serverid session sessionid sessiontoken sess sessid settings shop
    shopid sid site siteid skin sort source src state status step store storeid style subid subscribe tab tag test
    testcookie theme ticket tid time timestamp timezone token tracker tracking trackingid track trk tz type ui uid
    unique uniqueid url user userdata userid userinfo username usertoken utm uuid value variant ver version vid view
    viewed views visit visited visitid visitor visitorid visits vuid website welcome width wishlist xsrf
"""
_WORDS = frozenset(_TEXT.split())

_DISTINCT = frozenset({"_ga"})
"""Short names that one vendor made its own."""


def is_generic_word(name: str) -> bool:
    """Whether a name, whatever its separators and capitals, is a plain word that many programs use.

    A leading underscore is part of the word: `_gid` is not `gid`.
    """
    return name[:1] != "_" and "".join(char for char in name.lower() if char.isalnum()) in _WORDS


def needs_scope(name: str) -> bool:
    """Whether an entry of this name must say where it holds."""
    return (len(name) <= SHORT and name not in _DISTINCT) or is_generic_word(name)
