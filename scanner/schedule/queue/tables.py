"""The queue's tables: created and brought up to date by whichever worker comes first, once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import LiteralString

import procrastinate
import psycopg
import structlog
from procrastinate.schema import SchemaManager

from scanner.errors import UsageError
from scanner.schedule.queue.connection import conninfo

_LOCK = 0x636F6F6B69657301
"""Number of the advisory lock under which tables are changed; it means nothing to any other program."""
_STEP = re.compile(r"(\d+)\.(\d+)\.(\d+)_(\d+)_.*\.sql")
_log = structlog.get_logger("scanner.schedule")

Version = tuple[int, ...]


async def prepare(address: str) -> None:
    """Make sure that the queue's tables are there, as the installed Procrastinate wants them.

    Several may call it at once: one does it, the others wait. Raises psycopg.OperationalError where the connection
    breaks or none comes about, and UsageError where the database cannot be written, where it holds a queue of another
    program, or one of a newer version.
    """
    try:
        async with await psycopg.AsyncConnection.connect(
            conninfo(address), connect_timeout=10, autocommit=True
        ) as connection:
            await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            await _bring_up_to_date(connection)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise UsageError(f"the queue cannot be opened: {' '.join(str(error).split())[:300]}") from error


async def _bring_up_to_date(connection: psycopg.AsyncConnection) -> None:
    installed = _numbers(procrastinate.__version__)
    there, ours = await _one(
        connection, "SELECT to_regclass('procrastinate_jobs'), to_regclass('cookie_scanner_queue')"
    )
    if there is None:
        async with connection.transaction():
            await connection.execute(SchemaManager.get_schema())
            await connection.execute("CREATE TABLE IF NOT EXISTS cookie_scanner_queue (version text NOT NULL)")
            await connection.execute("DELETE FROM cookie_scanner_queue")
            await connection.execute("INSERT INTO cookie_scanner_queue VALUES (%s)", (_text(installed),))
        _log.info("queue created", version=_text(installed))
        return
    if ours is None:
        raise UsageError("the database holds a queue of another program; give the scanner a database of its own")
    (version,) = await _one(connection, "SELECT max(version) FROM cookie_scanner_queue")
    applied = _numbers(version or "0")
    if applied[:1] > installed[:1]:
        raise UsageError(
            f"the queue was made by Procrastinate {_text(applied)}, here is {_text(installed)}: upgrade this machine"
        )
    for step, path in _steps_between(applied, installed, Path(SchemaManager.get_migrations_path())):
        async with connection.transaction():
            await connection.execute(path.read_bytes())
        _log.info("queue migrated", step=path.name, version=_text(step))
    if installed > applied:
        await connection.execute("UPDATE cookie_scanner_queue SET version = %s", (_text(installed),))


def _steps_between(applied: Version, installed: Version, folder: Path) -> list[tuple[Version, Path]]:
    """Migrations of versions after one and up to another, in order."""
    steps = []
    for path in folder.glob("*.sql"):
        if (match := _STEP.fullmatch(path.name)) is not None:
            numbers = tuple(int(part) for part in match.groups())
            if applied < numbers[:3] <= installed:
                steps.append((numbers, path))
    return [(numbers[:3], path) for numbers, path in sorted(steps)]


async def _one(connection: psycopg.AsyncConnection, query: LiteralString) -> tuple[str | None, ...]:
    row = await (await connection.execute(query)).fetchone()
    return tuple(row) if row is not None else (None, None)


def _numbers(version: str) -> Version:
    found = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    return (*found, 0, 0, 0)[:3]


def _text(version: Version) -> str:
    return ".".join(str(part) for part in version)
