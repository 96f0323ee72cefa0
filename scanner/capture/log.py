"""The log of one visit: who is looking, in which phase, at what moment of the page's life, and where records go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scanner.model.base import Phase
from scanner.model.evidence import Gap, Record

Emit = Callable[[Record], None]


def now() -> str:
    """The clock on the wall as `UtcTime`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@dataclass
class VisitLog:
    """Everything seen in one visit goes through here.

    A page's clock and the browser's differ: the page may live faster (virtual time), and a tab that is used again is
    ahead from the start. `ms` of a record therefore counts from the page's own first instant: a script's time is
    told by the page, a request's by the process that sent it, and what only the browser timed (a frame's navigation)
    is put at the page's latest known moment.
    """

    visit: str
    context: str
    url: str
    emit: Emit
    phase: Phase = "initial"
    top_url: str = ""
    latest_ms: float = 0.0
    clock_offset: float = 0.0
    _origin_wall: float | None = None
    _started_wall: float = field(default_factory=lambda: datetime.now(UTC).timestamp() * 1000)
    _gaps: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.top_url = self.top_url or self.url

    def restart_clock(self, page_now: float, since_navigation: float) -> None:
        """The page's first script ran at `page_now` (its own `Date.now()`), that long after navigation began.

        In a tab that was used before, the page's clock is ahead of the browser's, which timed the beginning of the
        navigation: what the page counts from there is too much by `clock_offset`.
        """
        real = max(0.0, datetime.now(UTC).timestamp() * 1000 - self._started_wall)
        since = min(max(0.0, since_navigation), real)
        self.clock_offset = max(0.0, since_navigation - since)
        self._origin_wall = page_now - since

    def ms_of_page(self, page_wall: float) -> float:
        """Milliseconds of the page's life at `page_wall`, milliseconds since the epoch by the page's clock."""
        if self._origin_wall is None:
            return self.ms_of_browser(page_wall)
        value = max(0.0, page_wall - self._origin_wall)
        self.latest_ms = max(self.latest_ms, value)
        return round(value, 1)

    def ms_of_browser(self, wall: float) -> float:
        """The same for a moment timed by the browser: before the page's first script by its clock, later the latest."""
        if self._origin_wall is None:
            return round(max(0.0, wall - self._started_wall), 1)
        return round(self.latest_ms, 1)

    def gap(self, what: str, message: str, url: str | None = None) -> None:
        """Write down that something could not be seen; the same words only once for each visit."""
        if (what, message) in self._gaps:
            return
        self._gaps.add((what, message))
        self.emit(Gap(what=what, context=self.context, visit=self.visit, url=url or self.top_url, message=message))
