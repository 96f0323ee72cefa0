"""`config check` and `config schema`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.config.fleet.json_schema import schema_text
from tests.test_cli import run

GOOD = """
[defaults]
cadence = { every = "weekly", timezone = "Europe/Berlin" }
[[site]]
url = "https://www.shop.example/"
[[site]]
name = "brand"
url = "https://brand.example/"
cadence = "30 4 * * 1-5"
[site.login]
steps = [{ fill = "#a", value = { env = "COOKIE_SCANNER_TEST_NOT_SET" } }, { wait = "#b" }]
[[site]]
url = "off.example"
enabled = false
"""


def test_what_is_right_is_shown_with_its_next_moments(tmp_path: Path) -> None:
    (tmp_path / "scan.toml").write_text(GOOD)
    done = run("config", "check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "30 4 * * 1-5 Europe/Berlin" in rows["brand"]
    assert rows["brand"].count(":30") == 3
    assert "switched off" in rows["off.example"]
    assert done.stdout.splitlines()[-1] == "scan.toml: nothing wrong; 3 sites"


def test_every_mistake_is_a_line_and_the_exit_status_says_so(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text('[[site]]\nurl = "a b"\n[[site]]\nurl = "c.example"\ncadnce = "daily"\n')
    done = run("config", "check", "--config", str(path), cwd=tmp_path)
    assert done.returncode == 2
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{path}:2: url: 'a b' is no web address")
    assert second == f"{path}:5: unknown key 'cadnce' in [[site]]; did you mean 'cadence'?"


def test_machines_get_the_same_as_json(tmp_path: Path) -> None:
    (tmp_path / "scan.toml").write_text(GOOD)
    done = run("config", "check", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert (done.returncode, found["problems"]) == (0, [])
    assert [(site["name"], len(site["next"])) for site in found["sites"]] == [
        ("www.shop.example", 3),
        ("brand", 3),
        ("off.example", 0),
    ]
    assert len(done.stdout.splitlines()) == 1
    (tmp_path / "scan.toml").write_text("[scan]\npages = 0\n")
    done = run("config", "check", "--json", cwd=tmp_path)
    (problem,) = json.loads(done.stdout)["problems"]
    assert (done.returncode, problem["line"], problem["key"]) == (2, 2, "pages")


def test_secrets_are_asked_for_only_on_request(tmp_path: Path) -> None:
    (tmp_path / "scan.toml").write_text(GOOD)
    done = run("config", "check", "--secrets", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith("scan.toml:10: login: the environment variable COOKIE_SCANNER_TEST_NOT_SET,")


def test_without_a_file_there_is_nothing_to_check(tmp_path: Path) -> None:
    done = run("config", "check", cwd=tmp_path)
    assert done.returncode == 2
    assert "scan.toml: there is no such file" in done.stderr
    assert "Traceback" not in run("config", cwd=tmp_path).stderr


def test_the_schema_is_printed(tmp_path: Path) -> None:
    done = run("config", "schema", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, schema_text())


def test_a_scan_without_an_address_says_what_scans_the_fleet(tmp_path: Path) -> None:
    (tmp_path / "scan.toml").write_text(GOOD)
    done = run("scan", cwd=tmp_path)
    assert done.returncode == 2
    assert "give the address of a site" in done.stderr
    assert "cookie-scanner schedule run" in done.stderr
