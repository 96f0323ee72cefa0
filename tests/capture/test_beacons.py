"""Hits of every kind, also those that are sent when the page is left."""

from __future__ import annotations

import pytest
from aiohttp import web

from scanner.model.evidence import Gap, ImageSeen, ScriptCall
from tests.capture.conftest import FIRST, GIF, OTHER, THIRD, Look, Site

pytestmark = pytest.mark.browser


async def test_each_kind_of_hit_is_told_apart(site: Site, look: Look) -> None:
    async def socket(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        async for _ in answer:
            pass
        return answer

    site.call("/kind-socket", socket)
    site.put("/kind-pixel.gif", GIF)
    site.put("/kind-css.gif", GIF)
    records = await look(
        site.page(
            f"""<img src="https://{THIRD}/kind-pixel.gif?v=1" width=1 height=1>
            <p style="background: url(https://{THIRD}/kind-css.gif)">x</p>
            <a id=a href="#x" ping="https://{OTHER}/kind-ping">a</a><script>
            a.click();
            navigator.sendBeacon('https://{OTHER}/kind-beacon', 'said=1');
            navigator.sendBeacon('https://{OTHER}/kind-blob', new Blob(['{{"said":2}}'], {{type: 'text/plain'}}));
            const kept = {{method: 'POST', body: 'said=3', keepalive: true, mode: 'no-cors'}};
            fetch('https://{OTHER}/kind-keepalive', kept);
            fetch('/kind-fetch', {{method: 'POST', body: new URLSearchParams({{said: 4}})}});
            const s = new WebSocket('wss://{OTHER}/kind-socket'); s.onopen = () => s.send('said=5');
            </script>"""
        )
    )
    kinds = {
        path: (request.resource_type, request.keepalive, request.post_data)
        for path in ("pixel", "css", "ping", "beacon", "blob", "keepalive", "fetch", "socket")
        for request in [records.request(f"/kind-{path}")]
    }
    assert kinds == {
        "pixel": ("Image", False, None),
        "css": ("Image", False, None),
        "ping": ("Ping", True, "PING"),
        "beacon": ("Ping", True, "said=1"),
        "blob": ("Ping", True, '{"said":2}'),
        "keepalive": ("Fetch", True, "said=3"),
        "fetch": ("Fetch", False, "said=4"),
        "socket": ("WebSocket", False, "said=5\n"),
    }
    assert records.request("/kind-pixel").body_bytes == len(GIF)
    calls = {(call.api, call.url) for call in records.of(ScriptCall)}
    assert ("navigator.sendBeacon", f"https://{OTHER}/kind-beacon") in calls
    assert ("fetch.keepalive", f"https://{OTHER}/kind-keepalive") in calls
    (image,) = records.of(ImageSeen)
    assert (image.natural_width, image.natural_height, image.visible) == (1, 1, False)


@pytest.mark.parametrize(
    "listen",
    [
        "addEventListener('pagehide', send)",
        "addEventListener('unload', send)",
        "addEventListener('beforeunload', send)",
        "document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && send())",
    ],
)
async def test_a_hit_on_leaving_is_seen_with_its_body_and_its_cookie(site: Site, look: Look, listen: str) -> None:
    site.put("/leave", b"", "left=1; Secure; SameSite=None", status=204)
    records = await look(
        site.page(
            f"<script>const send = () => navigator.sendBeacon('https://{OTHER}/leave', 'bye=1'); {listen}</script>"
        )
    )
    hit = records.request("/leave")
    assert (hit.post_data, hit.failure, hit.status) == ("bye=1", None, 204)
    assert hit.set_cookies[0].raw.startswith("left=1")
    assert "left" in records.jar()


async def test_a_frame_that_says_goodbye_is_heard(site: Site, look: Look) -> None:
    site.put(
        "/frame-bye", f"<script>onpagehide = () => navigator.sendBeacon('https://{OTHER}/frame-left', 'x')</script>"
    )
    records = await look(site.page(f'<iframe src="https://{THIRD}/frame-bye"></iframe>'))
    assert records.request("/frame-left").post_data == "x"


@pytest.mark.parametrize(
    ("event", "path"),
    [
        ("scroll", "/woke-scroll"),
        ("mousemove", "/woke-mousemove"),
        ("keydown", "/woke-keydown"),
    ],
)
async def test_what_waits_for_a_visitor_is_woken(site: Site, look: Look, event: str, path: str) -> None:
    await look(
        site.page(
            f"<div style='height: 4000px'></div><script>addEventListener('{event}', () => setTimeout("
            f"() => fetch('{path}'), 1000), {{once: true}})</script>"
        )
    )
    assert site.asked(path)


async def test_what_waits_at_the_end_of_a_long_page_is_loaded(site: Site, look: Look) -> None:
    site.put("/lazy-end.gif", GIF)
    records = await look(
        site.page(
            "<div style='height: 8000px'></div><div id=end>end</div><div style='height: 3000px'></div><script>"
            "new IntersectionObserver((e) => e[0].isIntersecting && fetch('/observed')).observe(end)</script>"
            "<img loading=lazy src='/lazy-end.gif'>"
        )
    )
    assert site.asked("/observed")
    assert site.asked("/lazy-end.gif")
    assert "waking" not in {gap.what for gap in records.of(Gap)}


async def test_a_page_whose_end_was_not_reached_is_said_to_have_been_seen_in_part(site: Site, look: Look) -> None:
    site.put("/elsewhere", "<title>elsewhere</title>")
    leaves = "<script>onscroll = () => { location = '/elsewhere' }</script>"
    records = await look(site.page(f"<div style='height: 8000px'></div>{leaves}"))
    assert "waking" in {gap.what for gap in records.of(Gap)}


async def test_a_request_of_a_worker_is_seen(site: Site, look: Look) -> None:
    site.put("/w.js", "setTimeout(() => fetch('/from-worker'), 20000)", Content_Type="text/javascript")
    records = await look(site.page("<script>new Worker('/w.js')</script>"))
    assert records.request("/from-worker").resource_type == "Fetch"


async def test_the_tag_that_started_a_request_leads_the_stack(site: Site, look: Look) -> None:
    site.put(
        "/tag.js", "function go() {\n  fetch('/from-tag');\n}\nsetTimeout(go, 100);", Content_Type="text/javascript"
    )
    records = await look(site.page(f"<script src='https://{THIRD}/tag.js'></script>"))
    initiator = records.request("/from-tag").initiator
    assert (initiator.kind, initiator.stack[0].url, initiator.stack[0].function, initiator.stack[0].line) == (
        "script",
        f"https://{THIRD}/tag.js",
        "go",
        2,
    )
    tag = records.request("/tag.js").initiator
    assert (tag.kind, tag.url) == ("parser", records.visit.url)
    assert FIRST in (tag.url or "")


async def test_a_request_of_a_service_worker_is_seen_with_its_cookie(site: Site, look: Look) -> None:
    site.put(
        "/sw.js",
        "oninstall = (e) => e.waitUntil(fetch('/from-service-worker', {credentials: 'include'}))",
        Content_Type="text/javascript",
    )
    site.put("/from-service-worker", "x", "by_service_worker=1; Path=/")
    records = await look(site.page("<script>navigator.serviceWorker.register('/sw.js')</script>"))
    assert records.request("/from-service-worker").set_cookies[0].raw.startswith("by_service_worker")
    assert "by_service_worker" in records.jar()
