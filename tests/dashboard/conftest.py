"""A history of a few sites, and dashboards over it that are asked without a network."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scanner.config.fleet import Fleet
from scanner.dashboard import Parts, build_app
from scanner.errors import SiteError
from scanner.schedule.logs import configure_log
from scanner.store.history import History, open_history
from scanner.store.places import open_place
from tests.dashboard import watched
from tests.dashboard.asking import HASH, Served, Visitor

NAMES = watched.site_names(8)


@dataclass
class Known:
    """A history with its reports, filled once; tests do not change it."""

    history: History
    reports: Path


@pytest.fixture(autouse=True)
def log(log_as_before: None) -> io.StringIO:
    """The log as the command line sets it up, out of the way."""
    stream = io.StringIO()
    configure_log("json", stream=stream)
    return stream


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """Eight sites over twelve weeks, with the reports of the last two scans."""
    folder = tmp_path_factory.mktemp("watched")
    history = open_history(str(folder / "history.db"))
    watched.fill(history, NAMES, 12, reports=folder / "reports")
    yield Known(history, folder / "reports")
    history.close()


@dataclass
class Clock:
    """A clock that tests move."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scans:
    """Stands where the runner stands: remembers which sites were started, and does as told."""

    history: History
    begun: list[str] = field(default_factory=list)
    steps: tuple[str, ...] = ("before: opening the first page", "accept: pressing the button")
    fault: str | None = None
    hold: asyncio.Event | None = None

    async def __call__(self, site: str, tell: Callable[[str], None]) -> int | None:
        self.begun.append(site)
        for step in self.steps:
            tell(step)
        if self.hold is not None:
            await self.hold.wait()
        if self.fault is not None:
            raise SiteError("dns", self.fault)
        return self.history.scans(site, limit=1)[0].id


Open = Callable[..., Visitor]


@pytest.fixture(scope="session")
def reading(known: Known) -> Iterator[Served]:
    """The dashboard as it is without any configuration: it only reads."""
    served = Served(build_app(Parts(watched.fleet(NAMES), known.history, open_place(known.reports))))
    yield served
    served.close()


@pytest.fixture(scope="session")
def closed(known: Known) -> Iterator[Served]:
    """A dashboard beyond loopback, with one user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WATCH_PASSWORD", HASH)
        fleet = watched.fleet(NAMES, host="192.0.2.10", users={"ada": {"env": "WATCH_PASSWORD"}})
        served = Served(build_app(Parts(fleet, known.history, open_place(known.reports))))
    yield served
    served.close()


@pytest.fixture
def guarded(closed: Served) -> Visitor:
    """A stranger before a dashboard that has a user."""
    return Visitor(closed)


@pytest.fixture
def opened(known: Known, reading: Served) -> Iterator[Open]:
    """Opens a dashboard; `serve` is the table of that name, the rest goes to its parts. Without any it is shared."""
    running: list[Served] = []

    def make(serve: dict[str, Any] | None = None, fleet: Fleet | None = None, **parts: Any) -> Visitor:
        if serve is None and fleet is None and not parts:
            return Visitor(reading)
        made = Parts(
            fleet if fleet is not None else watched.fleet(NAMES, **(serve or {})),
            parts.pop("past", known.history),
            parts.pop("place", None) or open_place(known.reports),
            **parts,
        )
        served = Served(build_app(made))
        running.append(served)
        return Visitor(served)

    yield make
    for served in running:
        served.close()
