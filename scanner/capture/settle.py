"""Letting a page live: thirty seconds of its life in a fraction of one, or real waiting where that does not work.

Virtual time (`Emulation.setVirtualTimePolicy`) makes timers due as soon as nothing else is to do and holds them while
the network is at work. Between grants the page's time stands still: clicks are handled and requests leave, but no
timer fires, so what follows a click is exactly what comes after it. Frames are still drawn in real time, so
animations and transitions run on while timers wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from scanner.capture.cdp import Params, Session
from scanner.capture.network import Network
from scanner.model.evidence import Settling

CEILING_S = 10.0
"""Seconds on the wall after which a page that never comes to rest is left."""

_STALLED_S = 3.0
_STREAM_QUIET_S = 0.3
_POLLING_AFTER_S = 2.0
_AFTERGLOW_S = 2.0
_BRIEF_AFTERGLOW_S = 0.3
_STARVATION = 1000
_PATIENCE_S = 0.01
_TICK_MS = 5.0
_FIRST_SLICE_MS = 25.0
_TAIL = (_TICK_MS,) * 4
_MOST_DOCUMENTS = 6
_QUIET_FLOOR_S = 1.0
_QUIET_S = 0.5

_WAITING = "pauseIfNetworkFetchesPending"
_HURRYING = "advance"


T = TypeVar("T")


def slices_of(life_ms: float) -> list[float]:
    """A life in parts, each twice as long as the one before, and a few short ones at its end.

    What a page asks of the browser itself (its database, its cookie store) is answered in real time, which a life
    granted at once would leave behind: the answer would come when no time is left to act on it. Between two parts
    such answers arrive.
    """
    if life_ms <= _FIRST_SLICE_MS * 4:
        return [life_ms]
    parts, part, left = list[float](), _FIRST_SLICE_MS, life_ms
    while left > 0:
        parts.append(min(part, left))
        left -= part
        part *= 2
    return [*parts, *_TAIL]


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
        self._policy: str | None = None
        self._budget = 0.0
        self._wake = asyncio.Event()
        self._stopped = False
        self._restarted = False
        self._hurried = ""
        self._turn = asyncio.Lock()
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
            self._command(lane, self._terms(self._policy, self._budget))
        else:
            lane.spent.set()
            self._command(lane, {"policy": "pause"})

    def stop(self) -> None:
        """The page crashed: nobody should wait for its clock."""
        self._stopped = True
        self._wake.set()

    def _command(self, lane: _Lane, terms: dict[str, object]) -> None:
        """Set a clock. One that cannot be set counts as spent, and for the page itself real waiting takes over."""

        def judge(answer: asyncio.Future[dict[str, object]]) -> None:
            if answer.cancelled() or answer.exception() is None:
                return
            lane.spent.set()
            if lane is self._page and not lane.session.closed:
                self.virtual = False
            self._wake.set()

        lane.session.post("Emulation.setVirtualTimePolicy", terms).add_done_callback(judge)

    def hold(self) -> None:
        """Let the page's time stand still, from now on or, for a new tab, from its first navigation on."""
        if not self.virtual:
            return
        self._policy = "pause"
        self._command(self._page, {"policy": "pause"})

    def _terms(self, policy: str, budget: float) -> dict[str, object]:
        return {"policy": policy, "budget": budget, "maxVirtualTimeTaskStarvationCount": _STARVATION}

    def _grant(self, policy: str, budget: float) -> None:
        self._policy, self._budget = policy, budget
        for lane in (self._page, *self._others):
            if lane.session.closed:
                lane.spent.set()
                continue
            lane.spent.clear()
            self._command(lane, self._terms(policy, budget))

    def restart(self) -> None:
        """The page went to another document: that one gets a whole life of its own."""
        self._restarted = True

    async def live(self, life_ms: float, *, ceiling_s: float = CEILING_S) -> Settling:
        """Let the page live `life_ms`, and see its requests through; at most `ceiling_s` seconds on the wall."""
        async with self._turn:
            return await self._live(life_ms, ceiling_s)

    async def _live(self, life_ms: float, ceiling_s: float) -> Settling:
        if not self.virtual:
            return await self._live_for_real(ceiling_s)
        began = time.monotonic()
        slices, lives = slices_of(life_ms), 1
        lived, ended = 0.0, "budget spent"
        while slices:
            self._restarted = False
            part = slices.pop(0)
            ended = await self._run(began, part, ceiling_s)
            if ended == "refused":
                return await self._live_for_real(ceiling_s)
            if ended in ("ceiling", "gone"):
                self.hold()
                break
            lived += part
            if not slices and not self._restarted:
                ended = await self._see_requests_through(began, ceiling_s)
            if self._restarted and lives < _MOST_DOCUMENTS:
                slices, lives = slices_of(life_ms), lives + 1
        return Settling(method="virtual-time", life_ms=round(min(lived, life_ms), 1), ended=ended)

    async def during(self, work: Awaitable[T], limit_s: float) -> T | None:
        """Await something for which the page must live a little, such as an answer of its database; null if late."""
        task = asyncio.ensure_future(work)
        end = time.monotonic() + limit_s
        while not task.done() and time.monotonic() < end and not self._stopped:
            await asyncio.wait({task}, timeout=_PATIENCE_S)
            if not task.done() and self.virtual:
                async with self._turn:
                    await self._run(time.monotonic(), _TICK_MS, _PATIENCE_S * 10)
        if not task.done():
            task.cancel()
            return None
        return task.result()

    async def _see_requests_through(self, began: float, ceiling_s: float) -> str:
        left = max(0.1, ceiling_s - (time.monotonic() - began))
        if await self._network.until_idle(min(left, _BRIEF_AFTERGLOW_S if self._hurried else _AFTERGLOW_S)):
            return self._hurried or "budget spent"
        self._network.give_up()
        return self._hurried or "network busy"

    async def _run(self, began: float, part_ms: float, ceiling_s: float) -> str:
        """Grant a part and wait for it to be spent; hurry where the network would hold it for ever."""
        if not self._network.held_up and self._network.polled is None:
            self._hurried = ""
        self._grant(_HURRYING if self._hurried else _WAITING, part_ms)
        while not self._spent():
            passed = time.monotonic() - began
            if self._stopped or self._page.session.closed:
                return "gone"
            if not self.virtual:
                return "refused"
            if passed >= ceiling_s:
                return "ceiling"
            if not self._hurried and (reason := self._reason_to_hurry(passed)):
                self._hurried = reason
                self._network.give_up()
                self._grant(_HURRYING, part_ms)
            self._wake.clear()
            try:
                async with asyncio.timeout(min(_PATIENCE_S * 10, ceiling_s - passed)):
                    await self._wake.wait()
            except TimeoutError:
                continue
        return self._hurried or "budget spent"

    def _spent(self) -> bool:
        return all(lane.spent.is_set() or lane.session.closed for lane in (self._page, *self._others))

    def _reason_to_hurry(self, passed: float) -> str:
        """Why timers should no longer wait for the network, or an empty string."""
        network = self._network
        if network.streaming and network.quiet_for() > _STREAM_QUIET_S:
            return "streaming"
        if network.polled is not None and passed > _POLLING_AFTER_S:
            return "polling"
        if network.flights and passed > _STALLED_S and network.quiet_for() > _STALLED_S:
            return "stalled"
        return ""

    async def _live_for_real(self, ceiling_s: float) -> Settling:
        """Wait for half a second without network events, no shorter than the floor, no longer than the ceiling."""
        began = time.monotonic()
        ended = "ceiling"
        while (passed := time.monotonic() - began) < ceiling_s and not self._stopped:
            quiet = self._network.quiet_for()
            if passed >= _QUIET_FLOOR_S and quiet >= _QUIET_S and self._network.idle:
                ended = "quiet"
                break
            await self._network.change(max(0.05, min(_QUIET_S - min(quiet, _QUIET_S), ceiling_s - passed, _QUIET_S)))
        lived = (time.monotonic() - began) * 1000
        return Settling(method="quiet-window", life_ms=round(lived, 1), ended=ended)
