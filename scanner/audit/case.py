"""One scan before the rules: the inventory and the declaration with what every rule asks of them, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scanner.audit import companies
from scanner.audit.pairing import Pairing, pair
from scanner.model.base import Category, StateName
from scanner.model.declaration import Claim, ClaimCode, Declaration
from scanner.model.finding import Confidence, Quote
from scanner.model.inventory import Banner, Beacon, Cookie, Inventory, State
from scanner.model.vendor import Vendor
from scanner.site import site_of

if TYPE_CHECKING:
    from scanner.audit.profiles import Profile

_CONSENT_MODE = re.compile(r"\bG1([01-])([01-])")
_OF_PURPOSE: dict[str, Category] = {"analytics": "analytics", "marketing": "marketing", "social": "marketing"}


@dataclass(frozen=True)
class Case:
    """The material of one audit. Indexes count into the lists of the inventory and the declaration."""

    inventory: Inventory
    declaration: Declaration
    profile: Profile

    @cached_property
    def pairing(self) -> Pairing:
        """Which declared row means which observed thing."""
        return pair(self.inventory, self.declaration)

    def state(self, name: StateName) -> State | None:
        """A consent state, where the scan tried it."""
        return self.inventory.states.get(name)

    def reached(self, name: StateName) -> bool:
        """Whether a consent state was reached."""
        state = self.state(name)
        return state is not None and state.reached

    @cached_property
    def banner(self) -> tuple[StateName, Banner] | None:
        """The banner as a visitor first meets it, and the state in which it was seen; null where none was."""
        names = sorted(self.inventory.states, key=lambda name: (name != "before", name))
        for name in names:
            banner = self.inventory.states[name].banner
            if banner.found:
                return name, banner
        return None

    @cached_property
    def consent_traces(self) -> tuple[str, ...]:
        """Pointers to signs of consent software, which speak against the statement that a site has no banner."""
        found = [
            f"/states/{_escaped(name)}/signals"
            for name, state in sorted(self.inventory.states.items())
            if state.banner.cmp or state.signals.get("tcf") or state.signals.get("cmp_cookie")
        ]
        found += [
            f"/cookies/{index}"
            for index, cookie in enumerate(self.inventory.cookies)
            if cookie.role == "consent-record" and cookie.blocked is None
        ]
        return tuple(found)

    def claims(self, code: ClaimCode) -> tuple[tuple[int, Claim], ...]:
        """The policy's statements of one kind, with their places."""
        return tuple((index, claim) for index, claim in enumerate(self.declaration.claims) if claim.code == code)

    def has_claim(self, *codes: ClaimCode) -> bool:
        """Whether the policy makes one of these statements."""
        return any(claim.code in codes for claim in self.declaration.claims)

    def quote(self, *codes: ClaimCode) -> Quote | None:
        """The words of the first of these statements that the policy makes, in the order asked for."""
        for code in codes:
            for _, claim in self.claims(code):
                return Quote(quote=claim.evidence, source=claim.source)
        return None

    def vendor(self, vendor_id: str | None, name: str | None) -> Vendor | None:
        """The vendor as the catalogue knows it, or by its bare name."""
        for vendor in self.inventory.vendors:
            if vendor_id is not None and vendor.id == vendor_id:
                return vendor
        for vendor in self.inventory.vendors:
            if name is not None and vendor.name == name:
                return vendor
        if name is None:
            return None
        return Vendor(id=vendor_id or name, name=name, category="unknown")

    def is_own(self, host: str) -> bool:
        """Whether a host belongs to the scanned site."""
        return site_of(host) == site_of(self.inventory.target.host)

    def own_words_for(self, index: int) -> tuple[Category, int] | None:
        """What the policy itself calls a cookie that the catalogue does not know, and the row that says so."""
        rows = self.pairing.rows_of_cookie.get(index, ())
        said = {self.declaration.cookies[row].category for row in rows}
        if len(said) != 1:
            return None
        category = said.pop()
        return None if category is None else (category, rows[0])

    def category_of_cookie(self, index: int) -> Category:
        """The catalogue's category; for a cookie unknown to it, the one that the policy itself declares."""
        category = self.inventory.cookies[index].category
        own = self.own_words_for(index) if category == "unknown" else None
        return own[0] if own else category

    def category_of_beacon(self, index: int) -> Category:
        """The catalogue's category; for an unknown host, what the policy says of the vendor by that name."""
        beacon = self.inventory.beacons[index]
        if beacon.category != "unknown":
            return beacon.category
        row = self.declared_vendor_of(beacon.host)
        purpose = self.declaration.vendors[row].purpose_category if row is not None else None
        return _OF_PURPOSE.get(purpose or "", "unknown")

    def declared_vendor_of(self, host: str) -> int | None:
        """The declared vendor whose name is the name of a host's site."""
        for index, vendor in enumerate(self.declaration.vendors):
            if companies.names_host(vendor.name, host):
                return index
        return None

    def capped(self, confidence: Confidence, *states: StateName) -> Confidence:
        """A confidence, lowered to `check` where a choice on which it rests was made but not verified."""
        for name in states:
            state = self.state(name)
            if state is not None and state.choice.made is not None and not state.choice.verified:
                return "check"
        return confidence


def pointer(kind: str, index: int) -> str:
    """A JSON pointer into a list of `scan.json`."""
    return f"/{kind}/{index}"


def state_pointer(name: StateName, part: str) -> str:
    """A JSON pointer to a part of a consent state."""
    return f"/states/{_escaped(name)}/{part}"


def subject_of(cookie: Cookie) -> str:
    """How a finding names a cookie: `name@domain`, the domain without a leading dot."""
    return f"{cookie.name}@{cookie.domain.lstrip('.')}"


def signalled(beacon: Beacon) -> tuple[bool, bool] | None:
    """Google Consent Mode as a hit carries it (`gcs=G1xy`): advertising and analytics storage granted."""
    found = _CONSENT_MODE.search(beacon.consent_signal or "")
    return (found[1] == "1", found[2] == "1") if found else None


def is_cookieless(beacon: Beacon) -> bool:
    """Whether a hit was sent in the manner that a refused or open consent asks for, without cookies."""
    return beacon.cookieless or signalled(beacon) == (False, False)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
