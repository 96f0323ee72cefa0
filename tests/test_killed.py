"""A scan that is killed, or loses its browser, at any moment leaves evidence that can be audited, and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest

from scanner.demo import DemoServer, serve_demo
from tests.test_cli import COMMAND, run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def news() -> AsyncIterator[DemoServer]:
    async with serve_demo(["deaf-ear-news"]) as server:
        yield server


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files with a short name: the browser puts a socket there."""
    with tempfile.TemporaryDirectory(prefix="k-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _start(server: DemoServer, folder: Path, temporary: Path) -> subprocess.Popen[str]:
    arguments = ["scan", server.sites[0].start, "--host-rules", server.host_rules, "--ignore-https-errors"]
    return subprocess.Popen(
        [sys.executable, *COMMAND[1:], *arguments, "--out", "x", "--pages", "3", "--json"],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def _when(log: Path, ready: Callable[[str], bool]) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        if ready(text):
            return text
        await asyncio.sleep(0.01)
    raise AssertionError("the moment did not come")


MOMENTS: dict[str, Callable[[str], bool]] = {
    "right after the first record": lambda text: text.count("\n") >= 1,
    "while the first pages load": lambda text: '"kind":"request"' in text,
    "after the first page": lambda text: '"kind":"visit"' in text,
    "after an answer": lambda text: '"kind":"choice"' in text,
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_it_leaves_evidence_to_audit_and_no_browser(
    moment: str, news: DemoServer, tmp_path: Path, temporary: Path
) -> None:
    process = _start(news, tmp_path, temporary)
    text = await _when(tmp_path / "x/evidence/records.jsonl", MOMENTS[moment])
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    await asyncio.to_thread(process.communicate)
    again = await asyncio.to_thread(run, "audit", "x", "--out", "y", "--json", cwd=tmp_path)
    assert again.returncode in (0, 3), again.stderr
    scan = json.loads((tmp_path / "y/scan.json").read_text())
    whole = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    seen = any(record["kind"] == "visit" and record["error"] is None for record in whole)
    assert scan["outcome"] == "partial" if seen else scan["outcome"] in ("partial", "failed")
    assert "interrupted" in {problem["kind"] for problem in scan["problems"]}
    _, left = await asyncio.to_thread(psutil.wait_procs, family, timeout=20)
    assert not left, "the browser outlived the scan"


async def test_a_browser_that_dies_is_an_end_with_a_report_and_not_a_defect(
    news: DemoServer, tmp_path: Path, temporary: Path
) -> None:
    process = _start(news, tmp_path, temporary)
    await _when(tmp_path / "x/evidence/records.jsonl", lambda text: '"kind":"visit"' in text)
    browser = next(
        child
        for child in psutil.Process(process.pid).children(recursive=True)
        if "--remote-debugging-pipe" in (line := child.cmdline()) and not any(a.startswith("--type=") for a in line)
    )
    browser.send_signal(signal.SIGKILL)
    out, errors = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "defect" not in errors
    assert json.loads(out)["outcome"] == "partial"
    scan = json.loads((tmp_path / "x/scan.json").read_text())
    assert {"crashed", "state"} & {problem["kind"] for problem in scan["problems"]}
    assert list(temporary.glob("cookie-scanner-*")) == []
