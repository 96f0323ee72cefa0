"""Recall and precision per channel on the conformance site: every way of keeping and telling, with a log as truth.

Each run is a whole scan of the site in three states. For each channel: how many things there were to see in a run,
which part of them was reported (recall), which part of what was reported was there (precision), and which part was
described rightly in every field that the truth names. With several runs the worst is printed, and in how many runs
the channel was perfect.

Usage: tools/bench_channels.py [--runs 10] [--keep FOLDER]. Exit status 1 where any run was not perfect.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.conformance.compare import Channel, limits
from tools.conformance.measure import Measured, measure


async def main(runs: int, keep: Path | None) -> int:
    """Measure and print; the exit status."""
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as temporary:
        for run in range(1, runs + 1):
            measured.append(await measure((keep or Path(temporary)) / f"run-{run}"))
            verdict = "perfect" if measured[-1].perfect else "not perfect"
            print(f"run {run}: {measured[-1].seconds:.1f} s, outcome {measured[-1].outcome}, {verdict}", flush=True)
    print()
    print_table(measured)
    print_faults(measured)
    for limit in limits(measured[0].truth):
        print(f"known limit  {limit.id}: {limit.known_limit}")
    perfect = sum(one.perfect for one in measured)
    print(f"{perfect} of {runs} runs perfect")
    return 0 if perfect == runs else 1


def print_table(measured: list[Measured]) -> None:
    """One line for each channel: the worst of all runs."""
    channels: dict[str, list[Channel]] = {}
    for one in measured:
        for channel in one.channels:
            channels.setdefault(channel.name, []).append(channel)
    width = max(len(name) for name in channels)
    print(f"{'channel':{width}}  things  recall  precision  fields right  perfect runs")
    for name, seen in channels.items():
        recall, precision = min(one.recall for one in seen), min(one.precision for one in seen)
        exactness, perfect = min(one.exactness for one in seen), sum(one.perfect for one in seen)
        things = min(one.due for one in seen)
        print(
            f"{name:{width}}  {things:6}  {recall:6.1%}  {precision:9.1%}  {exactness:12.1%}"
            f"  {perfect:>6} of {len(measured)}"
        )
    print()


def print_faults(measured: list[Measured]) -> None:
    """What was missed, invented or described wrongly, and in how many runs."""
    faults: Counter[tuple[str, str, str]] = Counter()
    for one in measured:
        for channel in one.channels:
            for kind in ("missed", "invented", "wrong"):
                faults.update({(channel.name, kind, text) for text in getattr(channel, kind)})
    for (name, kind, text), count in sorted(faults.items()):
        print(f"{kind:8}  {name}: {text}  ({count} of {len(measured)} runs)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep the scans' files in this folder")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.runs, given.keep)))
