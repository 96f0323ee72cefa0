"""Pages that misbehave end in their limit, and what was seen is kept."""

from __future__ import annotations

import pytest
from aiohttp import web

from scanner.capture.instrument import Instrument
from scanner.model.evidence import Gap, Request, ScriptCall, ScriptCookieWrite, Visit
from tests.capture.conftest import FIRST, THIRD, Look, Scan, Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "script",
    [
        "alert(1); confirm(2); prompt(3); document.cookie = 'after=1'",
        "for (let i = 0; i < 200; i++) { document.cookie = 'after=1'; alert(i) }",
        "document.cookie = 'after=1'; for (;;) alert('again')",
        "document.cookie = 'after=1'; addEventListener('beforeunload', (e) => { e.preventDefault(); return 'stay' })",
    ],
)
async def test_dialogs_do_not_hold_the_scan(site: Site, look: Look, script: str) -> None:
    records = await look(site.page(f"<script>{script}</script>"))
    assert "after" in records.jar()
    assert records.visit.wall_ms < 20_000


async def test_a_script_that_never_ends_is_ended_and_the_browser_goes_on(site: Site, scan: Scan) -> None:
    start = site.page("<a href='/spins'>spins</a> <a href='/fine'>fine</a>", "start=1; Path=/")
    site.put("/spins", "<title>spins</title><script>setTimeout(() => { for (;;); }, 100)</script>")
    site.put("/fine", "<title>fine</title>", "fine=1; Path=/")
    records = await scan(start, pages=3, tabs=1)
    assert [visit.title for visit in records.of(Visit) if visit.title == "fine"] == ["fine"]
    assert "fine" in records.jar()


async def test_a_renderer_that_crashes_is_an_error_and_the_next_page_is_visited(
    site: Site, scan: Scan, instrument: Instrument
) -> None:
    async def crash(request: web.BaseRequest) -> web.StreamResponse:
        for tab in list(instrument._hub._tabs.values()):
            if tab.main_url.endswith("/crashes"):
                tab.page.post("Page.crash")
        return web.Response(text="x")

    site.call("/crash-now", crash)
    site.put("/crashes", "<title>crash</title><script>fetch('/crash-now')</script>", "seen=1; Path=/")
    site.put("/after-crash", "<title>after</title>", "survived=1; Path=/")
    records = await scan(site.page("<a href='/crashes'>c</a> <a href='/after-crash'>a</a>"), pages=3, tabs=1)
    crashed = next(visit for visit in records.of(Visit) if visit.url.endswith("/crashes"))
    assert crashed.error_kind == "crashed"
    assert records.request("/crashes").set_cookies[0].raw == "seen=1; Path=/"
    assert "survived" in records.jar()
    assert records.all[-1].kind == "finished"
    assert records.all[-1].outcome == "partial"


async def test_a_pop_up_is_recorded_watched_and_closed(site: Site, look: Look) -> None:
    site.put("/popped", "<script>fetch('/from-popup')</script>", "popup=1; Secure; SameSite=None; Path=/")
    records = await look(site.page(f"<script>window.open('https://{THIRD}/popped')</script>"))
    assert [call.url for call in records.of(ScriptCall) if call.api == "window.open"] == [f"https://{THIRD}/popped"]
    assert records.request("/popped").set_cookies[0].raw.startswith("popup=1")
    assert "popup" in records.jar()


async def test_a_flood_of_pop_ups_is_bounded(site: Site, look: Look) -> None:
    site.put("/pop", "x")
    records = await look(site.page("<script>for (let i = 0; i < 30; i++) window.open('/pop?' + i)</script>"))
    assert any(gap.what == "pop-ups" for gap in records.of(Gap))
    assert records.visit.error is None


async def test_a_download_is_no_page_and_leaves_nothing_behind(site: Site, look: Look) -> None:
    path = site.put("/file.bin", b"0" * 100, Content_Type="application/octet-stream", Content_Disposition="attachment")
    records = await look(f"https://{FIRST}{path}")
    assert records.visit.error_kind == "not-html"


async def test_a_page_that_starts_downloads_is_visited_all_the_same(site: Site, look: Look) -> None:
    site.put("/dl.bin", b"0" * 100, Content_Type="application/octet-stream", Content_Disposition="attachment")
    records = await look(site.page("<script>location.href = '/dl.bin'; document.cookie = 'here=1'</script>"))
    assert "here" in records.jar()
    assert records.visit.error is None


@pytest.mark.parametrize(
    "body",
    [
        "<script>setTimeout(() => location.href = location.pathname + '?' + Math.random(), 0)</script>",
        "<meta http-equiv=refresh content=0>",
        "<script>for (let i = 0; i < 2000; i++) history.pushState({}, '', '?' + i)</script>",
        "<script>window.close(); document.cookie = 'closing=1'</script>",
        "<script>document.open(); document.write('<p>new</p>'); document.close()</script>",
        "<iframe src='about:blank' sandbox></iframe>" * 150,
        "<script>console.log('x'.repeat(1e6)); for (let i = 0; i < 1e4; i++) console.log(i, document)</script>",
        "<div>" * 3000,
    ],
)
async def test_a_restless_page_ends_in_a_record(site: Site, look: Look, body: str) -> None:
    records = await look(site.page(body, "stood=1"))
    assert "stood" in {cookie.name for cookie in records.jar().values()}
    assert records.visit.wall_ms < 30_000


async def test_ten_thousand_requests_are_bounded_and_the_loss_is_said(site: Site, look: Look) -> None:
    records = await look(site.page("<script>for (let i = 0; i < 6000; i++) fetch('/many?' + i)</script>"))
    assert len(records.of(Request)) <= 5_000
    assert any(gap.what == "requests" for gap in records.of(Gap))


async def test_ten_thousand_cookies_are_bounded_and_the_loss_is_said(site: Site, look: Look) -> None:
    """The browser keeps some 180 of a site's cookies; every attempt beyond a limit is counted out, not written down."""
    flood = "<script>for (let i = 0; i < 10000; i++) document.cookie = 'flood' + i + '=' + 'v'.repeat(100)</script>"
    records = await look(site.page(flood, "stood=1"))
    assert records.visit.error is None and records.visit.wall_ms < 20_000
    assert 100 < sum(name.startswith("flood") for name in records.jar()) < 400
    assert len(records.of(ScriptCookieWrite)) <= 1_000
    assert any(gap.what == "script" for gap in records.of(Gap))
    assert records.of(Request)[0].set_cookies[0].raw == "stood=1"


async def test_bytes_that_are_no_text_make_a_record(site: Site, look: Look) -> None:
    path = site.put("/bytes", b"<title>\xff\xfe\x00broken</title><a href='/\xff'>\xff</a>", "raw=\xe9")
    records = await look(f"https://{FIRST}{path}")
    assert records.visit.error is None
    for record in records.all:
        record.model_dump_json().encode("utf-8")


async def test_what_floods_the_history_does_not_hold_the_next_page_of_its_tab(site: Site, scan: Scan) -> None:
    """The browser ignores a frame's navigations after a flood, those of the page that comes next among them.

    It counts them in windows of ten seconds, so there are a page before, and short lives.
    """
    flood = "for (let i = 0; i < 2000; i++) { history.pushState({}, '', '?' + i); location.hash = i }"
    site.put("/floods", f"<script>{flood}</script>")
    site.put("/before", "before")
    site.put("/moves-on", "<title>left</title><script>location = '/moved-to'</script>")
    site.put("/moved-to", "<title>arrived</title>", "arrived=1; Path=/")
    home, _, _ = site.page("start").rpartition("/")
    pages = tuple(f"{home}/{name}" for name in ("before", "floods", "moves-on"))
    records = await scan(f"{home}/before", pages=4, tabs=1, page_urls=pages, life_ms=2_000.0)
    assert [visit.url for visit in records.of(Visit) if visit.purpose == "page"][-3:] == list(pages)
    assert "arrived" in records.jar()
