"""Slots of a cadence: right by the clock on the wall, once each, whatever that clock does."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.config.fleet import Cadence
from scanner.schedule.cadence import latest_slot, next_slot, slots_between

UTC = datetime.UTC
MINUTE = datetime.timedelta(minutes=1)
STEP = 5 * MINUTE
DAY = datetime.timedelta(days=1)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",  # changes at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Antarctica/Troll",  # by two hours
    "Africa/Cairo",
    "Africa/Casablanca",  # for a month at a time
    "Asia/Kathmandu",
    "Pacific/Apia",  # left out the 30th of December 2011
    "America/Havana",
)


def _changes(zone: str) -> list[datetime.datetime]:
    """The moments from 2011 to 2027 at which a zone's clock is moved, to the hour."""
    place, found = zoneinfo.ZoneInfo(zone), []
    moment = datetime.datetime(2011, 1, 1, tzinfo=UTC)
    while moment.year < 2028:
        after = moment + datetime.timedelta(hours=12)
        if moment.astimezone(place).utcoffset() != after.astimezone(place).utcoffset():
            found.append(moment)
        moment = after
    return found


CHANGES = {zone: _changes(zone) for zone in ZONES}


@st.composite
def moments(draw: st.DrawFn, zone: str) -> datetime.datetime:
    """Moments, most of them near a change of the clock."""
    spread = draw(st.integers(-3 * 24 * 3600, 3 * 24 * 3600))
    if CHANGES[zone] and draw(st.integers(0, 3)):
        base = draw(st.sampled_from(CHANGES[zone]))
    else:
        base = datetime.datetime(2011, 1, 1, tzinfo=UTC) + DAY * draw(st.integers(0, 6000))
    return base + datetime.timedelta(seconds=spread, microseconds=draw(st.sampled_from((0, 0, 1, 999_999))))


def _first_at(wall: datetime.datetime, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    """The first moment at which the clock shows a time or, where it jumps over it, a later one: by looking at it."""
    moment = wall.replace(tzinfo=UTC) - datetime.timedelta(hours=14)
    while moment.astimezone(zone).replace(tzinfo=None) < wall:
        moment += STEP
    return moment


def _daily(zone: str, hour: int, minute: int, around: datetime.datetime) -> list[datetime.datetime]:
    place = zoneinfo.ZoneInfo(zone)
    today = around.astimezone(place).date()
    walls = [datetime.datetime.combine(today + DAY * n, datetime.time(hour, minute)) for n in range(-2, 4)]
    return sorted({_first_at(wall, place) for wall in walls})


@given(st.data(), st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 11))
def test_a_time_of_day_is_due_once_a_day_at_the_first_moment_the_clock_shows_it_or_a_later_one(
    data: st.DataObject, zone: str, hour: int, twelfth: int
) -> None:
    now = data.draw(moments(zone))
    cadence = Cadence(expression=f"{twelfth * 5} {hour} * * *", timezone=zone)
    slots = _daily(zone, hour, twelfth * 5, now)
    assert latest_slot(cadence, "x", now) == max(slot for slot in slots if slot <= now)
    assert next_slot(cadence, "x", now) == min(slot for slot in slots if slot > now)


@given(st.data(), st.sampled_from(ZONES), st.sampled_from((5, 10, 15, 20, 30)))
def test_what_runs_all_day_runs_whenever_the_clock_shows_it_and_leaves_no_hole(
    data: st.DataObject, zone: str, every: int
) -> None:
    now = data.draw(moments(zone))
    cadence = Cadence(expression=f"*/{every} * * * *", timezone=zone)
    last, coming = latest_slot(cadence, "x", now), next_slot(cadence, "x", now)
    assert last is not None and coming is not None
    assert last <= now < coming
    assert coming - last == every * MINUTE


EXPRESSIONS = st.sampled_from(
    ("daily", "weekly", "monthly", "30 2 * * *", "0 0 * * *", "15,45 1-3 * * *", "*/20 * * * *", "5 */6 * * 1-5",
     "0 0 29 2 *", "59 23 L * *")
)  # fmt: skip


@given(st.data(), st.sampled_from(ZONES), EXPRESSIONS, st.floats(0, 86_400), st.text(min_size=1, max_size=9))
def test_slots_follow_each_other_without_a_gap_or_a_double(
    data: st.DataObject, zone: str, expression: str, jitter: float, name: str
) -> None:
    """Each slot is the latest at its own moment and until the next; going back finds what going on found."""
    cadence = Cadence(expression=expression, timezone=zone, jitter_s=jitter)
    now = data.draw(moments(zone))
    slot = latest_slot(cadence, name, now)
    assert slot is not None
    assert slot <= now
    for _ in range(6):
        coming = next_slot(cadence, name, slot)
        assert coming is not None
        assert slot < coming
        assert latest_slot(cadence, name, slot) == slot
        assert latest_slot(cadence, name, coming - datetime.timedelta(microseconds=1)) == slot
        assert latest_slot(cadence, name, coming) == coming
        between = slot + (coming - slot) * data.draw(st.floats(0, 0.999))
        assert next_slot(cadence, name, between) == coming
        slot = coming


def _utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "due"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T01:00Z"),  # 02:30 is jumped over: 03:00
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00Z", "2026-03-30T00:30Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T00:30Z"),  # 02:30 comes twice: the first
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-26T01:30Z"),
        ("0,30 2 * * *", "Europe/Berlin", "2026-03-29T01:00Z", "2026-03-30T00:00Z"),  # both jumped over: one run
        ("30 * * * *", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T01:30Z"),  # every hour, the double one too
        ("0 */2 * * *", "Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T03:00Z"),
        ("daily", "America/Santiago", "2026-09-05T12:00Z", "2026-09-06T04:00Z"),  # midnight is jumped over
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", "2026-10-03T15:30Z"),
        ("weekly", "UTC", "2026-11-22T07:00Z", "2026-11-23T00:00Z"),
        ("monthly", "UTC", "2026-11-22T07:00Z", "2026-12-01T00:00Z"),
    ],
)
def test_days_on_which_the_clock_is_moved(expression: str, zone: str, after: str, due: str) -> None:
    assert next_slot(Cadence(expression=expression, timezone=zone), "x", _utc(after)) == _utc(due)


@given(st.text(min_size=1), st.floats(1, 604_800))
@example("shop", 3600.0)
def test_jitter_moves_a_site_by_the_same_seconds_for_ever_and_by_less_than_was_allowed(
    name: str, jitter: float
) -> None:
    plain, moved = Cadence(expression="weekly"), Cadence(expression="weekly", jitter_s=jitter)
    shifts = set()
    for start in (_utc("2026-11-22T07:00Z"), _utc("2027-05-01T00:00Z")):
        base = next_slot(plain, name, start)
        slot = latest_slot(moved, name, base + datetime.timedelta(seconds=jitter)) if base is not None else None
        assert base is not None and slot is not None
        shifts.add(slot - base)
    assert len(shifts) == 1
    assert datetime.timedelta() <= shifts.pop() <= datetime.timedelta(seconds=jitter)


def test_sites_are_spread_over_the_jitter() -> None:
    cadence = Cadence(expression="daily", jitter_s=86_400)
    now = _utc("2026-11-22T00:00Z")
    hours = {(next_slot(cadence, f"site-{n}", now) or now).hour for n in range(400)}
    assert hours == set(range(24))


def test_passed_slots_are_counted_up_to_a_limit() -> None:
    cadence = Cadence(expression="0 * * * *")
    start = _utc("2026-11-22T00:00Z")
    assert slots_between(cadence, "x", start, start + DAY, limit=1000) == 24
    assert slots_between(cadence, "x", start, start + DAY, limit=10) == 10
