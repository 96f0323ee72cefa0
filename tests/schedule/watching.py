"""Sites and clocks for the tests of the schedule."""

from __future__ import annotations

import datetime
from pathlib import Path

from scanner.config import Config
from scanner.config.fleet import Cadence, WatchedSite

UTC = datetime.UTC
ROOT = Path(__file__).resolve().parent.parent.parent


def utc(text: str) -> datetime.datetime:
    """A moment from its ISO 8601 text."""
    return datetime.datetime.fromisoformat(text)


def watched(
    name: str = "shop", expression: str | None = "daily", *, zone: str = "UTC", url: str = "", enabled: bool = True
) -> WatchedSite:
    """A site with a cadence, without jitter."""
    return WatchedSite(
        name=name,
        urls=(url or f"https://{name}.example/",),
        config=Config(),
        cadence=Cadence(expression=expression, timezone=zone) if expression is not None else None,
        enabled=enabled,
    )


class Clock:
    """A clock that stands where it was put."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now

    def __call__(self) -> datetime.datetime:
        return self.now
