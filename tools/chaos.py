"""Kill the scanner, its browser or one of the browser's children at a random moment, many times, and look at the rest.

After each blow: the evidence folder can be audited, no process of the scan is left, and where it was not the scanner
itself that was killed, the scan ended by itself with a report. The end is status 1 where one of these does not hold.

Usage: tools/chaos.py [--scans 30] [--seed 1] [--longest 8]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

LIMIT_S = 180.0
"""Seconds after which a scan that was struck should long have ended, even on a busy machine."""


def _browser(family: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in _chromes(family) if not any(word.startswith("--type=") for word in one.cmdline())]


def _children(family: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in _chromes(family) if any(word.startswith("--type=") for word in one.cmdline())]


def _chromes(family: list[psutil.Process]) -> list[psutil.Process]:
    found = []
    for one in family:
        try:
            if any("chrom" in word or word.startswith("--type=") for word in one.cmdline()[:2]):
                found.append(one)
        except psutil.Error:
            continue
    return found


VICTIMS: dict[str, Callable[[list[psutil.Process]], list[psutil.Process]]] = {
    "scanner": lambda _: [],
    "browser": _browser,
    "child of the browser": _children,
}


async def run(*arguments: str) -> tuple[int, str]:
    """The scanner as a process: status and standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scanner", *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    return process.returncode or 0, errors.decode("utf-8", "replace")


async def strike(start: str, rules: str, folder: Path, chance: random.Random, longest: float) -> list[str]:
    """One scan and one blow. What does not hold, in sentences."""
    who, after = chance.choice(list(VICTIMS)), chance.uniform(0.2, longest)
    out = folder / "out"
    arguments = ["scan", start, "--host-rules", rules, "--ignore-https-errors", "--pages", "3", "--out", str(out)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scanner",
        *arguments,
        "--quiet",
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    await asyncio.sleep(after)
    family = psutil.Process(process.pid).children(recursive=True) if process.returncode is None else []
    victims = VICTIMS[who](family)
    if who == "scanner" and process.returncode is None:
        process.kill()
    elif victims:
        chance.choice(victims).kill()
    faults = []
    try:
        _, said = await asyncio.wait_for(process.communicate(), LIMIT_S)
    except TimeoutError:
        faults.append("the scan did not end")
        process.kill()
        _, said = await process.communicate()
    words = said.decode("utf-8", "replace")
    if "Traceback" in words or "a defect in this program" in words:
        faults.append(f"it said: {words[-500:]}")
    _, left = await asyncio.to_thread(psutil.wait_procs, family, timeout=20)
    faults += [f"process {one.pid} is left" for one in left]
    if (out / "evidence" / "records.jsonl").is_file() and (out / "evidence" / "records.jsonl").stat().st_size:
        status, errors = await run("audit", str(out), "--out", str(folder / "again"), "--quiet")
        if status not in (0, 3):
            faults.append(f"the evidence cannot be audited: {errors[-300:]}")
    if who != "scanner" and not faults and list(folder.glob("cookie-scanner-*")):
        faults.append("a temporary folder is left")
    print(
        f"{who} after {after:.1f} s: status {process.returncode}, {'; '.join(faults) or 'as it should be'}", flush=True
    )
    return faults


async def chaos(scans: int, seed: int, longest: float) -> int:
    """So many blows. How many did not go well."""
    from scanner.demo import serve_demo

    chance, bad = random.Random(seed), 0
    began = time.monotonic()
    async with serve_demo(["deaf-ear-news"]) as server:
        for _ in range(scans):
            with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
                bad += bool(await strike(server.sites[0].start, server.host_rules, Path(folder), chance, longest))
    print(f"{scans} blows in {time.monotonic() - began:.0f} s, {bad} did not go well (seed {seed})")
    return bad


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--scans", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=8.0, help="latest moment of a blow, in seconds")
    given = parser.parse_args()
    sys.exit(1 if asyncio.run(chaos(given.scans, given.seed, given.longest)) else 0)
