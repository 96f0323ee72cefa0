"""Workers of one queue: every due run is recorded once, whatever happens to whom. Scans are on paper here."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import time

import pytest

from scanner.errors import EvidenceError
from scanner.schedule.due import run_of
from scanner.schedule.metrics import Metrics
from scanner.schedule.queue.connection import Connection
from scanner.schedule.queue.jobs import Jobs, job_of, pause_after, pause_after_death
from scanner.schedule.queue.lookout import Lookout
from scanner.schedule.queue.tables import prepare
from scanner.schedule.queue.worker import QueueWorker
from scanner.schedule.running import RunEnd
from scanner.store.history import History
from tests.postgres import server
from tests.schedule.queue.fleets import SIZE, Paper, ask, fleet_of, jobs, recorded, sites_of, until, working

UTC = datetime.UTC


def _worker(database: str, history: History, paper: Paper, number: int = 4, **more: object) -> QueueWorker:
    options: dict[str, object] = {"slots": 2, "tick_s": 1, "grace_s": 20.0} | more
    return QueueWorker(fleet_of(database, *sites_of(number)), history, paper.scan, **options)  # type: ignore[arg-type]


async def test_two_workers_record_every_due_run_once_and_leave_an_empty_queue(database: str, history: History) -> None:
    paper = Paper(history, seconds=0.05)
    async with working(_worker(database, history, paper, 12)), working(_worker(database, history, paper, 12)):
        await until(lambda: len(recorded(history)) == 12 and not jobs(database))
    assert set(recorded(history).values()) == {1}
    assert set(paper.begun.values()) == {1}
    assert ask(database, "SELECT 1 FROM procrastinate_workers") == []


async def test_sites_of_one_host_are_never_scanned_at_once(database: str, history: History) -> None:
    paper = Paper(history, seconds=0.1)
    fleet = fleet_of(database, *sites_of(6, host="shared.example"))
    workers = [QueueWorker(fleet, history, paper.scan, slots=3, tick_s=1) for _ in range(2)]
    async with working(workers[0]), working(workers[1]):
        await until(lambda: len(recorded(history)) == 6)
    assert paper.most_at_once == {"shared.example": 1}


async def test_a_restart_of_postgresql_costs_no_run(database: str, history: History) -> None:
    """While scans run, while nobody works, and while the server stays away for longer than a scan takes."""
    paper = Paper(history, seconds=0.6)
    async with working(_worker(database, history, paper, 8)) as first, working(_worker(database, history, paper, 8)):
        await until(lambda: sum(paper.begun.values()) >= 2)
        await asyncio.to_thread(server().restart)
        await until(lambda: len(recorded(history)) >= 4)
        await asyncio.to_thread(server().stop)
        await asyncio.sleep(2 * paper.seconds)  # away for longer than a scan takes
        await asyncio.to_thread(server().start)
        await until(lambda: len(recorded(history)) == 8 and not jobs(database))
        assert not first.done()
    assert set(recorded(history).values()) == {1}


async def test_jobs_of_a_dead_worker_are_returned_after_its_lease(database: str, history: History) -> None:
    """A worker that took a job and was never heard of again: no goodbye, and a heartbeat that grows old."""
    await prepare(database)
    dead = Connection(database)
    await dead.open_async()
    number = await dead.manager.register_worker()
    (site,) = sites_of(1)
    due = datetime.datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    await dead.manager.defer_job_async(job_of(site, run_of(site.name, due)))
    assert await dead.manager.fetch_job(["scans"], number) is not None
    await dead.close_async()
    paper, begun = Paper(history), time.monotonic()
    figures = Metrics(history, ())
    async with working(_worker(database, history, paper, 1, metrics=figures)):
        await until(lambda: recorded(history))
    assert recorded(history) == {"site00": 1}
    assert time.monotonic() - begun > SIZE.lease_s / 2, "it was taken from somebody who may have been alive"
    assert b"cookie_scanner_jobs_returned_total 1.0" in figures.text()


async def test_a_run_that_is_to_be_called_again_is(database: str, history: History) -> None:
    asked: list[float] = []

    def first_not(site: object) -> RunEnd | None:
        asked.append(time.time())
        if len(asked) > 2:
            return None
        again = datetime.datetime.now(UTC) + datetime.timedelta(seconds=1)
        run = run_of("site00", again)
        return RunEnd(run, "retry" if len(asked) == 1 else "held", attempt=1, again=again)

    paper = Paper(history, before=first_not)
    async with working(_worker(database, history, paper, 1)):
        await until(lambda: recorded(history) and not jobs(database))
    assert len(asked) == 3
    assert min(later - earlier for earlier, later in itertools.pairwise(asked)) >= 1.0


async def test_what_a_machine_cannot_do_another_may(
    database: str, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a missing browser, a defect: the run goes back and is tried again; none is lost."""
    monkeypatch.setattr("scanner.schedule.queue.jobs._FIRST_PAUSE_S", 0.2)

    def broken(_: object) -> None:
        raise EvidenceError("cannot write to /x: no space left on device")

    ill, well = Paper(history, before=broken), Paper(history)
    async with working(_worker(database, history, ill, 3)) as task:
        await until(lambda: sum(ill.begun.values()) >= 6)
        assert not task.done()
        assert recorded(history) == {}
    async with working(_worker(database, history, well, 3)):
        await until(lambda: len(recorded(history)) == 3 and not jobs(database))


async def test_told_to_stop_it_ends_what_runs_and_takes_nothing_new(database: str, history: History) -> None:
    paper = Paper(history, seconds=1.0)
    worker = _worker(database, history, paper, 6)
    async with working(worker) as task:
        await until(lambda: sum(paper.begun.values()) == 2)
        worker.stop()
        await asyncio.wait_for(task, 30)
    assert sum(paper.ended.values()) == 2
    assert not paper.cancelled
    assert [status for _, status in jobs(database)] == ["todo"] * 4
    assert ask(database, "SELECT 1 FROM procrastinate_workers") == []


@pytest.mark.parametrize("how", ["the grace is over", "told twice"])
async def test_what_does_not_end_in_time_goes_back_at_once(database: str, history: History, how: str) -> None:
    paper = Paper(history, seconds=3600)
    worker = _worker(database, history, paper, 2, grace_s=0.5 if how == "the grace is over" else 3600)
    async with working(worker) as task:
        await until(lambda: sum(paper.begun.values()) == 2)
        worker.stop()
        if how == "told twice":
            worker.stop()
        await asyncio.wait_for(task, 30)
    assert sum(paper.cancelled.values()) == 2
    assert [status for _, status in jobs(database)] == ["todo"] * 2
    quick = Paper(history)
    async with working(_worker(database, history, quick, 2)):
        await until(lambda: len(recorded(history)) == 2)
    assert set(recorded(history).values()) == {1}


async def test_it_gives_signs_of_life_while_its_last_runs_end(database: str, history: History) -> None:
    """A run that takes longer than the lease after the word to stop is not taken for a dead worker's."""
    size = SIZE.model_copy(update={"deadline_s": 2.0, "lease_s": 4.0})
    fleet = fleet_of(database, *sites_of(1), size=size)
    paper, other = Paper(history, seconds=3600), Paper(history)
    worker = QueueWorker(fleet, history, paper.scan, tick_s=1, grace_s=3600)
    async with working(worker) as task:
        await until(lambda: sum(paper.begun.values()) == 1)
        worker.stop()
        async with working(QueueWorker(fleet, history, other.scan, tick_s=1)):
            end = time.monotonic() + 1.5 * size.lease_s
            while time.monotonic() < end:
                assert not other.begun
                await asyncio.sleep(0.05)
        worker.stop()
        await asyncio.wait_for(task, 30)


async def test_a_worker_that_was_given_up_for_dead_lets_go_and_begins_anew(database: str, history: History) -> None:
    """A machine that was suspended: its jobs may be somebody else's by now."""
    paper = Paper(history, seconds=3600)
    async with working(_worker(database, history, paper, 1)) as task:
        await until(lambda: sum(paper.begun.values()) == 1)
        ask(database, "DELETE FROM procrastinate_workers RETURNING 1")
        await until(lambda: sum(paper.cancelled.values()) == 1)
        paper.seconds = 0.0
        await until(lambda: recorded(history) and not jobs(database))
        assert not task.done()
    assert recorded(history) == {"site00": 1}


async def test_a_job_whose_hand_over_was_lost_is_found(database: str, history: History) -> None:
    """The server gave it to this worker, but the answer never came: nobody is at it, and its owner is alive."""
    paper = Paper(history)
    await prepare(database)
    worker = _worker(database, history, paper, 0)
    (site,) = sites_of(1)
    async with working(worker):
        alive = "SELECT id FROM procrastinate_workers ORDER BY id"
        await until(lambda: len(ask(database, alive)) == 2)
        other = QueueWorker(fleet_of(database, site), history, paper.scan, tick_s=1)
        connection = Connection(database)
        await connection.open_async()
        try:
            due = datetime.datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            job = job_of(site, run_of(site.name, due)).evolve(queue="elsewhere")
            await connection.manager.defer_job_async(job)
            taken = await connection.manager.fetch_job(["elsewhere"], int(str(ask(database, alive)[0][0])))
            assert taken is not None
            ask(database, "UPDATE procrastinate_jobs SET queue_name = 'scans' RETURNING 1")
        finally:
            await connection.close_async()
        async with working(other):
            await until(lambda: recorded(history))
    assert recorded(history) == {"site00": 1}


async def test_a_scan_that_cannot_be_ended_ends_its_process(database: str, history: History) -> None:
    size = SIZE.model_copy(update={"deadline_s": 0.5, "lease_s": 1.0})
    died: list[int] = []
    release = asyncio.Event()

    async def deaf(*_: object) -> RunEnd:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        raise EvidenceError("too late")

    worker = QueueWorker(
        fleet_of(database, *sites_of(1), size=size),
        history,
        deaf,
        tick_s=1,
        grace_s=0.1,
        overtime_s=0.3,
        die=died.append,
    )
    async with working(worker):
        try:
            await until(lambda: died)
        finally:
            release.set()
    assert set(died) == {75}


async def test_a_tick_puts_in_what_is_due_once_however_many_tick_at_once(database: str, history: History) -> None:
    await prepare(database)
    connections = [Connection(database) for _ in range(3)]
    fleet, paper = fleet_of(database, *sites_of(40)), Paper(history)
    try:
        ticking = []
        for connection in connections:
            await connection.open_async()
            ticking.append(Jobs(fleet, history, paper.scan, connection, Lookout(fleet.sites)))
        await asyncio.gather(*(one.tick() for one in ticking))
        await ticking[0].tick()
    finally:
        for connection in connections:
            await connection.close_async()
    assert len(jobs(database)) == 40


async def test_a_run_is_dropped_once_a_later_one_is_due_or_its_site_is_gone(database: str, history: History) -> None:
    """Slots that passed while nobody worked are one run; a run that has been tried goes on to its end."""
    await prepare(database)
    first, second, third = sites_of(3)
    now = datetime.datetime.now(UTC)
    paper = Paper(history)
    fleet = fleet_of(database, first, second, third.model_copy(update={"enabled": False}))
    work = Jobs(fleet, history, paper.scan, Connection(database), Lookout(fleet.sites))
    old = run_of(first.name, now - datetime.timedelta(days=3)).due
    await work.carry_out(site=first.name, due=old)
    await work.carry_out(site=third.name, due=old)
    await work.carry_out(site="unknown", due=old)
    assert not paper.begun
    tried = run_of(second.name, now - datetime.timedelta(days=3))
    history.attempt(tried, kind="timeout", message="no answer", at=now)
    await work.carry_out(site=second.name, due=tried.due)
    assert paper.begun == {second.name: 1}


async def test_errands_are_done_at_each_tick_and_a_broken_one_keeps_nobody_waiting(
    database: str, history: History
) -> None:
    done: list[datetime.datetime] = []

    def broken(_: datetime.datetime) -> None:
        raise OSError("the mail server is away")

    paper = Paper(history)
    async with working(_worker(database, history, paper, 1, errands=(broken, done.append))):
        await until(lambda: len(done) >= 2 and recorded(history))
    assert recorded(history) == {"site00": 1}


def test_pauses_grow_have_chance_in_them_and_an_end() -> None:
    several = [[pause_after(attempts).total_seconds() for _ in range(50)] for attempts in range(30)]
    assert all(len(set(some)) > 10 for some in several)
    assert max(several[0]) < min(several[2])
    assert max(several[29]) <= 3600 * 1.25
    assert pause_after_death(2).total_seconds() == 0
    assert pause_after_death(5).total_seconds() > 10
