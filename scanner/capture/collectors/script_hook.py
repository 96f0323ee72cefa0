"""Script: cookies that scripts write, and calls of interfaces that the protocol does not report.

A small script runs in every document before the page's own first line and reports through a binding of the protocol
whose name is made up anew for each browser and taken out of the page's sight at once.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from scanner.capture.cdp import Params, Session
from scanner.capture.collectors.base import Collector, TabState
from scanner.capture.collectors.requests import Requests
from scanner.capture.collectors.workers import SHARED_KINDS
from scanner.capture.log import VisitLog
from scanner.model.evidence import ScriptCall, ScriptCookieWrite, StackFrame

_MOST_REPORTS_OF_A_DOCUMENT = 1_000
_MOST_REPORTS_OF_A_VISIT = 10_000
_FRAME = re.compile(r"^\s*at (?:async )?(?:(?P<function>.*?) \()?(?P<url>[^()\s]+?):(?P<line>\d+):(?P<column>\d+)\)?$")
_EVAL = re.compile(r"\(eval at (?P<function>\S*) ?\((?P<url>[^()\s]+?):(?P<line>\d+):(?P<column>\d+)\)")
_SOURCE = files(__package__).joinpath("hook.js").read_text(encoding="utf-8")


def hook_source(binding: str) -> str:
    """The hook for a browser whose binding has that name."""
    return f"(() => {{ const NAME = {json.dumps(binding)}, LIMIT = {_MOST_REPORTS_OF_A_DOCUMENT};\n{_SOURCE}\n}})();"


class ScriptHook(Collector):
    """Receives the hook's reports from every frame of the tab."""

    def __init__(self, tab: TabState, requests: Requests) -> None:
        super().__init__(tab)
        self._requests = requests
        tab.shared.listen(requests, lambda params: self._hear(params, shared=True))
        self._pending: list[ScriptCookieWrite | ScriptCall] = []
        self._count = 0

    def attach(self, session: Session) -> None:
        if session.kind in SHARED_KINDS and not self.tab.shared.is_first(session):
            return
        session.on("Runtime.bindingCalled", self._on_report)
        session.post("Runtime.enable")
        session.post("Runtime.addBinding", {"name": self.tab.binding})
        if session.kind in ("page", "iframe"):
            session.post("Page.addScriptToEvaluateOnNewDocument", {"source": hook_source(self.tab.binding)})
        else:
            # A worker's global object is there before its first line runs.
            session.post("Runtime.evaluate", {"expression": hook_source(self.tab.binding)})

    def begin(self) -> None:
        self._pending.clear()
        self._count = 0

    async def finish(self, log: VisitLog) -> None:
        for record in self._pending:
            log.emit(record)
        self._pending.clear()

    def _on_report(self, params: Params, session: Session) -> None:
        if params.get("name") != self.tab.binding:
            return
        if session.kind in SHARED_KINDS:
            self.tab.shared.report(params, session, self._requests)
        else:
            self._hear(params, shared=False)

    def _hear(self, params: Params, *, shared: bool) -> None:
        log = self.tab.log
        if log is None:
            return
        self._count += 1
        try:
            self._take(log, json.loads(params["payload"]), shared=shared)
        except (ValueError, TypeError, KeyError, AttributeError):
            return  # a page found the channel and spoke through it

    def _take(self, log: VisitLog, report: dict[str, Any], *, shared: bool) -> None:
        kind = report["k"]
        if kind == "flood" or self._count > _MOST_REPORTS_OF_A_VISIT:
            log.gap("script", "a page made too many watched calls: not all are recorded", url=str(report.get("h", "")))
        elif kind == "hello":
            if report.get("top") and not str(report.get("h", "")).startswith("about:"):
                log.restart_clock(float(report["t"]), float(report.get("p", 0)))
        else:
            self._keep(log, kind, report, shared=shared)

    def _keep(self, log: VisitLog, kind: str, report: dict[str, Any], *, shared: bool) -> None:
        stack = parse_stack(str(report.get("s", "")))
        page_time = float(report.get("t", 0))
        # A worker that serves several pages has a clock of its own.
        ms = log.ms_of_browser(page_time) if shared else log.ms_of_page(page_time)
        frame_url = str(report.get("h", ""))
        if kind == "cookie" and report.get("a") in ("document.cookie", "cookieStore.set", "cookieStore.delete"):
            self._pending.append(
                ScriptCookieWrite(
                    visit=log.visit,
                    context=log.context,
                    phase=log.phase,
                    ms=ms,
                    api=report["a"],
                    raw=str(report.get("v", "")),
                    page_time=page_time,
                    frame_url=frame_url,
                    top_url=log.top_url,
                    stack=stack,
                )
            )
        elif kind == "cause" and stack:
            self._requests.expect_cause(str(report.get("u", "")), stack)
        elif kind == "call":
            url = report.get("u")
            if report.get("a") == "fetch.keepalive" and isinstance(url, str):
                self._requests.expect_keepalive(url)
            self._pending.append(
                ScriptCall(
                    visit=log.visit,
                    context=log.context,
                    phase=log.phase,
                    ms=ms,
                    api=str(report.get("a", "")),
                    url=str(url) if url is not None else None,
                    detail=str(report.get("d", "")),
                    frame_url=frame_url,
                    top_url=log.top_url,
                    stack=stack,
                )
            )


def parse_stack(text: str) -> tuple[StackFrame, ...]:
    """The frames of a V8 stack text, nearest first, without those of the hook itself (which has no address)."""
    frames: list[StackFrame] = []
    for line in text.splitlines():
        match = _FRAME.match(line) or _EVAL.search(line)
        if match is None or match["url"].startswith(("<anonymous>", "native")):
            continue
        frames.append(
            StackFrame(
                url=match["url"],
                function=(match["function"] or "")[:200],
                line=int(match["line"]),
                column=int(match["column"]),
            )
        )
    return tuple(frames)
