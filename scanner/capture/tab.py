"""One tab: its targets as they appear, the collectors on them, its clock, and what may go wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from scanner.capture.cdp import Params, ProtocolError, Session
from scanner.capture.collectors import collectors_for
from scanner.capture.collectors.base import Collector, Moment, TabState
from scanner.capture.collectors.workers import SharedWorkers
from scanner.capture.log import VisitLog
from scanner.capture.manners import Manners
from scanner.capture.together import together
from scanner.model.evidence import ScriptCall

_MOST_DIALOGS = 20
_MOST_POPUPS = 5
_POPUP_S = 1.5
_MOST_NAVIGATIONS = 20
# The browser ignores a frame's navigations beyond 200 in ten seconds, and a page's first ones after a flood of its
# predecessor: https://source.chromium.org/chromium/chromium/src/+/main:third_party/blink/renderer/core/frame/navigation_rate_limiter.cc
_MOST_MOVES = 100
_ANSWER_S = 2.0


@dataclass
class MainResponse:
    """What answered for the page itself, last redirect hop."""

    status: int | None = None
    mime_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Tab:
    """A page target with everything that belongs to it: frames' processes, workers, pop-ups."""

    def __init__(
        self, root: Session, page: Session, binding: str, shared: SharedWorkers, manners: Manners | None = None
    ) -> None:
        self.page = page
        self.frames: dict[str, Session] = {}
        """The frames that have a process of their own, by their id."""
        self._manners = manners
        self.id: str = page.target["targetId"]
        self.opener: str | None = page.target.get("openerId")
        self.state = TabState(root, page, page.target.get("browserContextId", ""), binding=binding, shared=shared)
        self.collectors: tuple[Collector, ...] = collectors_for(self.state)
        self.time = self.state.time
        self.main = self._last_answer = MainResponse()
        self._answers: dict[str, MainResponse] = {}
        self.main_url = "about:blank"
        self.crashed = asyncio.Event()
        self.committed = asyncio.Event()
        self.leads_somewhere = False
        self._last_opened = ""
        self._asked_for: str | None = None
        self._documents: set[str] = set()
        self.popups: list[Tab] = []
        self._owner: Tab | None = None
        self._navigations = 0
        self._moves = 0
        self._dialogs = 0
        self._watch_page()
        self._join(page)

    @property
    def log(self) -> VisitLog | None:
        """The visit that runs in the tab."""
        return self.state.log

    @property
    def gone(self) -> bool:
        """Whether the page crashed or was closed."""
        return self.crashed.is_set() or self.page.closed

    def begin(self, log: VisitLog) -> None:
        """From now on the tab's evidence belongs to this visit."""
        self.state.log = log
        self.main = self._last_answer = MainResponse()
        self._answers.clear()
        self._navigations = 0
        self._moves = 0
        self._dialogs = 0
        for collector in self.collectors:
            collector.begin()

    async def snapshot(self, moments: tuple[Moment, ...] = ("in-page", "after-page")) -> None:
        """Write down the state of things, through every collector of these moments at once."""
        log = self.log
        if log is not None:
            wanted = (collector for collector in self.collectors if collector.moment in moments)
            await together(*(collector.snapshot(log) for collector in wanted))

    async def finish(self) -> None:
        """The visit is over: every collector writes what it gathered, and pop-ups are closed."""
        log, self.state.log = self.log, None
        popups, self.popups = self.popups, []
        for popup in popups:
            if popup.leads_somewhere:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_POPUP_S):
                        await popup.committed.wait()
            await popup.state.network.until_idle(_POPUP_S)
            await popup.finish()
            await popup.close()
        if log is not None:
            for collector in self.collectors:
                await collector.finish(log)

    def adopt(self, popup: Tab) -> None:
        """A page that this one opened: what it does belongs to the same visit, and it goes when the visit ends.

        Pop-ups of pop-ups are counted with their forebears: a page that opens itself twice would double for ever.
        """
        popup.leads_somewhere = self._last_opened not in ("", "about:blank")
        (self._owner or self)._take_in(popup)

    def _take_in(self, popup: Tab) -> None:
        popup._owner = self
        popup.state.log = self.log
        self.popups.append(popup)
        if len(self.popups) > _MOST_POPUPS:
            if self.log is not None:
                self.log.gap("pop-ups", f"more than {_MOST_POPUPS} pop-ups: the rest was closed at once")
            self.state.root.post("Target.closeTarget", {"targetId": popup.id})

    async def navigate(self, url: str, timeout_s: float) -> str | None:
        """Go to an address and return once the browser has it; the browser's error text, or null.

        Raises:
            ProtocolError: no answer within `timeout_s`.
        """
        self.committed.clear()
        self._documents.clear()
        answer = await self.page.send("Page.navigate", {"url": url}, timeout_s=timeout_s)
        self._asked_for = answer.get("loaderId")
        error = answer.get("errorText")
        if error is None and answer.get("isDownload"):
            return "net::ERR_ABORTED"
        return str(error) if error else None

    async def came(self, timeout_s: float) -> bool:
        """Whether the document that `navigate` asked for is there, which it is within milliseconds of the answer.

        Where a service worker runs, the browser may put a page into the process of another page that is busy with
        itself: then it does not come while that one goes on. Waits no longer than `timeout_s`.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._asked_for not in (None, *self._documents) and not self.gone:
                    self.committed.clear()
                    await self.committed.wait()
        return self._asked_for in (None, *self._documents) or self.gone

    async def reload(self, timeout_s: float) -> None:
        """Reload and return once the new document is there.

        Raises:
            ProtocolError: the browser did not bring one within `timeout_s`.
        """
        self.committed.clear()
        await self.page.send("Page.reload", timeout_s=_ANSWER_S)
        try:
            async with asyncio.timeout(timeout_s):
                await self.committed.wait()
        except TimeoutError:
            raise ProtocolError(f"the page did not reload in {timeout_s:g} s") from None

    async def responds(self) -> bool:
        """Whether the page's thread answers; a script that never ends is ended for it."""
        if self.gone:
            return False
        for _ in range(2):
            try:
                await self.page.send("Runtime.evaluate", {"expression": "0"}, timeout_s=_ANSWER_S)
            except ProtocolError:
                self.page.post("Runtime.terminateExecution")
                if self.log is not None:
                    self.log.gap("page", "a script never ended: it was stopped")
                continue
            return True
        return False

    async def barrier(self) -> float | None:
        """Return when every event that the browser sent before now has been handled.

        What comes back is the page's own clock, in milliseconds since the epoch; null where the page does not answer.
        """
        try:
            answer = await self.page.send("Runtime.evaluate", {"expression": "Date.now()"}, timeout_s=_ANSWER_S)
        except ProtocolError:
            return None
        value = answer.get("result", {}).get("value")
        return float(value) if isinstance(value, int | float) else None

    async def close(self) -> None:
        """Close the page; a page that does not let itself be closed is crashed."""
        if self.page.closed:
            return
        try:
            await self.state.root.send("Target.closeTarget", {"targetId": self.id}, timeout_s=_ANSWER_S)
        except ProtocolError:
            self.page.post("Page.crash")

    # Targets.

    def _join(self, session: Session) -> None:
        """A target starts: set up everything, then let it run. The browser takes the commands in this order."""
        session.on("Target.attachedToTarget", self._on_attached)
        if session.kind == "iframe":
            self.frames[session.target["targetId"]] = session
            session.on("detached", self._on_frame_gone)
        if self._manners is not None:
            for method, terms in self._manners.of(session.kind):
                session.post(method, terms)
        for collector in self.collectors:
            collector.attach(session)
        if session is not self.page and session.kind in ("iframe", "worker"):
            self.time.join(session)
        session.post("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True})
        session.post("Runtime.runIfWaitingForDebugger")

    def join(self, session: Session) -> None:
        """A worker that serves several pages joins the evidence of this one."""
        self._join(session)

    def _on_frame_gone(self, _: Params, session: Session) -> None:
        if self.frames.get(session.target["targetId"]) is session:
            del self.frames[session.target["targetId"]]

    def _on_attached(self, params: Params, session: Session) -> None:
        child = session.child(params["sessionId"])
        if child is not None:
            self._join(child)

    # The page.

    def _watch_page(self) -> None:
        page = self.page
        page.on("Page.frameNavigated", self._on_navigated)
        page.on("Page.navigatedWithinDocument", self._on_moved)
        page.on("Page.javascriptDialogOpening", self._on_dialog)
        page.on("Inspector.targetCrashed", self._on_crash)
        page.on("Network.responseReceived", self._on_response)
        page.on("Page.windowOpen", self._on_window_open)
        page.on("detached", self._on_gone)
        page.post("Page.enable")
        page.post("Inspector.enable")
        page.on("ServiceWorker.workerVersionUpdated", self._on_service_worker)
        page.post("ServiceWorker.enable")

    def _on_navigated(self, params: Params, _: Session) -> None:
        frame: Mapping[str, Any] = params["frame"]
        if frame.get("parentId"):
            return
        self.main_url = frame["url"] + frame.get("urlFragment", "")
        self._documents.add(frame.get("loaderId", ""))
        self._navigations += 1
        # What answered counts once its document is there: a download that a page starts is not the page.
        error_page = frame["url"].startswith("chrome-error:")
        self.main = self._last_answer if error_page else self._answers.get(frame.get("loaderId", ""), self.main)
        if self.log is not None and not frame["url"].startswith("about:"):
            self.log.top_url = self.main_url
        if self._navigations > _MOST_NAVIGATIONS:
            self.page.post("Page.stopLoading")
            if self.log is not None:
                self.log.gap("navigation", "the page leads to another page again and again: it was stopped")
        elif self._navigations > 1:
            self.time.restart()
        if not self.leads_somewhere or frame["url"] not in ("", ":", "about:blank"):
            self.committed.set()

    def _on_moved(self, params: Params, _: Session) -> None:
        if params.get("frameId") == self.id:
            self.main_url = params["url"]
            self._moves += 1
            if self._moves > _MOST_MOVES:
                self.time.worn = True

    def _on_response(self, params: Params, _: Session) -> None:
        if params.get("type") == "Document" and params.get("frameId") == self.id:
            response = params["response"]
            self._answers[params.get("loaderId", "")] = self._last_answer = MainResponse(
                int(response.get("status", 0)) or None,
                response.get("mimeType") or None,
                {name.lower(): str(value) for name, value in response.get("headers", {}).items()},
            )

    def _on_window_open(self, params: Params, _: Session) -> None:
        self._last_opened = params.get("url", "")
        log = self.log
        if log is not None:
            log.emit(
                ScriptCall(
                    visit=log.visit,
                    context=log.context,
                    phase=log.phase,
                    ms=round(log.latest_ms, 1),
                    api="window.open",
                    url=params.get("url") or "about:blank",
                    frame_url=log.top_url,
                    top_url=log.top_url,
                )
            )

    def _on_service_worker(self, params: Params, _: Session) -> None:
        """A service worker that is being installed has a life of its own, in real time: it is waited for."""
        for version in params.get("versions", ()):
            name = f"service-worker-{version.get('versionId')}"
            settled = version.get("status") in ("installed", "activated", "redundant")
            if settled or version.get("runningStatus") == "stopping":
                self.state.network.ended(name)
            elif name not in self.state.network.flights:
                self.state.network.started(name, version.get("scriptURL", ""), "ServiceWorker")

    def _on_dialog(self, params: Params, _: Session) -> None:
        """Dialogs are dismissed, but for the question whether to leave; a page that asks on and on is stopped."""
        self._dialogs += 1
        self.page.post("Page.handleJavaScriptDialog", {"accept": params.get("type") == "beforeunload"})
        if self._dialogs >= _MOST_DIALOGS:
            self.page.post("Runtime.terminateExecution")
            if self.log is not None:
                self.log.gap("dialogs", f"the page opened {_MOST_DIALOGS} dialogs or more: its script was stopped")

    def _on_crash(self, _: Params, __: Session) -> None:
        self.crashed.set()
        self.time.stop()
        self.committed.set()
        self.state.network.wake()

    def _on_gone(self, _: Params, __: Session) -> None:
        self.crashed.set()
        self.time.stop()
        self.committed.set()
        self.state.network.wake()
