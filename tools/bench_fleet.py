"""Measure what watching costs: scans an hour, CPU seconds, memory and disk for a site of five pages.

One machine with 1, 2 and 4 slots (`schedule run --once`, SQLite), then two worker processes on PostgreSQL. Every site
has five pages with pictures and scripts, a third party, a banner and a policy, and is scanned before any choice, after
acceptance and after refusal; all are served on loopback, so no time is spent on a network. CPU seconds are those of the
product and its browsers (user and system; the server of the sites is not counted); memory is the highest sum of their
proportional set sizes. On a machine that others use, CPU seconds are the figure to trust.

Usage: tools/bench_fleet.py [--sites 12] [--slots 1,2,4] [--workers 2] [--no-postgres] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LOOK_S = 0.25
"""How often processes are looked at. What one uses in its last quarter of a second is missed."""
LIMIT_S = 1800.0
TABLES = """
SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
PAGES = ("", "products", "about", "contact", "policy")


@dataclass(frozen=True)
class Figures:
    """What one way of scanning came to. Memory and disk are bytes; `hour` counts scans an hour."""

    way: str
    scans: int
    seconds: float
    cpu: float
    memory: int
    evidence: int
    reports: int
    history: int

    @property
    def hour(self) -> float:
        """Scans an hour, at this speed."""
        return self.scans / self.seconds * 3600

    @property
    def cpu_a_scan(self) -> float:
        """CPU seconds of one scan, the start of everything shared by all."""
        return self.cpu / self.scans

    def line(self) -> str:
        """For people."""
        kib = 1024 * self.scans
        return (
            f"{self.way:32} {self.hour:6.0f} scans/h  {self.cpu_a_scan:5.1f} CPU s/scan  "
            f"{self.memory / 2**20:5.0f} MiB  evidence {self.evidence / kib:5.0f} KiB/scan  "
            f"reports {self.reports / kib:5.0f} KiB/scan  history {self.history / kib:5.1f} KiB/scan"
        )


class Meter(threading.Thread):
    """Looks at processes and all that they start until it is stopped: their CPU seconds, and their most memory."""

    def __init__(self, pids: list[int]) -> None:
        super().__init__(daemon=True)
        self._roots = pids
        self._cpu: dict[tuple[int, float], float] = {}
        self._over = threading.Event()
        self.memory = 0

    def run(self) -> None:
        """Look again and again; memory, which costs more to ask, every eighth time."""
        turn = 0
        while not self._over.is_set():
            self._look(memory=turn % 8 == 0)
            turn += 1
            self._over.wait(LOOK_S)

    def stop(self) -> float:
        """CPU seconds of all."""
        self._over.set()
        self.join()
        return sum(self._cpu.values())

    def _look(self, *, memory: bool) -> None:
        total = 0
        for root in self._roots:
            with contextlib.suppress(psutil.Error):
                for one in (psutil.Process(root), *psutil.Process(root).children(recursive=True)):
                    with contextlib.suppress(psutil.Error):
                        times = one.cpu_times()
                        self._cpu[(one.pid, one.create_time())] = times.user + times.system
                        total += proportional(one.pid) if memory else 0
        self.memory = max(self.memory, total)


def proportional(pid: int) -> int:
    """The memory of a process, what it shares counted by its share; 0 where it has gone."""
    with contextlib.suppress(OSError, StopIteration):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        return 1024 * int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])
    return 0


def page(path: str, host: str) -> str:
    """One page of a shop: pictures, scripts, a third party, a banner."""
    links = "".join(f'<a href="/{other}">{other or "home"}</a> ' for other in PAGES)
    pictures = "".join(f'<img src="/picture{number}.png" alt="">' for number in range(8))
    table = "".join(
        f"<tr><td>{name}</td><td>{host}</td><td>{purpose}</td><td>{life}</td></tr>"
        for name, purpose, life in (("sid", "Keeps the basket", "Session"), ("_ga", "Statistics", "2 years"))
    )
    columns = "<tr><th>Name</th><th>Provider</th><th>Purpose</th><th>Duration</th></tr>"
    policy = f"<h1>Cookie policy</h1><table>{columns}{table}</table>"
    words = "<p>Good things at fair prices, sent within two days. </p>" * 30
    return (
        f"<!doctype html><html lang=en><title>Shop {path}</title><link rel=stylesheet href=/style.css>"
        f"<nav>{links}</nav>{policy if path == 'policy' else pictures + words}"
        f'<div id=banner role=dialog style="position:fixed;bottom:0;left:0;right:0;background:#fff">'
        "We use cookies for statistics. <button id=yes>Accept all</button><button id=no>Reject all</button></div>"
        f"<script src=/app.js></script><script async src=https://stats.{host}/t.js></script>"
    )


SCRIPT = """
const banner = document.getElementById("banner");
const answer = (value) => { document.cookie = "choice=" + value + ";path=/;max-age=31536000"; banner.remove(); };
const load = () => { document.cookie = "_ga=GA1.1.123456789.1700000000;path=/;max-age=63072000"; };
document.getElementById("yes").onclick = () => { answer("yes"); load(); };
document.getElementById("no").onclick = () => answer("no");
if (document.cookie.includes("choice=")) { banner.remove(); }
if (document.cookie.includes("choice=yes")) { load(); }
setTimeout(() => fetch("/late.json"), 3000);
"""


@asynccontextmanager
async def sites(names: list[str]) -> AsyncIterator[str]:
    """All sites on loopback. Yields the browser's host rules."""
    from aiohttp import web

    from scanner.loopback import serve

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        path, host = request.path.strip("/"), request.host.split(":")[0]
        if path in PAGES:
            told = web.Response(text=page(path, host), content_type="text/html")
            told.set_cookie("sid", "0123456789abcdef", httponly=True)
            return told
        if path.endswith(".js"):
            told = web.Response(text=SCRIPT if path == "app.js" else "void 0", content_type="text/javascript")
            if host.startswith("stats."):
                told.set_cookie("uid", "5f3a9c1b7e2d4806", max_age=31_536_000, samesite="None", secure=True)
            return told
        if path.endswith((".png", ".css", ".json")):
            return web.Response(body=b"{}", content_type="application/json")
        return web.Response(status=404)

    async with serve(answer, [host for name in names for host in (f"{name}.test", f"stats.{name}.test")]) as loopback:
        yield loopback.host_rules


def write(folder: Path, names: list[str], rules: str, database: str) -> None:
    """A fleet on disk; every site is due once."""
    lines = [
        "[history]", f'database = "{database}"', 'reports = "reports"',
        "[worker]", "host_pause_s = 0", "deadline_s = 300", "lease_s = 400",
        "[defaults]", 'cadence = { cron = "0 0 1 1 *", jitter = 0 }', "pages = 5",
        'guard = "off"', 'name_server = "off"', "ignore_https_errors = true", f'host_rules = "{rules}"',
    ]  # fmt: skip
    for name in names:
        lines += ["[[site]]", f'name = "{name}"', f'url = "https://{name}.test/"']
    (folder / "scan.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def recorded(address: str) -> int:
    """How many sites have a scan that did not fail."""
    from scanner.store.history import open_history

    history = open_history(address)
    try:
        return sum(row.good is not None for row in history.sites())
    finally:
        history.close()


def disk(folder: Path) -> tuple[int, int]:
    """Bytes of evidence (with pictures) and of reports, beneath a place of reports."""
    evidence = reports = 0
    for path in folder.glob("[!.]*/**/*"):
        if path.is_file():
            kept = "evidence" in path.parts or "screenshots" in path.parts
            if kept:
                evidence += path.stat().st_size
            else:
                reports += path.stat().st_size
    return evidence, reports


async def measure(way: str, names: list[str], commands: list[list[str]], database: str | None) -> Figures:
    """Scan a fleet with one process or several, and see what it takes."""
    async with sites(names) as rules:
        with tempfile.TemporaryDirectory(prefix="bf-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            write(folder, names, rules, database or "history.db")
            address = database or str(folder / "history.db")
            began = time.monotonic()
            processes = [
                subprocess.Popen(
                    [sys.executable, "-m", "scanner", *command, "--log", "json"],
                    cwd=folder,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                    stderr=(folder / "log").open("ab"),
                )
                for command in commands
            ]
            meter = Meter([process.pid for process in processes])
            meter.start()
            while time.monotonic() - began < LIMIT_S:
                if all(process.poll() is not None for process in processes):
                    break
                if database is not None and await asyncio.to_thread(recorded, address) == len(names):
                    break
                await asyncio.sleep(LOOK_S)
            seconds = time.monotonic() - began
            for process in processes:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(process.wait)
            cpu = meter.stop()
            done = recorded(address)
            if done != len(names):
                print((folder / "log").read_text(encoding="utf-8")[-5000:], file=sys.stderr)
                raise SystemExit(f"{way}: {done} of {len(names)} sites were scanned")
            size = size_of(address) if database else sum(path.stat().st_size for path in folder.glob("history.db*"))
            return Figures(way, done, seconds, cpu, meter.memory, *disk(folder / "reports"), size)


def size_of(address: str) -> int:
    """Bytes of our tables in a database of PostgreSQL, with their indexes."""
    import psycopg

    with psycopg.connect(address) as connection:
        row = connection.execute(TABLES).fetchone()
    return int(row[0]) if row is not None else 0


async def bench(count: int, slots: list[int], workers: int, *, postgres: bool) -> list[Figures]:
    """All ways, one after the other."""
    names = [f"shop{number:03}" for number in range(count)]
    found = []
    for number in slots:
        command = ["schedule", "run", "--once", "--slots", str(number)]
        found.append(await measure(f"one machine, {number} slots", names, [command], None))
        print(found[-1].line(), file=sys.stderr, flush=True)
    if postgres:
        from tests.postgres import server

        command = ["worker", "--slots", "1", "--tick", "5"]
        found.append(await measure(f"{workers} workers on PostgreSQL", names, [command] * workers, server().database()))
        print(found[-1].line(), file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=12, help="how many sites; each is scanned once")
    parser.add_argument("--slots", default="1,2,4", help="ways to do it on one machine")
    parser.add_argument("--workers", type=int, default=2, help="worker processes on PostgreSQL")
    parser.add_argument("--no-postgres", action="store_true", help="one machine only")
    parser.add_argument("--json", action="store_true", help="one JSON object for each way")
    given = parser.parse_args()
    slots = [int(part) for part in given.slots.split(",") if part]
    for one in asyncio.run(bench(given.sites, slots, given.workers, postgres=not given.no_postgres)):
        if given.json:
            print(json.dumps(asdict(one) | {"hour": one.hour, "cpu_a_scan": one.cpu_a_scan}))
        else:
            print(one.line())


if __name__ == "__main__":
    main()
