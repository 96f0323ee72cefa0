"""The queue's connection outlasts restarts of PostgreSQL, however they happen."""

from __future__ import annotations

import asyncio
import signal
import threading

import psycopg
import pytest
from procrastinate import exceptions
from procrastinate.jobs import Job, Status

from scanner.schedule.queue.connection import Connection, may_pass
from scanner.schedule.queue.tables import prepare
from tests.postgres import server
from tests.schedule.queue.fleets import ask, until


def _job(name: str, lock: str | None = None) -> Job:
    return Job(queue="scans", lock=lock, queueing_lock=name, task_name="scan", task_kwargs={})


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "crash"])
async def test_a_listener_hears_again_after_the_server_has_been_restarted(database: str, how: signal.Signals) -> None:
    """Not only the next query: the connection that listens is made anew too, and what comes later is heard."""
    await prepare(database)
    connection, heard = Connection(database), asyncio.Event()
    listening = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"

    async def hear(*, channel: str, payload: str) -> None:
        assert channel == "procrastinate_queue_v1#scans"
        assert "job_inserted" in payload
        heard.set()

    await connection.open_async()
    listener = asyncio.create_task(connection.listen_notify(hear, ["procrastinate_queue_v1#scans"]))
    try:
        await until(lambda: ask(database, listening))
        await connection.manager.defer_job_async(_job("first"))
        await asyncio.wait_for(heard.wait(), 20)
        heard.clear()
        server().stop(how)
        # The server stays away for longer than the first attempts to reach it.
        waiting = asyncio.create_task(connection.manager.defer_job_async(_job("second")))
        await until(lambda: connection.away is not None)
        await asyncio.to_thread(server().start)
        await asyncio.wait_for(waiting, 60)
        await until(lambda: ask(database, listening))
        heard.clear()
        await connection.manager.defer_job_async(_job("third"))
        await asyncio.wait_for(heard.wait(), 20)
        assert connection.away is None
        assert not listener.done()
        assert len(ask(database, "SELECT 1 FROM procrastinate_jobs")) == 3
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        await connection.close_async()


async def test_patience_has_an_end() -> None:
    connection = Connection("postgresql://nobody@127.0.0.1:9/none", patience_s=0.3)
    await connection.open_async(pool=_NoPool())
    with pytest.raises(exceptions.ConnectorException):
        await connection.execute_query_all_async("SELECT 1")
    assert connection.away is not None
    assert connection.back_for_s() == 0.0


class _NoPool:
    """A pool whose server is away."""

    def connection(self) -> object:
        raise psycopg.OperationalError("connection refused")


async def test_the_end_of_a_job_is_written_once_though_its_answer_was_lost(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prepare(database)
    connection = Connection(database)
    await connection.open_async()
    try:
        worker = await connection.manager.register_worker()
        await connection.manager.defer_job_async(_job("one"))
        job = await connection.manager.fetch_job(["scans"], worker)
        assert job is not None
        base = type(connection).__mro__[1]
        whole = base.execute_query_async
        lost = threading.Event()

        async def losing(self: Connection, query: str, **arguments: object) -> None:
            await whole(self, query, **arguments)
            if not lost.is_set():
                lost.set()
                raise exceptions.ConnectorException from psycopg.OperationalError("the line is dead")

        monkeypatch.setattr(base, "execute_query_async", losing)
        await connection.manager.finish_job(job, Status.SUCCEEDED, delete_job=False)
        assert lost.is_set()
        monkeypatch.undo()
        assert ask(database, "SELECT status::text, attempts FROM procrastinate_jobs") == [("succeeded", 1)]
        # The same without a lost line is a mistake, and is told.
        with pytest.raises(exceptions.ConnectorException):
            await connection.manager.finish_job(job, Status.SUCCEEDED, delete_job=False)
    finally:
        await connection.close_async()


async def test_of_two_that_reach_for_one_lock_one_gets_nothing_and_none_an_error(database: str) -> None:
    """Two jobs of a lock, of which each worker sees another one first."""
    await prepare(database)
    connection = Connection(database)
    await connection.open_async()
    try:
        first = await connection.manager.register_worker()
        second = await connection.manager.register_worker()
        await connection.manager.defer_job_async(_job("low", "host"))
        async with await psycopg.AsyncConnection.connect(database) as slow:
            await slow.execute("SELECT * FROM procrastinate_fetch_job_v2(ARRAY['scans']::varchar[], %s)", (first,))
            # Not committed yet: the other sees the lock free, and a job of more weight.
            await connection.manager.defer_job_async(_job("high", "host").evolve(priority=5))
            reaching = asyncio.create_task(connection.manager.fetch_job(["scans"], second))
            blocked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            await until(lambda: ask(database, blocked))
            await slow.commit()
            assert await asyncio.wait_for(reaching, 20) is None
        assert ask(database, "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'doing'") == [("low",)]
    finally:
        await connection.close_async()


async def test_a_server_that_speaks_another_language_is_understood(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Procrastinate looks for English words in a message that PostgreSQL may translate."""
    await prepare(database)
    connection = Connection(database)
    await connection.open_async()
    try:
        await connection.manager.defer_job_async(_job("one"))
        monkeypatch.setattr("procrastinate.sync_psycopg_connector.re.search", lambda *_: None)
        with pytest.raises(exceptions.AlreadyEnqueued):
            await connection.manager.defer_job_async(_job("one"))
    finally:
        monkeypatch.undo()
        await connection.close_async()


def test_only_what_may_pass_is_waited_for() -> None:
    def failed(cause: BaseException) -> exceptions.ConnectorException:
        error = exceptions.ConnectorException()
        error.__cause__ = cause
        return error

    assert may_pass(failed(psycopg.OperationalError("connection refused")))
    assert may_pass(failed(psycopg.errors.AdminShutdown("terminating")))
    assert may_pass(failed(psycopg.errors.DeadlockDetected("deadlock")))
    assert may_pass(failed(psycopg.InterfaceError("the connection is closed")))
    assert not may_pass(failed(psycopg.errors.UndefinedTable("no such table")))
    assert not may_pass(failed(psycopg.errors.DiskFull("no space")))
    assert not may_pass(exceptions.ConnectorException())
