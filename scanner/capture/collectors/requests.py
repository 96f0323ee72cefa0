"""Requests: every hop of every request, with its cookies both ways, from the browser's Network events.

Facts about the protocol that shape this file: hops of a redirect share one id, and a later hop's initiator is
useless; the `ExtraInfo` events, which alone have the true `Set-Cookie` lines, come in any order relative to the rest
and carry no hop number, so they are matched to hops in order; a preflight, not the request it precedes, may hold the
stack; an image that a script asks for leaves when that script has ended, so that only an asynchronous stack leads
back to it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from contextlib import suppress
from typing import Any

from scanner.capture.cdp import Params, ProtocolError, Session
from scanner.capture.collectors.base import Collector, TabState
from scanner.capture.collectors.workers import SHARED_KINDS
from scanner.capture.hops import BODY_LIMIT, Hop, body_of, initiator_of
from scanner.capture.log import VisitLog
from scanner.capture.network import OPENING_SOCKET
from scanner.model.evidence import Initiator, StackFrame

_MOST_HOPS = 5_000
_SKIPPED = ("data:", "about:", "chrome:", "chrome-extension:", "devtools:")
_NUMBERS = itertools.count(1)
_SENT_FRAMES_KEPT = 400
_SENT_FRAME_LIMIT = 8_192
_ASYNC_DEPTH = 8
_LEAVING_S = 0.2
_EXTRAS_S = 0.5
"""How long, on the wall, what the browser announced of a hop is waited for when the visit ends."""


class Requests(Collector):
    """Fills hops from events and writes them down when the visit ends."""

    def __init__(self, tab: TabState) -> None:
        super().__init__(tab)
        self._hops: dict[str, list[Hop]] = {}
        self._sent: dict[str, list[Params]] = defaultdict(list)
        self._received: dict[str, list[Params]] = defaultdict(list)
        self._asked: set[asyncio.Task[None]] = set()
        self._keepalive: list[str] = []
        self._causes: dict[str, list[tuple[StackFrame, ...]]] = {}
        self._pages: list[Hop] = []
        self._count = 0
        self._news = asyncio.Event()
        tab.shared.enter(self)

    def attach(self, session: Session) -> None:
        owner = self.tab.shared.starter(session, self) if session.kind == "shared_worker" else self
        if session.kind in SHARED_KINDS:
            self.tab.shared.serve(session, owner)
        for name, handler in (
            ("requestWillBeSent", owner._on_request),
            ("requestWillBeSentExtraInfo", owner._on_request_extra),
            ("responseReceived", owner._on_response),
            ("responseReceivedExtraInfo", owner._on_response_extra),
            ("requestServedFromCache", owner._on_cache),
            ("dataReceived", owner._on_data),
            ("loadingFinished", owner._on_finished),
            ("loadingFailed", owner._on_failed),
            ("webSocketCreated", owner._on_socket),
            ("webSocketWillSendHandshakeRequest", owner._on_socket_request),
            ("webSocketHandshakeResponseReceived", owner._on_socket_response),
            ("webSocketFrameSent", owner._on_socket_frame),
            ("webSocketClosed", owner._on_socket_closed),
        ):
            session.on(f"Network.{name}", handler)
        session.post("Network.enable", {"maxTotalBufferSize": 2_000_000, "maxPostDataSize": BODY_LIMIT})
        session.post("Runtime.enable")
        session.post("Runtime.setAsyncCallStackDepth", {"maxDepth": _ASYNC_DEPTH})

    def begin(self) -> None:
        self._hops.clear()
        self._sent.clear()
        self._received.clear()
        self._keepalive.clear()
        self._causes.clear()
        self._pages.clear()
        self._count = 0
        self.tab.network.begin()

    def expect_keepalive(self, url: str) -> None:
        """A script called `fetch` with `keepalive`: the protocol does not say so of the request itself."""
        for hops in self._hops.values():
            hop = hops[0]
            if hop.url == url and hop.resource_type == "Fetch" and not hop.keepalive:
                hop.keepalive = True
                return
        self._keepalive.append(url)

    def expect_cause(self, url: str, stack: tuple[StackFrame, ...]) -> None:
        """A script asked for an image or started a worker: the browser may tell the request without its stack."""
        self._causes.setdefault(url, []).append(stack)

    async def finish(self, log: VisitLog) -> None:
        if self._asked:
            await asyncio.wait(self._asked, timeout=1.0)
        await self._await_extras()
        for request_id, hops in self._hops.items():
            self._match_extras(request_id, hops)
            self._name_cause(hops)
            for hop in hops:
                log.emit(hop.record())
        for kept in (self._hops, self._sent, self._received):
            kept.clear()

    async def _await_extras(self) -> None:
        """A page that failed is over before the browser has told the cookies that came with its answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_EXTRAS_S):
                while any(self._is_owed(request_id, hops) for request_id, hops in self._hops.items()):
                    self._news.clear()
                    await self._news.wait()

    def _is_owed(self, request_id: str, hops: list[Hop]) -> bool:
        """Whether the browser has yet to tell of a page how it ended, or the cookies of an answer it announced."""
        received = len(self._received.get(request_id, ()))
        if hops[-1] in self._pages and hops[-1].status is None:
            # Of a page that failed, what was sent is all that tells that there was somebody to answer.
            return hops[-1].failure is None or len(self._sent.get(request_id, ())) > received
        return sum(hop.expects_extra is True for hop in hops) > received

    # What follows are the events, in the order in which they usually come.

    def _on_request(self, params: Params, session: Session) -> None:
        log = self.tab.log
        url = params["request"]["url"]
        if log is None or url.startswith(_SKIPPED) or not self._is_ours(params, session):
            return
        request_id = params["requestId"]
        hops = self._hops.setdefault(request_id, [])
        before = hops[-1] if hops else None
        if before is not None and "redirectResponse" in params:
            before.take_response(params["redirectResponse"])
            before.expects_extra = bool(params.get("redirectHasExtraInfo"))
        if self._count >= _MOST_HOPS:
            log.gap("requests", f"more than {_MOST_HOPS} requests in one visit: the rest is not recorded")
            if not hops:
                del self._hops[request_id]
            return
        self._count += 1
        hop = self._new_hop(log, params, before, session)
        hops.append(hop)
        if not url.startswith("blob:"):  # made in the page: nothing of it goes over the network
            self.tab.network.started(request_id, url, hop.resource_type)
        if params["request"].get("hasPostData") and hop.body is None:
            task = asyncio.create_task(self._ask_body(session, hop))
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)

    @property
    def id(self) -> str:
        """The tab's target, which no other tab of the browser ever was."""
        return str(self.tab.page.target["targetId"])

    @property
    def visited(self) -> bool:
        """Whether a visit runs in the tab."""
        return self.tab.log is not None

    def asked_for(self, url: str) -> bool:
        """Whether a script of the tab asked for an image or a worker at that address."""
        return url in self._causes

    def _is_ours(self, params: Params, session: Session) -> bool:
        """Whether a request belongs to this tab's evidence."""
        return session.kind not in SHARED_KINDS or self.tab.shared.keeps(self, session, params["requestId"])

    def _new_hop(self, log: VisitLog, params: Params, before: Hop | None, session: Session) -> Hop:
        request = params["request"]
        wall = float(params.get("wallTime", 0)) * 1000
        kind = params.get("type", "Other")
        url = request["url"] + request.get("urlFragment", "")
        # Navigations and workers that serve several pages are timed by the browser's clock, all else by the page's own.
        by_browser = kind == "Document" or before is not None or session.kind in SHARED_KINDS
        ms = log.ms_of_browser(wall) if by_browser else log.ms_of_page(wall)
        is_page = kind == "Document" and params.get("frameId") == self.tab.page.target.get("targetId")
        initiator = before.initiator if before is not None else self._initiator(params, kind, leading=is_page)
        if is_page:
            log.top_url = url
        hop = Hop(
            id=f"{log.visit}-r{next(_NUMBERS)}",
            request_id=params["requestId"],
            visit=log.visit,
            context=log.context,
            phase=before.phase if before is not None else log.phase,
            ms=ms,
            url=url,
            method=request["method"],
            resource_type=kind,
            frame_url=params.get("documentURL", ""),
            top_url=log.top_url,
            initiator=initiator,
            redirect_of=before.id if before is not None else None,
            headers=dict(request.get("headers", {})),
        )
        if kind == "Fetch" and url in self._keepalive:
            self._keepalive.remove(url)
            hop.keepalive = True
        hop.keepalive = hop.keepalive or kind == "Ping"
        body = body_of(request)
        if body is not None:
            hop.take_body(body)
        if is_page:
            self._note_page(hop)
        hop.asked_at = float(params.get("timestamp", 0))
        return hop

    def _note_page(self, hop: Hop) -> None:
        """A hop that only sends the visitor on never stands in the address bar: what it leads to does."""
        if hop.redirect_of is not None:
            for earlier in reversed(self._pages):
                earlier.top_url = hop.top_url
                if earlier.redirect_of is None:
                    break
        self._pages.append(hop)

    def _initiator(self, params: Params, kind: str, *, leading: bool) -> Initiator:
        raw: dict[str, Any] = params.get("initiator", {})
        initiator = initiator_of(raw)
        original = self._hops.get(raw.get("requestId", ""))
        if initiator.kind == "preflight" and original and not initiator.stack:
            cause = original[0].initiator
            return cause.model_copy(update={"kind": "preflight", "confidence": "likely"})
        if leading and initiator.url is None and self._pages:
            # The page itself led to another one, in a way of which the browser does not tell (a `meta` element).
            return initiator.model_copy(update={"url": self._pages[-1].url, "confidence": "likely"})
        document = params.get("documentURL", "")
        if initiator.url is None and kind != "Document" and document.startswith("http"):
            # The browser does not say what on the page asked for it; that the page did is what is left.
            return initiator.model_copy(update={"url": document, "confidence": "likely"})
        return initiator

    def _name_cause(self, hops: list[Hop]) -> None:
        """Give a request without a stack the one that a script had when it asked for it."""
        waiting = self._causes.get(hops[0].url)
        if not waiting or hops[0].initiator.stack or hops[0].resource_type not in ("Image", "Script", "Ping"):
            return
        stack = waiting.pop(0)
        for hop in hops:
            hop.initiator = Initiator(kind="script", url=stack[0].url, stack=stack)

    async def _ask_body(self, session: Session, hop: Hop) -> None:
        """A body given as a blob, or a long one, comes only when asked for."""
        try:
            answer = await session.send("Network.getRequestPostData", {"requestId": hop.request_id}, timeout_s=5)
        except ProtocolError:
            return
        text = answer.get("postData", "")
        hop.take_body(text)

    def _on_request_extra(self, params: Params, _: Session) -> None:
        self._sent[params["requestId"]].append(params)

    def _on_response_extra(self, params: Params, _: Session) -> None:
        self._received[params["requestId"]].append(params)
        self._news.set()
        self.tab.network.answered(params["requestId"])

    def _on_response(self, params: Params, _: Session) -> None:
        self.tab.network.answered(params["requestId"])
        hops = self._hops.get(params["requestId"])
        if hops:
            hops[-1].take_response(params["response"])
            hops[-1].resource_type = params.get("type", hops[-1].resource_type)
            hops[-1].expects_extra = bool(params.get("hasExtraInfo"))
            self._news.set()

    def _on_cache(self, params: Params, _: Session) -> None:
        hops = self._hops.get(params["requestId"])
        if hops:
            hops[-1].from_cache = True

    def _on_data(self, params: Params, _: Session) -> None:
        self.tab.network.data(params["requestId"])
        hops = self._hops.get(params["requestId"])
        if hops:
            hops[-1].body_bytes = (hops[-1].body_bytes or 0) + int(params.get("dataLength", 0))

    def _on_finished(self, params: Params, _: Session) -> None:
        self.tab.network.ended(params["requestId"])
        hops = self._hops.get(params["requestId"])
        if hops and hops[-1].body_bytes is None:
            hops[-1].body_bytes = 0

    def _on_failed(self, params: Params, _: Session) -> None:
        hops = self._hops.get(params["requestId"])
        if hops and hops[-1].resource_type == "Image" and params.get("canceled"):
            # An image that was asked for while the page went away is let live on, as a hit is.
            asked = hops[-1].asked_at
            hops[-1].keepalive = asked > 0 and float(params.get("timestamp", 0)) - asked < _LEAVING_S
        left = bool(hops and hops[-1].keepalive and params.get("canceled"))
        answered = bool(self._received.get(params["requestId"]))
        self.tab.network.ended(params["requestId"], left=left and not answered)
        if not hops or left:
            return  # a hit sent on leaving is only let go of by its document, not by the network
        reason = params.get("blockedReason") or params.get("corsErrorStatus", {}).get("corsError")
        error = params.get("errorText") or "failed"
        hops[-1].failure = f"{error} ({reason})" if reason else error
        self._news.set()

    def _on_socket(self, params: Params, _: Session) -> None:
        log = self.tab.log
        if log is None or self._count >= _MOST_HOPS:
            return
        self._count += 1
        self._hops[params["requestId"]] = [
            Hop(
                id=f"{log.visit}-r{next(_NUMBERS)}",
                request_id=params["requestId"],
                visit=log.visit,
                context=log.context,
                phase=log.phase,
                ms=round(log.latest_ms, 1),
                url=params["url"],
                method="GET",
                resource_type="WebSocket",
                frame_url=log.top_url,
                top_url=log.top_url,
                initiator=initiator_of(params.get("initiator", {})),
            )
        ]
        self.tab.network.started(params["requestId"], params["url"], OPENING_SOCKET)

    def _on_socket_request(self, params: Params, _: Session) -> None:
        hops, log = self._hops.get(params["requestId"]), self.tab.log
        if hops:
            hops[0].headers = dict(params["request"].get("headers", {}))
            if log is not None and "wallTime" in params:
                hops[0].ms = log.ms_of_page(float(params["wallTime"]) * 1000)

    def _on_socket_response(self, params: Params, _: Session) -> None:
        self.tab.network.ended(params["requestId"])
        hops = self._hops.get(params["requestId"])
        if hops:
            hops[0].take_response(params["response"])

    def _on_socket_frame(self, params: Params, _: Session) -> None:
        """The first messages sent stand in for the body of a request."""
        hops = self._hops.get(params["requestId"])
        if not hops or params["response"].get("opcode") != 1:
            return
        text = hops[0].body or ""
        if text.count("\n") < _SENT_FRAMES_KEPT and len(text) < BODY_LIMIT:
            # One long message, such as a page as a whole, must not take the place of all that follow.
            hops[0].take_body(f"{text}{params['response'].get('payloadData', '')[:_SENT_FRAME_LIMIT]}\n")

    def _on_socket_closed(self, params: Params, _: Session) -> None:
        self.tab.network.ended(params["requestId"])

    def _match_extras(self, request_id: str, hops: list[Hop]) -> None:
        sent, received = list(self._sent.get(request_id, ())), list(self._received.get(request_id, ()))
        for hop in hops:
            # Where the browser did not say (no response yet, or a document that went away), the next one is its own.
            if hop.expects_extra is False:
                continue
            if sent:
                hop.sent_extra = sent.pop(0)
            if received:
                hop.received_extra = received.pop(0)
