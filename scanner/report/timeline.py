"""What happened when: the first seconds of a visit, before anything was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.messages import say
from scanner.model.base import Category
from scanner.model.inventory import FirstSeen
from scanner.model.scan import Scan
from scanner.report.companies import recipient

SHOWN = 25
"""Events of a timeline; what came later is counted."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing seen for the first time, `ms` after its page began to load."""

    ms: float
    what: str
    who: str
    category: Category


@dataclass(frozen=True, slots=True)
class Timeline:
    """The first events in order, and how many more there were."""

    events: tuple[Event, ...]
    more: int


def timeline(scan: Scan) -> Timeline:
    """Cookies and beacons that are not necessary, as they came before a choice."""
    events = sorted(_events(scan), key=lambda event: (event.ms, event.who, event.what))
    return Timeline(tuple(events[:SHOWN]), max(0, len(events) - SHOWN))


def _events(scan: Scan) -> Iterator[Event]:
    for cookie in scan.cookies:
        if cookie.blocked is None and cookie.category != "necessary":
            yield from _event(cookie.first_seen, say("cookie {name}", name=cookie.name), cookie, cookie.category)
    for beacon in scan.beacons:
        if beacon.category != "necessary":
            what = say("data sent to {host}", host=beacon.host) + (f" ({beacon.event})" if beacon.event else "")
            yield from _event(beacon.first_seen, what, beacon, beacon.category)


def _event(seen: FirstSeen | None, what: str, item: object, category: Category) -> Iterator[Event]:
    told = recipient(item)
    if seen is not None and seen.ms is not None and seen.state == "before" and told is not None:
        yield Event(seen.ms, what, told[0], category)
