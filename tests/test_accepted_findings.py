"""`[[accept]]` in `scan.toml`, and `--baseline`, `--language`, `diff` on the command line. No browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.config import read_config
from scanner.errors import UsageError
from tests.test_cli import run

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = ROOT / "fixtures" / "evidence"
GOOD = '[[accept]]\nrule = "insecure-cookie"\nsubject = "a@b"\nreason = "r"\nuntil = 2027-01-31\n'


def _config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scan.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("until", ["2027-01-31", '"2027-01-31"'])
def test_accepted_findings_are_read(tmp_path: Path, until: str) -> None:
    config = read_config(_config(tmp_path, GOOD.replace("2027-01-31", until) + GOOD))
    assert [(one.rule, one.until.isoformat()) for one in config.accept] == [("insecure-cookie", "2027-01-31")] * 2


@pytest.mark.parametrize(
    ("wrong", "line", "words"),
    [
        (GOOD.replace("insecure-cookie", "insecure-cokie"), 7, "no rule"),
        (GOOD.replace("until = 2027-01-31", ""), 6, "needs 'until'"),
        (GOOD.replace("until", "untill"), 10, "did you mean 'until'"),
        (GOOD.replace("2027-01-31", '"soon"'), 10, "no day"),
        (GOOD.replace('"r"', '""'), 9, "must not be empty"),
    ],
)
def test_a_mistake_names_its_line(tmp_path: Path, wrong: str, line: int, words: str) -> None:
    """The second table is the wrong one; the line is that of its key, or of the table where the key is missing."""
    with pytest.raises(UsageError, match=words) as raised:
        read_config(_config(tmp_path, GOOD + wrong))
    assert f"scan.toml:{line}:" in str(raised.value)


@pytest.mark.parametrize("text", ["accept = 1", "[accept]\nrule = 1", "[scan]\naccept = []"])
def test_accepted_findings_are_tables_of_their_own(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"\[\[accept\]\]"):
        read_config(_config(tmp_path, text))


def test_a_baseline_an_acceptance_and_a_language(tmp_path: Path) -> None:
    """Known findings no longer fail a build; the page is German and `scan.json` is not; `diff` finds nothing new."""
    site = str(EVIDENCE / "medicines-group")
    first = run("audit", site, "--out", "old", "--fail-on", "low", "--quiet", cwd=tmp_path)
    assert first.returncode == 1, first.stderr
    again = run(
        "audit", site, "--out", "new", "--fail-on", "low", "--baseline", "old", "--language", "de", "--quiet",
        cwd=tmp_path,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    old, new = (json.loads((tmp_path / name / "scan.json").read_text()) for name in ("old", "new"))
    assert [finding["title"] for finding in new["findings"]] == [finding["title"] for finding in old["findings"]]
    assert all(finding["known"] for finding in new["findings"])
    page = (tmp_path / "new/report.html").read_text()
    assert '<html lang="de">' in page and "Aus der früheren Messung bekannt" in page
    same = run("diff", "old", "new", "--json", "--fail-on", "low", cwd=tmp_path)
    assert same.returncode == 0, same.stderr
    assert json.loads(same.stdout)["findings"]["new"] == []


def test_a_diff_of_two_scans_fails_a_build_and_writes_its_page(tmp_path: Path) -> None:
    golden = ROOT / "fixtures" / "golden"
    done = run(
        "diff", str(golden / "respectful-magazine"), str(golden / "deaf-ear-news" / "scan.json"), "--out", "d.html",
        "--fail-on", "high", "--language", "it", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "siti diversi" in done.stdout and '<html lang="it">' in (tmp_path / "d.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("diff", "nowhere", "."), "no such file or folder"),
        (("diff", ".", "."), "no scan.json in this folder"),
        (("diff", "broken.json", "broken.json"), "not the result of a scan"),
        (("audit", str(EVIDENCE / "medicines-group"), "--out", "x", "--baseline", "nowhere"), "no such file or folder"),
        (("audit", str(EVIDENCE / "medicines-group"), "--out", "x", "--language", "xx"), "--language"),
    ],
)
def test_what_is_no_scan_is_said_in_one_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    (tmp_path / "broken.json").write_text('{"schema": "other"}')
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr and len(done.stderr.strip().splitlines()) == 1
