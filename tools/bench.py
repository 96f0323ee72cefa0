"""Measure a scan beside a bare Playwright script that loads the same pages in the same contexts, in one run.

The floor: the same browser and seeded profile, three fresh contexts, the same pages, six tabs, each page waited for
until `load` and half a second without network traffic; nothing recorded. The scan: everything, from the banner to the
report. Both run as processes of their own, in turn, against the same server; medians and ratios are printed. Time and
memory are taken in different runs: whoever asks the kernel twenty times a second how much memory ten processes share
takes a good part of a core from what is timed.

Usage: tools/bench.py [--runs 3] [--site laden-berlin]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

STATES = ("before", "accept", "reject")
TABS = 6


async def bare(urls: list[str], rules: str, browser_path: str) -> None:
    """The floor: load the pages, half a second of quiet, nothing more, and nothing of this project loaded."""
    from playwright.async_api import async_playwright

    with tempfile.TemporaryDirectory() as profile:
        default = Path(profile) / "Default"
        default.mkdir()
        seeded = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
        (default / "Preferences").write_text(json.dumps(seeded))
        async with async_playwright() as playwright:
            persistent = await playwright.chromium.launch_persistent_context(
                profile,
                executable_path=browser_path,
                chromium_sandbox=False,
                args=[f"--host-resolver-rules={rules}", "--ignore-certificate-errors", "--disable-gpu"],
            )
            browser = persistent.browser
            assert browser is not None
            tabs = asyncio.Semaphore(TABS)

            async def load(context, url: str) -> None:  # type: ignore[no-untyped-def]
                async with tabs:
                    page = await context.new_page()
                    await page.goto(url, wait_until="networkidle")
                    await page.close()

            contexts = [await browser.new_context() for _ in STATES]
            await asyncio.gather(*(load(context, url) for context in contexts for url in urls))
            for context in contexts:
                await context.cookies()
            await persistent.close()


def ours(start: str, pages: int, rules: str, folder: Path) -> None:
    """A whole scan as a user starts it, from the command line to the report."""
    from scanner.__main__ import main as command_line

    config = folder.with_suffix(".toml")
    config.write_text(f"[scan]\nhost_rules = {json.dumps(rules)}\nignore_https_errors = true\n")
    sys.argv = ["cookie-scanner", "scan", start, "--quiet", "--config", str(config), "--pages", str(pages), "--out"]
    sys.argv.append(str(folder))
    with contextlib.redirect_stdout(io.StringIO()):
        command_line()


class Memory(threading.Thread):
    """Samples the proportional set size of a process tree, and the resident size of its Python side, in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._stop_now = threading.Event()
        self.peak_tree = 0
        self.peak_python = 0

    def run(self) -> None:
        while not self._stop_now.wait(0.05):
            try:
                tree = [self._root, *self._root.children(recursive=True)]
                self.peak_python = max(self.peak_python, self._root.memory_info().rss)
                self.peak_tree = max(self.peak_tree, sum(_pss(process.pid) for process in tree))
            except psutil.NoSuchProcess:
                continue

    def stop(self) -> None:
        self._stop_now.set()
        self.join()


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024


async def measure(arguments: list[str], *, memory: bool = False) -> tuple[float, int, int]:
    """Run this file as a worker: seconds, peak bytes of the tree, peak bytes of Python; these two only if asked for."""
    began = time.perf_counter()
    # As users run it: with compiled modules, even where the environment forbids to write them beside the sources.
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "cookie-scanner-bench")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    process = await asyncio.create_subprocess_exec(sys.executable, __file__, *arguments, env=kept)
    watch = Memory(process.pid)
    if memory:
        watch.start()
    status = await process.wait()
    took = time.perf_counter() - began
    if memory:
        watch.stop()
    if status != 0:
        raise SystemExit(f"the worker {arguments[1]} ended with status {status}")
    return took, watch.peak_tree, watch.peak_python


async def main(runs: int, name: str) -> None:
    from scanner.capture import find_browser
    from scanner.demo import serve_demo

    browser = find_browser(None)
    floor: list[tuple[float, ...]] = []
    scans: list[tuple[float, ...]] = []
    async with serve_demo([name]) as server:
        site = server.sites[0]
        urls = json.dumps(site.pages)
        with tempfile.TemporaryDirectory() as folder:
            # Calibration and compiled modules are kept from a first scan, which does not count.
            await measure(
                ["--worker", "ours", "--urls", urls, "--rules", server.host_rules, "--out", str(Path(folder) / "first")]
            )
            for run in range(runs):
                for rows, worker in ((floor, "bare"), (scans, "ours")):
                    arguments = ["--worker", worker, "--urls", urls, "--rules", server.host_rules]
                    arguments += ["--browser", browser, "--out"]
                    seconds, _, _ = await measure([*arguments, str(Path(folder) / str(run))])
                    _, tree, python = await measure([*arguments, str(Path(folder) / f"{run}-memory")], memory=True)
                    rows.append((seconds, tree, python))
            scan = json.loads(next((Path(folder) / "0").rglob("scan.json")).read_text())
    loads = len(site.pages) * len(STATES)
    print(f"{name}: {len(site.pages)} pages x {len(STATES)} states ({loads} page loads), median of {runs} runs each")
    rows = [("seconds", 0, 1.0), ("peak memory of the tree, MB", 1, 1e6), ("peak memory of Python, MB", 2, 1e6)]
    for title, index, unit in rows:
        low = statistics.median(row[index] for row in floor) / unit
        high = statistics.median(row[index] for row in scans) / unit
        print(f"  {title:30} bare {low:8.2f}   scan {high:8.2f}   ratio {high / low:5.2f}")
    lives = [page["life_ms"] or 0 for page in scan["pages"]]
    print(f"  page life observed             {min(lives) / 1000:.0f} to {max(lives) / 1000:.0f} s each")
    print(f"  cookies {len(scan['cookies'])}, beacons {len(scan['beacons'])}, outcome {scan['outcome']}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--site", default="laden-berlin")
    parser.add_argument("--worker", choices=("bare", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--urls", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--rules", help=argparse.SUPPRESS)
    parser.add_argument("--browser", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker == "bare":
        asyncio.run(bare(given.urls, given.rules, given.browser))
    elif given.worker == "ours":
        ours(given.urls[0], len(given.urls), given.rules, given.out)
    else:
        asyncio.run(main(given.runs, given.site))
