"""What happened when: the first seconds of a visit before anything was chosen, and what a choice brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.messages import say
from scanner.model.base import Category, StateName
from scanner.model.inventory import FirstSeen
from scanner.model.scan import Scan
from scanner.report.companies import recipient
from scanner.report.moments import pressed
from scanner.report.words import in_order, state_label

SHOWN = 25
"""Events of a timeline; what came later is counted."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing seen for the first time, `ms` after its page began to load or, after a choice, after the press."""

    ms: float
    what: str
    who: str
    category: Category


@dataclass(frozen=True, slots=True)
class Timeline:
    """The first events in order, and how many more there were."""

    events: tuple[Event, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was seen for the first time after the choice of one state."""

    state: StateName
    title: str
    expected: bool
    """Whether the visitor agreed, so that new cookies and companies are what was to be expected."""
    timeline: Timeline


def timeline(scan: Scan) -> Timeline:
    """Cookies and beacons that are not necessary, as they came before a choice."""
    return _timeline(
        Event(seen.ms, what, who, category)
        for seen, what, who, category in _sightings(scan)
        if seen.state == "before" and seen.ms is not None
    )


def aftermaths(scan: Scan) -> tuple[Aftermath, ...]:
    """What came after each choice and was not there before it, counted from the first press of a button."""
    told: list[Aftermath] = []
    sightings = tuple(_sightings(scan))
    for state in in_order(scan.states):
        found = _timeline(
            Event(seen.after_choice_ms, what, who, category)
            for seen, what, who, category in sightings
            if seen.state == state and seen.after_choice_ms is not None
        )
        if found.events:
            made = scan.states[state].choice.made
            told.append(Aftermath(state, _title(scan, state), made in ("accept", "ack"), found))
    return tuple(told)


def _title(scan: Scan, state: StateName) -> str:
    button = pressed(scan.states[state])
    if button:
        return say("After the click on “{button}”", button=button)
    return say("After the choice: {state}", state=state_label(state))


def _timeline(found: Iterator[Event]) -> Timeline:
    events = sorted(found, key=lambda event: (event.ms, event.who, event.what))
    return Timeline(tuple(events[:SHOWN]), max(0, len(events) - SHOWN))


def _sightings(scan: Scan) -> Iterator[tuple[FirstSeen, str, str, Category]]:
    """First sightings of what is not necessary: the moment, what it was, who is behind it, for which purpose."""
    for cookie in scan.cookies:
        if cookie.blocked is None and cookie.category != "necessary":
            yield from _told(cookie.first_seen, say("cookie {name}", name=cookie.name), cookie, cookie.category)
    for beacon in scan.beacons:
        if beacon.category != "necessary":
            what = say("data sent to {host}", host=beacon.host) + (f" ({beacon.event})" if beacon.event else "")
            yield from _told(beacon.first_seen, what, beacon, beacon.category)


def _told(
    seen: FirstSeen | None, what: str, item: object, category: Category
) -> Iterator[tuple[FirstSeen, str, str, Category]]:
    who = recipient(item)
    if seen is not None and who is not None:
        yield seen, what, who[0], category
