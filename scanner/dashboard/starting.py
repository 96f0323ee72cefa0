"""Scans that a visitor starts: one at a time, each with the lines of its progress for whoever looks."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from typing import Literal

import structlog

from scanner.dashboard.seams import Begin
from scanner.errors import ScannerError

LOG = structlog.get_logger("scanner.dashboard")

Stage = Literal["waiting", "running", "finished", "failed", "stopped"]

_MOST_AT_WORK = 20
_REMEMBERED = 100
_MOST_LINES = 2000
_BREATH_S = 15.0


class TooManyError(Exception):
    """So many scans are waiting that no further one is taken."""


@dataclass(eq=False)
class Started:
    """A scan that was started here. `scan` is its number in the history, once it is recorded."""

    id: str
    site: str
    by: str | None
    stage: Stage = "waiting"
    lines: list[str] = field(default_factory=list)
    scan: int | None = None
    problem: str | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def at_work(self) -> bool:
        """Whether it is still to end."""
        return self.stage in ("waiting", "running")

    def tell(self, line: str) -> None:
        """Add a line of progress. Whoever waits for one gets it."""
        if line and len(self.lines) < _MOST_LINES and self.lines[-1:] != [line]:
            self.lines.append(line)
        self._wake()

    def end(self, stage: Stage, *, scan: int | None = None, problem: str | None = None) -> None:
        """What became of it."""
        self.stage, self.scan, self.problem = stage, scan, problem
        self._wake()

    def _wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class Starts:
    """Scans started by visitors. Only sites of the configuration can be; their names are all that a visitor gives."""

    def __init__(self, begin: Begin, names: Collection[str]) -> None:
        self._begin = begin
        self._names = frozenset(names)
        self._all: dict[str, Started] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(1)

    def may(self, site: str) -> bool:
        """Whether a site can be started."""
        return site in self._names

    def get(self, id: str) -> Started | None:  # noqa: A002
        """A scan that was started here, by its unguessable number."""
        return self._all.get(id)

    def of(self, site: str) -> Started | None:
        """The scan of a site that is at work now."""
        return next((one for one in self._all.values() if one.site == site and one.at_work), None)

    def start(self, site: str, by: str | None) -> Started:
        """Scan a site as soon as it is its turn; where it is at work already, that scan.

        Must be called in the event loop. Raises KeyError for a site that cannot be started, TooManyError where too
        many wait.
        """
        if not self.may(site):
            raise KeyError(site)
        if (running := self.of(site)) is not None:
            return running
        if sum(one.at_work for one in self._all.values()) >= _MOST_AT_WORK:
            raise TooManyError
        for old in [one.id for one in self._all.values() if not one.at_work][: -_REMEMBERED or None]:
            del self._all[old]
        made = Started(secrets.token_urlsafe(12), site, by)
        self._all[made.id] = made
        LOG.info("scan started", site=site, user=by)
        task = asyncio.create_task(self._run(made))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return made

    async def follow(self, started: Started) -> AsyncIterator[str | None]:
        """Its lines, those of the past at once; null every so often where nothing happens, until it has ended."""
        told = 0
        while True:
            changed, lines = started.changed, started.lines[told:]
            for line in lines:
                yield line
            told += len(lines)
            if not started.at_work and told == len(started.lines):
                return
            if lines:
                continue
            try:
                await asyncio.wait_for(changed.wait(), _BREATH_S)
            except TimeoutError:
                yield None

    async def close(self) -> None:
        """Stop what is at work."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, started: Started) -> None:
        loop = asyncio.get_running_loop()

        def tell(line: str) -> None:
            loop.call_soon_threadsafe(started.tell, line)

        try:
            async with self._turn:
                started.stage = "running"
                started.tell("")
                scan = await self._begin(started.site, tell)
            # What was told from another thread has been queued in the loop before this.
            loop.call_soon(lambda: started.end("finished", scan=scan))
        except asyncio.CancelledError:
            started.end("stopped", problem="The dashboard was ended.")
            raise
        except ScannerError as error:
            started.end("failed", problem=str(error))
        except Exception:
            LOG.exception("a started scan ended in a defect", site=started.site)
            started.end("failed", problem="A defect in this program; the log has the details.")
