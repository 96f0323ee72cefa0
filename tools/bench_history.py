"""Measure the history: 400 sites, 52 weeks, on SQLite and on PostgreSQL.

Every scan goes through `History.record`: a few recorded scans (fixtures/golden, reports/sample) become sites of their
own and change from week to week, as sites do: a tag comes or goes, a finding is mended, a policy is edited, a server
is down. Then everything that the command line and the dashboard ask is timed.

    python tools/bench_history.py [--sites 400] [--weeks 52] [--engine sqlite|postgresql|both]
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scanner.model.scan import Scan
from scanner.model.watch import Retention, Run
from scanner.store.history import History, open_history

ROOT = Path(__file__).resolve().parent.parent
FIRST = datetime.datetime(2025, 11, 24, 3, 0, tzinfo=datetime.UTC)
WEEK = datetime.timedelta(weeks=1)
REPEATS = 7


class Simulated:
    """One site through the weeks. The same seed gives the same life."""

    def __init__(self, number: int, base: str) -> None:
        self.name = f"site-{number:04d}"
        self._chance = random.Random(number)
        host = json.loads(base)["target"]["site"]
        self._whole = Scan.model_validate_json(base.replace(host, f"{self.name}.example"))
        self._missing: set[str] = set()
        self._mended: set[int] = set()
        self._sentences = [f"Sentence {place} of the policy of {self.name}." for place in range(150)]
        self._down = 0

    @property
    def url(self) -> str:
        """Where a visit starts."""
        return self._whole.target.url

    def week(self, due: datetime.datetime) -> tuple[Scan, dict[str, list[str]]]:
        """The scan of one week, and the sentences of its policies."""
        self._live()
        started = (due + datetime.timedelta(seconds=self._chance.randrange(3600))).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self._down:
            failed = dict.fromkeys(("cookies", "requests", "beacons", "findings", "checks", "pages"), ())
            states = {name: state.model_copy(update={"reached": False}) for name, state in self._whole.states.items()}
            return self._copy(started, outcome="failed", states=states, **failed), {}
        kept = {
            name: tuple(one for one in getattr(self._whole, name) if (one.vendor or "") not in self._missing)
            for name in ("cookies", "requests", "beacons")
        }
        findings = tuple(one for place, one in enumerate(self._whole.findings) if place not in self._mended)
        outcome = "partial" if self._chance.random() < 0.02 else "complete"
        texts = {source.url: self._sentences for source in self._whole.declaration.sources}
        return self._copy(started, outcome=outcome, findings=findings, **kept), texts

    def _copy(self, started: str, **values: object) -> Scan:
        return self._whole.model_copy(update={"started": started, "finished": started, **values})

    def _live(self) -> None:
        """A week passes: tags come and go, findings are mended and return, the policy is edited, servers fail."""
        vendors = sorted({one.vendor for one in self._whole.requests if one.vendor})
        if vendors and self._chance.random() < 0.08:
            self._missing ^= {self._chance.choice(vendors)}
        if self._whole.findings and self._chance.random() < 0.08:
            self._mended ^= {self._chance.randrange(len(self._whole.findings))}
        if self._chance.random() < 0.03:
            place = self._chance.randrange(len(self._sentences))
            self._sentences[place] = f"Sentence {place}, edited as {self._chance.randrange(10**6)}."
        self._down = (
            self._down - 1 if self._down else self._chance.choice((1, 1, 2, 4)) * (self._chance.random() < 0.02)
        )


def bases() -> list[str]:
    """The recorded scans that sites are made of."""
    paths = [*sorted((ROOT / "fixtures/golden").glob("*/scan.json")), ROOT / "reports/sample/scan.json"]
    return [path.read_text(encoding="utf-8") for path in paths if path.is_file()]


def weeks(sites: int, number: int) -> Iterator[tuple[Simulated, datetime.datetime]]:
    """Every run, in the order of time."""
    given = bases()
    simulated = [Simulated(place, given[place % len(given)]) for place in range(sites)]
    for week in range(number):
        for place, site in enumerate(simulated):
            yield site, FIRST + week * WEEK + datetime.timedelta(minutes=place)


def fill(history: History, sites: int, number: int) -> None:
    """Record everything, and say what it took."""
    wall, processor = [], []
    for site, due in weeks(sites, number):
        scan, sentences = site.week(due)
        run = Run(site=site.name, due=due.strftime("%Y-%m-%dT%H:%M:%SZ"))
        location = f"{site.name}/{due:%Y%m%dT%H%M%SZ}"
        start, used = time.perf_counter(), time.process_time()
        history.record(scan, run=run, url=site.url, location=location, sentences=sentences, owner="Agency")
        processor.append(time.process_time() - used)
        wall.append(time.perf_counter() - start)
    print(
        f"  record            {statistics.median(wall) * 1000:8.1f} ms median, {_high(wall) * 1000:.1f} ms 99 %, "
        f"{statistics.median(processor) * 1000:.1f} ms of our processor; {len(wall)} scans in {sum(wall):.0f} s"
    )


def _high(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def timed(words: str, work: Callable[[], object]) -> None:
    """Do something several times; the best time by the clock (others use this machine), and our processor's median."""
    wall, processor = [], []
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        result = work()
        processor.append(time.process_time() - used)
        wall.append(time.perf_counter() - start)
    size = f"{len(result)} rows" if isinstance(result, tuple) else ""
    used = statistics.median(processor)
    print(f"  {words:<17} {min(wall) * 1000:8.1f} ms, {used * 1000:.1f} ms of our processor  {size}")


def ask(history: History, number: int) -> None:
    """Everything that the command line and the dashboard ask."""
    now = FIRST + number * WEEK
    site = history.sites()[0].name
    timed("overview", history.sites)
    timed("trend", lambda: history.trend(weeks=52, now=now))
    timed("one site", lambda: history.site(site))
    timed("its scans", lambda: history.scans(site))
    timed("its cookies", lambda: history.cookies(site))
    timed("its findings", lambda: history.findings(site))
    timed("its policies", lambda: history.policies(site))
    timed("its changes", lambda: history.changes(site, limit=100))
    timed("all changes", lambda: history.changes(limit=100))
    timed("search", lambda: history.search("google"))
    timed("search before", lambda: history.search("google", before_consent=True))
    timed("last dues", lambda: tuple(history.last_dues()))


def command(address: str, folder: Path) -> None:
    """`cookie-scanner history`: processor time of the command in a process that has started already."""
    (folder / "scan.toml").write_text(f'[history]\ndatabase = "{address}"\n', encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", AGAIN], cwd=folder, capture_output=True, check=True, text=True)
    print(f"  history           {float(done.stderr) * 1000:8.1f} ms of processor after start-up")


AGAIN = """
import statistics, sys, time
from scanner import cli
took = []
for _ in range(6):
    sys.argv = ["cookie-scanner", "history"]
    used = time.process_time()
    try:
        cli.main()
    except SystemExit as ended:
        assert not ended.code
    took.append(time.process_time() - used)
sys.stderr.write(str(statistics.median(took[1:])))
"""


def prune(history: History, number: int) -> None:
    """Forget all but a quarter."""
    start = time.perf_counter()
    gone = history.prune(Retention(days=7 * number // 4), now=FIRST + number * WEEK)
    print(f"  prune             {(time.perf_counter() - start) * 1000:8.0f} ms  {len(gone)} scans")


def measure(name: str, address: str, folder: Path, arguments: argparse.Namespace, size: Callable[[], int]) -> None:
    """One engine from empty to pruned."""
    print(f"{name}: {arguments.sites} sites x {arguments.weeks} weeks")
    history = open_history(address)
    fill(history, arguments.sites, arguments.weeks)
    print(f"  size              {size() / 1e6:8.1f} MB")
    ask(history, arguments.weeks)
    command(address, folder)
    prune(history, arguments.weeks)
    history.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=400)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from tests.postgres import programs, server

    with tempfile.TemporaryDirectory(prefix="bench-history-") as name:
        folder = Path(name)
        path = folder / "history.db"
        if arguments.engine != "postgresql":
            measure(
                "SQLite",
                str(path),
                folder,
                arguments,
                lambda: sum(one.stat().st_size for one in folder.glob("history.db*")),
            )
        if arguments.engine != "sqlite" and programs() is not None:
            address = server().database()
            measure("PostgreSQL", address, folder, arguments, lambda: server().size(address))
        elif arguments.engine != "sqlite":
            print("PostgreSQL: not installed")


if __name__ == "__main__":
    main()
