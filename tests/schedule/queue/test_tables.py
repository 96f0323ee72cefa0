"""The queue's tables: made once, whoever comes first, and never in somebody else's queue."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import procrastinate
import psycopg
import pytest
from procrastinate.schema import SchemaManager

from scanner.errors import UsageError
from scanner.schedule.queue.connection import conninfo
from scanner.schedule.queue.tables import _steps_between, prepare
from tests.schedule.queue.fleets import ask


async def test_of_several_that_start_at_once_one_makes_the_tables(database: str) -> None:
    await asyncio.gather(*(prepare(database) for _ in range(8)))
    await prepare(database)
    assert len(ask(database, "SELECT version FROM cookie_scanner_queue")) == 1
    assert ask(database, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


async def test_a_queue_of_another_program_is_left_alone(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SchemaManager.get_schema())
    with pytest.raises(UsageError, match="another program"):
        await prepare(database)


async def test_a_newer_queue_is_refused_and_an_older_one_brought_up_to_date(database: str) -> None:
    await prepare(database)
    ask(database, "UPDATE cookie_scanner_queue SET version = '99.0.0' RETURNING 1")
    with pytest.raises(UsageError, match=r"made by Procrastinate 99\.0\.0.*upgrade this machine"):
        await prepare(database)
    ask(database, "UPDATE cookie_scanner_queue SET version = '3.8.0' RETURNING 1")
    await prepare(database)
    assert ask(database, "SELECT version FROM cookie_scanner_queue") != [("3.8.0",)]


def test_migrations_come_in_order_and_only_those_between() -> None:
    steps = _steps_between((3, 0, 0), (3, 3, 0), Path(SchemaManager.get_migrations_path()))
    assert [path.name.split("_")[0] for _, path in steps] == sorted(path.name.split("_")[0] for _, path in steps)
    assert {version for version, _ in steps} <= {(3, 1, 0), (3, 2, 0), (3, 3, 0)}
    assert steps
    assert all("pre" in first[1].name for first, second in itertools.pairwise(steps) if first[0] == second[0])


async def test_an_old_queue_is_migrated_step_by_step(database: str) -> None:
    """A queue as an earlier version made it is given what the installed one needs."""
    folder = Path(SchemaManager.get_migrations_path())
    with psycopg.connect(database, autocommit=True) as connection:
        for _, path in _steps_between((-1,), (3, 3, 0), folder):
            connection.execute(path.read_bytes())
        connection.execute("CREATE TABLE cookie_scanner_queue (version text NOT NULL)")
        connection.execute("INSERT INTO cookie_scanner_queue VALUES ('3.3.0')")
    there = "SELECT to_regproc('procrastinate_retry_job_v2') IS NOT NULL"
    assert ask(database, there) == [(False,)]
    await asyncio.gather(prepare(database), prepare(database))
    assert ask(database, there) == [(True,)]
    assert ask(database, "SELECT version FROM cookie_scanner_queue") == [(procrastinate.__version__,)]


async def test_a_database_that_is_away_is_another_matter_than_one_that_is_wrong() -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        await prepare("postgresql://me:hush@127.0.0.1:9/none")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("address", ["reports/history.db", "sqlite:///x.db", "mysql://u@h/d"])
def test_only_postgresql_has_a_queue(address: str) -> None:
    with pytest.raises(UsageError, match="a worker needs PostgreSQL"):
        conninfo(address)


def test_an_address_without_a_database_is_refused() -> None:
    with pytest.raises(UsageError, match="names no database"):
        conninfo("postgresql://user@host")
