"""Waiting: a whole life of the page in little time, and an end to pages that have none."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from scanner.capture.settle import CEILING_S, slices_of
from scanner.model.evidence import Gap, Request
from tests.capture.conftest import GIF, THIRD, Look, Site

pytestmark = pytest.mark.browser


async def slowly(request: web.BaseRequest) -> web.StreamResponse:
    """Answers after most of a second."""
    await asyncio.sleep(0.7)
    return web.Response(text="slow")


async def never(request: web.BaseRequest) -> web.StreamResponse:
    """Takes the request and says nothing, until the browser goes away."""
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.05)
    return web.Response()


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    """A body that does not end."""
    response = web.StreamResponse(headers={"Content-Type": "text/html" if "page" in request.path else "text/plain"})
    await response.prepare(request)
    await response.write(b"<!doctype html><title>Endless</title><script>document.cookie='endless=1'</script>")
    try:
        while True:
            await response.write(b"<p>more</p>\n" * 100)
            await asyncio.sleep(0.05)
    except ConnectionError:
        return response


async def stream(request: web.BaseRequest) -> web.StreamResponse:
    """An event stream."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    try:
        while True:
            await response.write(b"data: tick\n\n")
            await asyncio.sleep(0.2)
    except ConnectionError:
        return response


async def test_timers_wait_for_the_network_so_that_nothing_is_outrun(site: Site, look: Look) -> None:
    site.call("/slow-answer", slowly)
    records = await look(
        site.page(
            "<script>fetch('/slow-answer').then(() => { document.cookie = 'answered=1';"
            "setTimeout(() => fetch('/slow-answer?2').then(() => document.cookie = 'twice=1'), 15000) })</script>"
        )
    )
    assert {"answered", "twice"} <= set(records.jar())
    assert records.visit.settling is not None
    assert records.visit.settling.method == "virtual-time"


async def test_a_frame_that_is_added_late_lives_too(site: Site, look: Look) -> None:
    site.put("/late-frame", "<script>setTimeout(() => document.cookie = 'lf=1; Secure; SameSite=None', 8000)</script>")
    records = await look(
        site.page(
            "<script>setTimeout(() => { const f = document.createElement('iframe');"
            f"f.src = 'https://{THIRD}/late-frame'; document.body.append(f) }}, 10000)</script>"
        )
    )
    assert "lf" in records.jar()


async def test_a_page_that_goes_elsewhere_by_script_lives_its_whole_life_there(site: Site, look: Look) -> None:
    target = site.page("<script>setTimeout(() => document.cookie = 'there=1', 25000)</script>", title="There")
    records = await look(site.page(f"<script>setTimeout(() => location.replace('{target}'), 2000)</script>"))
    assert "there" in records.jar()
    assert (records.visit.final_url, records.visit.title) == (target, "There")


@pytest.mark.parametrize(
    "script",
    [
        "setInterval(() => fetch('/polled'), 100)",
        "(async function poll() { for (;;) { await fetch('/polled') } })()",
        "(function poll() { fetch('/polled').then(() => setTimeout(poll, 1000)) })()",
        "new EventSource('/stream')",
        "fetch('/never-answered')",
        "fetch('/endless-body').then((r) => r.text())",
        "(function spin() { setTimeout(spin, 0) })()",
        "(function frame() { requestAnimationFrame(frame) })()",
    ],
)
async def test_a_page_that_never_rests_is_seen_to_its_late_script_and_left(site: Site, look: Look, script: str) -> None:
    site.call("/stream", stream)
    site.call("/never-answered", never)
    site.call("/endless-body", endless)
    site.put("/polled", "{}")
    began = time.monotonic()
    records = await look(
        site.page(f"<script>setTimeout(() => document.cookie = 'late=1', 25000); {script}</script>", "early=1")
    )
    assert "early" in records.jar()
    if "for (;;)" not in script:
        assert "late" in records.jar()
    settling = records.visit.settling
    assert settling is not None
    assert records.visit.error is None
    assert time.monotonic() - began < CEILING_S * 2.5


async def test_a_page_whose_own_body_never_ends_is_stopped_and_read(site: Site, look: Look) -> None:
    site.call("/page-endless", endless)
    records = await look("https://www.shop.test/page-endless")
    assert records.visit.title == "Endless"
    assert "endless" in records.jar()
    assert records.visit.settling is not None
    assert records.visit.settling.ended in ("ceiling", "stalled", "network busy")


async def test_an_image_that_hangs_does_not_hold_the_page_for_long(site: Site, look: Look) -> None:
    site.call("/hanging.gif", never)
    site.put("/quick.gif", GIF)
    records = await look(
        site.page("<img src=/hanging.gif><script>onload = 0; setTimeout(() => document.cookie='t=1', 9000)</script>")
    )
    assert "t" in records.jar()
    assert records.visit.wall_ms < CEILING_S * 2000


def test_a_life_is_granted_in_growing_parts_that_add_up() -> None:
    parts = slices_of(30_000)
    assert parts[:-1] == sorted(parts[:-1])
    assert sum(parts) == 30_000
    assert slices_of(50) == [50]


async def test_a_page_that_goes_on_as_its_life_ends_gets_a_life_where_it_goes(site: Site, look: Look) -> None:
    site.put(
        "/further", "<!doctype html><title>F</title><script>setTimeout(() => document.cookie = 'on=1', 2000)</script>"
    )
    goes = "setTimeout(() => { location = '/further' }, 3030)"
    records = await look(site.page(f"<script>onmousemove = () => {{ onmousemove = null; {goes} }}</script>"))
    assert "on" in records.jar()


async def test_a_page_whose_time_stands_still_says_how_little_of_its_life_was_seen(site: Site, look: Look) -> None:
    """A worker that never ends holds the clock of its page, which answers all the while."""
    worker = "new Worker(URL.createObjectURL(new Blob(['for (;;);'])))"
    records = await look(site.page(f"<script>{worker}; setTimeout(() => fetch('/late'), 5000)</script>"))
    assert (records.visit.settling.ended, records.visit.error) == ("ceiling", None)
    [gap] = [gap for gap in records.of(Gap) if gap.what == "life"]
    assert gap.visit == records.visit.id
    assert gap.message == "the page did not come to rest: of its life, 0.0 s of 30 s were observed"
    assert not any(request.url.endswith("/late") for request in records.of(Request))
