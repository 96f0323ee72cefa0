"""How well banners are answered: every way alone, on the site set of the tests. The server's log is the judge.

Usage: python tools/bench_consent.py [general] [rules] [both] [--only SET] [--every N]
SET is one of shapes, languages, libraries, platforms, odd, ways-back, decoys, look-alikes. A row tells, for each set
and each thing asked for, how often it was done: "right" as the log shows, "WRONG, claimed" where something else was
done and reported as proven. What was not right and verified is named line by line. `--every 4` takes the first
page of a set and every fourth after it. Below it stands how long it took by the clock, median and ninth decile: to
look at the loaded page until its banner was found, and to answer it (every click, and the proof with its reload).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.capture.consent.conftest import Lab, open_lab
from tests.capture.consent.libraries import FROM_NPM, FROM_PYPI, npm_folder, pypi_folder
from tests.capture.consent.pages import DECOYS, OPTIONAL, SHAPES, Case, case
from tests.capture.consent.phrases import PHRASES
from tests.capture.consent.staged import LOOK_ALIKES, PLATFORMS, WAYS_BACK, WILD, Staged

Result = TypeVar("Result")

WAYS = {"general": (True, False), "rules": (False, True), "both": (True, True)}
SETS = ("shapes", "languages", "libraries", "platforms", "odd", "ways-back", "decoys", "look-alikes")
OUTCOMES = (
    "right, verified",
    "right, not verified",
    "nothing",
    "nothing, claimed",
    "wrong, not verified",
    "WRONG, claimed",
)


class Clock:
    """Seconds by the clock, of each kind of work."""

    def __init__(self) -> None:
        self._spent: dict[str, list[float]] = defaultdict(list)

    async def of(self, kind: str, work: Awaitable[Result]) -> Result:
        """Wait for some work, and keep how long that took."""
        began = time.perf_counter()
        try:
            return await work
        finally:
            self._spent[kind].append(time.perf_counter() - began)

    def told(self) -> str:
        """Each kind with its median and its ninth decile."""
        return "; ".join(f"{kind} {_spread(spent)}" for kind, spent in sorted(self._spent.items()))


def _spread(spent: list[float]) -> str:
    most = statistics.quantiles(spent, n=10)[-1] if len(spent) > 1 else spent[0]
    return f"{statistics.median(spent):.2f} s, nine of ten within {most:.2f} s"


async def _home_made(lab: Lab, page: Staged, wanted: str, way: str, clock: Clock) -> str:
    general, rules = WAYS[way]
    async with lab.visit(page.case, wanted, "virtual", general=general, rules=rules) as visit:
        await clock.of("found", visit.session.observe())
        choice = await clock.of("answered", visit.session.choose(wanted))
        log = visit.site.chosen[visit.run]
        granted = await visit.granted() if choice.made is not None else (log[-1] if log else None)
        if wanted == "reject" and page.refusal is not None:
            return _impossible(choice.made is None and granted is None, choice.verified)
        right = granted == (page.everything if wanted == "accept" else frozenset())
        if wanted == "withdraw" and len(log) < 2:
            return "nothing, claimed" if choice.verified else "nothing"
        return _outcome(right, granted is not None, choice.verified)


def _outcome(right: bool, chosen: bool, verified: bool) -> str:
    if right:
        return "right, verified" if verified else "right, not verified"
    if not chosen:
        return "nothing, claimed" if verified else "nothing"
    return "WRONG, claimed" if verified else "wrong, not verified"


def _impossible(recognised: bool, verified: bool) -> str:
    """Where refusing is not offered, pressing nothing and saying so is right."""
    return "right, verified" if recognised else "WRONG, claimed" if verified else "wrong, not verified"


async def _library(lab: Lab, number: int, wanted: str, way: str, clock: Clock) -> str:
    library = (*FROM_PYPI, *FROM_NPM)[number]
    general, rules = WAYS[way]
    async with lab.visit(library.case, wanted, "virtual", general=general, rules=rules) as visit:
        await clock.of("found", visit.session.observe())
        choice = await clock.of("answered", visit.session.choose(wanted))
        granted = library.judge({c["name"]: c["value"] for c in await visit.page.context.cookies()})
        if wanted in library.impossible:
            return _impossible(choice.made is None, choice.verified)
        right = granted == (library.everything if wanted == "accept" else frozenset())
        return _outcome(right, granted is not None, choice.verified)


async def _decoy(lab: Lab, page: Case, way: str) -> str:
    general, rules = WAYS[way]
    async with lab.visit(page, "accept", "virtual", general=general, rules=rules) as visit:
        await visit.session.observe()
        pressed = [await visit.session.choose(wanted) for wanted in ("accept", "reject")]
        any_made = any(choice.made is not None for choice in pressed)
        return "pressed" if any_made or visit.site.clicked[visit.run] else "nothing pressed"


def _own(page: Case) -> Staged:
    return Staged(page, frozenset(OPTIONAL))


def _pages(name: str) -> tuple[Staged, ...]:
    """The pages of a set that the server's log judges."""
    if name == "shapes":
        return tuple(_own(case(shape, "en")) for shape in SHAPES)
    if name == "languages":
        return tuple(_own(case(shape, lang)) for lang in PHRASES for shape in ("bar", "pre_ticked"))
    return {"platforms": PLATFORMS, "odd": WILD, "ways-back": WAYS_BACK}.get(name, ())


async def _outcomes(
    lab: Lab, name: str, way: str, every: int, clocks: dict[str, Clock]
) -> AsyncIterator[tuple[str, str, str]]:
    """What was asked for, of which page, and what came of it."""
    for wanted in ("withdraw",) if name == "ways-back" else ("accept", "reject"):
        for page in _pages(name)[::every]:
            yield wanted, page.case.name, await _home_made(lab, page, wanted, way, clocks[wanted])
        if name == "libraries":
            for number, library in list(enumerate((*FROM_PYPI, *FROM_NPM)))[::every]:
                if number < len(FROM_PYPI) or "npm" in lab.site.files:
                    yield wanted, library.case.name, await _library(lab, number, wanted, way, clocks[wanted])
    for case_ in {"decoys": tuple(DECOYS.values()), "look-alikes": LOOK_ALIKES}.get(name, ())[::every]:
        yield "leave alone", case_.name, await _decoy(lab, case_, way)


async def _measure(lab: Lab, way: str, sets: tuple[str, ...], every: int) -> None:
    began = time.monotonic()
    for name in sets:
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        clocks: dict[str, Clock] = defaultdict(Clock)
        async for wanted, page, outcome in _outcomes(lab, name, way, every, clocks):
            counted[wanted][outcome] += 1
            if outcome not in ("right, verified", "nothing pressed"):
                print(f"    {wanted} {page}: {outcome}", flush=True)
        for wanted, outcomes in counted.items():
            row = "; ".join(f"{what} {number}" for what, number in sorted(outcomes.items(), key=_order))
            print(f"{way:8} {name:11} {wanted:11} {outcomes.total():4}: {row}", flush=True)
            if wanted in clocks:
                print(f"{'':27}{clocks[wanted].told()}", flush=True)
    print(f"{way} took {time.monotonic() - began:.0f} s", flush=True)


def _order(counted: tuple[str, int]) -> int:
    return OUTCOMES.index(counted[0]) if counted[0] in OUTCOMES else len(OUTCOMES)


async def main(ways: list[str], only: list[str], every: int) -> None:
    """Measure each way on each set."""
    async with open_lab() as lab:
        lab.site.files["pypi"] = pypi_folder()
        modules = npm_folder()
        if modules is not None:
            lab.site.files["npm"] = modules
        for way in ways:
            await _measure(lab, way, tuple(only) or SETS, every)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("ways", nargs="*", metavar="WAY", help="general, rules or both; default: general and rules")
    parser.add_argument("--only", action="append", choices=SETS, default=[], help="this set; may be given again")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="the first page of a set and every Nth after it"
    )
    given = parser.parse_args()
    if unknown := set(given.ways) - WAYS.keys():
        parser.error(f"no such way: {', '.join(sorted(unknown))}")
    asyncio.run(main(given.ways or ["general", "rules"], given.only, given.every))
