"""Letting a page live: thirty seconds of its life in a fraction of one, or real waiting where that does not work.

Virtual time (`Emulation.setVirtualTimePolicy`) makes timers due as soon as nothing else is to do and holds them while
the network is at work. Between grants the page's time stands still: clicks are handled and requests leave, but no
timer fires, so what follows a click is exactly what comes after it. Frames are still drawn in real time, so
animations and transitions run on while timers wait.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from scanner.capture.cdp import Params, ProtocolError, Session
from scanner.capture.network import Network
from scanner.model.evidence import Settling

CEILING_S = 10.0
"""Seconds on the wall after which a page that never comes to rest is left."""

_STALLED_S = 3.0
_STREAM_QUIET_S = 0.3
_POLLING_AFTER_S = 2.0
_AFTERGLOW_S = 2.0
_STARVATION = 1000
_MOST_DOCUMENTS = 6
_ANSWER_S = 1.0
_QUIET_FLOOR_S = 1.0
_QUIET_S = 0.5

_WAITING = "pauseIfNetworkFetchesPending"
_HURRYING = "advance"


@dataclass
class _Lane:
    """One target's clock: the page's, or that of a frame or worker with a thread of its own."""

    session: Session
    spent: asyncio.Event = field(default_factory=asyncio.Event)


class PageTime:
    """The clocks of one tab. All waiting for a page goes through here."""

    def __init__(self, page: Session, network: Network) -> None:
        self._page = _Lane(page)
        self._others: list[_Lane] = []
        self._network = network
        self.virtual = True
        self.lived_ms = 0.0
        self._policy: str | None = None
        self._budget = 0.0
        self._wake = asyncio.Event()
        self._listen(self._page)

    def _listen(self, lane: _Lane) -> None:
        def spent(_: Params, __: Session) -> None:
            lane.spent.set()
            self._wake.set()

        lane.session.on("Emulation.virtualTimeBudgetExpired", spent)

    def join(self, session: Session) -> None:
        """A frame's process or a worker joined the page: its clock follows the page's from its first instruction."""
        if not self.virtual:
            return
        lane = _Lane(session)
        self._listen(lane)
        self._others = [other for other in self._others if not other.session.closed]
        self._others.append(lane)
        if self._policy in (_WAITING, _HURRYING):
            session.post("Emulation.setVirtualTimePolicy", self._terms(self._policy, self._budget))
        else:
            lane.spent.set()
            session.post("Emulation.setVirtualTimePolicy", {"policy": "pause"})

    def hold(self) -> None:
        """Let the page's time stand still, from now on or, for a new tab, from its first navigation on."""
        if not self.virtual:
            return
        self._policy = "pause"
        answer = self._page.session.post("Emulation.setVirtualTimePolicy", {"policy": "pause"})
        answer.add_done_callback(self._judge)

    def _judge(self, answer: asyncio.Future[dict[str, object]]) -> None:
        if not answer.cancelled() and isinstance(answer.exception(), ProtocolError) and not self._page.session.closed:
            self.virtual = False

    def _terms(self, policy: str, budget: float) -> dict[str, object]:
        return {"policy": policy, "budget": budget, "maxVirtualTimeTaskStarvationCount": _STARVATION}

    def _grant(self, policy: str, budget: float) -> None:
        self._policy, self._budget = policy, budget
        for lane in (self._page, *self._others):
            if lane.session.closed:
                lane.spent.set()
                continue
            lane.spent.clear()
            lane.session.post("Emulation.setVirtualTimePolicy", self._terms(policy, budget)).add_done_callback(
                self._judge if lane is self._page else _ignore
            )

    def restart(self) -> None:
        """The page went to another document: that one gets a whole life of its own."""
        self.lived_ms = 0.0
        if self._policy in (_WAITING, _HURRYING):
            self._grant(_WAITING, self._budget)

    async def live(self, life_ms: float, *, ceiling_s: float = CEILING_S) -> Settling:
        """Let the page live `life_ms`, and see its requests through; at most `ceiling_s` seconds on the wall."""
        if not self.virtual:
            return await self._live_for_real(ceiling_s)
        began = time.monotonic()
        self._grant(_WAITING, life_ms)
        ended = ""
        for _ in range(_MOST_DOCUMENTS):
            ended = await self._run(began, life_ms, ceiling_s)
            if not self.virtual:
                return await self._live_for_real(ceiling_s)
            if ended in ("ceiling", "gone"):
                break
            left = ceiling_s - (time.monotonic() - began)
            if not await self._network.until_idle(min(_AFTERGLOW_S, max(0.1, left))):
                ended = "network busy"
            if self._spent():  # or else a navigation brought another document meanwhile
                break
        lived = life_ms
        if ended in ("ceiling", "gone"):
            self.hold()
            lived = await self._lived_of(life_ms) if ended == "ceiling" else 0.0
        self.lived_ms += lived
        return Settling(method="virtual-time", life_ms=round(lived, 1), ended=ended)

    async def _lived_of(self, life_ms: float) -> float:
        """How much of a grant was lived when it was cut short; zero where the page does not even answer that."""
        try:
            answer = await self._page.session.send(
                "Runtime.evaluate", {"expression": "performance.now()"}, timeout_s=_ANSWER_S
            )
        except ProtocolError:
            return 0.0
        value = answer.get("result", {}).get("value")
        return min(life_ms, max(0.0, float(value) - self.lived_ms)) if isinstance(value, (int, float)) else 0.0

    async def _run(self, began: float, life_ms: float, ceiling_s: float) -> str:
        """Wait for the grant to be spent; hurry where the network would hold it for ever. Returns how it ended."""
        hurried = ""
        while not self._spent():
            passed = time.monotonic() - began
            if passed >= ceiling_s or self._page.session.closed or not self.virtual:
                return "ceiling" if not self._page.session.closed else "gone"
            if not hurried:
                hurried = self._reason_to_hurry(passed)
                if hurried:
                    self._grant(_HURRYING, life_ms)
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), min(0.1, ceiling_s - passed))
            except TimeoutError:
                continue
        return hurried or "budget spent"

    def _spent(self) -> bool:
        return all(lane.spent.is_set() or lane.session.closed for lane in (self._page, *self._others))

    def _reason_to_hurry(self, passed: float) -> str:
        """Why timers should no longer wait for the network, or an empty string."""
        network = self._network
        if network.streaming and network.quiet_for() > _STREAM_QUIET_S:
            return "streaming"
        if network.polled is not None and passed > _POLLING_AFTER_S:
            return "polling"
        if passed > _STALLED_S and network.quiet_for() > _STALLED_S:
            return "stalled"
        return ""

    async def _live_for_real(self, ceiling_s: float) -> Settling:
        """Wait for half a second without network events, no shorter than the floor, no longer than the ceiling."""
        began = time.monotonic()
        ended = "ceiling"
        while (passed := time.monotonic() - began) < ceiling_s:
            quiet = self._network.quiet_for()
            if passed >= _QUIET_FLOOR_S and quiet >= _QUIET_S and self._network.idle:
                ended = "quiet"
                break
            await self._network.change(max(0.05, min(_QUIET_S - min(quiet, _QUIET_S), ceiling_s - passed, _QUIET_S)))
        lived = (time.monotonic() - began) * 1000
        self.lived_ms += lived
        return Settling(method="quiet-window", life_ms=round(lived, 1), ended=ended)


def _ignore(_: asyncio.Future[dict[str, object]]) -> None:
    """A target's answer that decides nothing."""
