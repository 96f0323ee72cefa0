"""What a script sees of a scan: exit status, one line, and files that say what happened. Loopback only."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scanner.demo import DemoServer, serve_demo
from tests.test_cli import COMMAND, run

pytestmark = pytest.mark.browser


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("rules", "kind", "words"),
    [
        ("MAP * ~NOTFOUND", "dns", "not known"),
        ("MAP *:443 127.0.0.1:{closed}", "refused", "refused"),
    ],
)
def test_a_site_that_cannot_be_scanned_is_status_3_without_a_grade(
    rules: str, kind: str, words: str, tmp_path: Path
) -> None:
    rules = rules.format(closed=_closed_port())
    done = run("scan", "https://shop.example/", "--host-rules", rules, "--out", "x", "--json", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    line = json.loads(done.stdout)
    assert line["outcome"] == "failed"
    assert line["score"] is None
    scan = json.loads((tmp_path / "x/scan.json").read_text())
    assert {problem["kind"] for problem in scan["problems"]} == {kind}
    assert words in scan["problems"][0]["message"]
    assert scan["findings"] == []
    assert (tmp_path / "x/report.html").is_file()


@pytest.fixture
async def bakery_and_courier() -> AsyncIterator[DemoServer]:
    async with serve_demo(["clean-bakery", "deaf-ear-news"]) as server:
        yield server


async def test_a_certificate_that_does_not_verify_is_an_error_unless_accepted(
    bakery_and_courier: DemoServer, tmp_path: Path
) -> None:

    options = ["--host-rules", bakery_and_courier.host_rules, "--pages", "1", "--states", "before", "--json"]
    start = bakery_and_courier.sites[0].start
    strict = await asyncio.to_thread(run, "scan", start, *options, "--out", "strict", cwd=tmp_path)
    assert strict.returncode == 3, strict.stderr
    assert json.loads((tmp_path / "strict/scan.json").read_text())["problems"][0]["kind"] == "certificate"
    lenient = await asyncio.to_thread(
        run, "scan", start, *options, "--out", "lenient", "--ignore-https-errors", cwd=tmp_path
    )
    assert lenient.returncode == 0, lenient.stderr


async def test_fail_on_is_status_1_and_only_where_it_is_met(bakery_and_courier: DemoServer, tmp_path: Path) -> None:

    options = ["--host-rules", bakery_and_courier.host_rules, "--ignore-https-errors", "--pages", "1", "--json"]
    starts = {site.name: site.start for site in bakery_and_courier.sites}
    fair = await asyncio.to_thread(
        run, "scan", starts["clean-bakery"], *options, "--fail-on", "low", "--out", "a", cwd=tmp_path
    )
    assert fair.returncode == 0, fair.stderr
    unfair = await asyncio.to_thread(
        run, "scan", starts["deaf-ear-news"], *options, "--fail-on", "high", "--out", "b", cwd=tmp_path
    )
    assert unfair.returncode == 1, unfair.stderr


def _begin(server: DemoServer, folder: Path, *, attentive: bool = True) -> subprocess.Popen[str]:
    """A scan of the courier's site into `x`, under way; one that is not attentive is in the background of a shell."""
    start = next(site.start for site in server.sites if site.name == "deaf-ear-news")
    return subprocess.Popen(
        [*COMMAND, "scan", start, "--host-rules", server.host_rules, "--ignore-https-errors", "--out", "x"],
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_attentive if attentive else _deaf,
    )


def _deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _attentive() -> None:
    """A program that was started in the background of a shell hears no interrupt, and neither do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("number", "attentive"), [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGTERM, False)]
)
async def test_interrupted_it_keeps_the_evidence_and_says_130(
    bakery_and_courier: DemoServer, tmp_path: Path, number: signal.Signals, attentive: bool
) -> None:
    process = _begin(bakery_and_courier, tmp_path, attentive=attentive)
    log = tmp_path / "x/evidence/records.jsonl"
    deadline = time.monotonic() + 60
    while not (pages := _pages(log)):
        assert time.monotonic() < deadline, "no page was finished"
        await asyncio.sleep(0.01)
    process.send_signal(number)
    _, errors = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert records[-1]["kind"] == "finished"
    assert records[-1]["outcome"] == "partial"
    assert pages <= _pages(log)
    again = await asyncio.to_thread(run, "audit", "x", "--out", "y", "--json", cwd=tmp_path)
    assert (json.loads(again.stdout)["outcome"], again.returncode) == ("partial", 0), again.stderr
    scan = json.loads((tmp_path / "y/scan.json").read_text())
    assert "interrupted" in {problem["kind"] for problem in scan["problems"]}


# While the browser sets out, in the middle of the pages, and about where banners are answered.
@pytest.mark.parametrize("records", [1, 40, 90, 150])
async def test_interrupted_at_any_moment_nothing_goes_on_and_nothing_is_printed(
    bakery_and_courier: DemoServer, tmp_path: Path, records: int
) -> None:

    process = _begin(bakery_and_courier, tmp_path)
    log = tmp_path / "x/evidence/records.jsonl"
    deadline = time.monotonic() + 60
    while not log.exists() or log.read_bytes().count(b"\n") < records:
        assert time.monotonic() < deadline, "nothing was recorded"
        await asyncio.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, errors = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 130, errors
    *steps, last = errors.splitlines()
    assert last == "interrupted; the evidence so far is kept"
    assert {step.partition("  ")[0] for step in steps} <= {"www.harbour-courier.example"}, errors
    assert json.loads(log.read_text().splitlines()[-1])["kind"] == "finished"


def test_interrupted_while_it_is_loaded_it_says_so_in_one_line() -> None:
    interrupt = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "scanner.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from scanner.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", interrupt], capture_output=True, text=True, check=False, preexec_fn=_attentive
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted; nothing was begun\n")


def _pages(log: Path) -> set[str]:
    """The ids of the visits in a log that is being written, of pages that were seen to their end."""
    lines = log.read_bytes().splitlines(keepends=True) if log.exists() else []
    records = [json.loads(line) for line in lines if line.endswith(b"\n")]
    visits = [record for record in records if record["kind"] == "visit" and record["purpose"] == "page"]
    return {visit["id"] for visit in visits if visit["error"] is None}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_full_is_told_in_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scanner", "lookup", "_ga"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (3, "cookie-scanner: the output: No space left on device\n")


def test_a_name_that_is_too_long_for_the_disk_is_told_in_one_line(tmp_path: Path) -> None:
    done = run("audit", "x" * 300, "--out", "y", cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert len(done.stderr.splitlines()) == 1
    assert "a defect" not in done.stderr
