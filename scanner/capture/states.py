"""One consent state from its first page to its last: a visitor who makes that choice and looks around."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from scanner.capture.answering import VisitPace
from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.session import ConsentSession
from scanner.capture.contexts import VisitorContext
from scanner.capture.log import Emit, now
from scanner.capture.plan import Plan, Progress
from scanner.capture.tab import Tab
from scanner.capture.visit import VisitRun, VisitSpec
from scanner.model.base import StateName
from scanner.model.evidence import ChoiceMade, Gap, Link, Phase, Settling, Visit

_ANSWER_LIMIT_S = 90.0
_PASSIVE = frozenset({"before", "gpc"})


@dataclass
class Desk:
    """What all states of one scan share."""

    plan: Plan
    emit: Emit
    keep_file: Callable[[str, bytes], None]
    progress: Callable[[Progress], None]
    tabs: asyncio.Semaphore
    viewport: tuple[int, int]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def next_id(self) -> str:
        """An id for a visit: `v1`, `v2`, ..."""
        return f"v{next(self._numbers)}"

    def gap(self, what: str, message: str, state: str, url: str | None = None) -> None:
        """Write down that something of a state could not be seen."""
        self.emit(Gap(what=what, context=state, url=url, message=message))


class StateRun:
    """One state. `start` visits the first page and makes the choice; `rest` visits the others."""

    def __init__(self, desk: Desk, visitor: VisitorContext, state: StateName) -> None:
        self.state = state
        self.first: Visit | None = None
        self.choice: ChoiceMade | None = None
        self._desk = desk
        self._visitor = visitor
        self._idle: list[Tab] = []

    @property
    def passive(self) -> bool:
        """Whether this visitor makes no choice."""
        return self.state in _PASSIVE

    @property
    def links(self) -> tuple[Link, ...]:
        """The links of the first page."""
        return self.first.links if self.first is not None else ()

    @property
    def reached(self) -> bool:
        """Whether the first page loaded and, where one is wanted, a choice was made."""
        if self.first is None or self.first.error is not None:
            return False
        return self.passive or (self.choice is not None and self.choice.made is not None)

    async def start(self) -> None:
        """Visit the start page; in a state with a choice, answer its banner."""
        url = self._desk.plan.url
        async with self._desk.tabs, AsyncExitStack() as stack:
            try:
                opened = await self._visitor.first_page()
            except ProtocolError as error:
                self.first = self._lost(url, str(error))
                return
            stack.push_async_callback(self._give_back, opened.tab)
            run = VisitRun(opened.tab, self._spec(url, "initial"))
            pace = VisitPace(opened.tab, run, next_id=self._desk.next_id, keep_file=self._desk.keep_file)
            session = ConsentSession(
                opened.page,
                context_state=self.state,
                recipe=self._desk.plan.recipe,
                emit=self._desk.emit,
                visit_id=run.spec.id,
                pace=pace,
            )
            try:
                await self._first_page(url, run, pace, session)
            except asyncio.CancelledError:
                await pace.run.abandon("timeout", "the scan was ended while the page was visited")
                raise

    async def _first_page(self, url: str, run: VisitRun, pace: VisitPace, session: ConsentSession) -> None:
        self._say(url, "loading")
        await session.prepare()
        if await run.open():
            try:
                await self._answer(url, pace, session)
            except TimeoutError:
                pace.run.log.gap("banner", f"the banner was not dealt with in {_ANSWER_LIMIT_S:g} s")
            await pace.run.wake()
        last = await pace.run.close()
        self.first = (*pace.visits, last)[0]

    async def _answer(self, url: str, pace: VisitPace, session: ConsentSession) -> None:
        async with pace.attended(_ANSWER_LIMIT_S):
            self._say(url, "looking for a banner")
            await session.observe()
            if self.passive:
                await pace.shoot("page")
            else:
                self._say(url, "answering the banner")
                self.choice = await session.choose(self.state)

    async def rest(self, urls: Sequence[str], tabs: int) -> list[Visit]:
        """Visit the other pages, in as many tabs as given at most."""
        phase: Phase = "initial" if self.passive else "chosen"
        queue = list(reversed(urls))
        visits: list[Visit] = []

        async def work() -> None:
            while queue:
                async with self._desk.tabs, AsyncExitStack() as stack:
                    if not queue:
                        return
                    url = queue.pop()
                    tab = await self._take_tab(stack, url)
                    if tab is None:
                        continue
                    self._say(url, "loading")
                    run = VisitRun(tab, self._spec(url, phase))
                    try:
                        if await run.open():
                            await run.wake()
                        visits.append(await run.close())
                    except asyncio.CancelledError:
                        await run.abandon("timeout", "the scan was ended while the page was visited")
                        raise

        await asyncio.gather(*(work() for _ in range(min(tabs, len(queue)))))
        return visits

    def _spec(self, url: str, phase: Phase) -> VisitSpec:
        plan = self._desk.plan
        return VisitSpec(
            id=self._desk.next_id(),
            url=url,
            context=self.state,
            emit=self._desk.emit,
            life_ms=plan.life_ms,
            timeout_s=plan.page_timeout_s,
            viewport=self._desk.viewport,
            phase=phase,
        )

    async def _take_tab(self, stack: AsyncExitStack, url: str) -> Tab | None:
        """A tab that was used before, or a new one; it comes back afterwards unless it crashed."""
        tab: Tab | None = None
        while self._idle and (tab is None or tab.gone):
            tab = self._idle.pop()
        if tab is None or tab.gone:
            try:
                tab = await self._visitor.new_tab()
            except ProtocolError as error:
                self._lost(url, str(error))
                return None
        stack.push_async_callback(self._give_back, tab)
        return tab

    async def _give_back(self, tab: Tab) -> None:
        if tab.gone or tab.time.worn:
            await tab.close()
        else:
            self._idle.append(tab)

    def _lost(self, url: str, message: str) -> Visit:
        """A page for which there was no tab: a visit that did not take place."""
        visit = Visit(
            id=self._desk.next_id(),
            context=self.state,
            url=url,
            final_url=url,
            started=now(),
            wall_ms=0.0,
            settling=Settling(method="none", life_ms=0.0, ended="crashed"),
            error=message,
            error_kind="crashed",
        )
        self._desk.emit(visit)
        return visit

    def _say(self, url: str, doing: str) -> None:
        self._desk.progress(Progress(self.state, url, doing))
