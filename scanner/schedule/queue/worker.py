"""One process of a fleet: takes runs from the queue, as many at once as it has slots, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from procrastinate import exceptions
from procrastinate.worker import Worker

from scanner.config.fleet import Fleet
from scanner.schedule.local import Errand
from scanner.schedule.queue.connection import Connection
from scanner.schedule.queue.jobs import OVERTIME_S, SCANS, UPKEEP, Jobs, Scan
from scanner.schedule.queue.keeper import Keeper, LostError, Running
from scanner.schedule.queue.lookout import Lookout
from scanner.schedule.queue.tables import prepare
from scanner.schedule.running import Clock, utc_now

if TYPE_CHECKING:
    from scanner.schedule.metrics import Metrics
    from scanner.store.history import History

_FAREWELL_S = 15.0
"""How long a worker that stops waits for a database that is away; what it cannot write down, others recover."""
_SHORTEST_BEAT_S, _LONGEST_BEAT_S, _BEATS_A_LEASE = 0.2, 20.0, 6
_POLL_S = 2.0
"""How often it is looked for a run although nobody said that there is one: Procrastinate says so of new jobs, not of
those that have come back, or whose host has become free."""
_NEVER_S = 30 * 86_400.0
_LONGEST_PAUSE_S = 30.0
_WEDGED = 75
"""Exit status of a process that ends itself because a scan in it can no longer be ended."""
_log = structlog.get_logger("scanner.schedule")


class QueueWorker:
    """A worker with its queue. `scan` carries out a run; it is `Runner.run` but in tests of the queue itself.

    Told to stop, it takes nothing new, and gives its runs `grace_s` seconds to end; then, or when told again, they go
    back into the queue. `tick_s` is how often it looks what is due, all workers together.
    """

    def __init__(
        self,
        fleet: Fleet,
        history: History,
        scan: Scan,
        *,
        slots: int | None = None,
        grace_s: float = 60.0,
        tick_s: int = 30,
        errands: Sequence[Errand] = (),
        metrics: Metrics | None = None,
        clock: Clock = utc_now,
        overtime_s: float = OVERTIME_S,
        die: Callable[[int], None] = os._exit,
    ) -> None:
        self._fleet = fleet
        self._address = fleet.history.address()
        self._history = history
        self._scan = scan
        self._slots = slots if slots is not None else fleet.worker.slots
        self._grace_s = grace_s
        self._tick_s = tick_s
        self._errands = errands
        self._metrics = metrics
        self._clock = clock
        self._overtime_s = overtime_s
        self._die = die
        self._lookout = Lookout(fleet.sites)
        self._stopping = asyncio.Event()
        self._running = Running()
        self._left: set[int] = set()

    def stop(self) -> None:
        """Stop: the first time once all runs have ended, the second time at once. Called in the event loop."""
        if self._stopping.is_set():
            _log.info("stopping at once", running=len(self._running))
            self._running.cancel()
        else:
            _log.info("stopping", running=len(self._running), grace_s=self._grace_s)
            self._stopping.set()

    async def serve(self) -> None:
        """Work until told to stop.

        Raises UsageError where the queue cannot be used. A database that is away is waited for.
        """
        prepared = False
        pause = 1.0
        while not self._stopping.is_set():
            try:
                if not prepared:
                    await prepare(self._address)
                    _log.info("worker started", slots=self._slots, sites=len(self._fleet.sites), pid=os.getpid())
                    prepared = True
                await self._life()
            except (psycopg.Error, exceptions.ConnectorException, LostError) as error:
                _log.warning("worker begins anew", why=" ".join(str(error.__cause__ or error).split())[:300])
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, _LONGEST_PAUSE_S)
            else:
                pause = 1.0
        _log.info("worker stopped")

    async def _life(self) -> None:
        """From one connection's beginning to its end. Raises what ended it; returns when told to stop."""
        connection = Connection(self._address)
        workers: tuple[Worker, ...] = ()
        try:
            await connection.open_async()
            for number in list(self._left):
                await connection.manager.unregister_worker(number)  # its jobs are free to take at once
                self._left.discard(number)
            workers = self._workers(connection)
            await self._work(connection, workers)
        finally:
            self._left |= {worker.worker_id for worker in workers if worker.worker_id is not None}
            with contextlib.suppress(psycopg.Error, exceptions.ConnectorException):
                await connection.close_async()

    def _workers(self, connection: Connection) -> tuple[Worker, ...]:
        jobs = Jobs(
            fleet=self._fleet,
            history=self._history,
            scan=self._scan,
            connection=connection,
            lookout=self._lookout,
            errands=self._errands,
            metrics=self._metrics,
            clock=self._clock,
            overtime_s=self._overtime_s,
        )

        def worker(name: str, slots: int, grace_s: float) -> Worker:
            return Worker(
                app=jobs.scans() if name == SCANS else jobs.upkeep(self._tick_s),
                queues=[name],
                name=name,
                concurrency=slots,
                delete_jobs="always",
                install_signal_handlers=False,
                fetch_job_polling_interval=_POLL_S,
                shutdown_graceful_timeout=grace_s,
                update_heartbeat_interval=self._beat_s,
                # Procrastinate looks for the dead as it starts, when the living may have had no server to report to.
                stalled_worker_timeout=_NEVER_S,
                worker_middleware=[self._running.within],
            )

        return worker(SCANS, self._slots, self._grace_s), worker(UPKEEP, 1, min(self._grace_s, _FAREWELL_S))

    @property
    def _beat_s(self) -> float:
        return max(_SHORTEST_BEAT_S, min(self._fleet.worker.lease_s / _BEATS_A_LEASE, _LONGEST_BEAT_S))

    async def _work(self, connection: Connection, workers: tuple[Worker, ...]) -> None:
        keeper = Keeper(
            connection,
            workers,
            self._running,
            beat_s=self._beat_s,
            lease_s=self._fleet.worker.lease_s,
            metrics=self._metrics,
        )
        runs: list[Any] = [worker.run for worker in workers]  # without a type in Procrastinate
        stops: list[Any] = [worker.stop for worker in workers]
        working = [asyncio.create_task(run()) for run in runs]
        keeping = asyncio.create_task(keeper.keep(), name="keeper")
        watching = asyncio.create_task(self._watch(), name="watch")
        stopped = asyncio.create_task(self._stopping.wait(), name="stop")
        try:
            await asyncio.wait([*working, keeping, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            connection.patience_s = _FAREWELL_S
            for stop in stops:
                stop()
            if keeping.done():
                connection.fenced = True
                self._running.cancel()  # others may be at the same sites
            ended = await asyncio.gather(*working, return_exceptions=True)
            for task in (keeping, watching, stopped):
                task.cancel()
            await asyncio.gather(keeping, watching, stopped, return_exceptions=True)
        self._raise_first([keeping, *working], ended)

    def _raise_first(self, tasks: Sequence[asyncio.Task[None]], ended: Sequence[BaseException | None]) -> None:
        """Raise what ended this life, unless it was told to stop."""
        if self._stopping.is_set():
            return
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        raise LostError(f"a worker ended without being told to ({len(ended)})")

    async def _watch(self) -> None:
        """End the process where a scan can no longer be ended: the kernel then frees all that it holds.

        It heeds neither its deadline nor being cancelled, which came an overtime ago.
        """
        limit = self._fleet.worker.deadline_s + 2 * self._overtime_s
        while True:
            await asyncio.sleep(self._beat_s)
            if self._running.longest_s() > limit:
                _log.error("worker wedged", limit_s=limit)
                self._die(_WEDGED)
