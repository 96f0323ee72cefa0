"""The runner of one machine: no server and no queue; what is due follows from the history and the clock."""

from __future__ import annotations

import asyncio
import datetime
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from scanner.config.fleet import Fleet, WatchedSite
from scanner.errors import ScannerError
from scanner.model.watch import Run
from scanner.schedule.due import Due, due_runs, next_moment
from scanner.schedule.running import Clock, RunEnd, utc_now

LONGEST_WAIT_S = 30.0
"""A machine that was asleep, or whose clock was moved, is noticed after no more than this."""

_AFTER_AN_ERROR = datetime.timedelta(seconds=60)
_BACKWARDS = datetime.timedelta(seconds=1)
_SOON = datetime.timedelta(seconds=60)
_DAY = datetime.timedelta(days=1)

_log = structlog.get_logger("scanner.schedule")


class Records(Protocol):
    """What of a history is asked here."""

    def last_dues(self) -> Mapping[str, datetime.datetime]:
        """When the newest recorded run of each site was due."""

    def is_recorded(self, run: Run) -> bool:
        """Whether a scan is recorded for a run."""


class Runs(Protocol):
    """What carries out runs."""

    async def run(self, site: WatchedSite, due: datetime.datetime, *, missed: int = 0, by_hand: bool = False) -> RunEnd:
        """Carry out one run."""


class Figures(Protocol):
    """Who counts what happens."""

    def run_ended(self, end: RunEnd) -> None:
        """A run has ended, in whatever way."""

    def ticked(self, at: datetime.datetime) -> None:
        """It has been looked what is due."""


Errand = Callable[[datetime.datetime], datetime.datetime | None]
"""Something to be done beside the runs (sending what waits, clearing what is old), called in a thread with the present
moment: at the start, after each run, and when it last said; null: only after the next run."""


@dataclass
class LocalSchedule:
    """Wakes when something is due, and lets `slots` runs go on at once. One object serves one call of `watch`.

    `stop` asks it to start nothing more and to return when what runs has ended; `abort` ends what runs.
    """

    fleet: Fleet
    history: Records
    runner: Runs
    clock: Clock = utc_now
    errands: Sequence[Errand] = ()
    longest_wait_s: float = LONGEST_WAIT_S
    figures: Figures | None = None
    ends: Counter[str] = field(default_factory=Counter)
    """How calls have ended, by result; `error` for those that raised."""
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _not_before: dict[str, datetime.datetime] = field(default_factory=dict)
    _given_up: set[str] = field(default_factory=set)
    """Sites whose run was not possible, or is somebody else's: not tried again where all is done `once`."""
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: datetime.datetime | None = None
    _errands_at: datetime.datetime | None = None
    _news: bool = True
    """Whether a run has ended since the errands were last begun."""

    def stop(self) -> None:
        """Start nothing more; return when what runs has ended."""
        self._stop.set()

    def abort(self) -> None:
        """End what runs now. The evidence so far is kept; what was not recorded stays due."""
        self._stop.set()
        for task in self._tasks.values():
            task.cancel()

    async def watch(self, *, once: bool = False) -> None:
        """Carry out what is due, for ever, or `once`: until nothing is due that could be started within a minute."""
        stopping = asyncio.create_task(self._stop.wait())
        try:
            while not self._stop.is_set():
                now = self._look_at_the_clock()
                waiting = await self._start_what_is_due(now, once=once)
                await self._do_errands(now)
                if once and not self._tasks and not any(moment <= now + _SOON for moment in waiting):
                    break
                timeout = self._wait_s(now, waiting, once=once)
                await asyncio.wait(
                    {stopping, *self._tasks.values()}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
                )
            while self._tasks:
                await asyncio.wait(set(self._tasks.values()))
            self._news = True
            await self._do_errands(self.clock())
        finally:
            stopping.cancel()
            self.abort()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def scan_now(self, sites: Sequence[WatchedSite]) -> None:
        """Scan sites whatever is due, as many at once as there are slots."""
        gate = asyncio.Semaphore(self.fleet.worker.slots)

        async def one(site: WatchedSite) -> None:
            async with gate:
                if not self._stop.is_set():
                    await self._carry_out(Due(site, self.clock().replace(microsecond=0), 0), by_hand=True)

        self._tasks = {site.name: asyncio.create_task(one(site)) for site in sites}
        try:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            self._news = True
            await self._do_errands(self.clock())
        finally:
            self.abort()

    def _look_at_the_clock(self) -> datetime.datetime:
        now = self.clock()
        if self._seen is not None and now < self._seen - _BACKWARDS:
            # What was to wait until a moment of the old clock would wait for hours of the new one.
            _log.warning("the clock was put back", by_s=round((self._seen - now).total_seconds()))
            self._not_before.clear()
            self._news = True
        self._seen = now
        return now

    async def _start_what_is_due(self, now: datetime.datetime, *, once: bool) -> list[datetime.datetime]:
        """Start what may start; when the others may."""
        try:
            due = await asyncio.to_thread(self._due, now)
        except ScannerError as error:
            _log.error("the history cannot be asked what is due", error=str(error))
            return [now + _AFTER_AN_ERROR]
        if self.figures is not None:
            self.figures.ticked(now)
        waiting = []
        for one in due:
            name = one.site.name
            not_before = self._not_before.get(name)
            if name in self._tasks or (once and name in self._given_up):
                continue
            if not_before is not None and not_before > now:
                waiting.append(not_before)
            elif len(self._tasks) < self.fleet.worker.slots:
                self._not_before.pop(name, None)
                self._tasks[name] = asyncio.create_task(self._carry_out(one), name=name)
        return waiting

    def _due(self, now: datetime.datetime) -> tuple[Due, ...]:
        return due_runs(self.fleet.sites, self.history.last_dues(), now, self.history.is_recorded)

    async def _carry_out(self, due: Due, *, by_hand: bool = False) -> None:
        """One run to its end, whatever end that is: nothing that happens to one site ends the schedule."""
        name = due.site.name
        try:
            ended = await self.runner.run(due.site, due.moment, missed=due.missed, by_hand=by_hand)
        except asyncio.CancelledError:
            self.ends["stopped"] += 1
            _log.warning("run stopped", site=name, due=due.run.due)
            raise
        except Exception as error:  # noqa: BLE001 - a defect met on one site is told, and the others go on
            self.ends["error"] += 1
            defect = not isinstance(error, ScannerError)
            text = str(error) if not defect else f"{type(error).__name__}: {error}"
            _log.error("run not possible", site=name, due=due.run.due, error=text, exc_info=defect)
            self._put_off(name)
        else:
            if self.figures is not None:
                self.figures.run_ended(ended)
            failed = ended.recorded is not None and ended.recorded.row.outcome == "failed"
            self.ends["failed" if failed else ended.result] += 1
            if ended.again is not None:
                self._not_before[name] = ended.again
            elif ended.result == "busy":
                self._put_off(name)
            self._news = True
        finally:
            self._tasks.pop(name, None)

    def _put_off(self, name: str) -> None:
        self._not_before[name] = self.clock() + _AFTER_AN_ERROR
        self._given_up.add(name)

    async def _do_errands(self, now: datetime.datetime) -> None:
        if not self.errands or not (self._news or self._errands_at is None or now >= self._errands_at):
            return
        self._news, wanted = False, []
        for errand in self.errands:
            try:
                wanted.append(await asyncio.to_thread(errand, now))
            except Exception as error:  # noqa: BLE001 - a message that cannot be sent shall not end the schedule
                _log.error("an errand failed", error=str(error), exc_info=not isinstance(error, ScannerError))
                wanted.append(now + _AFTER_AN_ERROR)
        self._errands_at = min((moment for moment in wanted if moment is not None), default=now + _DAY)

    def _wait_s(self, now: datetime.datetime, waiting: Sequence[datetime.datetime], *, once: bool) -> float:
        """Seconds until something can happen by itself."""
        moments = [*waiting]
        if not once and (coming := next_moment(self.fleet.sites, now)) is not None:
            moments.append(coming)
        if self._errands_at is not None:
            moments.append(self._errands_at)
        nearest = min(moments, default=None)
        seconds = (nearest - self.clock()).total_seconds() if nearest is not None else self.longest_wait_s
        return max(0.0, min(seconds, self.longest_wait_s))


@contextmanager
def stopped_by_signals(schedule: LocalSchedule) -> Iterator[Callable[[], bool]]:
    """Let the first SIGTERM or SIGINT stop a schedule when what runs has ended, the second at once.

    Yields whether there was a second one.
    """
    loop = asyncio.get_running_loop()
    count = 0

    def stop(name: str) -> None:
        nonlocal count
        count += 1
        if count == 1:
            _log.info("stopping when what runs has ended", signal=name)
            schedule.stop()
        else:
            _log.warning("stopping at once", signal=name)
            schedule.abort()

    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, stop, number.name)
    try:
        yield lambda: count > 1
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
