"""One consent state from its first page to its last: a visitor who makes that choice and looks around."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from scanner.capture.answering import VisitPace
from scanner.capture.canaries import Canaries
from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.explain import Trace
from scanner.capture.consent.session import SETTLED, ConsentSession
from scanner.capture.contexts import VisitorContext
from scanner.capture.log import Emit, now
from scanner.capture.pages import Scout
from scanner.capture.plan import Plan, Progress
from scanner.capture.tab import Tab
from scanner.capture.tab_page import TabPage
from scanner.capture.together import afterwards, beside, together
from scanner.capture.visit import VisitRun, VisitSpec
from scanner.model.base import Phase, StateName
from scanner.model.consent import ChoiceMade
from scanner.model.evidence import Gap, Link, Settling, Visit

Take = Callable[[VisitRun], Awaitable[None]]
Look = Callable[[VisitRun], Coroutine[None, None, None]]

Listen = Callable[[StateName], Trace | None]

_ANSWER_LIMIT_S = 90.0
_PASSIVE = frozenset({"before", "gpc"})


def _nobody(_: StateName) -> Trace | None:
    return None


@dataclass
class Desk:
    """What all states of one scan share."""

    plan: Plan
    emit: Emit
    keep_file: Callable[[str, bytes], None]
    progress: Callable[[Progress], None]
    tabs: asyncio.Semaphore
    viewport: tuple[int, int]
    listen: Listen = _nobody
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def next_id(self) -> str:
        """An id for a visit: `v1`, `v2`, ..."""
        return f"v{next(self._numbers)}"

    def gap(self, what: str, message: str, state: str, url: str | None = None) -> None:
        """Write down that something of a state could not be seen."""
        self.emit(Gap(what=what, context=state, url=url, message=message))


async def _pages(plan: Plan, scout: Scout) -> tuple[str, ...]:
    return plan.page_urls or await scout.find()


class StateRun:
    """One state. `start` visits the first page and makes the choice; `rest` visits the others.

    `aside` is given to the state that leads, and done beside looking at its first page; that state also finds the
    pages for all, and names the platform.
    """

    def __init__(self, desk: Desk, visitor: VisitorContext, state: StateName, *, aside: Look | None = None) -> None:
        self.state = state
        self.pages: tuple[str, ...] = ()
        """The pages to visit after the first, where this state is the one that finds them."""
        self._aside = aside
        self.first: Visit | None = None
        self.choice: ChoiceMade | None = None
        self.links: tuple[Link, ...] = ()
        """The links of the first page."""
        self._loaded = False
        self._made = False
        self._desk = desk
        self._visitor = visitor
        self._idle: list[Tab] = []
        self._first_left = asyncio.Event()
        self.settled = asyncio.Event()
        """Set once it is known whether this visitor goes on to other pages, and to which."""
        self._canaries = Canaries() if desk.plan.type_into_forms else None

    @property
    def passive(self) -> bool:
        """Whether this visitor makes no choice."""
        return self.state in _PASSIVE

    @property
    def reached(self) -> bool:
        """Whether the first page loaded and, where one is wanted, a choice was made."""
        return self._loaded and (self.passive or self._made)

    async def start(self) -> None:
        """Visit the start page; in a state with a choice, answer its banner. `settled` is set on the way."""
        try:
            async with self._desk.tabs, AsyncExitStack() as stack:
                await self._start(stack)
        finally:
            self._first_left.set()
            self.settled.set()

    async def _start(self, stack: AsyncExitStack) -> None:
        plan = self._desk.plan
        try:
            tab = await self._visitor.new_tab()
        except ProtocolError as error:
            self.first = self._lost(plan.url, str(error))
            return
        stack.push_async_callback(self._give_back, tab)
        run = VisitRun(tab, self._spec(plan.url, "initial"))
        pace = VisitPace(tab, run, next_id=self._desk.next_id, keep_file=self._desk.keep_file)
        session = ConsentSession(
            TabPage(tab),
            context_state=self.state,
            recipe=plan.recipe,
            emit=self._desk.emit,
            visit_id=run.spec.id,
            pace=pace,
            patience=SETTLED,
            name_platform=self._aside is not None,
            on_made=self._go_on,
            trace=self._desk.listen(self.state),
        )
        try:
            await self._first_page(plan.url, run, pace, session)
        except asyncio.CancelledError:
            await afterwards(pace.run.abandon("timeout", "the scan was ended while the page was visited"))
            raise

    def _go_on(self) -> None:
        self._made = True
        if self._aside is None:
            self.settled.set()

    async def _first_page(self, url: str, run: VisitRun, pace: VisitPace, session: ConsentSession) -> None:
        self._say(url, "loading")
        await session.prepare()
        if await run.open():
            self._loaded, self.links = True, run.links
            async with self._scouting(run):
                try:
                    await self._answer(url, pace, session)
                except TimeoutError:
                    pace.run.log.gap("banner", f"the banner was not dealt with in {_ANSWER_LIMIT_S:g} s")
            self.settled.set()
            await pace.run.wake()
            if self.passive:
                await pace.reload()  # some cookies are set only on a second visit
        last = await pace.run.close()
        self.first = (*pace.visits, last)[0]

    @asynccontextmanager
    async def _scouting(self, run: VisitRun) -> AsyncIterator[None]:
        """Find the site's other pages while the first one is being looked at."""
        plan = self._desk.plan
        if self._aside is None:
            yield
            return
        start = (plan.url, run.log.top_url)
        scout = Scout(run.tab, start, run.links, run.lists, plan.pages, ignore_robots=plan.ignore_robots)
        try:
            async with beside(_pages(plan, scout)) as pages, beside(self._aside(run)):
                yield
            self.pages = pages.result()
        finally:
            for problem in scout.problems:
                self._desk.gap("pages", problem, self.state, plan.url)

    async def _answer(self, url: str, pace: VisitPace, session: ConsentSession) -> None:
        async with pace.attended(_ANSWER_LIMIT_S):
            self._say(url, "looking for a banner")
            await session.observe()
            if self.passive:
                await pace.shoot("page")
            else:
                self._say(url, "answering the banner")
                self.choice = await session.choose(self.state)
                self._made = self.choice.made is not None

    async def rest(self, urls: Sequence[str], tabs: int, take: Take | None = None) -> list[Visit]:
        """Visit the other pages, in as many tabs as given at most; `take` is shown each page as it stands there.

        The tab of the first page is one of them, as soon as that page was left.
        """
        queue = list(reversed(urls))
        visits: list[Visit] = []

        async def work() -> None:
            while queue:
                async with self._desk.tabs:
                    if queue:
                        visits.extend(await self._other(queue.pop(), take))

        async def work_later() -> None:
            await self._first_left.wait()
            await work()

        await together(work_later(), *(work() for _ in range(min(tabs, len(queue)) - 1)))
        return visits

    async def _other(self, url: str, take: Take | None) -> list[Visit]:
        async with AsyncExitStack() as stack:
            tab = await self._take_tab(stack, url)
            if tab is None:
                return []
            self._say(url, "loading")
            run = VisitRun(tab, self._spec(url, "initial" if self.passive else "chosen"))
            try:
                if await run.open() or (run.crowded and await self._elsewhere(stack, run)):
                    if take is not None:
                        await take(run)
                    await run.wake()
                return [await run.close()]
            except asyncio.CancelledError:
                await afterwards(run.abandon("timeout", "the scan was ended while the page was visited"))
                raise

    async def _elsewhere(self, stack: AsyncExitStack, run: VisitRun) -> bool:
        """The page again, in a tab that was never used: such a one gets a process of its own."""
        try:
            tab = await self._visitor.new_tab()
        except ProtocolError:
            return False
        stack.push_async_callback(self._give_back, tab)
        await run.move_to(tab)
        return await run.open()

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
            canaries=self._canaries,
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
