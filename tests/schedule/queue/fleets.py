"""Fleets for the tests of the queue, and a stand-in for scanning that needs no browser."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from scanner.config.fleet import Fleet, HistoryPlace, WatchedSite, WorkerSize
from scanner.model.scan import Scan
from scanner.report import load_scan
from scanner.schedule.due import location_of, run_of
from scanner.schedule.queue.worker import QueueWorker
from scanner.schedule.running import RunEnd
from scanner.store.history import History
from tests.schedule.watching import watched

SAMPLE = Path(__file__).resolve().parents[3] / "reports/sample/scan.json"

SIZE = WorkerSize(deadline_s=3, lease_s=6, host_pause_s=0, retries=1, retry_after_s=0.2)


def fleet_of(database: str, *sites: WatchedSite, size: WorkerSize = SIZE) -> Fleet:
    """A fleet with its history in a database."""
    return Fleet(sites=sites, history=HistoryPlace(database=database), worker=size)


def sites_of(number: int, *, host: str | None = None) -> tuple[WatchedSite, ...]:
    """Sites that are due, each with a host of its own, or all on one."""
    names = [f"site{index:02}" for index in range(number)]
    return tuple(watched(name, url=f"https://{host or f'{name}.example'}/{name}") for name in names)


@dataclass
class Paper:
    """Scans on paper: each takes `seconds`, is recorded like a real one, and is counted.

    `before` is awaited at the start of each scan; what it raises, or the end that it gives, is the scan's.
    """

    history: History
    seconds: float = 0.0
    before: Callable[[WatchedSite], object] = lambda _: None
    begun: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)
    at_once: Counter[str] = field(default_factory=Counter)
    most_at_once: Counter[str] = field(default_factory=Counter)
    sample: Scan = field(default_factory=lambda: load_scan(SAMPLE))

    async def scan(self, site: WatchedSite, due: datetime.datetime) -> RunEnd:
        """One run."""
        run = run_of(site.name, due)
        host = site.url.split("/")[2]
        self.begun[site.name] += 1
        self.at_once[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self.at_once[host])
        try:
            if isinstance(end := self.before(site), RunEnd):
                return end
            await asyncio.sleep(self.seconds)
            recorded = await asyncio.to_thread(
                self.history.record, self.sample, run=run, url=site.url, location=location_of(run)
            )
        except asyncio.CancelledError:
            self.cancelled[site.name] += 1
            raise
        finally:
            self.at_once[host] -= 1
        self.ended[site.name] += 1
        return RunEnd(run, "recorded" if recorded.fresh else "known", attempt=1, recorded=recorded)


@asynccontextmanager
async def working(worker: QueueWorker) -> AsyncIterator[asyncio.Task[None]]:
    """A worker at work for as long as the body lasts."""
    task = asyncio.create_task(worker.serve())
    try:
        yield task
        if task.done():
            task.result()
    finally:
        if not task.done():
            worker.stop()
            worker.stop()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait_for(task, 30)


async def until(ready: Callable[[], object], seconds: float = 45) -> None:
    """Wait for something to come true, which is looked for again and again. A thread asks, so it may take its time."""
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(ready):
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.05)


def ask(database: str, query: str) -> list[tuple[object, ...]]:
    """Rows of a query, on a connection of its own."""
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def recorded(history: History) -> dict[str, int]:
    """How many scans of each site are recorded."""
    return {row.name: len(history.scans(row.name)) for row in history.sites()}


def jobs(database: str) -> list[tuple[object, ...]]:
    """Every job that is left in the queue of scans, with its state."""
    return ask(database, "SELECT queueing_lock, status::text FROM procrastinate_jobs WHERE queue_name = 'scans'")
