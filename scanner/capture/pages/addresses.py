"""What an address says: which page it is, what shape it has, and whether it is one to leave alone."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

LONGEST = 2_000
"""Characters of an address beyond which it is no page that anybody would type or print."""

_FILES = re.compile(
    r"\.(pdf|zip|gz|tgz|bz2|xz|tar|rar|7z|exe|dmg|pkg|msi|apk|deb|rpm|jar|iso|docx?|xlsx?|pptx?|odt|ods|odp|rtf|csv|"
    r"tsv|json|xml|rss|atom|ics|vcf|eml|txt|md|epub|mobi|torrent|jpe?g|png|gif|webp|avif|heic|svg|ico|bmp|tiff?|mp3|"
    r"mp4|m4[av]|webm|ogg|og[av]|flac|aac|wav|mov|avi|mkv|m3u8?|css|m?js|map|wasm|webmanifest|woff2?|ttf|otf|eot)$",
    re.IGNORECASE,
)
# Leaving an account or a list, in the words of addresses and of links.
_LEAVING = (
    r"log-?_?out|log-?_?off|sign-?_?out|sign-?_?off|abmelden|ausloggen|(se-?)?deconnecter|(se-?)?déconnecter|"
    r"deconnexion|déconnexion|logga-?ut|logg-?ut|log-?ud|kirjaudu-?ulos|afmelden|uitloggen|cerrar-?sesi[oó]n|esci|"
    r"terminar-?sess[aã]o|wyloguj(-si[eę])?|odhl[aá]sit(-se)?|kijelentkez[eé]s|deconectare|odjava|unsubscribe|"
    r"abbestellen|desabonner|désabonner"
)
_ACTING = re.compile(rf"(?<![^\W\d_])({_LEAVING})(?![^\W\d_])", re.IGNORECASE)
_ACTING_TEXT = re.compile(rf"({_LEAVING})", re.IGNORECASE)
# Segments that do something, or hold something for machines. As a part of a longer word they mean nothing.
_ACTING_SEGMENT = re.compile(
    r"(wp-admin|wp-login|wp-json|cgi-bin|cdn-cgi|xmlrpc|feed|rss|print|share|download|export|delete|remove|destroy|"
    r"loeschen|löschen|supprimer|checkout|kasse|pay|payment|vote|report-abuse|api|graphql|"
    r"add[-_]?to[-_]?(cart|basket|bag|wishlist|compare))(\.\w{2,5})?",
    re.IGNORECASE,
)
_ACTING_PAIR = re.compile(r"/(cart|basket|wishlist|compare)/(add|remove|update)(/|$)|/order/confirm", re.IGNORECASE)
_ACTING_KEY = frozenset(
    {"action", "do", "add-to-cart", "add_to_cart", "add_to_wishlist", "logout", "delete", "remove", "remove_item"}
    | {"replytocom", "download", "share", "print", "undo_item"}
)
_NOISE = re.compile(
    r"(utm_\w+|fbclid|gclid|dclid|wbraid|gbraid|msclkid|twclid|ttclid|yclid|li_fat_id|mc_[ce]id|mkt_tok|_ga|_gl|"
    r"_hsenc|_hsmi|hsctatracking|igshid|ref|ref_src|referrer|source|s_?id|sess|session|session_?id|phpsessid|"
    r"jsessionid|aspsessionid\w*|cfid|cftoken|osc?sid|zenid|xtcsid|modsid)",
    re.IGNORECASE,
)
# Sessions in the path, of Java servers and of ASP.NET: https://learn.microsoft.com/previous-versions/ms972429(v=msdn.10)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*|(?<=/)\(S\([a-z0-9]+\)\)/", re.IGNORECASE)
_INDEX = re.compile(r"(?<=/)(index|default|home)\.(html?|php\d?|aspx?|jsp|cfm)$", re.IGNORECASE)
_ROUTE = re.compile(r"!?/.+")
_CALENDAR = re.compile(
    r"/(19|20)\d\d/(0?[1-9]|1[0-2])(/[0-3]?\d)?/?$|[?&](date|datum|month|monat|mois|year|week|day|tribe-bar-date)=|"
    r"/(calendar|kalender|calendrier|calendario)/.*\d",
    re.IGNORECASE,
)
_PAGED = re.compile(
    r"/(page|seite|pagina|sida)[/-]?\d+/?$|[?&](page|p|seite|offset|start|paged)=\d+($|&)", re.IGNORECASE
)
_SEARCHED = re.compile(r"[?&](q|s|query|search|suche|sort|order|orderby|dir|limit|view|filter[^=]*)=", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}([-_][a-z]{2})?", re.IGNORECASE)
_SLUG = re.compile(r".*\d.*|.*[-_].*[-_].*|.{26,}", re.DOTALL)
_YEAR = re.compile(r"(19|20)\d\d([-_]?(0[1-9]|1[0-2])([-_]?[0-3]\d)?)?")
_WORD_VALUE = re.compile(r"[a-z][a-z_/.-]*", re.IGNORECASE)
_TEMPLATE_KEYS = frozenset({"route", "r", "view", "page", "controller", "module", "option", "task", "section", "cmd"})


def split(url: str) -> SplitResult | None:
    """The parts of a web address, or null for anything else: other schemes, passwords, ports that are none."""
    if len(url) > LONGEST:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts


def normal_form(url: str) -> str:
    """An address without session and campaign parameters, nor a fragment unless the fragment is a route (`#/about`).

    What is left stays as it was written: a server may mind the order and the spelling.
    """
    parts = urlsplit(url)
    query = "&".join(p for p in parts.query.split("&") if p and not _NOISE.fullmatch(unquote(p.partition("=")[0])))
    path = _SESSION_IN_PATH.sub("", parts.path) or "/"
    fragment = parts.fragment if _ROUTE.fullmatch(parts.fragment) else ""
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, query, fragment))


def identity(url: str) -> str:
    """What two addresses of one page have in common: scheme, `www.`, a last slash and `index.html` say nothing."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    path = _INDEX.sub("", unquote(parts.path)).rstrip("/")
    query = "&".join(sorted(part for part in parts.query.split("&") if part))
    return f"{host}{path}?{query}#{parts.fragment.lstrip('!').rstrip('/')}"


def is_left_alone(parts: SplitResult, text: str) -> bool:
    """Whether a link does something instead of showing something, or leads to a file."""
    path = unquote(parts.path)
    if _FILES.search(path) or _ACTING.search(path) or _ACTING_PAIR.search(path):
        return True
    if any(_ACTING_SEGMENT.fullmatch(segment) for segment in path.split("/") if segment):
        return True
    keys = [unquote(part.partition("=")[0]).lower() for part in parts.query.split("&")]
    if any(key in _ACTING_KEY for key in keys) or _ACTING.search(unquote(parts.query)):
        return True
    return _ACTING.search(parts.fragment) is not None or _ACTING_TEXT.fullmatch(_dashed(text)) is not None


def _dashed(text: str) -> str:
    return "-".join(text.split()).strip("-→›» ")


def lateness(parts: SplitResult) -> int:
    """How many rounds a page waits: calendars go on for ever, results and further pages of a list show little new."""
    tail = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if _CALENDAR.search(tail):
        return 5
    return 3 * bool(_SEARCHED.search(tail)) + 2 * bool(_PAGED.search(tail))


def language_of(parts: SplitResult) -> str | None:
    """The language that the first segment of the path names (`/de/`, `/pt-br/`), in lower case."""
    first = _segments(parts)[:1]
    return first[0].lower() if first and _LANGUAGE.fullmatch(first[0]) else None


def shape(parts: SplitResult, *, listed: bool) -> str:
    """The shape of an address, as far as it tells the template behind it.

    `/products/blue-shirt-42` and `/products/hat` are of one shape, and so are `/de/about` and `/fr/about`. `listed`:
    the address stands in a list of the page beside its like, so that its last segment is a mere name even where
    nothing else says so.
    """
    segments = _segments(parts)
    if language_of(parts):
        segments = ["{language}", *segments[1:]]
    depth = len(segments) - (segments[:1] == ["{language}"])
    if segments and depth > 0 and (depth > 1 or listed or _SLUG.fullmatch(segments[-1])):
        segments[-1] = "*"
    dated = next((at for at, segment in enumerate(segments) if _YEAR.fullmatch(segment)), 0)
    segments[:dated] = ["*"] * dated  # articles of several sections are of one kind
    segments = ["#" if re.fullmatch(r"[\d_-]+", segment) else segment.lower() for segment in segments]
    return f"{parts.netloc.lower().removeprefix('www.')}/{'/'.join(segments)}?{_query_shape(parts.query)}"


def _segments(parts: SplitResult) -> list[str]:
    segments = [segment for segment in unquote(parts.path).split("/") if segment]
    return segments + [segment for segment in parts.fragment.lstrip("!").partition("?")[0].split("/") if segment]


def _query_shape(query: str) -> str:
    """Keys, and the values of those that name a template (`index.php?route=product/list`)."""
    kept = []
    for part in sorted(part for part in query.split("&") if part):
        key, _, value = part.partition("=")
        named = key.lower() in _TEMPLATE_KEYS and _WORD_VALUE.fullmatch(unquote(value))
        kept.append(f"{key}={unquote(value)}" if named else key)
    return "&".join(kept)
