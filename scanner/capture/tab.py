"""One tab: its targets as they appear, the collectors on them, its clock, and what may go wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.capture.cdp import Params, ProtocolError, Session
from scanner.capture.collectors import Collector, collectors_for
from scanner.capture.collectors.base import TabState
from scanner.capture.log import VisitLog
from scanner.capture.settle import PageTime

_MOST_DIALOGS = 20
_MOST_NAVIGATIONS = 20
_ANSWER_S = 2.0
_COMMIT_S = 10.0


@dataclass
class MainResponse:
    """What answered for the page itself, last redirect hop."""

    status: int | None = None
    mime_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Tab:
    """A page target with everything that belongs to it: frames' processes, workers, pop-ups."""

    def __init__(self, root: Session, page: Session, binding: str) -> None:
        self.page = page
        self.id: str = page.target["targetId"]
        self.opener: str | None = page.target.get("openerId")
        self.state = TabState(root, page, page.target.get("browserContextId", ""), binding=binding)
        self.collectors: tuple[Collector, ...] = collectors_for(self.state)
        self.time = PageTime(page, self.state.network)
        self.main = MainResponse()
        self.main_url = "about:blank"
        self.crashed = asyncio.Event()
        self.committed = asyncio.Event()
        self.is_popup = False
        self._navigations = 0
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
        self.main = MainResponse()
        self._navigations = 0
        self._dialogs = 0
        for collector in self.collectors:
            collector.begin(log)

    async def snapshot(self) -> None:
        """Write down the state of things, through every collector at once."""
        log = self.log
        if log is not None:
            await asyncio.gather(*(collector.snapshot(log) for collector in self.collectors))

    async def finish(self) -> None:
        """The visit is over: every collector writes what it gathered."""
        log, self.state.log = self.log, None
        if log is not None and not log.closed:
            log.closed = True
            for collector in self.collectors:
                await collector.finish(log)

    async def navigate(self, url: str, timeout_s: float) -> str | None:
        """Go to an address and return once the browser has it; the browser's error text, or null.

        Raises:
            ProtocolError: no answer within `timeout_s`.
        """
        self.committed.clear()
        answer = await self.page.send("Page.navigate", {"url": url}, timeout_s=timeout_s)
        error = answer.get("errorText")
        if error is None and answer.get("isDownload"):
            return "net::ERR_ABORTED"
        return str(error) if error else None

    async def reload(self, timeout_s: float) -> None:
        """Reload and return once the new document is there.

        Raises:
            ProtocolError: the browser did not bring one within `timeout_s`.
        """
        self.committed.clear()
        await self.page.send("Page.reload", timeout_s=_ANSWER_S)
        try:
            await asyncio.wait_for(self.committed.wait(), timeout_s)
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
                continue
            return True
        return False

    async def barrier(self) -> None:
        """Return when every event that the browser sent before now has been handled."""
        try:
            await self.page.send("Runtime.evaluate", {"expression": "0"}, timeout_s=_ANSWER_S)
        except ProtocolError:
            return

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
        for collector in self.collectors:
            collector.attach(session)
        if session is not self.page:
            self.time.join(session)
        session.post(
            "Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        )
        session.post("Runtime.runIfWaitingForDebugger")

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
        page.on("detached", self._on_gone)
        page.post("Page.enable")
        page.post("Inspector.enable")

    def _on_navigated(self, params: Params, _: Session) -> None:
        frame: Mapping[str, Any] = params["frame"]
        if frame.get("parentId"):
            return
        self.main_url = frame["url"] + frame.get("urlFragment", "")
        self._navigations += 1
        if self.log is not None and not frame["url"].startswith("about:"):
            self.log.top_url = self.main_url
        if self._navigations > _MOST_NAVIGATIONS:
            self.page.post("Page.stopLoading")
            if self.log is not None:
                self.log.gap("navigation", "the page leads to another page again and again: it was stopped")
        elif self._navigations > 1:
            self.time.restart()
        self.committed.set()

    def _on_moved(self, params: Params, _: Session) -> None:
        if params.get("frameId") == self.id:
            self.main_url = params["url"]

    def _on_response(self, params: Params, _: Session) -> None:
        if params.get("type") == "Document" and params.get("frameId") == self.id:
            response = params["response"]
            self.main = MainResponse(
                int(response.get("status", 0)) or None,
                response.get("mimeType") or None,
                {name.lower(): str(value) for name, value in response.get("headers", {}).items()},
            )

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
        self.state.network.wake()

    def _on_gone(self, _: Params, __: Session) -> None:
        self.crashed.set()
        self.state.network.wake()
