"""The schedule of one machine: starts what is due, waits for what is not, and stops when it is told to."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scanner.config.fleet import Fleet, WatchedSite, WorkerSize
from scanner.errors import UsageError
from scanner.model.watch import Run
from scanner.schedule.due import moment_of, run_of
from scanner.schedule.local import LocalSchedule
from scanner.schedule.running import Result, RunEnd
from tests.schedule.watching import Clock, utc, watched

NOW = utc("2026-11-22T07:00:00Z")
MINUTE = datetime.timedelta(minutes=1)


@dataclass
class Records:
    """Recorded runs."""

    runs: list[Run] = field(default_factory=list)

    def last_dues(self) -> Mapping[str, datetime.datetime]:
        found: dict[str, datetime.datetime] = {}
        for run in self.runs:
            found[run.site] = max(moment_of(run), found.get(run.site, moment_of(run)))
        return found

    def is_recorded(self, run: Run) -> bool:
        return run in self.runs


@dataclass
class Scans:
    """Stands where a browser would be: records each run, or does what a test wants of it."""

    records: Records
    clock: Clock
    calls: list[Run] = field(default_factory=list)
    now: int = 0
    most: int = 0
    wanted: Callable[[Run], RunEnd | Exception | None] = lambda _: None
    gate: asyncio.Event | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, site: WatchedSite, due: datetime.datetime, *, missed: int = 0, by_hand: bool = False) -> RunEnd:
        run = run_of(site.name, due)
        self.calls.append(run)
        self.now += 1
        self.most = max(self.most, self.now)
        self.started.set()
        try:
            await (self.gate.wait() if self.gate is not None else asyncio.sleep(0))
        finally:
            self.now -= 1
        wanted = self.wanted(run)
        if isinstance(wanted, Exception):
            raise wanted
        if wanted is not None:
            return wanted
        self.records.runs.append(run)
        return RunEnd(run, "recorded", attempt=1)


def _schedule(*sites: WatchedSite, slots: int = 1, now: datetime.datetime = NOW) -> tuple[LocalSchedule, Scans, Clock]:
    clock, records = Clock(now), Records()
    scans = Scans(records, clock)
    fleet = Fleet(sites=sites, worker=WorkerSize(slots=slots))
    return LocalSchedule(fleet, records, scans, clock=clock, longest_wait_s=0.01), scans, clock


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)


async def test_once_does_what_is_due_and_ends() -> None:
    schedule, scans, _ = _schedule(watched("a"), watched("b"), watched("c", expression=None))
    await schedule.watch(once=True)
    assert [run.site for run in scans.calls] == ["a", "b"]
    assert schedule.ends == {"recorded": 2}
    await LocalSchedule(schedule.fleet, scans.records, scans, clock=schedule.clock).watch(once=True)
    assert len(scans.calls) == 2


async def test_as_many_sites_at_once_as_there_are_slots_and_no_more() -> None:
    schedule, scans, _ = _schedule(*(watched(f"s{n}") for n in range(7)), slots=3)
    await schedule.watch(once=True)
    assert scans.most == 3
    assert len(scans.calls) == 7


async def test_it_wakes_for_the_next_slot_and_after_a_sleep_scans_once_for_all_that_were_missed() -> None:
    schedule, scans, clock = _schedule(watched("a", "0 * * * *"))
    watching = asyncio.create_task(schedule.watch())
    await _until(lambda: len(scans.records.runs) == 1)
    clock.now = NOW + 30 * MINUTE
    await asyncio.sleep(0.03)
    assert len(scans.calls) == 1
    clock.now = NOW + 60 * MINUTE
    await _until(lambda: len(scans.records.runs) == 2)
    clock.now = NOW + datetime.timedelta(days=3, minutes=5)
    await _until(lambda: len(scans.records.runs) == 3)
    schedule.stop()
    await watching
    assert [run.due for run in scans.records.runs] == [
        "2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z", "2026-11-25T07:00:00Z"
    ]  # fmt: skip


def _once(result: Result, again: datetime.datetime | None) -> Callable[[Run], RunEnd | None]:
    left = [result]
    return lambda run: RunEnd(run, left.pop(), again=again) if left else None


def test_a_machine_that_slept_or_whose_clock_was_moved_is_noticed_within_a_minute() -> None:
    assert LocalSchedule(Fleet(), Records(), Scans(Records(), Clock(NOW))).longest_wait_s <= 60


async def test_what_is_to_be_tried_again_is_tried_then_and_not_before() -> None:
    schedule, scans, clock = _schedule(watched("a"))
    scans.wanted = _once("retry", NOW + 5 * MINUTE)
    watching = asyncio.create_task(schedule.watch())
    await _until(lambda: len(scans.calls) == 1)
    clock.now = NOW + 4 * MINUTE
    await asyncio.sleep(0.03)
    assert len(scans.calls) == 1
    clock.now = NOW + 5 * MINUTE
    await _until(lambda: len(scans.records.runs) == 1)
    schedule.stop()
    await watching
    assert schedule.ends == {"retry": 1, "recorded": 1}


async def test_a_clock_that_is_put_back_does_not_put_off_what_waits() -> None:
    schedule, scans, clock = _schedule(watched("a"))
    scans.wanted = _once("retry", NOW + 5 * MINUTE)
    watching = asyncio.create_task(schedule.watch())
    await _until(lambda: len(scans.calls) == 1)
    clock.now = NOW - datetime.timedelta(hours=5)
    await _until(lambda: len(scans.records.runs) == 1)
    schedule.stop()
    await watching
    assert schedule.ends == {"retry": 1, "recorded": 1}


async def test_once_waits_for_a_host_that_is_free_in_a_moment_and_leaves_a_long_wait_to_the_next_call() -> None:
    schedule, scans, _ = _schedule(watched("a"), watched("b"))
    ends = {"a": [RunEnd(run_of("a", NOW), "held", again=NOW)], "b": []}
    scans.wanted = lambda run: (
        RunEnd(run, "retry", again=NOW + 10 * MINUTE) if run.site == "b" else (ends["a"].pop() if ends["a"] else None)
    )
    await schedule.watch(once=True)
    assert sorted(run.site for run in scans.calls) == ["a", "a", "b"]
    assert [run.site for run in scans.records.runs] == ["a"]


async def test_one_site_that_cannot_be_scanned_or_is_a_defect_does_not_keep_others_from_being_scanned() -> None:
    schedule, scans, _ = _schedule(watched("a"), watched("b"), watched("c"))
    errors = {"a": UsageError("its policy is no file"), "b": ValueError("a defect")}
    scans.wanted = lambda run: errors.get(run.site)
    await schedule.watch(once=True)
    assert [run.site for run in scans.calls] == ["a", "b", "c"]
    assert schedule.ends == {"error": 2, "recorded": 1}


async def test_stopped_it_starts_nothing_more_and_waits_for_what_runs() -> None:
    schedule, scans, _ = _schedule(watched("a"), watched("b"))
    scans.gate = asyncio.Event()
    watching = asyncio.create_task(schedule.watch())
    await scans.started.wait()
    schedule.stop()
    await asyncio.sleep(0.03)
    assert not watching.done()
    scans.gate.set()
    await watching
    assert [run.site for run in scans.records.runs] == ["a"]


async def test_aborted_it_ends_what_runs_and_that_stays_due() -> None:
    schedule, scans, _ = _schedule(watched("a"))
    scans.gate = asyncio.Event()
    watching = asyncio.create_task(schedule.watch())
    await scans.started.wait()
    schedule.stop()
    schedule.abort()
    await watching
    assert scans.records.runs == []
    assert schedule.ends == {"stopped": 1}


async def test_a_site_is_scanned_by_hand_whatever_is_due() -> None:
    schedule, scans, _ = _schedule(watched("a"), watched("b", expression=None))
    scans.records.runs.append(run_of("a", NOW))
    schedule.clock = Clock(NOW + MINUTE)
    await schedule.scan_now(schedule.fleet.sites)
    assert scans.calls == [run_of("a", NOW + MINUTE), run_of("b", NOW + MINUTE)]


async def test_errands_are_done_at_the_start_after_runs_and_when_they_asked() -> None:
    schedule, scans, clock = _schedule(watched("a", "0 * * * *"))
    seen: list[datetime.datetime] = []

    def errand(now: datetime.datetime) -> datetime.datetime:
        seen.append(now)
        return now + 2 * MINUTE

    def broken(now: datetime.datetime) -> None:
        raise ValueError("a defect")

    schedule.errands = (broken, errand)
    watching = asyncio.create_task(schedule.watch())
    await _until(lambda: len(scans.records.runs) == 1)
    await _until(lambda: len(seen) == 2)
    clock.now = NOW + 3 * MINUTE
    await _until(lambda: len(seen) == 3)
    schedule.stop()
    await watching
    assert len(seen) == 4


async def test_a_history_that_cannot_be_asked_is_asked_again() -> None:
    schedule, scans, clock = _schedule(watched("a"))
    whole, broken = scans.records.last_dues, [UsageError("locked")]

    def last_dues() -> Mapping[str, datetime.datetime]:
        if broken:
            raise broken.pop()
        return whole()

    scans.records.last_dues = last_dues  # type: ignore[method-assign]
    watching = asyncio.create_task(schedule.watch())
    await _until(lambda: not broken)
    clock.now = NOW + 2 * MINUTE
    await _until(lambda: len(scans.records.runs) == 1)
    schedule.stop()
    await watching
    assert schedule.ends == {"recorded": 1}


async def test_whoever_counts_hears_of_each_run_and_of_each_look_at_what_is_due() -> None:
    schedule, _, _ = _schedule(watched("a"), watched("b"))
    ends, looks = [], []

    class Figures:
        """Remembers what it hears."""

        def run_ended(self, end: RunEnd) -> None:
            ends.append((end.run.site, end.result))

        def ticked(self, at: datetime.datetime) -> None:
            looks.append(at)

    schedule.figures = Figures()
    await schedule.watch(once=True)
    assert ends == [("a", "recorded"), ("b", "recorded")]
    assert set(looks) == {NOW}
