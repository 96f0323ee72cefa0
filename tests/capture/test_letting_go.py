"""What a browser has scanned is let go of: a long run over many sites holds nothing of those that are done."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from scanner.capture.cdp import Connection, Session
from scanner.capture.collectors.base import TabState
from scanner.capture.contexts import Hub
from scanner.capture.instrument import Instrument
from scanner.capture.log import VisitLog
from scanner.capture.tab import Tab
from scanner.model.evidence import Record, Request
from tests.capture.conftest import FIRST, THIRD, Scan, Site

CONTEXT = "C1"
WORKER = "https://shop.test/sw.js"


class Speaker(asyncio.Protocol):
    """The browser's end of the pipe: takes every command, and says what a test wants it to say."""

    def __init__(self) -> None:
        self.buffer = b""
        self.out: asyncio.WriteTransport | None = None

    def data_received(self, data: bytes) -> None:
        """Answer each command."""
        *messages, self.buffer = (self.buffer + data).split(b"\0")
        for raw in messages:
            self.write({"id": json.loads(raw)["id"], "result": {}})

    def write(self, message: dict[str, Any]) -> None:
        """Send a message."""
        assert self.out is not None
        self.out.write(json.dumps(message).encode() + b"\0")

    def say(self, method: str, session: str = "", **params: Any) -> None:
        """Send an event, of the browser or of one of its sessions."""
        self.write({"method": method, "params": params} | ({"sessionId": session} if session else {}))

    def attach(self, session: str, kind: str, url: str = "about:blank", parent: str = "", target: str = "") -> None:
        """A target appears."""
        info = {"targetId": target or f"target of {session}", "type": kind, "url": url, "browserContextId": CONTEXT}
        self.say("Target.attachedToTarget", parent, sessionId=session, targetInfo=info, waitingForDebugger=True)

    def detach(self, session: str, parent: str = "") -> None:
        """A target is gone."""
        self.say("Target.detachedFromTarget", parent, sessionId=session)

    def request(self, session: str, number: str, url: str, **more: Any) -> None:
        """A request leaves and is answered."""
        request = {"url": url, "method": "GET", "headers": {}}
        about = {"requestId": number, "wallTime": 1.0, "timestamp": 1.0, "type": "Fetch", "documentURL": url}
        self.say("Network.requestWillBeSent", session, request=request, **about, **more)
        self.say("Network.responseReceivedExtraInfo", session, requestId=number, headers={"x": "y"}, statusCode=200)
        response = {"status": 200, "headers": {}, "mimeType": "text/plain"}
        self.say("Network.responseReceived", session, requestId=number, response=response, hasExtraInfo=True)
        self.say("Network.loadingFinished", session, requestId=number)


@asynccontextmanager
async def browser() -> AsyncIterator[tuple[Hub, Speaker]]:
    """A hub whose browser is played by the test."""
    loop = asyncio.get_running_loop()
    (ours_in, theirs_out), (theirs_in, ours_out) = os.pipe(), os.pipe()
    speaker = Speaker()
    reading, _ = await loop.connect_read_pipe(lambda: speaker, os.fdopen(theirs_in, "rb", 0))
    speaker.out, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(theirs_out, "wb", 0))
    connection = await Connection.open(ours_in, ours_out)
    hub = Hub(connection)
    await hub.watch()
    try:
        yield hub, speaker
    finally:
        connection.close()
        speaker.out.close()
        reading.close()


async def heard(hub: Hub) -> None:
    """Return when all that the browser said before now was heard."""
    await hub.connection.root.send("Browser.getVersion")


def log_of(number: int, records: list[Record]) -> VisitLog:
    """The log of a visit."""
    return VisitLog(f"v{number}", "before", f"https://{FIRST}/", records.append)


async def a_visit(hub: Hub, speaker: Speaker, number: int) -> list[weakref.ref[Any]]:
    """One tab with a frame, a worker and a service worker from its opening to its end; what must not outlive it."""
    page, children = f"page {number}", ("iframe", "worker", "service_worker")
    speaker.attach(page, "page")
    tab = await hub.tab_of(f"target of {page}")
    records: list[Record] = []
    tab.begin(log_of(number, records))
    sessions = [tab.page]
    for kind in children:
        speaker.attach(f"{kind} {number}", kind, WORKER, parent=page)
    await heard(hub)
    for kind in children:
        session = tab.page.child(f"{kind} {number}")
        assert session is not None
        sessions.append(session)
        speaker.request(f"{kind} {number}", f"r{number} of {kind}", f"https://{THIRD}/{kind}")
    await heard(hub)
    await tab.finish()
    assert len([record for record in records if isinstance(record, Request)]) == len(children)
    for kind in children:
        speaker.detach(f"{kind} {number}", parent=page)
    speaker.detach(page)
    await heard(hub)
    return [weakref.ref(one) for one in (tab, tab.state, *tab.collectors, *sessions)]


async def test_nothing_of_a_tab_outlives_it_but_its_records() -> None:
    async with browser() as (hub, speaker):
        kept = [one for number in range(5) for one in await a_visit(hub, speaker, number)]
        gc.collect()
        alive = [one() for one in kept]
        assert [one for one in alive if one is not None] == []


async def test_a_tab_is_let_go_of_at_once_and_not_when_a_collector_finds_it() -> None:
    async with browser() as (hub, speaker):
        gc.collect()
        gc.disable()
        try:
            kept = await a_visit(hub, speaker, 1)
            assert [one() for one in kept if one() is not None] == []
        finally:
            gc.enable()


async def test_a_worker_of_two_tabs_is_written_down_once_whichever_of_them_goes_first() -> None:
    async with browser() as (hub, speaker):
        logs: dict[str, list[Record]] = {"a": [], "b": []}
        tabs: dict[str, Tab] = {}
        for number, name in enumerate(logs):
            speaker.attach(name, "page")
            tabs[name] = await hub.tab_of(f"target of {name}")
            tabs[name].begin(log_of(number, logs[name]))
            speaker.attach(f"worker in {name}", "service_worker", WORKER, parent=name, target="the worker")
        for name in logs:
            speaker.request(f"worker in {name}", "r1", f"https://{THIRD}/first")
        await heard(hub)
        await tabs["a"].finish()
        speaker.detach("worker in a", parent="a")
        speaker.detach("a")
        speaker.request("worker in b", "r2", f"https://{THIRD}/second")
        await heard(hub)
        await tabs["b"].finish()
    urls = {name: [one.url for one in records if isinstance(one, Request)] for name, records in logs.items()}
    assert urls == {"a": [f"https://{THIRD}/first"], "b": [f"https://{THIRD}/second"]}


@pytest.mark.browser
async def test_scans_leave_no_tab_and_no_session_behind(instrument: Instrument, site: Site, scan: Scan) -> None:
    site.put("/w.js", "fetch('/from-worker')", Content_Type="text/javascript")
    site.put("/framed", "framed")
    url = site.page(
        f"<iframe src='https://{THIRD}/framed'></iframe><script>new Worker('/w.js'); new SharedWorker('/w.js');"
        "navigator.serviceWorker.register('/w.js')</script>"
    )
    before = living()
    for _ in range(2):
        await scan(url)
    assert living() == before
    assert not instrument._hub.connection._sessions


def living() -> dict[str, int]:
    """How many tabs and sessions there are."""
    gc.collect()
    kinds = [type(one) for one in gc.get_objects()]
    return {kind.__name__: kinds.count(kind) for kind in (Tab, TabState, Session)}
