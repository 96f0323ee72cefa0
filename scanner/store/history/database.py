"""Opening the database, and its transactions: SQLite and PostgreSQL by the same code."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError

from scanner.errors import ScannerError, UsageError
from scanner.store.history.migrations import migrate

Result = TypeVar("Result")

_BUSY_MS = 60_000
"""How long a writer of SQLite waits for the others; each holds the lock for milliseconds."""
_PATIENCE_S = 30.0
"""How long a server that went away (a restart) is waited for."""

_PATIENT = {
    "application_name": "cookie-scanner",
    "connect_timeout": 10,
    # A server that vanished without a word is noticed after a minute: https://www.postgresql.org/docs/current/libpq-connect.html
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


class HistoryError(ScannerError):
    """The history cannot be read or written now; the text says which, and why."""


class AwayError(UsageError):
    """The server of a history does not answer now: it is down, starts, or is not where it is said to be."""


class Database:
    """An engine with its two kinds of transaction. Safe to share between threads; not across a fork."""

    def __init__(self, address: str) -> None:
        self.url = _url(address)
        self.name = self.url.database or "" if _is_file(self.url) else self.url.render_as_string(hide_password=True)
        if _is_file(self.url):
            _make_folder(self.name)
            self._engine = create_engine(self.url, connect_args={"timeout": _BUSY_MS / 1000})
            event.listen(self._engine, "connect", _prepare)
            event.listen(self._engine, "begin", _begin)
        else:
            self._engine = create_engine(self.url, pool_size=5, max_overflow=15, connect_args=_PATIENT)
        self._writing = self._engine.execution_options(writes=True)
        try:
            self._migrate()
        except SQLAlchemyError as error:
            self.close()
            away = not _is_file(self.url) and isinstance(error, DBAPIError) and _may_pass(error)
            kind = AwayError if away else UsageError
            raise kind(f"the history {self.name} cannot be opened: {_cause(error)}") from error
        except UsageError:
            self.close()
            raise

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """Do something in one transaction that only reads: it sees one moment of the database."""
        return self._patiently(self._engine, work)

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Do something in one transaction, which holds as a whole or not at all.

        It is done again where the connection was lost, even if that was in the moment of the commit: what it does must
        be the same when done twice.
        """
        return self._patiently(self._writing, work)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _migrate(self) -> None:
        if not migrate(self._engine, self.name, look=True):
            migrate(self._writing, self.name)

    def _patiently(self, engine: Engine, work: Callable[[Connection], Result]) -> Result:
        deadline = time.monotonic() + _PATIENCE_S
        pause = 0.05
        while True:
            try:
                with engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not _may_pass(error) or time.monotonic() + pause > deadline:
                    raise HistoryError(f"the history {self.name} cannot be used: {_cause(error)}") from error
            except SQLAlchemyError as error:
                raise HistoryError(f"the history {self.name} cannot be used: {_cause(error)}") from error
            # Others lost their connection in the same moment; chance parts them.
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, 2.0)


def _url(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # The address may hold a password: it is not repeated.
        raise UsageError("the history's address cannot be read; write a path or postgresql://user@host/name") from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url
    raise UsageError(f"the history can be a file or postgresql://, not {url.drivername}://")


def _is_file(url: URL) -> bool:
    return url.drivername == "sqlite"


def _make_folder(path: str) -> None:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the history {path} cannot be opened: {error.strerror}") from error


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    # The driver would begin transactions by itself, and too late: it is told to leave that to us.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            # Another process is at it in this moment; the mode belongs to the file, so this one has it as well.


def _begin(connection: Connection) -> None:
    # A transaction that begins by reading and writes later cannot wait for another writer: SQLite would refuse it.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _may_pass(error: DBAPIError) -> bool:
    """Whether the same may go well in a moment: a server that restarts, two transactions in each other's way."""
    if isinstance(error.orig, sqlite3.Error):
        return "locked" in str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state in ("40001", "40P01", "57P01", "57P02", "57P03"):
        return True
    # No connection came about: the server is down or just starting.
    return isinstance(error, OperationalError) and state is None


def _cause(error: SQLAlchemyError) -> str:
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    return " ".join(text.split())[:500]
