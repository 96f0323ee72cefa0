"""Cookies by HTTP: all of them, with what asked for them, what became of them, and where they were sent."""

from __future__ import annotations

import pytest

from scanner.model.evidence import Request
from tests.capture.conftest import FIRST, GIF, OTHER, THIRD, Look, Site

pytestmark = pytest.mark.browser

TWO_YEARS = 63_072_000


async def test_a_cookie_for_two_years_keeps_its_raw_line_although_the_browser_caps_it(site: Site, look: Look) -> None:
    line = f"long=1; Path=/; Max-Age={TWO_YEARS}; HttpOnly; Secure; SameSite=Lax"
    records = await look(site.page("long", line))
    assert records.request("/page").set_cookies[0].raw == line
    cookie = records.jar()["long"]
    assert (cookie.http_only, cookie.secure, cookie.same_site, cookie.host_only) == (True, True, "lax", True)
    assert cookie.expires is not None


async def test_a_third_party_cookie_is_kept_and_seen(site: Site, look: Look) -> None:
    site.put("/third.gif", GIF, "third=1; Secure; SameSite=None; Max-Age=1000")
    records = await look(site.page(f'<img src="https://{THIRD}/third.gif" width=1 height=1>'))
    cookie = records.jar()["third"]
    assert (cookie.domain, cookie.partition_key) == (THIRD, None)
    assert records.request("third.gif").set_cookies[0].blocked == ()


async def test_a_partitioned_cookie_carries_its_partition(site: Site, look: Look) -> None:
    site.put("/chips", "frame", "chips=1; Secure; SameSite=None; Path=/; Partitioned")
    records = await look(site.page(f'<iframe src="https://{THIRD}/chips"></iframe>'))
    assert records.jar()["chips"].partition_key == "https://shop.test"


async def test_a_refused_cookie_is_evidence_with_the_reason(site: Site, look: Look) -> None:
    records = await look(site.page("x", "insecure=1; SameSite=None", "foreign=1; Domain=elsewhere.example", "good=1"))
    lines = {line.raw.partition("=")[0]: line.blocked for line in records.request("/page").set_cookies}
    assert lines["insecure"] == ("SameSiteNoneInsecure",)
    assert lines["foreign"] == ("InvalidDomain",)
    assert lines["good"] == ()
    assert set(records.jar()) == {"good"}


async def test_every_hop_of_a_redirect_is_a_record_with_its_own_cookies(site: Site, look: Look) -> None:
    site.put("/hop1", b"", "hop1=1", status=302, Location=f"https://{OTHER}/hop2")
    site.put("/hop2", b"", "hop2=1; Secure; SameSite=None", status=302, Location=f"https://{THIRD}/hop3.gif")
    site.put("/hop3.gif", GIF, "hop3=1; Secure; SameSite=None")
    records = await look(site.page("<script>fetch('/hop1', {mode: 'no-cors', credentials: 'include'})</script>"))
    first, second, third = records.request("/hop1"), records.request("/hop2"), records.request("/hop3")
    assert [hop.set_cookies[0].raw[:4] for hop in (first, second, third)] == ["hop1", "hop2", "hop3"]
    assert (first.redirect_of, second.redirect_of, third.redirect_of) == (None, first.id, second.id)
    assert first.initiator.stack[0].url == records.visit.url
    assert third.initiator == second.initiator == first.initiator
    assert (first.status, second.status, third.status) == (302, 302, 200)
    assert set(records.jar()) == {"hop1", "hop2", "hop3"}


async def test_domain_and_host_only_cookies_of_one_name_and_two_paths_are_told_apart(site: Site, look: Look) -> None:
    url = site.page("x", "same=1; Path=/", "same=2; Path=/; Domain=shop.test", "same=3; Path=/page-")
    records = await look(url)
    jar = [record for record in records.all if record.kind == "jar"][-1]
    found = {(cookie.domain, cookie.host_only) for cookie in jar.cookies if cookie.name == "same"}
    assert found == {(FIRST, True), (".shop.test", False)}


async def test_where_cookies_were_sent_stands_in_the_request(site: Site, look: Look) -> None:
    records = await look(site.page("<script>fetch('/api')</script>", "mine=1; Path=/"))
    assert [cookie.name for cookie in records.request("/api").cookies_sent] == ["mine"]


@pytest.mark.parametrize(
    ("tag", "path"),
    [
        ("<script src='/set-script.js'></script>", "/set-script.js"),
        ("<link rel=stylesheet href='/set-style.css'>", "/set-style.css"),
        ("<script>fetch('/set-fetch')</script>", "/set-fetch"),
        ("<script>const x = new XMLHttpRequest(); x.open('POST', '/set-xhr'); x.send('a')</script>", "/set-xhr"),
        ("<link rel=prefetch href='/set-prefetch'>", "/set-prefetch"),
        ("<style>@font-face{font-family:f;src:url(/set-font)}b{font-family:f}</style><b>x</b>", "/set-font"),
        ("<video src='/set-video'></video>", "/set-video"),
        ("<object data='/set-object'></object>", "/set-object"),
        ("<script>new EventSource('/set-source')</script>", "/set-source"),
        ("<script>new Worker('/set-worker.js')</script>", "/set-worker.js"),
        ("<meta http-equiv=refresh content='20;url=/set-refresh'>", "/set-refresh"),
        ("<script>setTimeout(() => location.href = '/set-moved', 5000)</script>", "/set-moved"),
    ],
)
async def test_a_cookie_is_seen_on_whatever_resource_it_comes(site: Site, look: Look, tag: str, path: str) -> None:
    site.put(path, b"", f"by=1; Path=/; X={path}", status=200)
    records = await look(site.page(tag))
    lines = [line.raw for request in records.of(Request) for line in request.set_cookies]
    assert any(line.endswith(path) for line in lines), lines
    assert "by" in records.jar()
