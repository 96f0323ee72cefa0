"""One scan before the rules: the inventory and the declaration with what every rule asks of them, read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from pydantic import JsonValue

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

FOLLOWING: frozenset[Category] = frozenset({"analytics", "marketing"})
"""The purposes for which visitors are followed."""

_CONSENT_MODE = re.compile(r"\bG1([01-])([01-])")
_FLAGS = {"1": True, "0": False, "-": None}
_STORAGE_WORDS = re.compile(r"\b(ad_storage|analytics_storage) (granted|denied|not set)")
_WORDS = {"granted": True, "denied": False, "not set": None}
_MICROSOFT = re.compile(r"\basc=([GD])")
_ON_DEVICE = re.compile(
    r"cookie|track|traç|trac[ck]ia|rastre|traceur|pixel|beacon|tags?\b|script|storage|speicher|stockage|opslag|device|"
    r"terminal|endger|gerät|appareil|dispositiv|apparat|browser|navigat|analy|anali|statisti|messung|mesure|misura|"
    r"medici|advert|werb|publici|pubblic|reklam|market|target|profil|embed|eingebett|plug-?in|widget|video|map|karte|"
    r"carte|third[- ]part|dritt|tiers|terz[ei]|tercer|derde|terceir|non-?essential|non-?necess|optional|facultat|"
    r"opt-?in|technolog|techni|tecnolog|ciastecz|plik",
    re.I,
)
"""Words of a sentence about what is stored on, or loaded into, a visitor's browser."""

_OF_PURPOSE: dict[str, Category] = {"analytics": "analytics", "marketing": "marketing", "social": "marketing"}


Found = TypeVar("Found")


@dataclass(frozen=True)
class Case:
    """The material of one audit. Indexes count into the lists of the inventory and the declaration."""

    inventory: Inventory
    declaration: Declaration
    profile: Profile
    memory: dict[Hashable, object] = field(default_factory=dict, compare=False, repr=False)

    def remembered(self, key: Hashable, work: Callable[[], Found]) -> Found:
        """The result of `work`, done once for this case: rules ask the same questions again and again."""
        if key not in self.memory:
            self.memory[key] = work()
        return cast("Found", self.memory[key])

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
        """The banner as a visitor first meets it, and the state in which it was seen; null where none was.

        Its second layer is often opened in one state only (the one that refuses): what was seen of the deeper layers
        in any state is added.
        """
        found = [(name, self.inventory.states[name].banner) for name in self._asking_states]
        if not found:
            return None
        name, first = found[0]
        others = [banner for _, banner in found[1:]]
        buttons = [*first.buttons, *(button for other in others for button in other.buttons if button.layer > 1)]
        preselected = [*first.preselected, *(text for other in others for text in other.preselected)]
        return name, first.model_copy(
            update={
                "buttons": tuple(dict.fromkeys(buttons)),
                "preselected": tuple(dict.fromkeys(preselected)),
            }
        )

    def banner_places(self, part: str = "banner") -> tuple[str, ...]:
        """Pointers to the banner, or a part of it, in every state in which it was seen; `before` comes first."""
        return tuple(state_pointer(name, part) for name in self._asking_states)

    @cached_property
    def _asking_states(self) -> tuple[StateName, ...]:
        """The states in which a banner was seen before any answer.

        The settings opened to withdraw show what was accepted before: they say nothing of how visitors are asked.
        """
        names = sorted(self.inventory.states, key=lambda name: (name != "before", name))
        return tuple(name for name in names if name != "withdraw" and self.inventory.states[name].banner.found)

    @cached_property
    def consent_traces(self) -> tuple[str, ...]:
        """Pointers to signs of consent software, which speak against the statement that a site has no banner, and to
        banners that could not be dealt with."""
        found = [
            f"/states/{_escaped(name)}/signals"
            for name, state in sorted(self.inventory.states.items())
            if state.banner.cmp or state.signals.get("tcf") or _has_record(state.signals.get("cmp_cookie"))
        ]
        found += [
            f"/cookies/{index}"
            for index, cookie in enumerate(self.inventory.cookies)
            if cookie.role == "consent-record" and cookie.blocked is None
        ]
        found += [
            f"/problems/{index}" for index, problem in enumerate(self.inventory.problems) if problem.kind == "banner"
        ]
        return tuple(found)

    def claims(self, code: ClaimCode) -> tuple[tuple[int, Claim], ...]:
        """The policy's statements of one kind, with their places.

        A promise to wait for consent counts only where its sentence is about things on a device: policies also speak
        of consent to newsletters, or to the processing of data about health.
        """
        found = tuple((index, claim) for index, claim in enumerate(self.declaration.claims) if claim.code == code)
        if code != "prior_consent_nonessential":
            return found
        return tuple((index, claim) for index, claim in found if _ON_DEVICE.search(claim.evidence))

    def has_claim(self, *codes: ClaimCode) -> bool:
        """Whether the policy makes one of these statements."""
        return any(self.claims(code) for code in codes)

    def quote(self, *codes: ClaimCode) -> Quote | None:
        """The words of the first of these statements that the policy makes, in the order asked for."""
        for code in codes:
            for _, claim in self.claims(code):
                return Quote(quote=claim.evidence, source=claim.source)
        return None

    @cached_property
    def _vendors(self) -> tuple[dict[str, Vendor], dict[str, Vendor]]:
        known = self.inventory.vendors
        return {vendor.id: vendor for vendor in known}, {vendor.name: vendor for vendor in reversed(known)}

    def vendor(self, vendor_id: str | None, name: str | None) -> Vendor | None:
        """The vendor as the catalogue knows it, or by its bare name."""
        by_id, by_name = self._vendors
        if vendor_id is not None and vendor_id in by_id:
            return by_id[vendor_id]
        if name is None:
            return None
        if name in by_name:
            return by_name[name]
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

    @cached_property
    def harmless_names(self) -> frozenset[str]:
        """Names of the site's own cookies and storage keys of which none serves statistics or marketing."""
        following: set[str] = set()
        own: set[str] = set()
        for index, cookie in enumerate(self.inventory.cookies):
            serves = self.category_of_cookie(index) in FOLLOWING or cookie.party == "third"
            (following if serves else own).add(cookie.name)
        for entry in self.inventory.storage:
            serves = entry.category in FOLLOWING or entry.party == "third"
            (following if serves else own).add(entry.key)
        return frozenset(own - following)

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


def signalled(beacon: Beacon) -> tuple[bool | None, bool | None] | None:
    """What a hit's consent signal says of storage for advertising and for analytics: granted, denied, or not set.

    Read are the words that follow the raw signal (`ad_storage denied`), Google's `gcs=G1xy` and Microsoft's `asc`.
    Null where the hit carries none of them.
    """
    text = beacon.consent_signal or ""
    words = {found[1]: _WORDS[found[2]] for found in _STORAGE_WORDS.finditer(text)}
    if words:
        return words.get("ad_storage"), words.get("analytics_storage")
    found = _CONSENT_MODE.search(text)
    if found is not None:
        return _FLAGS[found[1]], _FLAGS[found[2]]
    found = _MICROSOFT.search(text)
    return (found[1] == "G", found[1] == "G") if found is not None else None


def is_cookieless(beacon: Beacon) -> bool:
    """Whether a hit was sent in the manner that a refused or open consent asks for, without cookies."""
    return beacon.cookieless or signalled(beacon) == (False, False)


def _has_record(signal: JsonValue) -> bool:
    """Whether a consent record was read that belongs to a known platform or says what was granted."""
    records = signal.values() if isinstance(signal, dict) else ()
    return any(isinstance(record, dict) and ("platform" in record or "verdict" in record) for record in records)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
