"""Scan a small site many times in one process and browser, and see whether anything grows or is left behind.

Measured after each scan: resident memory of Python, proportional memory of the browser's tree, its processes, its
contexts and tabs, our open files and tasks, and the temporary folders of both. Python frees memory when it sees fit,
as it does for a user. Memory is judged by what its least values gain over the second half of the scans. The end is
status 1 where something leaks.

Usage: tools/soak.py [--scans 1000] [--states before,accept,reject] [--most-kb 20] [--busy]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiohttp import web

HOSTS = ("www.soak.test", "pixel.example", "frame.example")
_PARTS = 10
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
PAGE = """<!doctype html><html lang=en><title>Soak</title><nav><a href="/">home</a> <a href="/second/page">second</a>
<a href="/privacy">privacy</a></nav><img src="https://pixel.example/p.gif" width=1 height=1>
<div id=banner role=dialog aria-label="Cookies"
 style="position:fixed;bottom:0;left:0;right:0;padding:2em;background:#ddd">
<p>We use cookies and similar technologies to measure how our site is used and for advertising. You can accept or
reject them, and change your choice at any time.</p><button id=yes>Accept all</button>
<button id=no>Reject all</button></div>
<script>
  document.cookie = "seen=1; path=/; max-age=3600";
  localStorage.visits = 1 + +(localStorage.visits || 0);
  const hide = () => document.getElementById("banner").remove();
  if (/choice=/.test(document.cookie)) hide();
  for (const [id, value] of [["yes", "all"], ["no", "none"]]) {
    const button = document.getElementById(id);
    if (button) button.onclick = () => { document.cookie = "choice=" + value + "; path=/; max-age=3600"; hide(); };
  }
  setTimeout(() => navigator.sendBeacon("https://pixel.example/hit", "x"), 5000);
</script>"""
BUSY = """<iframe src="https://frame.example/framed"></iframe><script>
  new Worker("/worker.js");
  new SharedWorker("/shared.js");
  navigator.serviceWorker.register("/service.js");
  document.getElementById("yes")?.addEventListener("click", () => window.open("/popup"));
</script>"""
OTHERS = {
    "/framed": "<!doctype html><script>new Worker('/worker.js')</script>",
    "/popup": "<!doctype html><p>a pop-up",
    "/worker.js": "fetch('/from-worker'); postMessage(1);",
    "/shared.js": "fetch('/from-shared-worker'); onconnect = (event) => event.ports[0].postMessage(1);",
    "/service.js": "oninstall = (event) => event.waitUntil(fetch('/from-service')); onfetch = () => {};",
}


async def busy(request: web.BaseRequest) -> web.StreamResponse:
    """The same with everything that has a process or a thread of its own: a frame, workers of all kinds, a pop-up."""
    other = OTHERS.get(request.path)
    if other is not None:
        return web.Response(text=other, content_type="text/javascript" if request.path.endswith(".js") else "text/html")
    usual = await answer(request)
    if isinstance(usual, web.Response) and usual.content_type == "text/html":
        return web.Response(text=PAGE + BUSY, content_type="text/html")
    return usual


async def answer(request: web.BaseRequest) -> web.StreamResponse:
    """The site: three pages, a pixel, a beacon."""
    if request.path == "/p.gif":
        return web.Response(body=GIF, content_type="image/gif", headers={"Set-Cookie": "px=1; SameSite=None; Secure"})
    if request.path in ("/", "/second/page", "/privacy"):
        return web.Response(text=PAGE, content_type="text/html")
    return web.Response(status=404)


Site = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Nowhere:
    """A sink that keeps only how the scan ended."""

    def __init__(self) -> None:
        self.outcome = "none"

    def record(self, record: object) -> None:
        self.outcome = getattr(record, "outcome", self.outcome)

    def file(self, name: str, data: bytes) -> None:
        """Keep nothing."""


@dataclass(frozen=True)
class Reading:
    """The state of things after a scan; memory in bytes."""

    python: int
    browser: int
    processes: int
    targets: int
    contexts: int
    files: int
    tasks: int
    folders: int


def proportional(process: psutil.Process) -> int:
    """Bytes of a process, shared pages counted in part."""
    try:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024


def folders() -> int:
    """Temporary folders of ours and of the browser's."""
    names = ("cookie-scanner-", "playwright", ".org.chromium", "org.chromium", "puppeteer")
    return sum(name.startswith(names) for name in os.listdir(tempfile.gettempdir()))  # noqa: PTH208


async def read(instrument: object) -> Reading:
    """Read everything once."""
    root = instrument._hub.connection.root  # type: ignore[attr-defined]
    targets = await root.send("Target.getTargets")
    contexts = await root.send("Target.getBrowserContexts")
    this = psutil.Process()
    tree = [child for child in this.children(recursive=True) if child.is_running()]
    return Reading(
        python=this.memory_info().rss,
        browser=sum(proportional(child) for child in tree),
        processes=len(tree),
        targets=len([one for one in targets["targetInfos"] if one["type"] == "page"]),
        contexts=len(contexts["browserContextIds"]),
        files=this.num_fds(),
        tasks=len(asyncio.all_tasks()),
        folders=folders(),
    )


def slope(values: Sequence[float]) -> float:
    """What a straight line through the values gains at each step."""
    count = len(values)
    if count < 2:
        return 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    spread = sum((step - middle) ** 2 for step in range(count))
    return sum((step - middle) * (value - mean) for step, value in enumerate(values)) / spread


async def soak(scans: int, states: tuple[str, ...], *, every: int, site: Site) -> tuple[list[Reading], list[str]]:
    """Scan so many times. The readings, and the outcomes that were not `complete`."""
    from scanner.capture import BrowserOptions, Plan, open_instrument
    from scanner.loopback import serve

    readings: list[Reading] = []
    wrong: list[str] = []
    async with serve(site, HOSTS) as server:
        options = BrowserOptions(host_rules=server.host_rules, ignore_https_errors=True, guard="given")
        async with open_instrument(options, calibrate=False) as instrument:
            began = time.monotonic()
            for number in range(1, scans + 1):
                sink = Nowhere()
                plan = Plan(url="https://www.soak.test/", states=states, pages=2, tool_version="soak")
                await instrument.scan(plan, sink, progress=lambda _: None, choose_documents=lambda _: ())
                if sink.outcome != "complete":
                    wrong.append(f"scan {number}: {sink.outcome}")
                readings.append(await read(instrument))
                if number % every == 0:
                    now, took = readings[-1], (time.monotonic() - began) / number
                    print(f"{number:5} scans, {took:.2f} s each: {now}", flush=True)
    return readings, wrong


def growth(values: Sequence[int]) -> tuple[float, float]:
    """What memory gains at each step, and the standard error of that: a line through the least of each of ten parts.

    What the browser holds at an instant depends on which of its processes are coming or going, and differs by a
    hundred megabytes from one scan to the next; what leaks is there at the best of moments, too.
    """
    size = max(1, len(values) // _PARTS)
    least = [min(values[start : start + size]) for start in range(0, len(values) - size + 1, size)]
    gain, count = slope(least), len(least)
    if count < 3:
        return gain / size, 0.0
    middle, mean = (count - 1) / 2, sum(least) / count
    off = sum((value - mean - gain * (step - middle)) ** 2 for step, value in enumerate(least))
    spread = sum((step - middle) ** 2 for step in range(count))
    return gain / size, (off / (count - 2) / spread) ** 0.5 / size


def judge(readings: list[Reading], before: tuple[int, int], after: tuple[int, int], most_kb: float) -> list[str]:
    """What leaks, in sentences; `before` and `after` the soak: folders and child processes."""
    late = readings[len(readings) // 2 :]
    faults = []
    for name in ("python", "browser"):
        gain, error = (value / 1024 for value in growth([getattr(reading, name) for reading in late]))
        print(
            f"{name}: {gain:+.1f} kB (standard error {error:.1f}) a scan over the last {len(late)} scans, "
            f"now {getattr(late[-1], name) / 1e6:.0f} MB"
        )
        if gain - 2 * error > most_kb:
            faults.append(f"memory of {name} grows by {gain:.1f} kB a scan")
    for name in ("processes", "targets", "contexts", "files", "tasks", "folders"):
        values = [getattr(reading, name) for reading in late]
        print(f"{name}: {min(values)} to {max(values)}, slope {slope(values):+.4f}")
        if slope(values) * len(late) > max(2.0, 0.2 * min(values)):
            faults.append(f"{name} grow: {values[0]} to {values[-1]}")
    for name, was, left in zip(("temporary folders", "processes"), before, after, strict=True):
        if left > was:
            faults.append(f"{left - was} {name} are left behind")
    return faults


def main() -> int:
    """Soak, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--scans", type=int, default=1000)
    parser.add_argument("--states", default="before,accept,reject")
    parser.add_argument("--most-kb", type=float, default=20.0, help="kB a scan that memory may grow")
    parser.add_argument("--every", type=int, default=25)
    parser.add_argument("--busy", action="store_true", help="a site with a frame, workers of all kinds and a pop-up")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder  # whatever appears in it is ours
        before = (folders(), len(psutil.Process().children(recursive=True)))
        readings, wrong = asyncio.run(
            soak(given.scans, tuple(given.states.split(",")), every=given.every, site=busy if given.busy else answer)
        )
        after = (folders(), len(psutil.Process().children(recursive=True)))
        faults = [*judge(readings, before, after, given.most_kb), *wrong[:10]]
    tempfile.tempdir = None
    for fault in faults:
        print(f"LEAK: {fault}" if "scan " not in fault[:5] else f"WRONG: {fault}")
    print("something leaks or went wrong" if faults else "nothing grows, nothing is left")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
