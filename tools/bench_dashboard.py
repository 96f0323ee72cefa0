"""Measure the dashboard: every kind of page over 400 sites with 52 weeks of history, as a browser would ask for it.

The history is that of tools/bench_history.py, recorded scan by scan; `--database` takes one that is there already, or
keeps the new one. Prints the median and the slowest of each page on the wall, and how much of the processor it took
(server and client together), the size, and whether the pages, not the tables to download, kept 200 ms of processor: the
time on the wall of a machine that does nothing else.

    python tools/bench_dashboard.py [--sites 400] [--weeks 52] [--database FILE] [--repeats 15] [--export]
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import statistics
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import bench_history
import uvicorn

from scanner.config import Config
from scanner.config.fleet import Fleet, WatchedSite
from scanner.dashboard import Export, Parts, Shown, build_app
from scanner.store.history import History, open_history
from scanner.store.places import open_place

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 200.0


def fleet_of(history: History) -> Fleet:
    """A configuration that has every site of the history."""
    sites = tuple(
        WatchedSite(name=row.name, urls=(row.url,), config=Config(), owner=row.owner) for row in history.sites()
    )
    return Fleet(sites=sites)


def pages(history: History) -> list[tuple[str, str]]:
    """What is asked for: a name, and the address."""
    rows = history.sites()
    busiest = max(rows, key=lambda row: row.good.cookies if row.good else 0).name
    scans = [scan.id for scan in history.scans(busiest, limit=200) if scan.outcome != "failed"]
    vendors = [life.name for life in history.vendors(busiest)] or ["Google"]
    return [
        ("overview", "/"),
        ("overview, last page", "/?page=9999"),
        ("overview, filtered", "/?text=site-00&state=high&sort=findings"),
        ("overview as CSV", "/sites.csv"),
        ("site, the busiest", f"/sites/{busiest}"),
        ("site, older scans", f"/sites/{busiest}?scans={scans[len(scans) // 2]}"),
        ("site's changes as CSV", f"/sites/{busiest}/changes.csv"),
        ("search, nothing asked", "/search"),
        ("search, a company", f"/search?text={quote(vendors[0])}&kind=vendor&before=1"),
        ("search, most of it", "/search?text=co&gone=1"),
        ("search as CSV", "/search.csv?text=co"),
        ("health", "/healthz"),
    ]


class Served:
    """The dashboard on a free port, in a thread of this process."""

    def __init__(self, parts: Parts) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(build_app(parts), access_log=False, log_config=None, ws="none"))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve(sockets=[self._socket])))
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join()

    def ask(self, path: str) -> tuple[float, float, int]:
        """Seconds on the wall and of the processor until the last byte, and the number of bytes."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        started, used = time.perf_counter(), time.process_time()
        connection.request("GET", path)
        answer = connection.getresponse()
        size = len(answer.read())
        wall, cpu = time.perf_counter() - started, time.process_time() - used
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return wall, cpu, size


def measure(history: History, repeats: int) -> bool:
    """Ask for every page so many times; whether all medians kept the limit."""
    served = Served(Parts(fleet_of(history), history, open_place(ROOT / "reports")))
    kept = True
    print(f"{'page':<26}{'median':>10}{'slowest':>10}{'processor':>11}{'size':>10}")
    try:
        for name, path in pages(history):
            served.ask(path)
            found = [served.ask(path) for _ in range(repeats)]
            wall = [one[0] * 1000 for one in found]
            cpu = statistics.median(one[1] * 1000 for one in found)
            median = statistics.median(wall)
            slow = cpu >= LIMIT_MS and ".csv" not in path
            kept = kept and not slow
            mark = "  more than 200 ms" if slow else ""
            print(f"{name:<26}{median:>7.0f} ms{max(wall):>7.0f} ms{cpu:>8.0f} ms{found[0][2] / 1000:>7.0f} kB{mark}")
    finally:
        served.close()
    return kept


def export(history: History) -> None:
    """Write the folder, and say what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "export"
        started, used = time.perf_counter(), time.process_time()
        shown = Shown(fleet_of(history), history, open_place(ROOT / "reports"))
        done = Export(shown, folder, written="2026-11-22T00:00:00Z", kept=0).write()
        wall, cpu = time.perf_counter() - started, time.process_time() - used
        files = [path for path in folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"export: {done.sites} sites, {len(files)} files, {size:.0f} MB, {wall:.1f} s ({cpu:.1f} s of processor)")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=400)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--export", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = given.database or Path(name) / "history.db"
        there = path.exists()
        history = open_history(str(path))
        if not there:
            bench_history.fill(history, given.sites, given.weeks)
        kept = measure(history, given.repeats)
        if given.export:
            export(history)
        history.close()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
