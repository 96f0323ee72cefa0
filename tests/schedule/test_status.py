"""How the watching stands, and what is kept for how long."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.config import Config
from scanner.config.fleet import Fleet, HistoryPlace, WatchedSite, WorkerSize
from scanner.errors import EvidenceError
from scanner.model.inventory import Problem
from scanner.model.scan import Scan
from scanner.model.watch import Retention
from scanner.report import load_scan, write_whole
from scanner.report.canonical import scan_json
from scanner.schedule.due import location_of, run_of
from scanner.schedule.folders import Folders
from scanner.schedule.keeping import baselines, clear_old, tidying
from scanner.schedule.status import coming, status_of
from scanner.store.history import History, open_history
from scanner.store.places import LocalPlace
from tests.schedule.watching import ROOT, utc, watched

NOW = utc("2026-11-22T07:00:00Z")
DAY = datetime.timedelta(days=1)
SCAN = load_scan(next(iter(sorted((ROOT / "fixtures/golden").rglob("scan.json")))))
FAILED = SCAN.model_copy(update={"outcome": "failed", "problems": (Problem(kind="dns", message="not known"),)})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(str(tmp_path / "history.db"))
    yield opened
    opened.close()


def _record(history: History, site: str, due: datetime.datetime, scan: Scan = SCAN, place: Path | None = None) -> str:
    run = run_of(site, due)
    started = f"{due:%Y-%m-%dT%H:%M:%SZ}"
    scan = scan.model_copy(update={"started": started, "finished": started})
    if place is not None:
        (place / location_of(run)).mkdir(parents=True)
        write_whole(place / location_of(run) / "scan.json", scan_json(scan).encode())
    history.record(scan, run=run, url="https://shop.example/", location=location_of(run))
    return location_of(run)


def _fleet(tmp_path: Path, *sites: WatchedSite, **place: int) -> Fleet:
    return Fleet(
        sites=sites,
        history=HistoryPlace(reports=str(tmp_path / "reports"), database=str(tmp_path / "history.db"), **place),
        worker=WorkerSize(retry_after_s=300),
    )


def test_what_runs_what_waits_and_what_failed_are_told(tmp_path: Path, history: History) -> None:
    fleet = _fleet(
        tmp_path, watched("busy"), watched("tried"), watched("waits"), watched("bad"), watched("off", enabled=False)
    )
    for number in range(2):
        _record(history, "bad", utc("2026-11-21T00:00:00Z") + number * DAY, FAILED)
    history.attempt(run_of("tried", utc("2026-11-22T00:00:00Z")), kind="dns", message="not known", at=NOW)
    with Folders(fleet.history.reports).locks.take("busy", "2026-11-22T00:00:00Z", NOW):
        found = status_of(fleet, history, NOW)
    assert found.sites == 4
    assert [(held.site, held.since) for held in found.running] == [("busy", NOW)]
    assert [(one.due.site.name, one.attempts, one.again is None) for one in found.waiting] == [
        ("tried", 1, False),
        ("waits", 0, True),
    ]
    assert [(one.site, one.failures) for one in found.failing] == [("bad", 2)]
    assert "not known" in found.failing[0].problem
    assert found.coming is not None
    assert found.coming.slot == utc("2026-11-23T00:00:00Z")
    assert found.history.endswith("history.db")


def test_what_is_due_comes_before_what_will_be(tmp_path: Path, history: History) -> None:
    fleet = _fleet(tmp_path, watched("soon", "0 8 * * *"), watched("late", "0 9 * * *"), watched("due"))
    for name in ("soon", "late"):
        _record(history, name, NOW - DAY / 24)
    _record(history, "due", utc("2026-11-20T00:00:00Z"))
    found = coming(fleet, history, NOW)
    assert [one.site.name for one in found] == ["due", "soon", "late"]
    assert found[0].due is not None
    assert found[0].due.missed == 1
    assert found[1].due is None


def test_old_scans_are_forgotten_with_their_files_once_a_day_and_baselines_stay(
    tmp_path: Path, history: History
) -> None:
    reports = tmp_path / "reports"
    locations = [_record(history, "shop", NOW - n * 10 * DAY, place=reports) for n in range(6)]
    baseline = str(reports / locations[4])
    site = WatchedSite(name="shop", urls=("https://shop.example/",), config=Config(baseline=baseline))
    fleet = _fleet(tmp_path, site, keep_days=15)
    assert baselines(fleet) == {locations[4]}
    place = LocalPlace(reports)
    tidy = tidying(fleet, history, place)
    assert tidy(NOW) == NOW + DAY
    assert set(place.locations()) == {locations[0], locations[1], locations[4]}
    assert {row.location for row in history.scans("shop")} == set(place.locations())
    assert tidy(NOW + DAY / 2) == NOW + DAY
    tidy(NOW + 12 * DAY)
    assert set(place.locations()) == {locations[0], locations[4]}


def test_files_that_cannot_be_removed_are_tried_again_the_next_time(tmp_path: Path, history: History) -> None:
    reports = tmp_path / "reports"
    old, new = (_record(history, "shop", NOW - n * DAY, place=reports) for n in (9, 0))

    class Stubborn(LocalPlace):
        """A store that refuses once."""

        refusals = 1

        def delete(self, location: str) -> None:
            if self.refusals:
                self.refusals -= 1
                raise EvidenceError("read-only")
            super().delete(location)

    place, keep = Stubborn(reports), Retention(days=5)
    assert clear_old(history, place, keep, now=NOW) == 0
    assert set(place.locations()) == {old, new}
    assert clear_old(history, place, keep, now=NOW) == 1
    assert set(place.locations()) == {new}
    assert clear_old(history, place, keep, now=NOW) == 0
