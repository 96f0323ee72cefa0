"""Several processes at once, and processes and servers that are killed: every run once, and everything consistent."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from scanner.store.history import History, open_history
from tests.postgres import server
from tests.store.history.weeks import ROOT, cookie, failed, finding, record, run, scan

SITES = ("a", "b", "c")
WEEKS = 6

# Records every run of every site in an order of its own, and says which of them were news to the history.
WORKER = """
import random, sys
from scanner.store.history import open_history
from tests.store.history.test_chaos import week_of
from tests.store.history.weeks import record
history = open_history(sys.argv[1])
chance = random.Random(int(sys.argv[2]))
sites = list(sys.argv[3].split(","))
for week in range(int(sys.argv[4])):
    chance.shuffle(sites)
    for site in sites:
        recorded = record(history, week, week_of(week), site=site, tell=lambda _: ())
        print("fresh" if recorded.fresh else "known", site, week, flush=True)
"""


def week_of(week: int):  # type: ignore[no-untyped-def]
    """What every site is like in a week."""
    if week % 5 == 4:
        return failed(week)
    bad = [finding("tracking-before-consent", f"s{week % 3}")]
    return scan(week, cookies=[cookie("always"), cookie(f"{'abcd'[week % 4]}_some")], findings=bad)


def _worker(address: str, seed: int, weeks: int = WEEKS) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, address, str(seed), ",".join(SITES), str(weeks)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _everything(history: History) -> dict[str, object]:
    """All that can be asked, without the numbers of rows: they depend on the order of arrival across sites."""
    found: dict[str, object] = {}
    for site in SITES:
        row = history.site(site)
        assert row is not None
        found[site] = (
            row.model_dump(exclude={"last": {"id"}, "good": {"id"}}),
            [one.model_dump(exclude={"id"}) for one in history.scans(site)],
            [one.model_dump(exclude={"id", "scan"}) for one in history.changes(site)],
            history.cookies(site),
            history.findings(site),
        )
    return found


def _sound(address: str, history: History, weeks: int) -> None:
    """Every run once, every pointer leads somewhere, nothing half-written, and all as if nothing had happened."""
    for site in SITES:
        assert [row.run for row in reversed(history.scans(site))] == [run(week, site) for week in range(weeks)]
    query = """
        SELECT count(*) FROM sites
        WHERE last_scan NOT IN (SELECT id FROM scans WHERE scans.site = sites.id AND scans.due = sites.last_due)
    """
    assert history._database.read(lambda connection: connection.execute(text(query)).scalar()) == 0
    if "://" not in address:
        check = text("PRAGMA integrity_check")
        assert history._database.read(lambda connection: connection.execute(check).scalar()) == "ok"
        assert (
            history._database.read(lambda connection: connection.execute(text("PRAGMA foreign_key_check")).all()) == []
        )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What comes out where one process records everything in peace."""
    history = open_history(str(tmp_path_factory.mktemp("peace") / "history.db"))
    for week in range(WEEKS):
        for site in SITES:
            record(history, week, week_of(week), site=site)
    found = _everything(history)
    history.close()
    return found


def test_several_processes_record_the_same_runs_and_each_is_recorded_once(
    address: str, undisturbed: dict[str, object]
) -> None:
    workers = [_worker(address, seed) for seed in range(3)]
    told = [worker.communicate(timeout=300) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], [error for _, error in told]
    lines = Counter(line for output, _ in told for line in output.splitlines())
    assert {line: number for line, number in lines.items() if line.startswith("fresh")} == {
        f"fresh {site} {week}": 1 for site in SITES for week in range(WEEKS)
    }
    history = open_history(address)
    _sound(address, history, WEEKS)
    assert _everything(history) == undisturbed, "both engines, and any number of processes, come to the same"
    history.close()


def test_processes_that_are_killed_leave_a_history_that_goes_on(address: str, undisturbed: dict[str, object]) -> None:
    """Killed wherever they are, again and again; then one records the rest in peace."""
    chance = random.Random(7)
    fresh: Counter[str] = Counter()
    for seed in range(5):
        worker = _worker(address, seed)
        assert worker.stdout is not None
        for _ in range(chance.randrange(1, 6)):
            fresh.update(line for line in [worker.stdout.readline().strip()] if line.startswith("fresh"))
        worker.send_signal(signal.SIGKILL)
        fresh.update(line for line in worker.communicate(timeout=60)[0].splitlines() if line.startswith("fresh"))
    history = open_history(address)
    for week in range(WEEKS):
        for site in SITES:
            recorded = record(history, week, week_of(week), site=site)
            fresh.update([f"fresh {site} {week}"] if recorded.fresh else [])
    assert max(fresh.values()) == 1
    _sound(address, history, WEEKS)
    assert _everything(history) == undisturbed
    history.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_restarts_loses_nothing_and_doubles_nothing(
    how: signal.Signals, undisturbed: dict[str, object]
) -> None:
    """Threads go on recording while PostgreSQL is stopped, or falls over, and comes back."""
    running = server()
    address = running.database()
    history = open_history(address)
    fresh: list[str] = []
    troubles: list[Exception] = []
    begun = threading.Event()

    def work(site: str) -> None:
        try:
            for week in range(WEEKS):
                recorded = record(history, week, week_of(week), site=site)
                fresh.append(f"{site} {week}")
                assert recorded.row.run == run(week, site)
                if week == 1:
                    begun.set()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            troubles.append(error)
            begun.set()

    threads = [threading.Thread(target=work, args=(site,)) for site in SITES]
    for thread in threads:
        thread.start()
    begun.wait(60)
    running.restart(how)
    for thread in threads:
        thread.join(120)
    assert troubles == []
    _sound(address, history, WEEKS)
    assert _everything(history) == undisturbed
    history.close()


def test_a_reader_is_not_stopped_by_writers(tmp_path: Path) -> None:
    """On SQLite a page of the dashboard does not wait for a scan that is being recorded."""
    address = str(tmp_path / "history.db")
    history = open_history(address)
    record(history, 0, scan(0), site="a")
    inside, go_on = threading.Event(), threading.Event()

    def slow(_: object) -> list[object]:
        inside.set()
        go_on.wait(30)
        return []

    thread = threading.Thread(target=lambda: record(history, 1, scan(1), site="a", tell=slow))
    thread.start()
    assert inside.wait(30)
    try:
        assert [row.run for row in history.scans("a")] == [run(0, "a")]
    finally:
        go_on.set()
        thread.join(30)
    assert len(history.scans("a")) == 2
    history.close()
