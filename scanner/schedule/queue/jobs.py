"""The jobs of the queue: one for each run of a site, and the tick that puts in what is due."""

from __future__ import annotations

import asyncio
import datetime
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from procrastinate import App, BaseRetryStrategy, RetryDecision, exceptions
from procrastinate.jobs import Job

from scanner.config.address import target_url
from scanner.config.fleet import Fleet, WatchedSite
from scanner.errors import ScannerError
from scanner.model.watch import Run
from scanner.schedule.cadence import latest_slot
from scanner.schedule.due import moment_of
from scanner.schedule.local import Errand
from scanner.schedule.queue.connection import Connection
from scanner.schedule.queue.lookout import Lookout
from scanner.schedule.running import Clock, RunEnd, utc_now
from scanner.site import host_of

if TYPE_CHECKING:
    from scanner.schedule.metrics import Metrics
    from scanner.store.history import History

SCANS, UPKEEP = "scans", "upkeep"
"""The queues. Each has a worker of its own in every process: a tick never waits for a scan to end."""
SCAN, TICK = "scan", "tick"

OVERTIME_S = 120.0
"""What a run may take beyond its deadline, which is its capture's: a browser's start before, reports after."""

_BATCH = 500
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 15.0, 3600.0
_AT_ONCE = 3
"""A job whose worker died is tried again at once so many times; then it may be what they die of."""

Scan = Callable[[WatchedSite, datetime.datetime], Awaitable[RunEnd]]
"""Carries out one run of a site that was due at a moment: `Runner.run`, or a stand-in for tests of the queue."""

_log = structlog.get_logger("scanner.schedule")


class Again(Exception):  # noqa: N818 - it is no error: the job asks to be called again
    """The run is to be called again at a moment."""

    def __init__(self, at: datetime.datetime) -> None:
        super().__init__(f"again at {at:%Y-%m-%dT%H:%M:%SZ}")
        self.at = at


def pause_after(attempts: int) -> datetime.timedelta:
    """How long a job waits that has met a defect, or a machine out of order, so many times: doubled, with chance."""
    wait = min(_FIRST_PAUSE_S * 2.0 ** min(attempts, 20), _LONGEST_PAUSE_S)
    return datetime.timedelta(seconds=wait * random.uniform(0.75, 1.25))


def pause_after_death(attempts: int) -> datetime.timedelta:
    """How long a job waits whose worker died: not at all, until that has become a habit."""
    return datetime.timedelta() if attempts < _AT_ONCE else pause_after(attempts - _AT_ONCE)


class Returning(BaseRetryStrategy):
    """Every job that does not end well goes back into the queue; the run's own attempts are counted in the history."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """When it is tried again: when it asks to be; at once, where its worker was told to stop; or after a while."""
        if isinstance(exception, Again):
            return RetryDecision(retry_at=exception.at)
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_at=utc_now())
        return RetryDecision(retry_at=utc_now() + pause_after(job.attempts))


@dataclass(frozen=True)
class Jobs:
    """What the jobs do, with all that they need."""

    fleet: Fleet
    history: History
    scan: Scan
    connection: Connection
    lookout: Lookout
    errands: Sequence[Errand] = ()
    metrics: Metrics | None = None
    clock: Clock = utc_now
    overtime_s: float = OVERTIME_S

    def scans(self) -> App:
        """The program of the worker that scans."""
        app = App(connector=self.connection)
        app.task(name=SCAN, queue=SCANS, retry=Returning())(self.carry_out)
        return app

    def upkeep(self, tick_s: int) -> App:
        """The program of the worker that puts in what is due, every so many seconds (a divisor of 60, or 60)."""
        app = App(connector=self.connection)
        cron = "* * * * *" if tick_s >= 60 else f"* * * * * */{tick_s}"
        # No lock: a tick that died with its worker would hold it, and nothing would be due any more.
        task = app.task(name=TICK, queue=UPKEEP, queueing_lock=TICK, retry=False)(self.tick)
        app.periodic(cron=cron)(task)
        return app

    async def carry_out(self, *, site: str, due: str) -> None:
        """One run: recorded once however often it is called. Raises Again where it is to be called again."""
        run = Run(site=site, due=due)
        watched = self.fleet.site(site)
        if watched is None or not watched.enabled:
            _log.info("run dropped", site=site, due=due, why="the site is not watched any more")
            return
        if await asyncio.to_thread(self._superseded, watched, run):
            _log.info("run dropped", site=site, due=due, why="a later one is due")
            return
        try:
            # The runner ends a capture at its deadline by itself; this is for a runner that hangs.
            async with asyncio.timeout(self.fleet.worker.deadline_s + self.overtime_s):
                end = await self.scan(watched, moment_of(run))
        except asyncio.CancelledError:
            _log.warning("run stopped", site=site, due=due)
            raise
        except TimeoutError:
            _log.error("run not possible", site=site, due=due, error="it did not end in time")
            raise
        except Exception as error:
            told = isinstance(error, ScannerError)
            text = str(error) if told else f"{type(error).__name__}: {error}"
            _log.error("run not possible", site=site, due=due, error=text, exc_info=not told)
            raise
        if self.metrics is not None:
            self.metrics.run_ended(end)
        if end.result in ("recorded", "known"):
            return
        raise Again(end.again or self.clock() + pause_after(0))

    async def tick(self, timestamp: int = 0) -> None:
        """Put in every run that is due and not in the queue yet, then do the errands."""
        del timestamp
        waiting: set[str] = set()
        for status in ("todo", "doing"):
            for job in await self.connection.manager.list_jobs_async(queue=SCANS, status=status):
                waiting.add(job.queueing_lock or "")
        found = await asyncio.to_thread(self._due)
        new = [job for job in found if job.queueing_lock not in waiting]
        for start in range(0, len(new), _BATCH):
            await self._put(new[start : start + _BATCH])
        if new:
            _log.info("runs queued", new=len(new), waiting=len(waiting))
        for errand in self.errands:
            try:
                await asyncio.to_thread(errand, self.clock())
            except Exception as error:  # noqa: BLE001 - a message that cannot be sent must not keep the runs waiting
                _log.error("an errand failed", error=str(error), exc_info=not isinstance(error, ScannerError))

    async def _put(self, jobs: list[Job]) -> None:
        try:
            await self.connection.manager.batch_defer_jobs_async(jobs)
        except exceptions.AlreadyEnqueued:
            # Another tick was at it in the same moment: what it has put in stays, the rest is put in one by one.
            for job in jobs:
                try:
                    await self.connection.manager.defer_job_async(job)
                except exceptions.AlreadyEnqueued:
                    continue

    def _due(self) -> list[Job]:
        return [
            job_of(due.site, due.run)
            for due in self.lookout.due(self.history.last_dues(), self.clock(), self.history.is_recorded)
        ]

    def _superseded(self, site: WatchedSite, run: Run) -> bool:
        """Whether a later slot has come before this run was ever tried: slots that passed are one run."""
        slot = latest_slot(site.cadence, site.name, self.clock()) if site.cadence is not None else None
        return slot is not None and slot > moment_of(run) and self.history.attempts(run)[0] == 0


def job_of(site: WatchedSite, run: Run) -> Job:
    """A run as a job: once in the queue, and one at a time for all sites of its host."""
    return Job(
        queue=SCANS,
        lock=f"host {host_of(target_url(site.url))}",
        queueing_lock=f"{run.site} {run.due}",
        task_name=SCAN,
        task_kwargs={"site": run.site, "due": run.due},
    )
