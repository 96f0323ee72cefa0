"""Hosts, where identifiers go, and techniques."""

from __future__ import annotations

import base64
import hashlib

import pytest

CONTEXTS = ("before", "accept", "reject")
VALUES = ("4f1c9be02a7d4e88", "77ab01ffc2e94d13", "a0b9c8d7e6f50412")
CANVAS = "canvas.toDataURL"


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


def test_reading_a_canvas_back_is_fingerprinting(record):
    """By the script that did it."""
    scan = record("before")
    scan.call("before", CANVAS, "https://fp.test/f.js", detail="240x60")
    (found,) = scan.inventory().techniques
    assert (found.kind, found.host, found.script) == ("canvas", "fp.test", "https://fp.test/f.js")


@pytest.mark.parametrize(
    ("api", "detail"), [("audio.startRendering", "44100"), ("canvas.measureText", "40 fonts"), (CANVAS, "122x110")]
)
def test_some_readings_speak_alone(record, api, detail):
    """Rendered sound, many fonts, a canvas that was given a size."""
    scan = record("before")
    scan.call("before", api, "https://fp.test/f.js", detail=detail)
    assert [one.host for one in scan.inventory().techniques] == ["fp.test"]


@pytest.mark.parametrize(
    ("api", "detail"),
    [
        (CANVAS, "1x1"),
        (CANVAS, "300x150"),
        ("canvas.getImageData", "300x150"),
        ("webgl.getParameter", "renderer"),
        ("webgl.readPixels", ""),
        ("navigator.sendBeacon", ""),
    ],
)
def test_use_and_feature_tests_are_not(record, api, detail):
    """A single question about what the browser can do."""
    scan = record("before")
    scan.call("before", api, "https://www.shop.test/app.js", detail=detail)
    assert scan.inventory().techniques == ()


def test_several_readings_by_one_script_count_together(record):
    """A picture's pixels and the graphics card; two scripts with one each do not add up."""
    scan = record("before")
    scan.call("before", "canvas.getImageData", "https://fp.test/f.js", detail="200x50")
    scan.call("before", "webgl.getParameter", "https://other.test/g.js", detail="renderer")
    assert scan.inventory().techniques == ()
    scan.call("before", "webgl.getParameter", "https://fp.test/f.js", detail="renderer")
    assert {(one.kind, one.host) for one in scan.inventory().techniques} == {
        ("canvas", "fp.test"),
        ("webgl", "fp.test"),
    }


def test_a_navigation_through_a_stranger_that_sets_a_cookie_is_a_bounce(record):
    """There and back again; a mere redirect to another host of the site is none."""
    scan = record("before")
    first = scan.request("before", "https://www.shop.test/out", kind="Document", status=302)
    middle = scan.request(
        "before", "https://bounce.test/r", kind="Document", status=302, redirect_of=first, set_cookie="b=1"
    )
    scan.request("before", "https://www.shop.test/in", kind="Document", redirect_of=middle)
    assert [(one.kind, one.host) for one in scan.inventory().techniques] == [("bounce-tracking", "bounce.test")]


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
