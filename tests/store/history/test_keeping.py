"""What is kept and what is forgotten, and the history made again from the reports."""

from __future__ import annotations

import datetime
from pathlib import Path

from scanner.model.scan import Scan
from scanner.model.watch import Outgoing, Retention
from scanner.store.history import History, open_history, rebuild
from scanner.store.places import LocalPlace
from tests.store.history.weeks import (
    MONDAY,
    POLICY,
    TEXT,
    at,
    cookie,
    failed,
    finding,
    record,
    request,
    run,
    scan,
    told,
)

RULE = "tracking-before-consent"
NOW = MONDAY + datetime.timedelta(weeks=10)


def _ten_weeks(history: History) -> None:
    for week in range(10):
        record(history, week, scan(week, cookies=[cookie("always"), cookie(f"{'abcdefghij'[week]}_once")]))


def _left(history: History) -> list[str]:
    return [row.location for row in history.scans("shop")]


def test_without_a_rule_everything_stays(history: History) -> None:
    _ten_weeks(history)
    assert history.prune(Retention(), now=NOW) == () and len(_left(history)) == 10


def test_the_last_scans_of_each_site_stay(history: History) -> None:
    _ten_weeks(history)
    record(history, 0, scan(0), site="other")
    gone = history.prune(Retention(scans=3), now=NOW)
    assert sorted(gone) == [f"shop/{week}" for week in range(7)]
    assert _left(history) == ["shop/9", "shop/8", "shop/7"] and len(history.scans("other")) == 1


def test_what_is_young_enough_stays(history: History) -> None:
    _ten_weeks(history)
    history.prune(Retention(days=7 * 4), now=NOW)
    assert _left(history) == ["shop/9", "shop/8", "shop/7", "shop/6"]


def test_a_scan_stays_if_either_rule_keeps_it(history: History) -> None:
    _ten_weeks(history)
    history.prune(Retention(days=7 * 4, scans=2), now=NOW)
    assert len(_left(history)) == 4
    history.prune(Retention(days=1, scans=2), now=NOW)
    assert len(_left(history)) == 2


def test_the_last_scan_and_the_last_good_one_always_stay(history: History) -> None:
    record(history, 0, scan(0))
    record(history, 1, scan(1, cookies=[cookie("_ga")]))
    for week in (2, 3, 4):
        record(history, week, failed(week))
    before = history.site("shop")
    history.prune(Retention(days=1), now=NOW + datetime.timedelta(weeks=500))
    assert _left(history) == ["shop/4", "shop/1"]
    assert history.site("shop") == before
    assert told(record(history, 5, scan(5))) == [
        ("cookie-gone", "_ga@shop.example"),
        ("reachable-again", "www.harbour-courier.example"),
    ]


def test_what_still_is_keeps_its_first_day_and_what_one_scan_saw_goes_with_it(history: History) -> None:
    _ten_weeks(history)
    record(history, 10, scan(10, cookies=[cookie("always")], findings=[finding(RULE, "x")]), sentences=None)
    history.prune(Retention(scans=2), now=NOW)
    lives = {life.name: (life.first_seen, life.last_seen) for life in history.cookies("shop")}
    assert lives == {"always": (at(0), at(10)), "j_once": (at(9), at(9))}
    assert {change.scan for change in history.changes("shop")} == {row.id for row in history.scans("shop")}


def test_the_text_that_stands_is_not_forgotten(history: History) -> None:
    for week in range(6):
        sentences = {POLICY: (*TEXT, f"Edition {min(week, 2)}.")}
        record(history, week, scan(week, policies={POLICY: f"{week:064d}"}), sentences=sentences)
    history.prune(Retention(scans=1), now=NOW)
    assert [version.first_seen for version in history.policies("shop")] == [at(2)]


def test_numbers_of_forgotten_scans_are_not_given_again(history: History) -> None:
    _ten_weeks(history)
    ids = {row.id for row in history.scans("shop")}
    history.prune(Retention(scans=1), now=NOW)
    assert record(history, 10, scan(10)).row.id > max(ids)


def test_a_dry_run_forgets_nothing(history: History) -> None:
    _ten_weeks(history)
    assert len(history.prune(Retention(scans=1), now=NOW, dry_run=True)) == 9
    assert len(_left(history)) == 10


def test_a_scan_that_others_are_compared_with_stays(history: History) -> None:
    _ten_weeks(history)
    history.prune(Retention(scans=1), now=NOW, protected=["shop/4"])
    assert _left(history) == ["shop/9", "shop/4"]


def test_messages_of_forgotten_scans_go_and_those_that_wait_stay(history: History) -> None:
    for week in range(3):
        record(history, week, scan(week), tell=lambda _: [Outgoing(target="team", message={}, not_before=at(0))])
    sent = history.take(MONDAY, limit=1)[0]
    history.delivered(sent.id)
    history.prune(Retention(scans=1), now=NOW)
    assert history.queue(sent.run, [Outgoing(target="team", message={}, not_before=at(0))]) == 1
    assert len(history.take(NOW)) == 3


def _stored(root: Path, week: int, scanned: Scan, site: str = "shop") -> str:
    location = f"{site}/{at(week).replace('-', '').replace(':', '')}"
    (root / location).mkdir(parents=True)
    (root / location / "scan.json").write_text(scanned.model_dump_json(by_alias=True), encoding="utf-8")
    return location


def test_locations_are_named_until_their_files_are_said_to_be_removed(history: History) -> None:
    """Whoever is killed between forgetting and deleting leaves nothing behind for ever."""
    _ten_weeks(history)
    gone = history.prune(Retention(scans=8), now=NOW)
    assert gone == ("shop/0", "shop/1") == history.prune(Retention(), now=NOW)
    history.removed(["shop/0"])
    assert history.prune(Retention(scans=7), now=NOW) == ("shop/1", "shop/2")
    history.removed(["shop/1", "shop/2"])
    assert history.prune(Retention(), now=NOW) == ()


def test_files_of_a_run_that_was_recorded_again_stay(history: History) -> None:
    _ten_weeks(history)
    history.prune(Retention(scans=1), now=NOW)
    record(history, 3, scan(3))
    assert "shop/3" not in history.prune(Retention(), now=NOW)


def test_a_history_is_made_again_from_the_reports(history: History, tmp_path: Path) -> None:
    """Everything that it can be asked comes out as it was."""
    root = tmp_path / "reports"
    for week in range(8):
        for site in ("other", "shop"):
            scanned = failed(week) if week == 5 else scan(
                week,
                outcome="partial" if week == 3 else "complete",
                cookies=[cookie(f"{'abcdefgh'[week // 2]}_cookie")],
                requests=[request("Tags Inc")] if week % 3 else [],
                findings=[finding(RULE, "a")] if week in (2, 3, 6) else [],
            )  # fmt: skip
            location = _stored(root, week, scanned, site)
            history.record(
                scanned, run=run(week, site), url=scanned.target.url, location=location, owner=f"{site} team"
            )
    again = open_history(str(tmp_path / "again.db"))
    assert rebuild(again, LocalPlace(root), owner=lambda site: f"{site} team") == 16
    assert rebuild(again, LocalPlace(root)) == 0
    assert again.sites() == history.sites() and again.changes() == history.changes()
    for site in ("shop", "other"):
        for ask in ("scans", "cookies", "vendors", "findings", "policies"):
            assert getattr(again, ask)(site) == getattr(history, ask)(site), ask
    again.close()


def test_what_is_no_run_is_passed_over_and_what_is_broken_is_told(history: History, tmp_path: Path) -> None:
    root = tmp_path / "reports"
    for location in ("shop/20261399T250000Z", "shop/latest", "deep/shop/20260105T030000Z", "broken/20260105T030000Z"):
        (root / location).mkdir(parents=True)
        (root / location / "scan.json").write_text('{"schema": "another"}', encoding="utf-8")
    good = _stored(root, 0, scan(0))
    skipped: list[tuple[str, str]] = []
    assert rebuild(history, LocalPlace(root), skipped=lambda *told: skipped.append(told)) == 1
    assert [location for location, _ in skipped] == ["broken/20260105T030000Z"]
    assert _left(history) == [good]
