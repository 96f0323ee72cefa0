"""`cookie-scanner history`, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner import cli
from scanner.cli.console import out
from scanner.store.history import History, open_history
from tests.store.history.weeks import POLICY, TEXT, at, cookie, failed, finding, record, request, run, scan

RULE = "tracking-before-consent"
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Run the command in an empty folder: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(out, "_width", 200)

    def run_it(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["cookie-scanner", "history", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    return run_it


@pytest.fixture
def kept(typed: Typed, tmp_path: Path) -> History:
    """A history where the command looks for it, with two sites."""
    book = open_history(str(tmp_path / "reports/history.db"))
    texts = {"policies": {POLICY: "a" * 64}}
    record(book, 0, scan(0, cookies=[cookie("old")], **texts), site="good", sentences={POLICY: TEXT})
    second = scan(1, cookies=[cookie("_ga", vendor="Tags Inc")], requests=[request("Tags Inc")], **texts)
    record(book, 1, second, site="good", sentences={POLICY: TEXT})
    record(book, 0, scan(0, findings=[finding(RULE, "evil\x1b[31m@shop.example")]), site="bad")
    record(book, 1, failed(1, "no \x1b[31mname"), site="bad")
    return book


def test_all_sites_are_shown_worst_first(typed: Typed, kept: History) -> None:
    status, told, _ = typed()
    assert status == 0
    lines = told.splitlines()
    assert lines[1].split()[:2] == ["bad", "unreachable"] and lines[2].split()[:2] == ["good", "clean"]
    assert "\x1b" not in told


def test_every_row_can_be_had_as_json(typed: Typed, kept: History) -> None:
    status, told, _ = typed("--json")
    rows = [json.loads(line) for line in told.splitlines()]
    assert status == 0 and [row["name"] for row in rows] == ["bad", "good"]
    assert rows == [row.model_dump(mode="json") for row in kept.sites()]


def test_one_site_has_its_scans_and_changes(typed: Typed, kept: History) -> None:
    status, told, _ = typed("good")
    assert status == 0
    assert "2026-01-12 03:00" in told and "vendor-new" in told and "cookie-gone" in told and "▁█" not in told.split()[0]
    shown = json.loads(typed("good", "--json")[1])
    assert shown["site"]["state"] == "clean" and [one["run"]["due"] for one in shown["scans"]] == [at(1), at(0)]
    assert {one["kind"] for one in shown["changes"]} == {"vendor-new", "cookie-new", "cookie-gone"}
    assert len(json.loads(typed("good", "--json", "--limit", "1")[1])["scans"]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["good", "--cookies"], "Tags Inc"),
        (["good", "--vendors"], "marketing"),
        (["bad", "--findings"], RULE),
        (["good", "--policies"], POLICY),
        (["good", "--changes"], "cookie-new"),
        (["--changes"], "unreachable"),
        (["--search", "tags"], "_ga@shop.example"),
        (["--search", "tags", "--before-consent"], "good"),
        (["--search", "nowhere"], "nothing has that name"),
        (["good", "--findings"], "nothing was ever found"),
    ],
)
def test_what_is_asked_for_is_shown(typed: Typed, kept: History, arguments: list[str], words: str) -> None:
    status, told, _ = typed(*arguments)
    assert status == 0 and words in told and "\x1b" not in told
    lines = typed(*arguments, "--json")[1].splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "knows no site 'nobody'"),
        (["--cookies"], "say of which site"),
        (["good", "--cookies", "--vendors"], "one thing at a time"),
        (["good", "--search", "x"], "leave 'good' out"),
        (["--before-consent"], "belongs to --search"),
        (["--dry-run"], "belongs to --prune"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_a_mistake_is_told_in_one_line(typed: Typed, kept: History, arguments: list[str], words: str) -> None:
    status, told, error = typed(*arguments)
    assert status == 2 and told == "" and words in error and error.count("\n") == 1


def test_asking_makes_no_empty_history(typed: Typed, tmp_path: Path) -> None:
    status, _, error = typed()
    assert status == 2 and "there is no history yet at reports/history.db" in error
    assert not (tmp_path / "reports").exists()


def test_sites_that_are_to_be_watched_are_there_before_their_first_scan(
    typed: Typed, kept: History, tmp_path: Path
) -> None:
    (tmp_path / "scan.toml").write_text(
        '[defaults]\ncadence = "weekly"\n[[site]]\nname = "good"\nurl = "https://a.example/"\n'
        '[[site]]\nname = "fresh"\nurl = "https://b.example/"\n'
    )
    assert [line.split()[:2] for line in typed()[1].splitlines()[1:]] == [
        ["bad", "unreachable"],
        ["good", "clean"],
        ["fresh", "never"],
    ]


def test_a_history_is_rebuilt_and_pruned_as_configured(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "scan.toml").write_text('[history]\ndatabase = "h.db"\nreports = "kept"\nkeep_scans = 2\n')
    for week in range(4):
        folder = tmp_path / "kept/shop" / run(week).due.replace("-", "").replace(":", "")
        folder.mkdir(parents=True)
        (folder / "scan.json").write_text(scan(week).model_dump_json(by_alias=True), encoding="utf-8")
    (tmp_path / "kept/shop/20250101T000000Z").mkdir()
    (tmp_path / "kept/shop/20250101T000000Z/scan.json").write_text("{}")
    status, told, error = typed("--rebuild")
    assert status == 0 and "4 scans recorded from kept" in told and "shop/20250101T000000Z: left out" in error
    assert "0 scans recorded" in typed("--rebuild")[1]
    status, told, _ = typed("--prune", "--dry-run")
    assert status == 0 and "2 scans would go" in told and len(list((tmp_path / "kept/shop").iterdir())) == 5
    status, told, _ = typed("--prune")
    assert status == 0 and "2 scans gone" in told
    assert sorted(path.name for path in (tmp_path / "kept/shop").iterdir())[1:] == [
        "20260119T030000Z",
        "20260126T030000Z",
    ]
    assert "0 scans gone" in typed("--prune")[1]


def test_without_a_rule_nothing_is_pruned_and_it_is_said(typed: Typed, kept: History) -> None:
    status, told, error = typed("--prune")
    assert status == 0 and "0 scans gone" in told and "every scan stays" in error
    assert len(kept.scans("good")) == 2
