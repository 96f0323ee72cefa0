"""The queue's connection to PostgreSQL, which outlasts a restart of the server.

Procrastinate's own connector ends its worker at the first query that meets a server that is away: running scans are
waited for without a sign of life, and their ends are not written down. Here a query waits until the server is back.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, LiteralString, TypeVar
from urllib.parse import urlsplit

import psycopg
import structlog
from procrastinate import PsycopgConnector, exceptions, sql
from procrastinate.connector import Notify
from procrastinate.manager import JobManager

from scanner.errors import UsageError

LOCK_INDEX = "procrastinate_jobs_lock_idx_v1"
"""The index that lets one job of a lock run at a time."""

PATIENCE_S = 600.0
"""How long a query waits for a server that is away, before its worker begins anew."""

_LONGEST_PAUSE_S = 5.0
_POOL_S = 5.0
_PASSING = ("08", "40001", "40P01", "53300", "57P01", "57P02", "57P03")
"""SQLSTATE (its beginning) of what may go well in a moment: connections lost or refused, deadlocks, a server that
stops, starts or has no connection left (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

_LIVELY = {
    # A machine that has lost its power says no goodbye; without these a dead connection is noticed after hours.
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "application_name": "cookie-scanner worker",
}
_log = structlog.get_logger("scanner.schedule")
_T = TypeVar("_T")


def conninfo(address: str) -> str:
    """The address of a history as libpq understands it. Raises UsageError where it is not PostgreSQL."""
    scheme, colon, rest = address.partition("://")
    if not colon or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise UsageError(
            'a worker needs PostgreSQL: write database = "postgresql://user@host/name" under [history]; on one '
            "machine alone, use schedule run"
        )
    if not urlsplit(f"postgresql://{rest}").path.strip("/"):
        raise UsageError("the history's address names no database: write postgresql://user@host/name")
    return f"postgresql://{rest}"


class Connection(PsycopgConnector):
    """A connector whose queries wait for a server that is away. `away` says since when; null while it answers.

    `fenced` is set where the others have given this process up for dead: what becomes of its jobs is theirs to say.
    """

    def __init__(self, address: str, *, patience_s: float = PATIENCE_S) -> None:
        super().__init__(
            conninfo=conninfo(address),
            kwargs=dict(_LIVELY),
            min_size=1,
            max_size=6,
            name="queue",
            # The pool waits longer and longer between its attempts; it begins anew with those who ask after this.
            timeout=_POOL_S,
            reconnect_timeout=_POOL_S,
        )
        self.manager = JobManager(self)
        self.away: float | None = None
        self.fenced = False
        self._back: float | None = None
        self.patience_s = patience_s

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """As the base; a repeated query that has done its work already is content."""

        if self.fenced and query in (sql.queries["retry_job"], sql.queries["finish_job"]):
            return

        async def ask(again: bool) -> None:
            try:
                await super(Connection, self).execute_query_async(query, **arguments)
            except exceptions.ConnectorException as error:
                # The end of a job was written, but the answer was lost: it cannot be ended twice.
                if not (again and isinstance(error.__cause__, psycopg.errors.RaiseException)):
                    raise

        await self._patiently(ask)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        """As the base; of two workers that reach for the jobs of one lock at once, one gets none."""

        async def ask(_: bool) -> dict[str, Any]:
            try:
                row: dict[str, Any] = await super(Connection, self).execute_query_one_async(query, **arguments)
            except exceptions.UniqueViolation as error:
                if query == sql.queries["fetch_job"] and error.constraint_name == LOCK_INDEX:
                    return {"id": None}
                raise
            return row

        return await self._patiently(ask)

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        """As the base."""

        async def ask(_: bool) -> list[dict[str, Any]]:
            rows: list[dict[str, Any]] = await super(Connection, self).execute_query_all_async(query, **arguments)
            return rows

        return await self._patiently(ask)

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Listen for as long as the worker lives, over however many connections that takes."""
        names = tuple(channels)

        async def listen(_: bool) -> None:
            await super(Connection, self).listen_notify(on_notification, names)

        while True:
            await self._patiently(listen, patience_s=float("inf"))

    def back_for_s(self) -> float:
        """For how many seconds the server has been answering since it was last away."""
        if self.away is not None:
            return 0.0
        return float("inf") if self._back is None else time.monotonic() - self._back

    async def _patiently(self, ask: Callable[[bool], Awaitable[_T]], *, patience_s: float | None = None) -> _T:
        begun, pause, again = time.monotonic(), 0.1, False
        while True:
            try:
                answer = await ask(again)
            except (exceptions.ConnectorException, AssertionError) as error:
                violated = _told_in_another_language(error)
                if violated is not None:
                    raise violated from error
                if not may_pass(error):
                    raise
                if self.away is None:
                    self.away = time.monotonic()
                    _log.warning("database away", why=_cause(error))
                limit = self.patience_s if patience_s is None else patience_s
                if time.monotonic() - begun > limit:
                    raise
            else:
                if self.away is not None:
                    _log.info("database back", seconds=round(time.monotonic() - self.away, 1))
                    self.away, self._back = None, time.monotonic()
                return answer
            again = True
            # All workers lost their connection in the same moment; chance parts them.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST_PAUSE_S)


def may_pass(error: BaseException) -> bool:
    """Whether the same query may go well in a moment: the server was away, or two were in each other's way."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = cause.sqlstate
    return state is None or state.startswith(_PASSING)


def _told_in_another_language(error: BaseException) -> exceptions.UniqueViolation | None:
    """Procrastinate reads the lock out of the server's message and asserts that it is in English; others exist."""
    violated = error.__context__
    if isinstance(error, AssertionError) and isinstance(violated, psycopg.errors.UniqueViolation):
        return exceptions.UniqueViolation(constraint_name=violated.diag.constraint_name, queueing_lock=None)
    return None


def _cause(error: BaseException) -> str:
    return " ".join(str(error.__cause__ or error).split())[:300]
