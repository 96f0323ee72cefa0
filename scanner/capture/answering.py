"""The page's time and evidence in the hands of whoever answers a banner: our side of the `Pace` seam."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Literal

from scanner.capture.log import VisitLog
from scanner.capture.shots import picture
from scanner.capture.tab import Tab
from scanner.capture.together import meanwhile
from scanner.capture.visit import VisitRun
from scanner.model.base import Phase
from scanner.model.consent import Screenshot
from scanner.model.evidence import Visit

AFTER_CHOICE_MS = 10_000.0
"""How long a life a page gets between a choice and the reload that proves it."""

_POLLING_AGAIN_MS = 10_000.0
"""How long a life a page that asks its server again and again gets at its second visit: the first showed the rest."""

_LIVE_CEILING_S = 5.0
_AFTER_CHOICE_CEILING_S = 8.0
_IDLE_S = 0.25
_TICK_MS = 50.0
_TICK_CEILING_S = 1.0


class VisitPace:
    """Runs the clock of one page, splits its evidence at the choice, and makes each reload a visit of its own."""

    def __init__(
        self,
        tab: Tab,
        run: VisitRun,
        *,
        next_id: Callable[[], str],
        keep_file: Callable[[str, bytes], None],
    ) -> None:
        self._tab = tab
        self.run = run
        self._next_id = next_id
        self._keep_file = keep_file
        self.visits: list[Visit] = []
        self._shots: Counter[str] = Counter()
        self.chosen = False
        self._calls = 0
        self._called = asyncio.Event()

    @asynccontextmanager
    async def attended(self, limit_s: float) -> AsyncIterator[None]:
        """While somebody works on the page: where nobody lets it live for a while, it lives a little by itself.

        What a page or a driver waits for without saying so (the end of a scroll, a promise behind a timer) comes to
        its end then. Raises TimeoutError after `limit_s` seconds on the wall.
        """
        async with asyncio.timeout(limit_s), meanwhile(self._tick()):
            yield

    async def _tick(self) -> None:
        while True:
            self._called.clear()
            try:
                async with asyncio.timeout(_IDLE_S):
                    await self._called.wait()
            except TimeoutError:
                if self._calls == 0 and not self._tab.gone:
                    await self.run.live(_TICK_MS, _TICK_CEILING_S)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._calls += 1
        self._called.set()
        try:
            yield
        finally:
            self._calls -= 1
            self._called.set()

    async def live(self, ms: float) -> None:
        """Let the page, all its frames and their network live `ms` milliseconds of their own time."""
        with self._at_work():
            await self.run.live(ms, _LIVE_CEILING_S)

    async def mark_choice(self) -> float | None:
        """Everything before is written down as `initial`; everything that comes from now on is `chosen`.

        Returns the moment in milliseconds of the page's life, where it is known and this is the first mark.
        """
        if self.chosen:
            return None
        self.chosen = True
        with self._at_work():
            await self._tab.barrier()
            await self._tab.time.linger()
            await self._tab.snapshot()
            clock = await self._tab.barrier()
            log = self._tab.log
            if log is None:
                return None
            log.phase = "chosen"
            return log.ms_of_page(clock) if clock is not None else None

    async def reload(self) -> None:
        """Load the page anew, as a visit of its own; first, what a choice set off gets its time."""
        with self._at_work():
            await self._reload()

    async def _reload(self) -> None:
        if self.chosen:
            await self.run.live(AFTER_CHOICE_MS, _AFTER_CHOICE_CEILING_S)
            await self.shoot("page")
        spec = self.run.spec
        url = self._tab.main_url if self._tab.main_url.startswith("http") else spec.url
        visit = await self.run.close(leave=False)
        self.visits.append(visit)
        polls = visit.settling is not None and visit.settling.ended == "polling"
        life = min(spec.life_ms, _POLLING_AGAIN_MS) if polls else spec.life_ms
        phase: Phase = "chosen" if self.chosen else "initial"
        self.run = VisitRun(
            self._tab, replace(spec, id=self._next_id(), url=url, purpose="reload", phase=phase, life_ms=life)
        )
        await self.run.open()

    async def shoot(self, label: Literal["banner", "settings", "page"]) -> str | None:
        """Keep a screenshot; returns its file name, or null where the browser gave none."""
        with self._at_work():
            data = await picture(self._tab)
        log = self._tab.log
        if data is None or log is None:
            return None
        self._shots[label] += 1
        number = f"-{self._shots[label]}" if self._shots[label] > 1 else ""
        name = f"screenshots/{_file_stem(log)}-{label}{number}.jpg"
        self._keep_file(name, data)
        log.emit(Screenshot(visit=log.visit, context=log.context, phase=log.phase, label=label, file=name))
        return name


def _file_stem(log: VisitLog) -> str:
    return re.sub(r"[^a-z0-9]+", "-", log.context.lower())
