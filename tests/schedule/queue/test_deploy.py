"""What is deployed is tested as far as it can be without its hosts: it parses, and what it calls exists."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main

from scanner.cli import app
from scanner.config.fleet import Secret, read_fleet
from scanner.schedule.queue.connection import conninfo

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "docs/deploy"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def _yaml(name: str) -> Any:
    loaded = pytest.importorskip("yaml").safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    return {("on" if key is True else key): value for key, value in loaded.items()}


def _unit() -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((DEPLOY / "cookie-scanner-worker.service").read_text(encoding="utf-8"))
    return unit


def _image_command() -> list[str]:
    (line,) = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.M)
    return [str(word) for word in json.loads(line)]


def _calls() -> list[tuple[str, list[str]]]:
    """Every call of the program in what is deployed, without its name."""
    services = _yaml("compose.yaml")["services"]
    found = [("compose.yaml", service["command"]) for service in services.values() if "command" in service]
    found.append(("Containerfile", _image_command()))
    found.append(("unit", shlex.split(_unit()["Service"]["ExecStart"])[2:]))
    for step in _yaml("github-action.yml")["jobs"]["scan"]["steps"]:
        words = shlex.split(step.get("run", ""))
        if words[:1] == ["cookie-scanner"]:
            found.append(("github-action.yml", words[1:]))
    return found


@pytest.mark.parametrize(("where", "words"), _calls(), ids=lambda value: value if isinstance(value, str) else value[0])
def test_every_call_is_of_a_command_that_exists_with_its_options(where: str, words: list[str]) -> None:
    command = COMMANDS[words[0]]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_there_is_a_call_in_each_file() -> None:
    assert {where for where, _ in _calls()} == {"compose.yaml", "Containerfile", "unit", "github-action.yml"}


def test_the_example_of_a_fleet_can_be_read_and_is_on_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = read_fleet(DEPLOY / "scan.toml")
    monkeypatch.setattr(Secret, "value", lambda _: "p@ss/word")
    assert conninfo(fleet.history.address()) == "postgresql://scanner:p%40ss%2Fword@database/scans"
    assert [site.name for site in fleet.sites] == ["example"]
    assert fleet.serve.users


def test_whoever_is_told_to_stop_has_more_time_than_its_grace() -> None:
    worker = _yaml("compose.yaml")["services"]["worker"]
    grace = float(worker["command"][worker["command"].index("--grace") + 1])
    assert float(worker["stop_grace_period"].removesuffix("s")) >= grace + 15
    service = _unit()["Service"]
    words = shlex.split(service["ExecStart"])
    assert float(service["TimeoutStopSec"]) >= float(words[words.index("--grace") + 1]) + 15
    assert service["Restart"] == "always"
    assert service["KillMode"] == "mixed"


def test_the_parts_of_the_compose_file_fit_together() -> None:
    compose = _yaml("compose.yaml")
    services, image = compose["services"], (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for service in services.values():
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith("./") else source in compose["volumes"]
    build = services["worker"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    port = services["worker"]["command"][services["worker"]["command"].index("--metrics") + 1]
    assert f"127.0.0.1:{port}/healthz" in services["worker"]["healthcheck"]["test"][-1]
    assert "USER scanner" in image, "a browser does not run as root"
    assert {line.split()[0] for line in image.splitlines() if re.match(r"[A-Z]+ ", line)} <= {
        "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD", "STOPSIGNAL",
    }  # fmt: skip


def test_passwords_stand_in_no_file_that_is_deployed() -> None:
    for path in DEPLOY.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"://[^/\s:@]+:[^/\s@]+@", text), path
        assert not re.search(r"(?i)password\s*[:=]\s*[\"']?\w+[\"']?\s*$", text, re.M), path


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_has_nothing_to_say_against_the_unit() -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(DEPLOY / "cookie-scanner-worker.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "cookie-scanner-worker" not in done.stderr, done.stderr
