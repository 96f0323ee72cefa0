"""One scan through every page that misbehaves, each followed by one that does not.

Each test looks at one bad page of that scan: it ended within its limit, what it did before is kept, the page after it
was seen, and what was lost is said.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import trustme
from aiohttp import web

from scanner.capture import Plan
from scanner.capture.instrument import Instrument
from scanner.model.evidence import Gap, Request, ScanFinished, Visit
from tests.capture.conftest import FIRST, Records, Site
from tests.capture.test_settling import never

pytestmark = pytest.mark.browser

PAGE_S = 14.0
"""The limit of each page in this scan, in seconds; its state is then read, and it is left and written down."""

SLACK_S = 20.0
HOME = f"https://{FIRST}"


@dataclass(frozen=True)
class Bad:
    """A page that misbehaves: its body, and what must be said of it (`error` its kind, `gap` the kind of a gap)."""

    body: str = ""
    error: tuple[str | None, ...] = (None,)
    gap: str | None = None


PAGES: dict[str, Bad] = {
    "spins-at-once": Bad("<script>for (;;);</script>", error=("timeout", None)),
    "timers": Bad("<script>const f = () => { setTimeout(f); setTimeout(f) }; f()</script>", error=("timeout", None)),
    "worker-spins": Bad("<script>new Worker(URL.createObjectURL(new Blob(['for (;;);'])))</script>"),
    "memory": Bad(
        "<script>const kept = []; setInterval(() => { if (kept.length < 40) kept.push(new Float64Array(1e6).fill(1)) })"
        "</script>"
    ),
    "frames-in-frames": Bad(
        "<script>document.write(`<iframe src='${location.href}?'></iframe>`.repeat(2))</script>",
        error=(None, "timeout"),
    ),
    "dialogs": Bad(
        "<script>for (;;) { alert('x'); confirm('y'); prompt('z') }</script>", error=(None, "timeout"), gap="dialogs"
    ),
    "asks-to-stay": Bad(
        "<script>onbeforeunload = (e) => { e.preventDefault(); return e.returnValue = 'stay' };"
        "onpagehide = () => { for (let n = 0; n < 1e8; n++); }</script>"
    ),
    "asks-for-rights": Bad(
        "<script>Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => 0);"
        "navigator.mediaDevices.getUserMedia({video: true}).catch(() => 0); print();"
        "document.documentElement.requestFullscreen().catch(() => 0)</script>"
    ),
    "pop-ups-of-pop-ups": Bad("<script>open(location.href); open(location.href)</script>", gap="pop-ups"),
    # A page that nobody else had been in before may close its tab.
    "closes": Bad("<script>setInterval(() => window.close(), 10)</script>", error=(None, "crashed")),
    "downloads": Bad(
        "<script>for (let i = 0; i < 20; i++) { const a = document.createElement('a'); a.href = 'data:text/plain,x';"
        "a.download = 'x' + i; document.body.append(a); a.click() }</script>"
    ),
    "history": Bad(
        "<script>for (let i = 0; i < 5000; i++) { history.pushState({}, '', '?' + i); location.hash = i }"
        "setInterval(() => history.go(-1), 5)</script>"
    ),
    "goes-on-and-on": Bad("<script>location = '/bad/goes-on-and-on?' + Math.random()</script>", gap="navigation"),
    "rewrites-itself": Bad(
        "<script>setInterval(() => { document.open(); document.write('<p>' + Math.random()); document.close() }, 1)"
        "</script>",
        error=(None, "timeout"),
    ),
    "images-never-answer": Bad("<img src='/never?1'><img src='/never?2'><script src='/never?3' async></script>"),
    "sockets": Bad(
        "<script>for (let i = 0; i < 300; i++) new WebSocket('wss://' + location.host + '/never?' + i);"
        "for (let i = 0; i < 10; i++) new EventSource('/never?' + i)</script>"
    ),
    "worker-never-installs": Bad("<script>navigator.serviceWorker.register('/never-installs.js')</script>"),
    "asks-for-a-name": Bad(
        "<img src='/asks'><iframe src='/asks'></iframe><script>fetch('/asks')</script>", error=(None, "timeout")
    ),
    "breaks-everything": Bad(
        "<script>for (const n of ['JSON', 'Promise', 'URL', 'Map', 'Array', 'Date', 'WeakMap', 'performance'])"
        "try { self[n] = null } catch {}; Object.prototype.toJSON = () => { throw 1 };"
        "Element.prototype.querySelectorAll = () => { for (;;); };"
        "Object.defineProperty(document, 'cookie', {get() { throw 1 }, set() { throw 1 }});"
        "Object.defineProperty(document, 'title', {get() { for (;;); }})</script>"
    ),
    "deep": Bad("<div>" * 20_000),
    "wide": Bad("<a href='/x'>x</a>" * 60_000, error=(None, "timeout")),
    "thirty-megabytes": Bad("<p>" + "0123456789" * 3_000_000, error=(None, "timeout")),
    "long-title": Bad(f"<title>{'t' * 5_000_000}</title><a href='/{'u' * 1_000_000}'>{'w' * 1_000_000}</a>"),
    "storage": Bad(
        "<script>for (let i = 0; i < 20000; i++) localStorage['key' + i] = i;"
        "for (let i = 0; i < 20; i++) indexedDB.open('db' + i)</script>"
    ),
}
BY_SERVER: dict[str, Bad] = {
    "endless": Bad(error=(None, "timeout")),
    "silent": Bad(error=("timeout",)),
    "circle": Bad(error=("redirect-loop",)),
    "asks-name-and-password": Bad(error=("login",)),
    "bomb": Bad(error=(None, "timeout", "crashed")),
    "other-charset": Bad(),
    "no-charset": Bad(),
    "heavy-headers": Bad(error=(None, "other", "bad-response")),
    "garbage": Bad(error=("reset", "bad-response", "not-html", "other")),
    "cut-off": Bad(error=("reset", "bad-response", "other", None)),
    # Over TLS 1.3 the server learns of the missing certificate after the handshake, and may just hang up.
    "client-certificate": Bad(error=("client-certificate", "reset")),
}
ALL = PAGES | BY_SERVER


async def _endless(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html", "Set-Cookie": "seen-endless=1; Path=/"})
    await response.prepare(request)
    try:
        while True:
            await response.write(b"<p>more</p>" * 50)
            await asyncio.sleep(0.02)
    except ConnectionError:
        return response


def _put_up(site: Site) -> None:
    for name, bad in PAGES.items():
        site.put(f"/bad/{name}", f"<!doctype html><title>{name}</title><body>{bad.body}", f"seen-{name}=1; Path=/")
        site.put(f"/fine/{name}", f"<!doctype html><title>fine after {name}</title>")
    for name in BY_SERVER:
        site.put(f"/fine/{name}", f"<!doctype html><title>fine after {name}</title>")
    site.put("/gauntlet", "<!doctype html><title>start</title>")
    site.call("/never", never)
    site.put(
        "/never-installs.js", "oninstall = (e) => e.waitUntil(new Promise(() => 0))", Content_Type="text/javascript"
    )
    site.put("/asks", status=401, WWW_Authenticate='Basic realm="x"')
    site.call("/bad/endless", _endless)
    site.call("/bad/silent", never)
    site.put("/bad/circle", "", "seen-circle=1; Path=/", status=302, Location="/bad/circle")
    asks = {"WWW_Authenticate": 'Basic realm="<script>"'}
    site.put(
        "/bad/asks-name-and-password", "<title>401</title>", "seen-asks-name-and-password=1; Path=/", status=401, **asks
    )
    packed = gzip.compress(b"<title>bomb</title><!--" + b" " * 100_000_000 + b"-->")
    site.put("/bad/bomb", packed, "seen-bomb=1; Path=/", Content_Encoding="gzip")
    lies = "<title>Caf\u00e9 \u4e2d</title>".encode("utf-16-le") + b"\xff\xfe\x00\xed\xa0\x80"
    site.put("/bad/other-charset", lies, "seen-other-charset=1; Path=/", Content_Type="text/html; charset=shift_jis")
    site.put("/bad/no-charset", b"<title>\xe9\x80\xc3(</title>\x00\x1b[31m", "seen-no-charset=1; Path=/")
    many = [f"seen-heavy-headers{n if n else ''}={'v' * 3000}; Path=/bad" for n in range(60)]
    site.put("/bad/heavy-headers", "<title>heavy</title>", *many)


def _raw(data: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(data)
        writer.close()

    return answer


@pytest.fixture(scope="module")
async def gauntlet(site: Site, instrument: Instrument) -> AsyncIterator[Records]:
    """The scan through all of them, in one tab after another."""
    _put_up(site)
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.configure_trust(tls)
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.maximum_version = ssl.TLSVersion.TLSv1_2  # in 1.3 the browser learns of a refusal only after the handshake
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: seen-cut-off=1\r\nContent-Length: 9999\r\n\r\n<p>"
    garbage = await asyncio.start_server(_raw(b"\x00\xff\x1b[2Jnonsense\r\n\r\n\x00" * 9), "127.0.0.1", 0)
    cut = await asyncio.start_server(_raw(ok), "127.0.0.1", 0)
    certified = await asyncio.start_server(_raw(ok), "127.0.0.1", 0, ssl=tls)
    elsewhere = {"garbage": ("http", garbage), "cut-off": ("http", cut), "client-certificate": ("https", certified)}
    urls: list[str] = []
    for name in ALL:
        scheme, server = elsewhere.get(name, ("", None))
        port = server.sockets[0].getsockname()[1] if server else 0
        urls += [f"{scheme}://127.0.0.1:{port}/bad/{name}" if server else f"{HOME}/bad/{name}", f"{HOME}/fine/{name}"]
    records = Records()
    plan = Plan(
        url=f"{HOME}/gauntlet",
        states=("before",),
        pages=len(urls) + 1,
        page_urls=tuple(urls),
        tool_version="0",
        tabs=3,
        page_timeout_s=PAGE_S,
        life_ms=5_000.0,
    )
    async with garbage, cut, certified:
        await instrument.scan(plan, records, progress=lambda _: None, choose_documents=lambda _: ())
        yield records


@pytest.mark.parametrize("name", ALL)
def test_it_ends_in_its_limit_and_what_was_seen_is_kept(gauntlet: Records, name: str) -> None:
    bad = ALL[name]
    visit = next(visit for visit in gauntlet.of(Visit) if visit.url.endswith(f"/bad/{name}"))
    assert visit.error_kind in bad.error, visit.error
    assert visit.wall_ms < (PAGE_S + SLACK_S) * 1000
    if bad.gap is not None and visit.settling.ended != "ceiling":  # a page that misbehaves slowly ends by the clock
        assert bad.gap in {gap.what for gap in gauntlet.of(Gap) if gap.visit == visit.id}
    if name not in ("silent", "garbage", "client-certificate"):
        lines = [line.raw for r in gauntlet.of(Request) if r.visit == visit.id for line in r.set_cookies]
        assert any(line.startswith(f"seen-{name}=") for line in lines)
    fine = next(visit for visit in gauntlet.of(Visit) if visit.url == f"{HOME}/fine/{name}")
    assert (fine.error, fine.title) == (None, f"fine after {name}")


def test_it_comes_to_its_end_and_says_that_something_was_lost(gauntlet: Records) -> None:
    assert isinstance(gauntlet.all[-1], ScanFinished)
    assert gauntlet.all[-1].outcome == "partial"
    for record in gauntlet.all:
        record.model_dump_json().encode("utf-8")
