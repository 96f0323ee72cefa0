"""What is due follows from what was recorded: no slot is missed and none is run twice, however the clock goes."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.config.fleet import WatchedSite
from scanner.model.watch import Run
from scanner.schedule.cadence import latest_slot, next_slot
from scanner.schedule.due import Due, due_runs, location_of, moment_of, next_moment, run_of
from tests.schedule.watching import utc, watched

NOW = utc("2026-11-22T07:00:00Z")
HOUR = datetime.timedelta(hours=1)


def _never(_: Run) -> bool:
    return False


class Ledger:
    """Recorded runs of one site, and a runner that records whatever is due."""

    def __init__(self, site: WatchedSite) -> None:
        self.site = site
        self.runs: list[Run] = []

    def due(self, now: datetime.datetime) -> tuple[Due, ...]:
        last = {self.site.name: max(moment_of(run) for run in self.runs)} if self.runs else {}
        return due_runs((self.site,), last, now, self.runs.__contains__)

    def catch_up(self, now: datetime.datetime) -> None:
        for due in self.due(now):
            self.runs.append(due.run)


ZONES = st.sampled_from(("UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia"))
EXPRESSIONS = st.sampled_from(("daily", "weekly", "30 2 * * *", "0 */3 * * *", "*/20 * * * *", "monthly"))
STARTS = st.integers(0, 16 * 365 * 86_400).map(lambda s: utc("2011-12-20T00:00:00Z") + datetime.timedelta(seconds=s))
SECONDS = st.one_of(
    st.integers(1, 90), st.integers(1, 7200), st.integers(3600, 400_000), st.integers(86_400, 4_000_000)
)


@given(EXPRESSIONS, ZONES, STARTS, st.lists(SECONDS, min_size=1, max_size=30))
def test_a_clock_that_only_goes_on_gives_each_slot_once_and_those_slept_through_as_one(
    expression: str, zone: str, start: datetime.datetime, naps: list[int]
) -> None:
    ledger, now = Ledger(watched("x", expression, zone=zone)), start
    cadence = ledger.site.cadence
    assert cadence is not None
    for nap in naps:
        ledger.catch_up(now)
        slot = latest_slot(cadence, "x", now)
        assert slot is not None
        assert ledger.runs[-1] == run_of("x", slot)
        assert ledger.due(now) == ()
        now += datetime.timedelta(seconds=nap)
    assert len(set(ledger.runs)) == len(ledger.runs)
    assert ledger.runs == sorted(ledger.runs, key=moment_of)


STEPS = st.tuples(st.sampled_from(("nap", "forward", "back")), SECONDS)


@settings(max_examples=200)
@given(EXPRESSIONS, ZONES, STARTS, st.lists(STEPS, min_size=1, max_size=30))
def test_a_clock_that_is_moved_gives_no_second_run_and_leaves_no_slot_without_a_run_near_it(
    expression: str, zone: str, start: datetime.datetime, steps: list[tuple[str, int]]
) -> None:
    ledger, now = Ledger(watched("x", expression, zone=zone)), start
    cadence = ledger.site.cadence
    assert cadence is not None
    for what, seconds in steps:
        ledger.catch_up(now)
        assert ledger.due(now) == ()
        assert len(set(ledger.runs)) == len(ledger.runs)
        slot = latest_slot(cadence, "x", now)
        assert slot is not None
        coming = next_slot(cadence, "x", slot)
        assert coming is not None
        assert {run_of("x", slot), run_of("x", coming)} & set(ledger.runs)
        now += datetime.timedelta(seconds=-seconds if what == "back" else seconds)


@given(EXPRESSIONS, STARTS, st.integers(1, 400))
def test_a_clock_that_was_years_ahead_for_a_while_stops_nothing_once_it_is_right(
    expression: str, start: datetime.datetime, days: int
) -> None:
    ledger = Ledger(watched("x", expression))
    ledger.catch_up(start)
    ledger.catch_up(start + datetime.timedelta(days=days + 100))
    before = len(ledger.runs)
    cadence = ledger.site.cadence
    assert cadence is not None
    coming = next_slot(cadence, "x", start)
    assert coming is not None
    ledger.catch_up(coming)
    assert ledger.runs[before:] == [run_of("x", coming)]


def test_a_site_that_was_never_scanned_is_due_at_its_last_slot_at_once() -> None:
    (due,) = due_runs((watched(),), {}, NOW, _never)
    assert due.run == Run(site="shop", due="2026-11-22T00:00:00Z")
    assert due.missed == 0


def test_slots_that_were_slept_through_are_counted() -> None:
    (due,) = due_runs((watched(),), {"shop": utc("2026-11-18T00:00:00Z")}, NOW, _never)
    assert due.run.due == "2026-11-22T00:00:00Z"
    assert due.missed == 3


def test_a_scan_made_by_hand_stands_for_the_slot_before_it_and_not_for_the_next() -> None:
    by_hand = {"shop": NOW - HOUR}
    assert due_runs((watched(),), by_hand, NOW, _never) == ()
    assert len(due_runs((watched(),), by_hand, utc("2026-11-23T00:00:00Z"), _never)) == 1


@pytest.mark.parametrize("site", [watched(enabled=False), watched(expression=None)])
def test_what_is_switched_off_or_has_no_cadence_is_never_due(site: WatchedSite) -> None:
    assert due_runs((site,), {}, NOW, _never) == ()
    assert next_moment((site,), NOW) is None


def test_who_has_waited_longest_comes_first() -> None:
    sites = (watched("b", "0 6 * * *"), watched("a", "0 6 * * *"), watched("c", "0 5 * * *"))
    assert [due.site.name for due in due_runs(sites, {}, NOW, _never)] == ["c", "a", "b"]


def test_the_next_moment_is_the_nearest_of_all_sites() -> None:
    sites = (watched("a", "0 9 * * *"), watched("b", "30 8 * * *"), watched("c", "0 8 * * *", enabled=False))
    assert next_moment(sites, NOW) == utc("2026-11-22T08:30:00Z")


def test_the_files_of_a_run_lie_under_its_site_and_due_moment() -> None:
    run = run_of("shop", datetime.datetime(2026, 11, 22, 10, 30, tzinfo=datetime.timezone(HOUR)))
    assert location_of(run) == "shop/20261122T093000Z"
    assert moment_of(run) == utc("2026-11-22T09:30:00Z")
