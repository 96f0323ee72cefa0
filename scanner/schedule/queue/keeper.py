"""What keeps the queue whole: signs of life, and the return of jobs whose workers are dead.

Procrastinate has heartbeats, and can tell whose have stopped; giving their jobs back is left to its user. It also stops
its heartbeat as soon as it is told to stop, while its last jobs may run for minutes; so the beat is kept here.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from procrastinate import JobContext, exceptions
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker

from scanner.errors import ScannerError
from scanner.schedule.queue.connection import Connection
from scanner.schedule.queue.jobs import SCANS, TICK, pause_after_death
from scanner.schedule.running import utc_now

if TYPE_CHECKING:
    from scanner.schedule.metrics import Metrics

_RECOVERY = 0x636F6F6B69657302
"""Number of the advisory lock under which one worker at a time gives jobs back."""

_ALIVE = "SELECT id FROM procrastinate_workers WHERE id = ANY(%(ids)s)"
_TURN = "SELECT pg_try_advisory_xact_lock(%s), extract(epoch FROM now() - pg_postmaster_start_time())"
_BEATS_TO_COME_BACK = 3
_LENGTHS = """
SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())) AS waiting,
       count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS later,
       count(*) FILTER (WHERE status = 'doing') AS running
  FROM procrastinate_jobs WHERE queue_name = %(queue)s
"""
_LAST_TICK = "SELECT defer_timestamp FROM procrastinate_periodic_defers WHERE task_name = %(task)s AND job_id IS NULL"
"""The last tick of the fleet, whoever made it: its job is gone, its moment is still known."""

_log = structlog.get_logger("scanner.schedule")


class LostError(ScannerError):
    """The other workers have given this one up for dead, and may be at its sites."""


class Running:
    """The jobs that this process is at, each with its task and since when (seconds of the monotonic clock)."""

    def __init__(self) -> None:
        self._jobs: dict[int, tuple[asyncio.Task[Any], float]] = {}

    async def within(self, call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
        """Procrastinate calls every job through this."""
        del worker
        task, number = asyncio.current_task(), context.job.id
        if task is None or number is None:
            raise RuntimeError("a job without a number or a task")
        self._jobs[number] = (task, time.monotonic())
        try:
            return await call_next()
        finally:
            del self._jobs[number]

    def __contains__(self, number: int | None) -> bool:
        return number in self._jobs

    def __len__(self) -> int:
        return len(self._jobs)

    def longest_s(self) -> float:
        """For how long the oldest has been running."""
        return max((time.monotonic() - begun for _, begun in self._jobs.values()), default=0.0)

    def cancel(self) -> None:
        """End all of them now; they go back into the queue."""
        for task, _ in list(self._jobs.values()):
            task.cancel()


class Keeper:
    """Beats for this process's workers, and looks after the jobs of all. Times are seconds."""

    def __init__(
        self,
        connection: Connection,
        workers: Sequence[Worker],
        running: Running,
        *,
        beat_s: float,
        lease_s: float,
        metrics: Metrics | None = None,
    ) -> None:
        self._connection = connection
        self._workers = workers
        self._running = running
        self._beat_s = beat_s
        self._lease_s = lease_s
        self._metrics = metrics
        self._unknown: set[int] = set()

    async def keep(self) -> None:
        """Beat until cancelled. Raises LostError where the others have given this process up for dead."""
        while True:
            await self._beat()
            with _outage_is_told():
                await self._recover()
                await self._tell_lengths()
            await asyncio.sleep(self._beat_s)

    @property
    def _ids(self) -> list[int]:
        return [worker.worker_id for worker in self._workers if worker.worker_id is not None]

    async def _beat(self) -> None:
        for number in self._ids:
            await self._connection.manager.update_heartbeat(number)
        ids = self._ids
        rows = await self._connection.execute_query_all_async(_ALIVE, ids=ids)
        gone = set(ids) - {row["id"] for row in rows}
        if gone & set(self._ids):
            raise LostError("no sign of life of this worker has come through for longer than a lease")

    async def _recover(self) -> None:
        if self._connection.back_for_s() < _BEATS_TO_COME_BACK * self._beat_s:
            return  # nobody could give a sign of life meanwhile: the others come back in this moment, like us
        pool = self._connection.pool
        async with pool.connection() as connection, connection.transaction():
            row = await (await connection.execute(_TURN, (_RECOVERY,))).fetchone()
            if row is not None and row[0] and row[1] > _BEATS_TO_COME_BACK * self._beat_s:
                for job in await self._connection.manager.get_stalled_jobs(seconds_since_heartbeat=self._lease_s):
                    await self._return(job, "its worker died")
                await self._connection.manager.prune_stalled_workers(self._lease_s)
        await self._find_lost_handovers()

    async def _find_lost_handovers(self) -> None:
        """A job that was handed to us while the connection broke is ours, and nobody is at it: it goes back.

        It is seen twice first: it may just have been handed over, or be about to end.
        """
        found: dict[int, Job] = {}
        for number in self._ids:
            for job in await self._connection.manager.list_jobs_async(status="doing", worker_id=number):
                if job.id is not None and job.id not in self._running:
                    found[job.id] = job
        for number in self._unknown & found.keys():
            await self._return(found.pop(number), "its hand-over was lost")
        self._unknown = set(found)

    async def _return(self, job: Job, why: str) -> None:
        manager = self._connection.manager
        try:
            await manager.retry_job(job, retry_at=utc_now() + pause_after_death(job.attempts))
        except exceptions.UniqueViolation:
            # The same run was put in again meanwhile: that one will do.
            await manager.finish_job(job, Status.ABORTED, delete_job=True)
        except exceptions.ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.RaiseException):
                return  # it has ended after all
            raise
        _log.warning("job returned", why=why, job=job.queueing_lock, attempts=job.attempts)
        if self._metrics is not None:
            self._metrics.job_returned()

    async def _tell_lengths(self) -> None:
        if self._metrics is not None:
            row = (await self._connection.execute_query_all_async(_LENGTHS, queue=SCANS))[0]
            self._metrics.queue_seen(waiting=row["waiting"], later=row["later"], running=row["running"])
            for last in await self._connection.execute_query_all_async(_LAST_TICK, task=TICK):
                self._metrics.ticked(datetime.datetime.fromtimestamp(last["defer_timestamp"], datetime.UTC))


@contextlib.contextmanager
def _outage_is_told() -> Iterator[None]:
    """Looking after others can wait for the next beat; what our own workers need waits for the server by itself."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, exceptions.ConnectorException) as error:
        _log.warning("queue not looked after", error=" ".join(str(error.__cause__ or error).split())[:300])
