"""`schedule` and `status` as a user runs them, with a real browser, killed and stopped on the way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from scanner.schedule.due import location_of
from scanner.schedule.locks import Locks
from scanner.store.history import open_history
from scanner.store.places import open_place
from tests.schedule.sites import Server, served

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    async with served() as running:
        yield running


@dataclass
class Machine:
    """A folder with a scan.toml, and a folder for temporary files of its own."""

    folder: Path
    temporary: Path

    def write(self, server: Server, sites: dict[str, str], **worker: Any) -> None:
        """Sites by name and path, due every day at midnight."""
        size = {"host_pause_s": 0, **worker}
        lines = ["[worker]", *(f"{name} = {value}" for name, value in size.items())]
        lines += ["[defaults]", 'cadence = { cron = "0 0 * * *", jitter = 0 }', 'guard = "off"', 'name_server = "off"']
        lines += ['states = "before"', "pages = 1", "page_life = 0.5", "type_into_forms = false"]
        lines += ["ignore_https_errors = true", f'host_rules = "{server.host_rules}"']
        for name, path in sites.items():
            lines += ["[[site]]", f'name = "{name}"', f'url = "https://{name}.test{path}"']
        (self.folder / "scan.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scanner", *arguments],
            cwd=self.folder,
            env={**os.environ, "TMPDIR": str(self.temporary), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    async def run(self, *arguments: str) -> tuple[int, str, list[dict[str, Any]]]:
        """Exit status, standard output, and the log's lines of JSON."""
        process = self.start(*arguments)
        out, err = await asyncio.to_thread(process.communicate, timeout=240)
        return process.returncode, out, [json.loads(line) for line in err.splitlines() if line.startswith("{")]

    def browsers(self) -> list[psutil.Process]:
        found = []
        for one in psutil.process_iter():
            try:
                if any(word.startswith(f"--user-data-dir={self.temporary}") for word in one.cmdline()):
                    found.append(one)
            except psutil.Error:
                continue
        return found

    @property
    def left(self) -> list[str]:
        paths = [*self.temporary.iterdir(), *(self.folder / "reports" / ".working").rglob("*")]
        return [str(path) for path in paths]

    def dues(self, name: str) -> list[str]:
        history = open_history(str(self.folder / "reports/history.db"))
        try:
            rows = history.scans(name)
            place = open_place(self.folder / "reports")
            assert all(place.exists(location_of(row.run)) for row in rows)
            return [row.run.due for row in rows]
        finally:
            history.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="m-", dir="/tmp", ignore_cleanup_errors=True) as name:
        yield Machine(tmp_path, Path(name))


@pytest.mark.browser
async def test_what_is_due_is_scanned_once_and_told_and_what_is_due_next_can_be_asked(
    server: Server, machine: Machine
) -> None:
    machine.write(server, {"one": "/", "two": "/"}, slots=2)
    _, before, _ = await machine.run("schedule", "next", "--json")
    assert [json.loads(line)["due"] is not None for line in before.splitlines()] == [True, True]
    status, _, log = await machine.run("schedule", "run", "--once")
    assert status == 0
    ends = {line["site"]: line for line in log if line["event"] == "run recorded"}
    assert set(ends) == {"one", "two"}
    for name, line in ends.items():
        assert machine.dues(name) == [line["due"]]
        assert (line["attempt"], line["outcome"], line["cookies"]) == (1, "complete", 1)
        assert line["seconds"] > 0
    assert machine.left == []
    assert await asyncio.to_thread(machine.browsers) == []
    _, after, _ = await machine.run("schedule", "next", "--json")
    assert [json.loads(line)["due"] for line in after.splitlines()] == [None, None]
    status, said, _ = await machine.run("status", "--json")
    told = json.loads(said)
    assert status == 0
    assert (told["sites"], told["running"], told["due"], told["failing"]) == (2, [], [], [])


@pytest.mark.browser
async def test_killed_it_leaves_no_browser_and_no_lock_and_the_next_start_clears_up_and_catches_up(
    server: Server, machine: Machine
) -> None:
    server.released.clear()
    machine.write(server, {"three": "/late"})
    process = machine.start("schedule", "run")
    await server.until_asked("three.test/late")
    _, said, _ = await machine.run("status", "--json")
    assert [(held["site"], held["pid"]) for held in json.loads(said)["running"]] == [("three", process.pid)]
    family = await asyncio.to_thread(machine.browsers)
    assert family
    process.kill()
    await asyncio.to_thread(process.communicate)
    _, left = await asyncio.to_thread(psutil.wait_procs, family, timeout=30)
    assert not left, "a browser outlived its scheduler"
    assert Locks(machine.folder / "reports/.locks").held() == ()
    assert machine.left
    server.released.set()
    status, _, log = await machine.run("schedule", "run", "--once", "--log", "json")
    assert status == 0
    assert "leftovers removed" in {line["event"] for line in log}
    assert len(machine.dues("three")) == 1
    assert machine.left == []


@pytest.mark.browser
async def test_told_to_stop_it_ends_what_runs_and_told_twice_it_stops_at_once_and_keeps_what_was_seen(
    server: Server, machine: Machine
) -> None:
    server.released.clear()
    machine.write(server, {"shop": "/late", "late": "/late"})
    process = machine.start("schedule", "run")
    await server.until_asked("late.test/late")
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert "stopping when what runs has ended" in await asyncio.to_thread(process.stderr.readline)
    server.released.set()
    out, err = await asyncio.to_thread(process.communicate, timeout=240)
    assert process.returncode == 0, out + err
    assert len(machine.dues("late")) == 1
    assert machine.dues("shop") == []

    server.released.clear()
    process = machine.start("schedule", "run", "--log", "text")
    await server.until_asked("shop.test/late")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "stopping when what runs has ended" in await asyncio.to_thread(process.stderr.readline)
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.to_thread(process.communicate, timeout=240)
    assert process.returncode == 130, out + err
    assert machine.dues("shop") == []
    assert list((machine.folder / "reports/.working/shop").rglob("records.jsonl"))
    assert await asyncio.to_thread(machine.browsers) == []
    assert list(machine.temporary.iterdir()) == []


async def test_a_name_that_is_none_and_a_fleet_without_a_cadence_are_wrong_usage(
    server: Server, machine: Machine
) -> None:
    machine.write(server, {"shop": "/"})
    process = machine.start("schedule", "run", "--site", "shob")
    _, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 2
    assert "did you mean 'shop'?" in err
    (machine.folder / "scan.toml").write_text('[[site]]\nurl = "https://shop.test/"\n')
    process = machine.start("schedule", "run")
    _, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 2
    assert "no site of the configuration has a cadence" in err
