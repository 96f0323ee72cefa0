"""Who receives data, and in which consent states: the heart of the report's picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.model.base import Category, Party, StateName
from scanner.model.inventory import Beacon, Cookie, RequestHost, StorageEntry
from scanner.model.scan import Scan
from scanner.report.words import CATEGORIES, NEEDS_CONSENT
from scanner.site import host_of, site_of

_RANK: dict[Category, int] = {category: rank for rank, category in enumerate(CATEGORIES)}


@dataclass(slots=True)
class Company:
    """A company (or, where nobody knows it, a site) that pages of the scanned site contact.

    `category` is the weightiest purpose of its hosts; `states` gives the weightiest purpose seen in each state.
    """

    name: str
    known: bool
    hosts: set[str] = field(default_factory=set)
    states: dict[StateName, Category] = field(default_factory=dict)
    category: Category = "necessary"

    @property
    def needs_consent(self) -> bool:
        """Whether its purpose is, as a rule, one that a visitor must agree to."""
        return self.category in NEEDS_CONSENT

    def saw(self, host: str, category: Category, states: tuple[StateName, ...]) -> None:
        """Add one host's contact."""
        self.category = heavier(self.category, category) if self.hosts else category
        self.hosts.add(host)
        for state in states:
            self.states[state] = heavier(self.states.get(state, category), category)


def heavier(left: Category, right: Category) -> Category:
    """Of two categories the one that matters more to a visitor."""
    return left if _RANK[left] <= _RANK[right] else right


def companies(scan: Scan) -> tuple[Company, ...]:
    """Everybody outside that receives data, the weightiest purpose first, then by name.

    A host of the site itself counts where the catalogue knows a vendor behind it that gathers data (a collector
    under the site's own name).
    """
    found: dict[str, Company] = {}
    for name, known, host, category, states in _contacts(scan):
        found.setdefault(name, Company(name, known)).saw(host, category, states)
    return tuple(sorted(found.values(), key=lambda one: (_RANK[one.category], one.name.casefold(), one.name)))


def _contacts(scan: Scan) -> Iterator[tuple[str, bool, str, Category, tuple[StateName, ...]]]:
    for request in scan.requests:
        if request.party == "third" or (request.vendor is not None and request.category in NEEDS_CONSENT):
            name = request.vendor or request.site
            yield name, request.vendor is not None, request.host, request.category, request.states
    for beacon in scan.beacons:
        if beacon.party == "third" or (beacon.vendor is not None and beacon.category in NEEDS_CONSENT):
            name = beacon.vendor or site_of(beacon.host)
            yield name, beacon.vendor is not None, beacon.host, beacon.category, beacon.states


def recipient(item: object) -> tuple[str, Category, Party] | None:
    """Whom an observed thing informs: the vendor or site, the purpose, and whether that is the site itself."""
    match item:
        case Cookie():
            return item.vendor or site_of(item.domain), item.category, item.party
        case RequestHost():
            return item.vendor or item.site, item.category, item.party
        case Beacon():
            return item.vendor or site_of(item.host), item.category, item.party
        case StorageEntry():
            return item.vendor or site_of(host_of(item.origin)), item.category, item.party
        case _:
            return None
