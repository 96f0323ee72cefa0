"""The whole of it: two worker processes with real browsers, a real PostgreSQL, and blows to both."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from aiohttp import web

from scanner.loopback import serve
from scanner.store.history import History
from scanner.store.places import open_place
from tests.postgres import server
from tests.schedule.queue.fleets import ask, jobs, recorded, until

pytestmark = pytest.mark.browser

SITES = tuple(f"site{number:02}" for number in range(12))
PAGE = "<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1><p>Words.</p></html>"
FLEET = """
[history]
database = "{database}"
reports = "reports"
[worker]
deadline_s = 25
lease_s = 30
host_pause_s = 0
retries = 5
retry_after_s = 0.5
breaker_failures = 50
[defaults]
cadence = {{ cron = "0 0 1 1 *", jitter = 0 }}
states = "before"
pages = 1
page_life = 0.2
guard = "off"
name_server = "off"
type_into_forms = false
ignore_https_errors = true
ignore_robots = true
host_rules = "{rules}"
"""


@pytest.fixture
async def rules() -> AsyncIterator[str]:
    """Host rules that lead every site to one server on loopback."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path != "/":
            return web.Response(status=404)
        answered = web.Response(text=PAGE, content_type="text/html")
        answered.set_cookie("visitor", request.host)
        return answered

    async with serve(answer, [f"{name}.test" for name in SITES]) as running:
        yield running.host_rules


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files with a short name: the browsers put sockets there."""
    with tempfile.TemporaryDirectory(prefix="q-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _start(folder: Path, temporary: Path, *options: str) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "scanner", "worker", "--tick", "2", "--log", "json", *options],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[3])},
            stdout=log,
            stderr=log,
        )


async def test_killed_workers_and_a_restarted_database_cost_no_run_and_double_none(
    database: str, history: History, rules: str, tmp_path: Path, temporary: Path
) -> None:
    text = FLEET.format(database=database, rules=rules)
    text += "".join(f'[[site]]\nname = "{name}"\nurl = "https://{name}.test/"\n' for name in SITES)
    (tmp_path / "scan.toml").write_text(text, encoding="utf-8")
    processes = [_start(tmp_path, temporary, "--metrics", "0"), _start(tmp_path, temporary)]
    family: list[psutil.Process] = []

    def log() -> str:
        return (tmp_path / "log").read_text(encoding="utf-8", errors="replace")

    def doing() -> bool:
        """Whether the second worker is at a site: it is struck in the middle of a scan."""
        family[:] = psutil.Process(processes[1].pid).children(recursive=True)
        return bool(family) and any(status == "doing" for _, status in jobs(database))

    try:
        await until(lambda: "worker started" in log() and len(recorded(history)) >= 2, 120)
        await until(doing)
        processes[1].kill()
        await asyncio.to_thread(processes[1].wait)
        processes[1] = _start(tmp_path, temporary)
        await asyncio.to_thread(server().restart, signal.SIGQUIT)
        await until(lambda: len(recorded(history)) == len(SITES) and not jobs(database), 180)
        figures = await asyncio.to_thread(_figures, log())
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [await asyncio.to_thread(process.wait, 60) for process in processes] == [0, 0], log()
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.to_thread(process.wait)
    assert recorded(history) == dict.fromkeys(SITES, 1)
    # On a machine that is very slow a scan is ended at its deadline, with what it saw until then.
    assert {row.outcome for name in SITES for row in history.scans(name)} <= {"complete", "partial"}
    place = open_place(tmp_path / "reports")
    assert sorted(place.locations()) == sorted(row.location for name in SITES for row in history.scans(name))
    assert ask(database, "SELECT * FROM procrastinate_jobs WHERE status = 'doing' OR queue_name = 'scans'") == []
    assert ask(database, "SELECT locktype FROM pg_locks WHERE locktype = 'advisory'") == []
    assert not [*(tmp_path / "reports/.working").glob("*/*")]
    assert not (await asyncio.to_thread(psutil.wait_procs, family, 20))[1], "a browser outlived its worker"
    assert "Traceback" not in log()
    assert 'cookie_scanner_sites{state="never"} 0.0' in figures
    assert "cookie_scanner_database_up 1.0" in figures


def _figures(log: str) -> str:
    """What the worker that serves figures tells at the address that it logged."""
    address = log.split('"address": "http://')[1].split('"')[0]
    with urlopen(f"http://{address}") as answer:
        told: str = answer.read().decode()
    return told
