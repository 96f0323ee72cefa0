"""Letting a page live: thirty seconds of its life in a fraction of one, or real waiting where that does not work.

Virtual time (`Emulation.setVirtualTimePolicy`) makes timers due as soon as nothing else is to do and holds them while
the network is at work. Between grants the page's time stands still: clicks are handled and requests leave, but no
timer fires, so what follows a click is exactly what comes after it. Frames are still drawn in real time, so
animations and transitions run on while timers wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from scanner.capture.cdp import Params, Session
from scanner.capture.network import Network
from scanner.capture.together import meanwhile
from scanner.model.evidence import Settling

CEILING_S = 10.0
"""Seconds on the wall after which a page that never comes to rest is left."""

_STALLED_S = 3.0
_NUDGED_S = 1.0
_STREAM_QUIET_S = 0.3
_POLLING_AFTER_S = 1.0
_AFTERGLOW_S = 2.0
_BRIEF_AFTERGLOW_S = 0.3
_STARVATION = 1000
_FOREVER_MS = 1e9
_PATIENCE_S = 0.01
_LOOK_AGAIN_S = 0.1
_TICK_CEILING_S = 1.0
_TICK_MS = 5.0
_FIRST_SLICE_MS = 25.0
_ANSWERS = 16
"""Ticks in which answers of the browser arrive: each costs a round trip to it, which takes longer on a busy machine, as
the answers do."""
_ANSWERS_CEILING_S = 3.0
_MOVED_LIFE_MS = 3_000.0
_MOST_DOCUMENTS = 6
_QUIET_FLOOR_S = 1.0
_QUIET_S = 0.5

_WAITING = "pauseIfNetworkFetchesPending"
_HURRYING = "advance"


T = TypeVar("T")


def slices_of(life_ms: float) -> list[float]:
    """A life in parts, each twice as long as the one before.

    What a page asks of the browser itself (its database, its cookie store) is answered in real time, which a life
    granted at once would leave behind: the answer would come when no time is left to act on it. Between two parts
    such answers arrive; those to what is asked last have `PageTime.linger`.
    """
    if life_ms <= _FIRST_SLICE_MS * 4:
        return [life_ms]
    parts, part, left = list[float](), _FIRST_SLICE_MS, life_ms
    while left > 0:
        parts.append(min(part, left))
        left -= part
        part *= 2
    return parts


@dataclass
class _Lane:
    """One target's clock: the page's, or that of a frame or worker with a thread of its own.

    The browser tells once for each budget that it was spent, and then stops the clock. A budget that was cut short
    is still told of, so they are counted: the clock has come to its end when none is open.
    """

    session: Session
    open_budgets: int = 0
    policy: str = "pause"
    awaited: bool = True
    told: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.session.on("Emulation.virtualTimeBudgetExpired", self._on_spent)

    @property
    def spent(self) -> bool:
        """Whether everything granted was lived."""
        return self.open_budgets == 0 or self.session.closed

    def set(self, policy: str, budget: float | None = None) -> asyncio.Future[dict[str, object]]:
        """Change the policy, with a new budget or within the one that runs."""
        self.policy = policy
        terms: dict[str, object] = {"policy": policy}
        if policy != "pause":
            terms["maxVirtualTimeTaskStarvationCount"] = _STARVATION
        if budget is not None:
            self.open_budgets += 1
            terms["budget"] = budget
        return self.session.post("Emulation.setVirtualTimePolicy", terms)

    def _on_spent(self, _: Params, __: Session) -> None:
        self.open_budgets = max(0, self.open_budgets - 1)
        if self.open_budgets and self.policy != "pause":
            self.set(self.policy)
        self.told()


class PageTime:
    """The clocks of one tab. All waiting for a page goes through here."""

    def __init__(self, page: Session, network: Network) -> None:
        self._wake = asyncio.Event()
        self._page = _Lane(page, told=self._wake.set)
        self._frames: list[_Lane] = []
        self._workers: list[_Lane] = []
        """Bound to the page's clock, and never waited for; but one that was not started holds the page's."""
        self._network = network
        self._part: float | None = None
        self._stopped = False
        self._restarted = False
        self._hurried = ""
        self._turn = asyncio.Lock()
        self.virtual = True
        self.worn = False
        """Whether no other page should come into this tab: a grant was cut short, and budgets that are still open make
        the next clock unreliable; or a page used up what navigations the browser allows a frame in ten seconds."""

    def join(self, session: Session) -> None:
        """A frame's process or a worker joined the page: its clock runs with the page's from its first instruction.

        A worker's clock is bound to the page's anyway; it only has to be told to go along, with a budget that never
        ends. Waiting for a worker, or stopping it, would stop the page too.
        """
        if not self.virtual:
            return
        lane = _Lane(session, told=self._wake.set)
        if session.kind == "worker":
            lane.set(_WAITING, _FOREVER_MS)
            self._workers = [*(one for one in self._workers if not one.session.closed), lane]
            return
        self._frames = [frame for frame in self._frames if not frame.session.closed]
        self._frames.append(lane)
        if self._part is None:
            self._command(lane, "pause")
        else:
            self._command(lane, _HURRYING if self._hurried else _WAITING, self._part)

    def stop(self) -> None:
        """The page crashed: nobody should wait for its clock."""
        self._stopped = True
        self._wake.set()

    def hold(self) -> None:
        """Let the page's time stand still, from now on or, for a new tab, from its first navigation on."""
        if self.virtual:
            for lane in self._lanes():
                self._command(lane, "pause")

    def restart(self) -> None:
        """The page went to another document: that one gets a whole life of its own."""
        self._restarted = True

    def _lanes(self) -> list[_Lane]:
        return [lane for lane in (self._page, *self._frames) if not lane.session.closed]

    def _command(self, lane: _Lane, policy: str, budget: float | None = None) -> None:
        """Set a clock. One that cannot be set is never waited for; if it is the page's, real waiting takes over."""

        def judge(answer: asyncio.Future[dict[str, object]]) -> None:
            if answer.cancelled() or answer.exception() is None:
                return
            lane.open_budgets = 0
            lane.awaited = False
            if lane is self._page and not lane.session.closed:
                self.virtual = False
            self._wake.set()

        lane.set(policy, budget).add_done_callback(judge)

    async def live(self, life_ms: float, *, ceiling_s: float = CEILING_S) -> Settling:
        """Let the page live `life_ms`, and see its requests through; at most `ceiling_s` seconds on the wall."""
        async with self._turn:
            if not self.virtual:
                return await self._live_for_real(ceiling_s)
            return await self._live(life_ms, ceiling_s)

    async def _live(self, life_ms: float, ceiling_s: float) -> Settling:
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

    async def linger(self) -> None:
        """Let the answers arrive that the page still waits for: to be called before its evidence is read.

        Each live does without it, so that it is paid for once a visit. A page that goes to another document meanwhile
        gets a life there.
        """
        async with self._turn:
            if not self.virtual or self.worn:
                return
            began, self._restarted = time.monotonic(), False
            for _ in range(_ANSWERS):
                if await self._run(began, _TICK_MS, _ANSWERS_CEILING_S) in ("refused", "ceiling", "gone"):
                    self.hold()
                    return
            await self._see_requests_through(began, CEILING_S)
            if self._restarted:
                await self._live(_MOVED_LIFE_MS, CEILING_S)

    async def during(self, work: Coroutine[Any, Any, T], limit_s: float) -> T | None:
        """Await something for which the page must live a little, such as an answer of its database; null if late."""
        end = time.monotonic() + limit_s
        async with meanwhile(work) as task:
            while not task.done() and time.monotonic() < end and not self._stopped:
                await asyncio.wait({task}, timeout=_PATIENCE_S)
                if not task.done():
                    await self.tick()
        return None if task.cancelled() else task.result()

    async def tick(self) -> None:
        """Let the page do what is due now; nothing that it asks for is waited for."""
        async with self._turn:
            if self.virtual:
                await self._run(time.monotonic(), _TICK_MS, _TICK_CEILING_S)

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
        self._part = part_ms
        for lane in (self._page, *self._frames):
            self._command(lane, _HURRYING if self._hurried else _WAITING, part_ms)
        try:
            return await self._until_spent(began, ceiling_s)
        finally:
            self._part = None

    async def _until_spent(self, began: float, ceiling_s: float) -> str:
        granted, nudged = time.monotonic(), False
        while not all(lane.spent or not lane.awaited for lane in (self._page, *self._frames)):
            passed = time.monotonic() - began
            if self._stopped or self._page.session.closed:
                return "gone"
            if not self.virtual:
                return "refused"
            if passed >= ceiling_s:
                self.worn = True
                return "ceiling"
            if not self._hurried and (reason := self._reason_to_hurry(passed)):
                self._hurried = reason
                self._network.give_up()
                for lane in (*self._lanes(), *self._workers):
                    self._command(lane, _HURRYING)
            if not nudged and time.monotonic() - granted > _NUDGED_S and not self._network.flights:
                # With several workers a clock is sometimes not started by its first command.
                nudged = True
                for lane in self._lanes():
                    if not lane.spent:
                        self._command(lane, lane.policy)
                for lane in self._workers:  # a clock of theirs that stands still holds the page's, and all timers
                    self._command(lane, lane.policy)
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(_LOOK_AGAIN_S, ceiling_s - passed)):
                    await self._wake.wait()
        return self._hurried or "budget spent"

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
        while (passed := time.monotonic() - began) < ceiling_s and not self._stopped:
            quiet = self._network.quiet_for()
            if passed >= _QUIET_FLOOR_S and quiet >= _QUIET_S and self._network.idle:
                ended = "quiet"
                break
            await self._network.change(max(0.05, min(_QUIET_S - min(quiet, _QUIET_S), ceiling_s - passed, _QUIET_S)))
        lived = (time.monotonic() - began) * 1000
        return Settling(method="quiet-window", life_ms=round(lived, 1), ended=ended)
