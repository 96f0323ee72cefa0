"""Which companies follow visitors in a consent state, from what the inventory knows of each cookie and request.

A thing counts when its purpose is analytics or marketing and it needs consent. What stays out, and why:

- necessary and functional things, consent records, opt-outs, whatever the catalogue says needs no consent;
- cookies that the browser refused: they were not set;
- things of unknown purpose: nobody is accused on a guess (where the policy itself calls a cookie analytics or
  marketing, its word is taken);
- cookieless pings of a consent mode, and analytics hits without any identifier: nothing is stored, nobody is
  recognised;
- audience measurement that a regulator exempts: kept apart, with its condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from scanner.audit import durations, facts
from scanner.audit.case import FOLLOWING, Case, is_cookieless, pointer, signalled, subject_of
from scanner.model.base import Category, StateName
from scanner.model.finding import Confidence, Severity
from scanner.model.inventory import Beacon, Cookie, StorageEntry
from scanner.site import host_of, site_of

__all__ = ["FOLLOWING", "Activity", "Item", "activities", "confidence_of", "need_of", "subjects"]

HARMLESS_ROLES = frozenset({"consent-record", "opt-out"})
IDENTIFYING_ROLES = frozenset({"visitor-id", "user-id", "click-id", "sync"})
EXEMPT_LIMIT = 13 * durations.MONTH * (1 + 2 * durations.TOLERANCE)
"""CNIL's guidelines of 2020 (article 5): trackers of exempt audience measurement live 13 months at most."""

Need = Literal["consent", "condition", "none"]
"""Whether a thing needs consent; `condition`: not if the condition of an exemption is kept."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing by which a company follows visitors. `carried_over`: it was there before the choice already."""

    pointer: str
    subject: str
    sentence: str
    category: Category
    identifying: bool
    need: Need
    carried_over: bool
    confidence: Confidence
    condition: str | None = None
    own_words: int | None = None

    @property
    def sends(self) -> bool:
        """Whether it is a request, rather than something kept on the device."""
        return self.pointer.startswith(("/beacons/", "/requests/"))


@dataclass(frozen=True, slots=True)
class Activity:
    """All that one company does in one state."""

    company: str
    state: StateName
    items: tuple[Item, ...]

    @property
    def identifying(self) -> bool:
        """Whether it can recognise a visitor again."""
        return any(item.identifying for item in self.items)

    @property
    def exempt_on_condition(self) -> bool:
        """Whether all of it is audience measurement that may go without consent on a condition."""
        return all(item.need == "condition" for item in self.items)

    @property
    def left_over(self) -> bool:
        """Whether nothing is new or sent: only what was stored before the choice still lies there."""
        return all(item.carried_over and not item.sends for item in self.items)

    @property
    def severity(self) -> Severity:
        """High where visitors are recognised, medium where contact alone was seen."""
        return "high" if self.identifying else "medium"

    @property
    def confidence(self) -> Confidence:
        """That of the best proof."""
        return min((item.confidence for item in self.items), key=("certain", "likely", "check").index)

    @property
    def categories(self) -> tuple[Category, ...]:
        """Its purposes, sorted."""
        return tuple(sorted({item.category for item in self.items}))

    @property
    def condition(self) -> str | None:
        """The condition of its exemption, where the catalogue names one."""
        return next((item.condition for item in self.items if item.condition), None)


def activities(
    case: Case, state: StateName, *, earlier: tuple[StateName, ...] = (), purposes: frozenset[Category] = FOLLOWING
) -> tuple[Activity, ...]:
    """What each company does in a state, in the order of their names.

    `earlier` are the states that a visitor of this state has passed through; what was stored there counts as
    carried over.
    """
    return case.remembered(
        ("activities", state, earlier, purposes), lambda: _activities(case, state, earlier, purposes)
    )


def _activities(
    case: Case, state: StateName, earlier: tuple[StateName, ...], purposes: frozenset[Category]
) -> tuple[Activity, ...]:
    groups: dict[str, list[Item]] = {}
    for company, item in _items(case, state, earlier):
        if item.category in purposes:
            groups.setdefault(company, []).append(item)
    found = []
    for company in sorted(groups, key=str.casefold):
        items = tuple(_telling(groups[company]))
        if items:
            found.append(Activity(company, state, items))
    return tuple(found)


def subjects(items: Iterable[Item]) -> tuple[str, ...]:
    """The names of the things, each once, in order."""
    return tuple(dict.fromkeys(item.subject for item in items))


def need_of(cookie: Cookie | StorageEntry) -> Need:
    """Whether storing this needs consent, as far as its own record tells."""
    if cookie.consent_exempt == "yes" or cookie.role in HARMLESS_ROLES:
        return "none"
    if cookie.consent_exempt == "depends" and cookie.category == "analytics":
        return "consent" if isinstance(cookie, Cookie) and _breaks_condition(cookie) else "condition"
    return "consent"


def confidence_of(source: str) -> Confidence:
    """How sure a classification is, by the step that made it."""
    lowered = source.casefold()
    if "inferred" in lowered or lowered == "unknown":
        return "check"
    if "vendor" in lowered or "setter" in lowered or "cname" in lowered:
        return "likely"
    return "certain"


def _breaks_condition(cookie: Cookie) -> bool:
    """What speaks against an exemption: a third party's cookie, a shared identifier, a life of more than 13 months."""
    asked = durations.observed_seconds(cookie)
    return cookie.party == "third" or bool(cookie.synced_with) or (asked is not None and asked > EXEMPT_LIMIT)


def _items(case: Case, state: StateName, earlier: tuple[StateName, ...]) -> Iterator[tuple[str, Item]]:
    yield from _cookies(case, state, earlier)
    yield from _storage(case, state, earlier)
    yield from _beacons(case, state)
    yield from _requests(case, state)


def _cookies(case: Case, state: StateName, earlier: tuple[StateName, ...]) -> Iterator[tuple[str, Item]]:
    for index, cookie in enumerate(case.inventory.cookies):
        if state not in cookie.states or cookie.blocked is not None:
            continue
        category = case.category_of_cookie(index)
        need = need_of(cookie)
        if category not in FOLLOWING or need == "none":
            continue
        own = case.own_words_for(index) if cookie.category == "unknown" else None
        yield (
            cookie.vendor or site_of(cookie.domain),
            Item(
                pointer=pointer("cookies", index),
                subject=subject_of(cookie),
                sentence=facts.of_cookie(cookie, state),
                category=category,
                identifying=not cookie.deleted and (cookie.identifier or cookie.role in IDENTIFYING_ROLES),
                need=need,
                carried_over=any(name in cookie.states for name in earlier),
                confidence="likely" if own or cookie.deleted else confidence_of(cookie.category_source),
                condition=cookie.exempt_condition,
                own_words=own[1] if own else None,
            ),
        )


def _storage(case: Case, state: StateName, earlier: tuple[StateName, ...]) -> Iterator[tuple[str, Item]]:
    for index, entry in enumerate(case.inventory.storage):
        need = need_of(entry)
        if state not in entry.states or entry.category not in FOLLOWING or need == "none":
            continue
        host = host_of(entry.origin) or entry.origin
        yield (
            entry.vendor or site_of(host),
            Item(
                pointer=pointer("storage", index),
                subject=f"{entry.key}@{host}",
                sentence=facts.of_storage(entry),
                category=entry.category,
                identifying=entry.identifier or entry.role in IDENTIFYING_ROLES,
                need=need,
                carried_over=any(name in entry.states for name in earlier),
                confidence=confidence_of(entry.category_source),
            ),
        )


def _beacons(case: Case, state: StateName) -> Iterator[tuple[str, Item]]:
    for index, beacon in enumerate(case.inventory.beacons):
        category = case.category_of_beacon(index)
        if state not in beacon.states or category not in FOLLOWING or _is_quiet(beacon, category):
            continue
        yield (
            beacon.vendor or site_of(beacon.host),
            Item(
                pointer=pointer("beacons", index),
                subject=beacon.host,
                sentence=facts.of_beacon(beacon, state),
                category=category,
                identifying=_recognises(case, beacon),
                need="consent",
                carried_over=False,
                confidence="certain" if beacon.category != "unknown" else "likely",
            ),
        )


def _recognises(case: Case, beacon: Beacon) -> bool:
    """Whether a hit carries an identifier that serves its purpose.

    A browser sends the site's own session cookie along to every host of the site: that alone follows nobody.
    """
    return any(name not in case.harmless_names for name in beacon.identifiers)


def _requests(case: Case, state: StateName) -> Iterator[tuple[str, Item]]:
    """Hosts that gather data and got an identifier, where no single hit of theirs was read already.

    The list counts over all states, so that the identifier is only certain where the host was seen in this state
    alone.
    """
    reported = {beacon.host for beacon in case.inventory.beacons}
    for index, host in enumerate(case.inventory.requests):
        if state not in host.states or host.host in reported or host.category not in FOLLOWING:
            continue
        if not (host.tracker and host.carries_identifier):
            continue
        alone = host.states == (state,)
        yield (
            host.vendor or host.site,
            Item(
                pointer=pointer("requests", index),
                subject=host.host,
                sentence=facts.of_request(host),
                category=host.category,
                identifying=alone,
                need="consent",
                carried_over=False,
                confidence="likely" if alone else "check",
            ),
        )


def _is_quiet(beacon: Beacon, category: Category) -> bool:
    """A hit that respects an open or refused consent."""
    granted = signalled(beacon)
    refused = granted is not None and granted[0 if category == "marketing" else 1] is False
    if refused and not beacon.identifiers:
        return True
    return is_cookieless(beacon)


def _telling(items: list[Item]) -> Iterator[Item]:
    """What tells: the list of hosts only where nothing else of the company was seen, and analytics hits without
    identifier only beside something that it stored.

    Where that is exempt on a condition, so are the hits that belong to it.
    """
    stored = [item for item in items if not item.sends]
    conditional = bool(stored) and all(item.need == "condition" for item in stored)
    read = any(not item.pointer.startswith("/requests/") for item in items)
    for item in items:
        if read and item.pointer.startswith("/requests/"):
            continue
        if item.sends and item.category == "analytics":
            if not item.identifying and not stored and item.pointer.startswith("/beacons/"):
                continue
            if conditional:
                yield replace(item, need="condition")
                continue
        yield item
