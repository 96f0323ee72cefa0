"""What the page about watching sites tells people to copy works."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from scanner.config.fleet import WorkerSize, read_fleet
from tests.schedule.watching import ROOT

PAGE = (ROOT / "docs/how-to/watch-sites.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    (text,) = [block for block in _blocks("ini") if "schedule run" in block]
    unit = tmp_path / "cookie-scanner.service"
    unit.write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
    # Units of this machine that are not ours may be told of as well.
    assert done.returncode == 0, done.stderr
    assert "cookie-scanner.service" not in done.stderr, done.stderr


def test_the_first_configuration_can_be_read_and_the_worker_is_told_with_its_defaults(tmp_path: Path) -> None:
    first, worker, *others = _blocks("toml")
    path = tmp_path / "scan.toml"
    path.write_text(first, encoding="utf-8")
    fleet = read_fleet(path)
    assert [site.name for site in fleet.sites] == ["www.example.com", "shop"]
    assert fleet.sites[1].config.also == ("https://shop.example/basket",)
    told = tomllib.loads(worker)["worker"]
    assert told == {name: getattr(WorkerSize(), name) for name in told}
    for block in others:
        path.write_text(block, encoding="utf-8")
        read_fleet(path)


def test_the_line_of_cron_has_five_fields_and_a_command_that_there_is() -> None:
    (line,) = [block for block in _blocks("text") if "schedule run" in block]
    assert re.match(r"(\S+ ){5}cd \S+ && cookie-scanner schedule run --once --config \S+ --log json 2>> \S+\n$", line)
