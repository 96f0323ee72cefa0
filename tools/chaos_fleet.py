"""Kill schedulers, workers, browsers and the database at random moments while they scan a fleet, and look at the rest.

Every site of the fleet is due once. When all are recorded, each must be there exactly once, with its files; no lock is
held, no browser and no temporary folder is left, and the history made anew from the reports is the same. The end is
status 1 where one of these does not hold.

Usage: tools/chaos_fleet.py [--engine sqlite|postgres] [--runs 500] [--workers 4] [--blows 500] [--pause 4] [--seed 1]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from tests.postgres import Server

VICTIMS = ("process", "browser", "child of the browser")
STOP_S = 120.0
"""Seconds in which a process that was told to stop must have ended, even on a busy machine."""

Page = "<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1><p>Words.</p></html>"


@dataclass
class Fleet:
    """A fleet on disk: its configuration, its history, its reports, its temporary files; and those who scan it."""

    folder: Path
    engine: str
    workers: int
    sites: tuple[str, ...]
    server: Server | None
    database: str
    host_rules: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def temporary(self) -> Path:
        """Where all processes put their temporary files; its name is in the command line of each browser."""
        return self.folder / "t"

    @property
    def log(self) -> Path:
        """What all processes said."""
        return self.folder / "log"

    def write(self) -> None:
        """Write scan.toml: every site is due since the first day of the year, once."""
        lines = [
            "[history]", f'database = "{self.database}"', 'reports = "reports"',
            "[worker]", "slots = 1", "host_pause_s = 0", "retries = 20", "retry_after_s = 0.2",
            "recycle_after = 7", "deadline_s = 60", "lease_s = 75", "breaker_failures = 50",
            "[defaults]", 'cadence = { cron = "0 0 1 1 *", jitter = 0 }', 'states = "before"', "pages = 1",
            "page_life = 0.2", 'guard = "off"', 'name_server = "off"', "type_into_forms = false",
            "ignore_https_errors = true", "ignore_robots = true", f'host_rules = "{self.host_rules}"',
        ]  # fmt: skip
        for site in self.sites:
            lines += ["[[site]]", f'name = "{site}"', f'url = "https://{site}.test/"']
        (self.folder / "scan.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.temporary.mkdir()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One more of those who scan."""
        usual = ("schedule", "run") if self.engine == "sqlite" else ("worker", "--tick", "5", "--grace", "30")
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "scanner", *(arguments or usual), "--log", "json"],
                cwd=self.folder,
                env={**os.environ, "TMPDIR": str(self.temporary), "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def chromes(self, *, children: bool) -> list[psutil.Process]:
        """Browsers of this fleet, or their children."""
        found = []
        for one in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                words = one.cmdline()
                ours = any(word.startswith(f"--user-data-dir={self.temporary}") for word in words)
                if ours and children == any(word.startswith("--type=") for word in words):
                    found.append(one)
        return found

    def strike(self, chance: random.Random) -> None:
        """One blow: kill -9 of somebody, or a crash of the database."""
        victims = (*VICTIMS, "database") if self.server is not None else VICTIMS
        who = chance.choice(victims)
        if who == "process":
            number = chance.randrange(len(self.processes))
            self.processes[number].kill()
            self.processes[number].wait()
            self.processes[number] = self.start()
        elif who == "database" and self.server is not None:
            self.server.restart(chance.choice((signal.SIGINT, signal.SIGQUIT)))
        else:
            found = self.chromes(children=who != "browser")
            if not found:
                return
            with contextlib.suppress(psutil.Error):
                chance.choice(found).kill()
        self.kills[who] += 1

    def stop(self) -> list[str]:
        """Tell everybody to stop, and wait. Who did not."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        faults = []
        for process in self.processes:
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                faults.append(f"process {process.pid} did not stop")
                process.kill()
                process.wait()
        self.processes.clear()
        return faults


def recorded(fleet: Fleet) -> int:
    """How many sites have a scan, asked of the history itself."""
    from scanner.store.history import open_history

    history = open_history(fleet.database if "://" in fleet.database else str(fleet.folder / fleet.database))
    try:
        return len(history.last_dues())
    finally:
        history.close()


def look(fleet: Fleet) -> list[str]:
    """What does not hold, in sentences."""
    from scanner.schedule.locks import Locks
    from scanner.store.history import open_history
    from scanner.store.history.rebuilding import rebuild
    from scanner.store.places import open_place

    faults = []
    due = datetime.datetime.now(datetime.UTC).strftime("%Y-01-01T00:00:00Z")
    history = open_history(fleet.database if "://" in fleet.database else str(fleet.folder / fleet.database))
    again = open_history(str(fleet.folder / "again.db"))
    place = open_place(str(fleet.folder / "reports"))
    try:
        locations = set()
        for site in fleet.sites:
            rows = history.scans(site)
            if [row.run.due for row in rows] != [due]:
                faults.append(f"{site}: recorded for {[row.run.due for row in rows]}, due was {due}")
            locations |= {row.location for row in rows}
            if history.attempts(rows[0].run)[0] if rows else False:
                faults.append(f"{site}: attempts of a run that is recorded are left")
        there = set(place.locations())
        faults += [f"{location}: recorded without files" for location in sorted(locations - there)]
        faults += [f"{location}: files of a run that is not recorded" for location in sorted(there - locations)]
        rebuild(again, place)
        for site in fleet.sites:
            old, new = history.site(site), again.site(site)
            if old is None or new is None or old.state != new.state or old.failures != new.failures:
                faults.append(f"{site}: the history made anew differs: {old} {new}")
    finally:
        history.close()
        again.close()
    reports = fleet.folder / "reports"
    faults += [f"the lock of {held.site} is held by {held.pid}" for held in Locks(reports / ".locks").held()]
    faults += [f"left: {path.relative_to(fleet.folder)}" for path in (reports / ".working").rglob("*")]
    faults += [f"left: {path.relative_to(fleet.folder)}" for path in reports.rglob(".draft-*")]
    faults += [f"left: t/{path.name}" for path in fleet.temporary.iterdir()]
    if fleet.server is None:
        with contextlib.closing(sqlite3.connect(fleet.folder / fleet.database)) as database:
            (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
            faults += [f"the database: {verdict}"] if verdict != "ok" else []
    return faults


def said(fleet: Fleet) -> list[str]:
    """Defects that somebody told of in the log."""
    words = fleet.log.read_text(encoding="utf-8", errors="replace")
    return [line[:1500] for line in words.splitlines() if "Traceback" in line or "a defect in this program" in line][:5]


@asynccontextmanager
async def sites(names: tuple[str, ...]) -> AsyncIterator[str]:
    """All sites on loopback: each one small page with a cookie. Yields the browser's host rules."""
    from aiohttp import web

    from scanner.loopback import serve

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=Page, content_type="text/html", headers={"Set-Cookie": "visit=1; Max-Age=3600"})

    async with serve(answer, [f"{name}.test" for name in names]) as loopback:
        yield loopback.host_rules


async def chaos(
    engine: str, runs: int, workers: int, seed: int, *, blows: int, pause: float = 4.0, limit: float = 7200.0
) -> list[str]:
    """Scan a fleet under so many blows at most. What did not hold."""
    chance, began = random.Random(seed), time.monotonic()
    names = tuple(f"s{number:03}" for number in range(runs))
    server: Server | None = None
    database = "history.db"
    if engine == "postgres":
        from tests.postgres import server as start_server

        server = start_server()
        database = server.database()
    with tempfile.TemporaryDirectory(prefix="cf-", dir="/tmp", ignore_cleanup_errors=True) as name:
        async with sites(names) as rules:
            fleet = Fleet(Path(name), engine, workers, names, server, database, rules)
            fleet.write()
            fleet.processes += [fleet.start() for _ in range(workers)]
            try:
                faults = await under_blows(fleet, chance, blows, began + limit, pause)
            finally:
                stopped = await asyncio.to_thread(fleet.stop)
            faults += stopped
            # What the last blow left is removed by whoever starts next.
            last = fleet.start("schedule", "run", "--once")
            await asyncio.to_thread(last.wait)
            family = fleet.chromes(children=False) + fleet.chromes(children=True)
            _, left = await asyncio.to_thread(psutil.wait_procs, family, timeout=20)
            faults += [f"browser {one.pid} is left" for one in left]
            faults += await asyncio.to_thread(look, fleet)
            faults += said(fleet)
        took = time.monotonic() - began
        killed = ", ".join(f"{count} x {who}" for who, count in sorted(fleet.kills.items()))
        print(f"{engine}: {runs} runs, {workers} processes, {took:.0f} s; killed: {killed} (seed {seed})", flush=True)
        if faults:
            print(fleet.log.read_text(encoding="utf-8", errors="replace")[-20_000:], file=sys.stderr)
    return faults


async def under_blows(fleet: Fleet, chance: random.Random, blows: int, until: float, pause: float) -> list[str]:
    """Strike again and again until every site is recorded, as evenly as that many blows can be spread over the runs."""
    missing = runs = len(fleet.sites)
    while missing and time.monotonic() < until:
        await asyncio.sleep(chance.uniform(0.1, 2 * pause))
        missing = runs - await asyncio.to_thread(recorded, fleet)
        if missing and fleet.kills.total() <= blows * (runs - missing) / runs:
            await asyncio.to_thread(fleet.strike, chance)
        for number, process in enumerate(fleet.processes):
            if process.poll() is not None:
                return [f"process {process.pid} ended by itself, with status {process.returncode} ({number})"]
    return [f"{missing} runs were not recorded in time"] if missing else []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blows", type=int, default=None, help="how many at most; default: as many as runs")
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two blows, on average")
    parser.add_argument("--limit", type=float, default=7200.0, help="seconds after which all must be recorded")
    given = parser.parse_args()
    most = given.runs if given.blows is None else given.blows
    wrong = asyncio.run(
        chaos(given.engine, given.runs, given.workers, given.seed, blows=most, pause=given.pause, limit=given.limit)
    )
    for fault in wrong:
        print(fault)
    print("as it should be" if not wrong else f"{len(wrong)} things do not hold")
    sys.exit(1 if wrong else 0)
