"""How well banners are answered: every way alone, on the site set of the tests. The server's log is the judge.

Usage: python tools/bench_consent.py [general] [rules] [both]
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.capture.consent.conftest import Lab, open_lab
from tests.capture.consent.libraries import FROM_NPM, FROM_PYPI, npm_folder, pypi_folder
from tests.capture.consent.pages import DECOYS, OPTIONAL, SHAPES, Case, case
from tests.capture.consent.phrases import PHRASES

WAYS = {"general": (True, False), "rules": (False, True), "both": (True, True)}


async def _home_made(lab: Lab, page: Case, wanted: str, way: str) -> str:
    general, rules = WAYS[way]
    async with lab.visit(page, wanted, "virtual", general=general, rules=rules) as visit:
        await visit.session.observe()
        choice = await visit.session.choose(wanted)
        log = visit.site.chosen[visit.run]
        granted = await visit.granted() if choice.made is not None else (log[-1] if log else None)
        right = granted == (frozenset(OPTIONAL) if wanted == "accept" else frozenset())
        return _outcome(right, granted is not None, choice.verified)


def _outcome(right: bool, chosen: bool, verified: bool) -> str:
    if right:
        return "right, verified" if verified else "right, not verified"
    if not chosen:
        return "nothing, claimed" if verified else "nothing"
    return "WRONG, claimed" if verified else "wrong, not verified"


async def _library(lab: Lab, number: int, wanted: str, way: str) -> str:
    library = (*FROM_PYPI, *FROM_NPM)[number]
    general, rules = WAYS[way]
    async with lab.visit(library.case, wanted, "virtual", general=general, rules=rules) as visit:
        await visit.session.observe()
        choice = await visit.session.choose(wanted)
        granted = library.judge({c["name"]: c["value"] for c in await visit.page.context.cookies()})
        if wanted in library.impossible:
            return "right, verified" if choice.made is None else "WRONG, claimed"
        right = granted == (library.everything if wanted == "accept" else frozenset())
        return _outcome(right, granted is not None, choice.verified)


async def _decoy(lab: Lab, name: str, way: str) -> str:
    general, rules = WAYS[way]
    async with lab.visit(DECOYS[name], "accept", "virtual", general=general, rules=rules) as visit:
        await visit.session.observe()
        choice = await visit.session.choose("accept")
        return "pressed" if choice.made is not None or visit.site.clicked[visit.run] else "nothing pressed"


async def _measure(lab: Lab, way: str) -> None:
    table: dict[str, Counter[str]] = {name: Counter() for name in ("shapes", "languages", "libraries", "decoys")}
    began = time.monotonic()
    for wanted in ("accept", "reject"):
        for shape in SHAPES:
            table["shapes"][await _home_made(lab, case(shape, "en"), wanted, way)] += 1
        for lang in PHRASES:
            table["languages"][await _home_made(lab, case("bar", lang), wanted, way)] += 1
            table["languages"][await _home_made(lab, case("pre_ticked", lang), wanted, way)] += 1
        count = len(FROM_PYPI) + (len(FROM_NPM) if "npm" in lab.site.files else 0)
        for number in range(count):
            table["libraries"][await _library(lab, number, wanted, way)] += 1
    for name in DECOYS:
        table["decoys"][await _decoy(lab, name, way)] += 1
    print(f"\n{way} ({time.monotonic() - began:.0f} s)")
    for name, outcomes in table.items():
        row = "; ".join(f"{what} {number}" for what, number in sorted(outcomes.items()))
        print(f"  {name:10} {outcomes.total():4}: {row}", flush=True)


async def main(ways: list[str]) -> None:
    """Measure each way and print its table."""
    async with open_lab() as lab:
        lab.site.files["pypi"] = pypi_folder()
        modules = npm_folder()
        if modules is not None:
            lab.site.files["npm"] = modules
        for way in ways:
            await _measure(lab, way)


if __name__ == "__main__":
    asyncio.run(main([way for way in sys.argv[1:] if way in WAYS] or ["general", "rules"]))
