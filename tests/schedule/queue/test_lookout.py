"""The lookout answers as `due_runs` does, at every moment, and asks little."""

from __future__ import annotations

import datetime
import random

import pytest

from scanner.schedule.due import due_runs, run_of
from scanner.schedule.queue import lookout as module
from scanner.schedule.queue.lookout import Lookout
from tests.schedule.watching import utc, watched

EXPRESSIONS = ("*/15 * * * *", "0 * * * *", "30 2 * * *", "daily", "weekly", "0 0 1 * *", None)


@pytest.mark.parametrize("seed", range(4))
def test_it_says_what_due_runs_says_whatever_happens(seed: int) -> None:
    """Through hours of runs, pauses, a clock that is put forward and back, and the end of summer time."""
    chance = random.Random(seed)
    sites = [
        watched(f"site{number}", expression, zone="Europe/Berlin", enabled=number != 3)
        for number, expression in enumerate(EXPRESSIONS * 2)
    ]
    lookout, now, done = Lookout(sites), utc("2026-10-24T21:50:00+00:00"), set()
    last: dict[str, datetime.datetime] = {}
    for _ in range(60):
        now += datetime.timedelta(seconds=chance.choice((1, 30, 300, 900, 3600, 90_000, -1800, -7200)))
        expected = due_runs(sites, last, now, lambda run: run in done)
        assert lookout.due(last, now, lambda run: run in done) == expected
        for due in expected:
            if chance.random() < 0.6:
                done.add(due.run)
                last[due.site.name] = max(due.moment, last.get(due.site.name, due.moment))
    assert len(done) > 10


def test_sites_of_which_nothing_can_be_due_are_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sites = [watched(f"site{number}", "weekly") for number in range(50)]
    now = utc("2026-11-22T12:00:00+00:00")
    last = {site.name: now for site in sites}
    asked: list[int] = []
    whole = module.due_runs

    def counting(some: list[object], *rest: object) -> object:
        asked.append(len(some))
        return whole(some, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "due_runs", counting)
    lookout = Lookout(sites)
    for minutes in range(5):
        assert lookout.due(last, now + datetime.timedelta(minutes=minutes), lambda _: False) == ()
    assert asked == [50, 0, 0, 0, 0]
    del last["site7"]
    (due,) = lookout.due(last, now + datetime.timedelta(hours=1), lambda _: False)
    assert due.run == run_of("site7", utc("2026-11-16T00:00:00+00:00"))
    assert len(lookout.due(last, utc("2026-11-23T00:00:00+00:00"), lambda _: False)) == 50
