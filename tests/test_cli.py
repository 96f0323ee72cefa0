"""The command line as a stranger meets it: help, mistakes, exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "scanner"]


def run(*arguments: str, cwd: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program as a user would, in an empty folder unless one is given."""
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        input=stdin,
        env=environment,
    )


@pytest.mark.parametrize("command", ["scan", "audit", "policy", "lookup", "doctor", "demo"])
def test_help_works_on_every_command(command: str, tmp_path: Path) -> None:
    done = run(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert command in done.stdout
    assert done.stderr == ""


def test_the_version_is_told(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("cookie-scanner ")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["scan"], "address"),
        (["scan", "ftp://shop.example/"], "http"),
        (["scan", "https://"], "address"),
        (["scan", "https://a b.example/"], "address"),
        (["scan", "https://shop.example:port/"], "address"),
        (["scan", "https://shop.example/", "--pages", "0"], "pages"),
        (["scan", "https://shop.example/", "--pages", "many"], "pages"),
        (["scan", "https://shop.example/", "--states", "perhaps"], "perhaps"),
        (["scan", "https://shop.example/", "--format", "docx"], "format"),
        (["scan", "https://shop.example/", "--fail-on", "severe"], "fail-on"),
        (["scan", "https://shop.example/", "--config", "none.toml"], "none.toml"),
        (["scan", "https://shop.example/", "--browser", "/no/such/browser"], "/no/such/browser"),
        (["scan", "https://shop.example/", "--policy", "no-such-policy.html"], "no-such-policy.html"),
        (["scan", "--no-such-option"], "no-such-option"),
        (["lokup", "_ga"], "lokup"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str], word: str, tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_wrong_key_in_scan_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "scan.toml").write_text("[scan]\npagse = 3\n")
    done = run("scan", "https://shop.example/", cwd=tmp_path)
    assert done.returncode == 2
    assert "scan.toml:2" in done.stderr
    assert "pages" in done.stderr


def test_evidence_that_is_none_is_one_line(tmp_path: Path) -> None:
    done = run("audit", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1


def test_lookup_answers_a_line_for_each_query_also_from_a_pipe(tmp_path: Path) -> None:
    done = run("lookup", "--json", "-", cwd=tmp_path, stdin="_ga\nsurely_unknown_name\nwww.google-analytics.com\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [row["query"] for row in rows] == ["_ga", "surely_unknown_name", "www.google-analytics.com"]
    assert rows[0]["category"] == "analytics"
    assert rows[1]["match"] is None
    assert rows[1]["vendor"] is None
    assert "Google" in rows[2]["vendor"]


def test_a_policy_file_is_read_without_a_browser(tmp_path: Path) -> None:
    policy = tmp_path / "policy.html"
    policy.write_text(
        "<html lang=en><body><h1>Cookie policy</h1><p>This website uses cookies. We ask for your consent first.</p>"
        "<h2>Analytics cookies</h2><table><tr><th>Name</th><th>Provider</th><th>Purpose</th><th>Duration</th></tr>"
        "<tr><td>_ga</td><td>Google</td><td>Counts visitors</td><td>2 years</td></tr></table></body></html>"
    )
    done = run("policy", "--json", str(policy), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    declaration = json.loads(done.stdout)
    assert declaration["found"] is True
    assert [(row["name"], row["duration"], row["category"]) for row in declaration["cookies"]] == [
        ("_ga", 63072000, "analytics")
    ]
    missing = run("policy", str(tmp_path / "none.html"), cwd=tmp_path)
    assert missing.returncode == 2
    assert len(missing.stderr.strip().splitlines()) == 1
