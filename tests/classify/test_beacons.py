"""Beacons by behaviour: what tells somebody something, and what is only a picture."""

from __future__ import annotations

import pytest

PAGE = "https://www.shop.test/"


def kinds(scan):
    return [(beacon.host, beacon.kind) for beacon in scan.beacons()]


def test_an_invisible_image_of_a_third_party_is_a_pixel(record):
    """One by one, seen on the page."""
    scan = record("before")
    scan.request("before", "https://spy.test/p.gif", mime_type="image/gif", body_bytes=43)
    scan.image("before", "https://spy.test/p.gif", 1, 1)
    assert kinds(scan) == [("spy.test", "pixel")]


@pytest.mark.parametrize(
    "answer",
    [{"status": 204}, {"mime_type": "image/gif", "body_bytes": 43}, {"mime_type": "image/png", "body_bytes": 70}],
)
def test_an_image_that_never_reached_the_page_is_known_by_its_answer(record, answer):
    """`new Image()`: no content, or a body that holds no picture."""
    scan = record("before")
    scan.request("before", "https://spy.test/p?u=1", **answer)
    assert kinds(scan) == [("spy.test", "pixel")]


def test_a_real_picture_is_none(record):
    """Whatever its parameters."""
    scan = record("before")
    scan.request("before", "https://pics.test/a.jpg?w=200", mime_type="image/jpeg", body_bytes=20000)
    scan.image("before", "https://pics.test/a.jpg?w=200", 200, 100, visible=True)
    scan.request("before", "https://pics.test/b.jpg?w=200", mime_type="image/jpeg", body_bytes=20000)
    assert scan.beacons() == ()


def test_the_sites_own_spacer_says_nothing(record):
    """A one by one picture of the layout, without parameters."""
    scan = record("before")
    scan.request("before", PAGE + "img/spacer.gif", mime_type="image/gif", body_bytes=43)
    scan.image("before", PAGE + "img/spacer.gif", 1, 1)
    assert scan.beacons() == ()


def test_the_sites_own_pixel_with_parameters_is_one(record):
    """First party, of unknown purpose."""
    scan = record("before")
    scan.request("before", PAGE + "t.gif?page=1", mime_type="image/gif", body_bytes=43)
    (beacon,) = scan.beacons()
    assert (beacon.party, beacon.category, beacon.vendor) == ("first", "unknown", None)


def test_a_placeholder_from_a_file_host_is_none(record):
    """A host that delivers files is told nothing by a file."""
    scan = record("before")
    scan.request("before", "https://cdnjs.cloudflare.com/blank.gif", mime_type="image/gif", body_bytes=43)
    assert scan.beacons() == ()


def test_pings_and_send_beacon_are_told_apart(record):
    """A clicked link's ping says so in its headers."""
    scan = record("before")
    scan.request("before", "https://a.test/b", kind="Ping", method="POST")
    scan.request(
        "before", "https://c.test/p", kind="Ping", method="POST", request_headers=(("Ping-To", "https://x.test/"),)
    )
    assert kinds(scan) == [("a.test", "beacon"), ("c.test", "ping")]


def test_a_watched_call_of_send_beacon_names_its_request(record):
    """Where the browser calls it a fetch."""
    scan = record("before")
    scan.request("before", "https://a.test/b", kind="Fetch", method="POST")
    scan.call("before", "navigator.sendBeacon", "https://www.shop.test/app.js", url="https://a.test/b")
    assert kinds(scan) == [("a.test", "beacon")]


def test_a_keepalive_post_is_a_beacon_and_an_ordinary_fetch_is_not(record):
    """Data that a page needs comes back; a beacon does not wait."""
    scan = record("before")
    scan.request("before", "https://a.test/b", kind="Fetch", method="POST", keepalive=True)
    scan.request("before", "https://a.test/c", kind="Fetch", method="POST")
    scan.request("before", "https://a.test/d", kind="Fetch", keepalive=True)
    assert [(beacon.url, beacon.kind) for beacon in scan.beacons()] == [("https://a.test/b", "fetch")]


def test_known_collecting_hosts_are_told_by_any_fetch(record):
    """A host that exists to gather."""
    scan = record("before")
    scan.request("before", "https://in.hotjar.com/whatever", kind="XHR", method="POST")
    (beacon,) = scan.beacons()
    assert (beacon.vendor, beacon.category, beacon.kind) == ("Hotjar", "analytics", "fetch")


def test_a_chats_socket_is_none_and_a_recorders_is(record):
    """Sockets count only where the host gathers."""
    scan = record("before")
    scan.request("before", "wss://chat.test/live", kind="WebSocket")
    scan.request("before", "wss://ws.hotjar.com/api/v2/client/ws?v=7&site_id=123", kind="WebSocket")
    (beacon,) = scan.beacons()
    assert (beacon.host, beacon.kind, beacon.account) == ("ws.hotjar.com", "socket", "123")


def test_an_image_from_a_style_sheet_is_of_kind_css(record):
    """The initiator is the sheet."""
    scan = record("before")
    request = scan.request("before", "https://spy.test/p?u=1", status=204)
    old = scan.records["requests"].pop()
    initiator = old.initiator.model_copy(update={"url": "https://www.shop.test/site.css?v=1"})
    scan.records["requests"].append(old.model_copy(update={"initiator": initiator}))
    assert old.id == request
    assert kinds(scan) == [("spy.test", "css")]


def test_a_preflight_is_no_beacon(record):
    """The browser's own question carries nothing."""
    scan = record("before")
    scan.request("before", "https://in.hotjar.com/whatever", kind="XHR", method="OPTIONS")
    assert scan.beacons() == ()


def test_hits_of_one_kind_are_one_entry_with_a_count(record):
    """The query is cut off; states and pages are gathered."""
    scan = record()
    scan.choice("accept")
    for number in range(3):
        scan.request("accept", f"https://spy.test/p?n={number}", status=204, phase="chosen", ms=100.0 - number)
    scan.request("before", "https://spy.test/p?n=9", status=204, ms=300.0)
    (beacon,) = scan.beacons()
    assert (beacon.url, beacon.count, beacon.states) == ("https://spy.test/p", 4, ("accept", "before"))
    assert (beacon.first_seen.state, beacon.first_seen.ms) == ("before", 300.0)


def test_google_analytics_on_the_sites_own_host_is_recognised(record):
    """Server-side tagging: the hit says what it is, wherever it goes."""
    scan = record("before")
    url = "https://metrics.shop.test/g/collect?v=2&tid=G-ABC123&cid=1.2&en=page_view&_p=1"
    scan.request("before", url, kind="Fetch", method="POST", status=204)
    (beacon,) = scan.beacons()
    assert (beacon.vendor_id, beacon.account, beacon.event, beacon.party) == (
        "google-analytics",
        "G-ABC123",
        "page_view",
        "first",
    )
    host = scan.host("metrics.shop.test")
    assert (host.vendor_id, host.tracker, host.party) == ("google-analytics", True, "first")


def test_the_page_host_itself_stays_the_sites_own(record):
    """One path of it is a vendor's; the host is not."""
    scan = record("before")
    scan.request("before", PAGE, kind="Document")
    scan.request("before", PAGE + "g/collect?v=2&tid=G-ABC123&cid=1.2&en=page_view", kind="Fetch", method="POST")
    host = scan.host("www.shop.test")
    assert (host.vendor, host.tracker) == (None, False)
    assert scan.beacons()[0].vendor_id == "google-analytics"


def test_a_path_that_only_looks_like_a_collection_is_none(record):
    """A shop's own `/collect` without what makes it a hit."""
    scan = record("before")
    scan.request("before", PAGE + "collect?v=2&tid=abc", kind="Fetch")
    scan.request("before", PAGE + "g/collect?point=pickup", kind="Fetch")
    scan.request("before", PAGE + "tr?id=5&ev=x", kind="Fetch")
    scan.request("before", PAGE + "watch/123", kind="Fetch")
    assert scan.beacons() == ()


def test_a_hit_that_is_denied_storage_is_cookieless(record):
    """What looks like a client id is made anew for each page."""
    scan = record("before")
    url = "https://region1.google-analytics.com/g/collect?v=2&tid=G-A1&gcs=G100&cid=123.456&en=page_view"
    scan.request("before", url, kind="Ping", method="POST", status=204)
    (beacon,) = scan.beacons()
    assert (beacon.cookieless, beacon.identifiers) == (True, ())
    assert beacon.consent_signal == "gcs=G100 (ad_storage denied, analytics_storage denied)"


def test_a_denied_hit_that_carries_a_stored_identifier_all_the_same_is_not(record, jar_cookie):
    """The signal says no, the value says yes."""
    scan = record("before", "accept")
    for context, cid in (("before", "1239481273.1795339812"), ("accept", "832194410.1795339815")):
        scan.jar(context, jar_cookie("_ga", f"GA1.1.{cid}", lifetime=63072000))
        url = f"https://www.google-analytics.com/g/collect?v=2&tid=G-A1&gcs=G100&cid={cid}&en=page_view"
        scan.request(context, url, kind="Ping", method="POST", status=204)
    (beacon,) = scan.beacons()
    assert (beacon.cookieless, beacon.identifiers) == (False, ("_ga",))


def test_hits_with_different_signals_stay_apart(record):
    """What was sent before the choice must not take the colour of what came after."""
    scan = record()
    scan.choice("accept")
    base = "https://www.google-analytics.com/g/collect?v=2&tid=G-A1&en=page_view&cid=1.2&gcs="
    scan.request("before", base + "G100", kind="Ping", method="POST")
    scan.request("accept", base + "G111", kind="Ping", method="POST", phase="chosen")
    found = {beacon.states: (beacon.cookieless, beacon.identifiers) for beacon in scan.beacons()}
    assert found == {("before",): (True, ()), ("accept",): (False, ("cid",))}


def test_a_beacons_body_is_taken_from_the_call_where_the_request_has_none(record):
    """Each call's body goes with one request, in their order."""
    scan = record("before")
    url = "https://www.google-analytics.com/g/collect?v=2&tid=G-A1&cid=1.2"
    for event in ("one", "two"):
        scan.call("before", "navigator.sendBeacon", "https://www.shop.test/a.js", url=url, detail=f"en={event}")
        scan.request("before", url, kind="Ping", method="POST", status=204)
    assert [beacon.event for beacon in scan.beacons()] == ["one", "two"]


def test_a_number_held_in_memory_is_no_stored_identifier_yet(record, jar_cookie):
    """Sent without consent, stored only after it: the hit before the choice stays cookieless."""
    scan = record()
    for context, cid in (("accept", "1239481273.1795339812"), ("reject", "832194410.1795339815")):
        scan.choice(context)
        url = f"https://www.google-analytics.com/g/collect?v=2&tid=G-A1&gcs=G100&cid={cid}&en=page_view"
        scan.request(context, url, kind="Ping", method="POST", status=204)
    scan.jar("accept", jar_cookie("_ga", "GA1.1.1239481273.1795339812", lifetime=63072000), phase="chosen")
    (beacon,) = scan.beacons()
    assert (beacon.states, beacon.cookieless, beacon.identifiers) == (("before",), True, ())


def test_the_sites_other_cookies_are_not_the_vendors_identifiers(record, jar_cookie):
    """All cookies of a site go to its own statistics host; only the statistics' own count."""
    scan = record("before", "accept")
    for context, value in (("before", "4f1c9be02a7d4e88"), ("accept", "77ab01ffc2e94d13")):
        scan.jar(context, jar_cookie("_pk_id.1.1fff", value), jar_cookie("_fbp", f"fb.1.1.{value}"))
        url = "https://stats.shop.test/matomo.php?idsite=1&rec=1"
        scan.request(context, url, status=204, sent=["_pk_id.1.1fff@.shop.test", "_fbp@.shop.test"])
    (beacon,) = scan.beacons()
    assert beacon.identifiers == ("_pk_id.1.1fff",)


def test_a_point_that_is_stretched_to_a_size_holds_a_place(record):
    """Empty pictures stand in for others that load later."""
    scan = record("before")
    scan.request("before", "https://a.test/blank.gif?x=1", mime_type="image/gif", body_bytes=43)
    scan.image("before", "https://a.test/blank.gif?x=1", 1, 1, visible=True)
    assert scan.beacons() == ()


def test_a_version_in_the_address_says_nothing(record):
    """A site's own spacer, whose file may change; a number that changes every time is another matter."""
    scan = record("before")
    for url in ("https://www.shop.test/s.gif?v=3", "https://www.shop.test/s.gif?r=0.123"):
        scan.request("before", url, mime_type="image/gif", body_bytes=43)
        scan.image("before", url, 1, 1)
    assert [beacon.example_url for beacon in scan.beacons()] == ["https://www.shop.test/s.gif?r=0.123"]


def test_a_third_partys_picture_that_is_shown_as_one_point_is_a_pixel(record):
    """One that is not shown at all may be shown later."""
    scan = record("before")
    for name, shown in (("point", 1.0), ("later", 0.0), ("whole", 40.0)):
        url = f"https://a.test/{name}.png?u=1"
        scan.request("before", url, mime_type="image/png", body_bytes=900)
        scan.image("before", url, 40, 40)
        seen = scan.records["images"].pop()
        scan.records["images"].append(seen.model_copy(update={"shown_width": shown, "shown_height": shown}))
    assert [beacon.url for beacon in scan.beacons()] == ["https://a.test/point.png"]


def test_a_small_picture_in_a_style_is_no_hit_unless_it_says_something(record):
    """Bullets and icons are as small as pixels."""
    scan = record("before")
    for url in ("https://a.test/bullet.gif", "https://a.test/seen.gif?page=1"):
        scan.request("before", url, mime_type="image/gif", body_bytes=43)
        old = scan.records["requests"].pop()
        initiator = old.initiator.model_copy(update={"url": "https://www.shop.test/site.css"})
        scan.records["requests"].append(old.model_copy(update={"initiator": initiator}))
    assert [(beacon.url, beacon.kind) for beacon in scan.beacons()] == [("https://a.test/seen.gif", "css")]


def test_a_picture_that_a_style_in_the_page_names_is_of_kind_css(record):
    """The page asked for it, and no element of the page shows it."""
    scan = record("before")
    scan.image("before", "https://www.shop.test/photo.png", 40, 40, visible=True)
    scan.request("before", "https://a.test/p.gif?u=1", status=204)
    old = scan.records["requests"].pop()
    initiator = old.initiator.model_copy(update={"url": scan.url})
    scan.records["requests"].append(old.model_copy(update={"initiator": initiator}))
    assert kinds(scan) == [("a.test", "css")]


def test_every_hop_of_a_pixel_learns_as_much_as_its_end(record):
    """The first answers with an address only."""
    scan = record("before")
    first = scan.request("before", "https://a.test/hop?u=1", status=302)
    scan.request("before", "https://b.test/end?u=1", redirect_of=first, mime_type="image/gif", body_bytes=43)
    scan.image("before", "https://a.test/hop?u=1", 1, 1)
    assert kinds(scan) == [("a.test", "pixel"), ("b.test", "pixel")]


def test_a_picture_that_is_asked_for_while_the_page_goes_away_is_a_pixel(record):
    """Nobody can look at it, and its answer is not known."""
    scan = record("before")
    scan.request("before", "https://a.test/bye.png?u=1", status=None, keepalive=True)
    scan.request("before", "https://b.test/slow.png?u=1", status=None)
    assert kinds(scan) == [("a.test", "pixel")]


def test_a_fetch_that_outlives_the_page_is_a_hit_where_it_tells_a_third_party_something(record):
    """Asking without telling anything is asking."""
    scan = record("before")
    scan.request("before", "https://a.test/told?u=1", kind="Fetch", keepalive=True)
    scan.request("before", "https://a.test/asked", kind="Fetch", keepalive=True)
    scan.request("before", "https://www.shop.test/own?u=1", kind="Fetch", keepalive=True)
    assert [beacon.url for beacon in scan.beacons()] == ["https://a.test/told"]
