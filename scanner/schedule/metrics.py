"""Figures of the watching part in the format of Prometheus, and whether all is well: `/metrics` and `/healthz`.

Counters are of this process, since its start; gauges of sites, due runs and hosts are read from the history, at most
every few seconds, so every process of a fleet tells the same. No figure carries an address or a site's name.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import threading
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

import scanner
from scanner.config.fleet import WatchedSite
from scanner.errors import ScannerError, UsageError
from scanner.model.watch import SITE_STATES
from scanner.schedule.queue.lookout import Lookout

if TYPE_CHECKING:
    from scanner.schedule.running import RunEnd
    from scanner.store.history import History

_SECONDS = (1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0, 1200.0)
_FRESH_S = 5.0
"""How old figures from the history may be when they are asked for."""
_SHARE = 20
"""Where it takes long to ask, it is asked so seldom that asking takes a twentieth of the time at most."""
_OVERDUE = datetime.timedelta(hours=1)
"""A run that has been due for longer is overdue: the fleet does not keep up, or stands still."""
_TICKS_MISSED = 10
"""After so many ticks that did not come, something is wrong."""

_log = structlog.get_logger("scanner.schedule")
Family = GaugeMetricFamily
State = Literal["ok", "failing"]


@dataclass(frozen=True)
class Health:
    """Whether this process does its work. `problems` are sentences; empty where all is well. Moments are in UTC."""

    database: bool
    last_tick: datetime.datetime | None
    started: datetime.datetime
    problems: tuple[str, ...]

    @property
    def state(self) -> State:
        """`failing` where there is a problem."""
        return "failing" if self.problems else "ok"

    def json(self) -> str:
        """As `/healthz` tells it."""
        return json.dumps(
            {
                "status": self.state,
                "version": scanner.__version__,
                "started": self.started.isoformat(timespec="seconds"),
                "last_tick": self.last_tick.isoformat(timespec="seconds") if self.last_tick is not None else None,
                "database": "reachable" if self.database else "unreachable",
                "problems": list(self.problems),
            }
        )


class Metrics:
    """The figures of one process. `tick_s`: how often it is to look what is due; null where it does not (a dashboard).

    Every method may be called from any thread.
    """

    def __init__(self, history: History, sites: Sequence[WatchedSite], *, tick_s: float | None = None) -> None:
        self.registry = CollectorRegistry()
        self._watch = _Watch(history, sites)
        self._tick_s = tick_s
        self._started = _now()
        self._last_tick: datetime.datetime | None = None
        self._lock = threading.Lock()
        # https://prometheus.io/docs/practices/naming/
        self._runs = Counter(
            "cookie_scanner_runs",
            "Calls of a run, by how they ended: recorded, known, retry, held, busy.",
            ["result"],
            registry=self.registry,
        )
        self._scans = Counter(
            "cookie_scanner_scans",
            "Scans recorded by this process, by outcome: complete, partial, failed.",
            ["outcome"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "cookie_scanner_scan_seconds",
            "Time from a recorded scan's start to its record.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._browsers = Counter(
            "cookie_scanner_browser_restarts",
            "Browsers replaced, by reason.",
            ["reason"],
            registry=self.registry,
        )
        self._returned = Counter(
            "cookie_scanner_jobs_returned",
            "Jobs of dead workers that this one put back into the queue.",
            registry=self.registry,
        )
        self._queue = Gauge(
            "cookie_scanner_queue_jobs", "Runs in the queue of the fleet.", ["state"], registry=self.registry
        )
        self._tick = Gauge(
            "cookie_scanner_last_tick_timestamp_seconds",
            "When it was last looked what is due, by whichever process of the fleet.",
            registry=self.registry,
        )
        self.registry.register(self._watch)

    def run_ended(self, end: RunEnd) -> None:
        """A call of a run has ended."""
        self._runs.labels(end.result).inc()
        if end.result == "recorded" and end.recorded is not None:
            self._scans.labels(end.recorded.row.outcome).inc()
            self._seconds.observe(end.seconds)

    def browser_replaced(self, reason: str) -> None:
        """A browser was replaced: after its number of scans, for its memory, because it died, ..."""
        self._browsers.labels(reason).inc()

    def job_returned(self) -> None:
        """A dead worker's job was put back into the queue."""
        self._returned.inc()

    def queue_seen(self, *, waiting: int, later: int, running: int) -> None:
        """How many runs wait in the queue, wait for a moment to come, and are running, in the whole fleet."""
        for state, count in (("waiting", waiting), ("later", later), ("running", running)):
            self._queue.labels(state).set(count)

    def ticked(self, at: datetime.datetime) -> None:
        """It was looked what is due."""
        with self._lock:
            self._last_tick = at
        self._tick.set(at.timestamp())

    def text(self) -> bytes:
        """All figures, as `/metrics` tells them; the type is `CONTENT_TYPE`. Asks the database: not for a loop."""
        return generate_latest(self.registry)

    def health(self) -> Health:
        """Whether all is well. Asks the database: not for a loop."""
        problem = self._watch.problem()
        problems = [] if problem is None else [problem]
        with self._lock:
            last = self._last_tick
        if self._tick_s is not None and (now := _now()) - (last or self._started) > self._tick_s * _TICKS_MISSED * _S:
            problems.append(f"nothing has looked what is due for {(now - (last or self._started)).seconds} s")
        return Health(problem is None, last, self._started, tuple(problems))


CONTENT_TYPE = CONTENT_TYPE_LATEST
_S = datetime.timedelta(seconds=1)


class _Watch:
    """Gauges that are read from the history when somebody asks for them."""

    def __init__(self, history: History, sites: Sequence[WatchedSite]) -> None:
        self._history = history
        self._sites = tuple(sites)
        self._lookout = Lookout(self._sites)
        self._fresh_s = _FRESH_S
        self._lock = threading.Lock()
        self._read: tuple[float, list[Family]] | None = None
        self._problem: str | None = None

    def describe(self) -> Iterable[Family]:
        """None: whoever registers this must not ask the database."""
        return []

    def collect(self) -> Iterable[Family]:
        """The gauges; the last ones known, with `cookie_scanner_database_up` at 0, where the database is away."""
        with self._lock:
            began = time.monotonic()
            if self._read is None or began - self._read[0] > self._fresh_s:
                families = self._read[1] if self._read is not None else []
                try:
                    families, self._problem = self._ask(), None
                except ScannerError as error:
                    self._problem = str(error)
                now = time.monotonic()
                self._read, self._fresh_s = (now, families), max(_FRESH_S, _SHARE * (now - began))
            up = Family("cookie_scanner_database_up", "Whether the history can be read.")
            up.add_metric([], float(self._problem is None))
            return [*self._read[1], up]

    def problem(self) -> str | None:
        """Why the history cannot be read; null where it can."""
        list(self.collect())
        return self._problem

    def _ask(self) -> list[Family]:
        now = _now()
        names = {site.name for site in self._sites}
        rows = [site for site in self._history.glances() if not names or site.name in names]
        states = dict.fromkeys(SITE_STATES, 0)
        for row in rows:
            states[row.state] += 1
        states["never"] += len(names - {row.name for row in rows})
        by_state = Family("cookie_scanner_sites", "Watched sites, by how they stand.", labels=["state"])
        for state, count in states.items():
            by_state.add_metric([state], count)
        due = self._lookout.due(self._history.last_dues(), now, self._history.is_recorded)
        waiting = Family("cookie_scanner_runs_due", "Runs that are due and not recorded.")
        waiting.add_metric([], len(due))
        late = Family("cookie_scanner_runs_overdue", "Runs that have been due for more than an hour.")
        late.add_metric([], sum(now - one.moment > _OVERDUE for one in due))
        oldest = Family("cookie_scanner_oldest_due_seconds", "For how long the oldest run has been due.")
        oldest.add_metric([], max(((now - one.moment).total_seconds() for one in due), default=0.0))
        resting = Family("cookie_scanner_hosts_resting", "Hosts left alone after too many failed scans in a row.")
        resting.add_metric([], self._history.resting(now))
        return [by_state, waiting, late, oldest, resting]


@asynccontextmanager
async def serve(metrics: Metrics, port: int, *, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Serve `/metrics` and `/healthz` (503 where something is wrong) for as long as the body lasts; gives the port.

    Port 0 takes a free one. Raises UsageError where the port is taken.
    """

    async def figures(_: web.Request) -> web.Response:
        return web.Response(body=await asyncio.to_thread(metrics.text), headers={"Content-Type": CONTENT_TYPE})

    async def health(_: web.Request) -> web.Response:
        found = await asyncio.to_thread(metrics.health)
        status = 200 if found.state == "ok" else 503
        return web.Response(text=found.json(), status=status, content_type="application/json")

    app = web.Application()
    app.add_routes([web.get("/metrics", figures), web.get("/healthz", health)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise UsageError(f"figures cannot be served on {host}:{port}: {error.strerror}") from error
        got = int(runner.addresses[0][1])
        _log.info("figures served", address=f"http://{host}:{got}/metrics")
        yield got
    finally:
        await runner.cleanup()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
