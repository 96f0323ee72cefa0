"""Hosts, where identifiers go, and techniques."""

from __future__ import annotations

import base64
import hashlib

import pytest

CONTEXTS = ("before", "accept", "reject")
VALUES = ("4f1c9be02a7d4e88", "77ab01ffc2e94d13", "a0b9c8d7e6f50412")


def with_identifier(scan, jar_cookie, name="anid", domain=".adnxs.com"):
    """A cookie that identifies, in three profiles."""
    for context, value in zip(CONTEXTS, VALUES, strict=True):
        scan.jar(context, jar_cookie(name, value, domain, lifetime=86400))
    return scan


def test_a_host_is_counted_once_with_all_its_traffic(record):
    """Count, bytes, states, first time, and what began it."""
    scan = record()
    scan.choice("accept")
    scan.request("before", "https://static.hotjar.com/c/hotjar-1.js", kind="Script", body_bytes=100, ms=50.0)
    scan.request("accept", "https://static.hotjar.com/x.js", kind="Script", body_bytes=20, ms=9.0, phase="chosen")
    host = scan.host("static.hotjar.com")
    assert (host.count, host.bytes, host.first_ms, host.states) == (2, 120, 9.0, ("accept", "before"))
    assert (host.site, host.party, host.vendor, host.category, host.tracker) == (
        "hotjar.com",
        "third",
        "Hotjar",
        "analytics",
        True,
    )


@pytest.mark.parametrize(
    ("url", "tracker"),
    [
        ("https://fonts.gstatic.com/s/a.woff2", False),
        ("https://www.googletagmanager.com/gtm.js?id=GTM-1", False),
        ("https://cdn.cookielaw.org/otSDKStub.js", False),
        ("https://cdnjs.cloudflare.com/a.js", False),
        ("https://o1.ingest.sentry.io/api/1/envelope/", False),
        ("https://www.google.com/recaptcha/api.js", False),
        ("https://bat.bing.com/bat.js", True),
        ("https://connect.facebook.net/en_US/fbevents.js", True),
        ("https://unheard-of.test/x.js", False),
    ],
)
def test_only_hosts_that_gather_are_marked(record, url, tracker):
    """Fonts, files, consent platforms, error monitors and unknown hosts are not."""
    scan = record("before")
    scan.request("before", url, kind="Script")
    assert scan.inventory().requests[0].tracker is tracker


def test_a_host_that_serves_several_purposes_is_named_after_the_weightiest(record):
    """A form's protection and an advertising hit on one host."""
    scan = record("before")
    scan.request("before", "https://www.google.com/recaptcha/api.js", kind="Script")
    scan.request("before", "https://www.google.com/pagead/1p-user-list/1/?x=1")
    host = scan.host("www.google.com")
    assert (host.vendor_id, host.category, host.tracker) == ("google-ads", "marketing", True)


def test_addresses_that_go_nowhere_are_no_hosts(record):
    """Data and blob addresses do not leave the browser."""
    scan = record("before")
    scan.request("before", "data:image/gif;base64,R0lGODlhAQABAAAAACw=")
    scan.request("before", "blob:https://www.shop.test/1")
    assert scan.inventory().requests == ()


def test_a_host_that_gets_an_identifying_cookie_carries_an_identifier(record, jar_cookie):
    """By the cookie that went along, not by any cookie."""
    scan = with_identifier(record(), jar_cookie)
    scan.request("before", "https://ib.adnxs.com/x", sent=["anid@.adnxs.com"])
    scan.request("before", "https://other.test/x", sent=["plain@other.test"])
    found = {host.host: host.carries_identifier for host in scan.inventory().requests}
    assert found == {"ib.adnxs.com": True, "other.test": False}


@pytest.mark.parametrize(
    ("form", "encoding"),
    [
        (lambda value: value, "plain"),
        (lambda value: base64.b64encode(value.encode()).decode(), "base64"),
        (lambda value: hashlib.md5(value.encode()).hexdigest(), "md5"),
        (lambda value: hashlib.sha1(value.encode()).hexdigest(), "sha1"),
        (lambda value: hashlib.sha256(value.encode()).hexdigest(), "sha256"),
    ],
)
def test_an_identifier_handed_to_another_company_is_a_sync(record, jar_cookie, form, encoding):
    """Plain, base64 or hashed."""
    scan = with_identifier(record(), jar_cookie)
    scan.request("before", f"https://partner.test/m?id={form(VALUES[0])}&x=1", stack=["https://ib.adnxs.com/j.js"])
    inventory = scan.inventory()
    assert [(one.kind, one.host, one.detail, one.script, one.states) for one in inventory.techniques] == [
        ("cookie-sync", "partner.test", f"anid of adnxs.com ({encoding})", "https://ib.adnxs.com/j.js", ("before",))
    ]
    assert inventory.cookies[0].synced_with == ("partner.test",)


def test_an_identifier_in_a_body_is_found_too(record, jar_cookie):
    """A POST to a stranger."""
    scan = with_identifier(record(), jar_cookie)
    scan.request("reject", "https://partner.test/m", method="POST", post_data='{"id":"' + VALUES[2] + '"}')
    assert [one.kind for one in scan.inventory().techniques] == ["cookie-sync"]


def test_another_profiles_identifier_is_not_looked_for(record, jar_cookie):
    """Each context has its own values."""
    scan = with_identifier(record(), jar_cookie)
    scan.request("before", f"https://partner.test/m?id={VALUES[1]}")
    assert scan.inventory().techniques == ()


def test_a_company_that_gets_its_own_identifier_syncs_with_nobody(record, jar_cookie):
    """The same site, the same vendor, or the same owner."""
    scan = with_identifier(record(), jar_cookie)
    scan.request("before", f"https://secure.adnxs.com/getuid?id={VALUES[0]}")
    for context, cid in zip(
        CONTEXTS, ("1239481273.1795339812", "832194410.1795339815", "2093847561.17953398"), strict=True
    ):
        scan.jar(context, jar_cookie("_ga", f"GA1.1.{cid}", lifetime=63072000))
    scan.request("before", "https://www.google-analytics.com/g/collect?v=2&tid=G-A1&cid=1239481273.1795339812")
    scan.request("before", "https://ad.doubleclick.net/x?cid=1239481273.1795339812")
    assert scan.inventory().techniques == ()


def test_a_vendors_identifier_on_the_site_handed_to_a_stranger_is_a_sync(record, jar_cookie):
    """`_ga` to a company that is not Google."""
    scan = record()
    for context, cid in zip(
        CONTEXTS, ("1239481273.1795339812", "832194410.1795339815", "2093847561.17953398"), strict=True
    ):
        scan.jar(context, jar_cookie("_ga", f"GA1.1.{cid}", lifetime=63072000))
    scan.request("before", "https://partner.test/x?cid=1239481273.1795339812")
    assert [(one.kind, one.host) for one in scan.inventory().techniques] == [("cookie-sync", "partner.test")]


def test_the_sites_own_identifier_of_unknown_making_is_no_sync(record, jar_cookie):
    """The receiver's script may well have set it."""
    scan = with_identifier(record(), jar_cookie, domain=".shop.test")
    scan.request("before", f"https://partner.test/x?id={VALUES[0]}")
    inventory = scan.inventory()
    assert inventory.techniques == ()
    assert inventory.requests[0].carries_identifier


def test_a_recording_that_is_sent_is_session_replay(record):
    """The script alone is not; what it sends is."""
    scan = record("before")
    scan.request("before", "https://www.clarity.ms/tag/abc", kind="Script")
    assert scan.inventory().techniques == ()
    scan.request("before", "https://a.clarity.ms/collect", kind="XHR", method="POST", post_data="binary")
    assert [(one.kind, one.host) for one in scan.inventory().techniques] == [("session-replay", "a.clarity.ms")]


def walk(scan, *addresses, redirects=True, **cookies):
    """Documents in the address bar one after the other; cookies by host, with dots as underscores."""
    before = None
    for number, url in enumerate(addresses):
        line = cookies.get(url.split("/")[2].replace(".", "_"), ())
        given = {"kind": "Document", "top_url": url, "ms": number * 10.0, "set_cookie": line}
        before = scan.request("before", url, redirect_of=before if redirects else None, **given)
    return [(one.kind, one.host, one.detail) for one in scan.inventory().techniques]


OUT, BOUNCE, IN = "https://www.shop.test/out", "https://bounce.test/r?to=shop", "https://www.shop.test/in"


@pytest.mark.parametrize("redirects", [True, False])
def test_a_way_through_a_stranger_that_sets_a_cookie_is_a_bounce(record, redirects):
    """By redirects, and by pages that go on by themselves; also where the stranger has several addresses."""
    found = ("bounce-tracking", "bounce.test", "www.shop.test > bounce.test > www.shop.test")
    assert walk(record("before"), OUT, BOUNCE, IN, redirects=redirects, bounce_test="b=1") == [found]
    more = ("https://bounce.test/a", BOUNCE)
    assert walk(record("before"), OUT, *more, IN, redirects=redirects, bounce_test="b=1") == [found]


def test_a_cookie_written_by_the_stranger_s_own_page_counts_too(record):
    """Not only one of an answer."""
    scan = record("before")
    scan.visit("before")
    scan.script("before", "b=1", frame_url=BOUNCE)
    assert [kind for kind, _, _ in walk(scan, OUT, BOUNCE, IN, redirects=False)] == ["bounce-tracking"]


@pytest.mark.parametrize(
    ("addresses", "cookies"),
    [
        ((OUT, BOUNCE, IN), {}),
        ((OUT, "https://login.shop.test/x", IN), {"login_shop_test": "s=1"}),
        ((OUT, BOUNCE), {"bounce_test": "b=1"}),
        ((OUT, BOUNCE, "https://elsewhere.test/"), {"bounce_test": "b=1"}),
        ((OUT, "https://challenges.cloudflare.com/x", IN), {"challenges_cloudflare_com": "c=1"}),
    ],
    ids=["no cookie", "the site's own host", "no way back", "another site", "a check against robots"],
)
def test_other_ways_are_no_bounce(record, addresses, cookies):
    """Redirects within the site, out of it, and through services that a site needs."""
    assert walk(record("before"), *addresses, **cookies) == []


MAKER = "https://cdn.maker.test/id.js"


def made(scan, name="uid", script=MAKER, values=VALUES):
    """A cookie of the site's own that a script set, in three profiles."""
    for context, value in zip(CONTEXTS, values, strict=True):
        scan.script(context, f"{name}={value}; max-age=86400; domain=shop.test", stack=[script])
    return scan


def synced(scan):
    """Who learnt whose identifier."""
    return [(one.host, one.detail) for one in scan.inventory().techniques if one.kind == "cookie-sync"]


def test_an_identifier_that_a_strangers_script_keeps_on_the_site_and_hands_on_is_a_sync(record):
    """Where that stranger holds it too; to the stranger alone it is none."""
    scan = made(record())
    scan.request("before", f"https://in.maker.test/c?uid={VALUES[0]}")
    assert synced(scan) == []
    scan.request("before", f"https://partner.test/m?partner_uid={VALUES[0]}")
    assert synced(scan) == [("partner.test", "uid of maker.test (plain)")]


def test_an_identifier_that_the_site_hands_to_one_service_is_none(record):
    """Set by a library from a shared host, by the site's own script, or by one that never gets it back."""
    for script in ("https://cdn.jsdelivr.net/npm/js-cookie@3/js.cookie.js", "https://www.shop.test/app.js", MAKER):
        scan = made(record(), script=script)
        scan.request("before", f"https://partner.test/m?uid={VALUES[0]}")
        assert synced(scan) == []


TCF = (
    "CQbX7YAQbX7YAAKA0ADEBfFgAAAAAAAAAAAAAAAAAAAA.YAAAAAAAAAAA",
    "CQbX7ZAQbX7ZAAKA0ADEBfFsAP_gAEPgAAqIJ1NX_G__bWlr8X73aftkeY1P9_h77sQxBhfJE.IKYNX_G__bWlr8X73aftkeY",
    "CQbX7aAQbX7aAAKA0ADEBfFgAAAAAAAAAAAAAAqIJ1NX_G__bWlr",
)


@pytest.mark.parametrize(
    "values",
    [
        ("1795339812345", "1795339815345", "1795339818345"),
        ("en-GB", "de-DE", "fr-FR"),
        TCF,
        tuple(f"DBABMA~{text}" for text in TCF),
        ("4f1c9be02a7d4e88", "4f1c9be02a7d4e88", "4f1c9be02a7d4e88"),
        ("a1b2c3", "d4e5f6", "a7b8c9"),
        ("2026-11-22T09:30:12.123Z", "2026-11-22T09:30:15.456Z", "2026-11-22T09:30:18.789Z"),
        ("6b02f8d8", "6b02f8e1", "6b02f8ff"),
    ],
    ids=["moment", "language", "consent", "privacy", "constant", "short", "date", "moment in base 16"],
)
def test_what_identifies_nobody_is_never_synced(record, jar_cookie, values):
    """Whoever gets it: by a third party's cookie, under a name that says nothing."""
    scan = record()
    for context, value in zip(CONTEXTS, values, strict=True):
        scan.jar(context, jar_cookie("v", value, ".adnxs.com", lifetime=86400))
        scan.request(context, f"https://partner.test/m?v={value}&gdpr_consent={TCF[0]}")
    inventory = scan.inventory()
    assert (synced(scan), inventory.cookies[0].identifier) == ([], False)
    assert not any(host.carries_identifier for host in inventory.requests)


def test_vendors_of_everything_observed_are_listed_once(record):
    """By hosts, cookies, storage and hits, sorted."""
    scan = record("before")
    scan.request("before", "https://fonts.gstatic.com/a.woff2", kind="Font")
    scan.request("before", "https://www.google-analytics.com/g/collect?v=2&tid=G-A1&cid=1.2", status=204)
    scan.script("before", "_fbp=fb.1.1.1; domain=shop.test")
    scan.storage("before", {"_hjid": "x"})
    assert [vendor.id for vendor in scan.inventory().vendors] == ["google-analytics", "google-fonts", "hotjar", "meta"]


def test_software_of_the_site_itself_is_no_company_that_takes_part(record):
    """A consent library on the site's own server, though its maker has hosts elsewhere."""
    scan = record("before")
    scan.script("before", "cookieconsent_status=allow; max-age=31536000")
    inventory = scan.inventory()
    assert inventory.cookies[0].category == "necessary"
    assert inventory.vendors == ()


def test_one_loader_on_one_host_serves_several_products(record):
    """The measurement ID in the address tells which."""
    for name, vendor in (("G-A1", "google-analytics"), ("AW-1", "google-ads"), ("X-1", "google-tag-manager")):
        scan = record("before")
        scan.request("before", f"https://www.googletagmanager.com/gtag/js?id={name}", kind="Script")
        assert scan.inventory().requests[0].vendor_id == vendor
