"""The order of decision: what a cookie or storage key is, and by which step that was found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Literal, NamedTuple

from scanner.classify.addresses import quick_host, tail_of
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.match import (
    BORROWED_ROLES,
    CNAME_TARGET,
    FILTER_LIST,
    INFERRED_SESSION,
    INFERRED_WORD,
    SCRIPT_VENDOR,
    SETTER_VENDOR,
    UNKNOWN,
    CookieMatch,
    HostMatch,
    Kind,
    VendorInfo,
)
from scanner.classify.identifiers import entropy
from scanner.model.base import Category, Party
from scanner.site import party_of


class Label(NamedTuple):
    """What a thing is. `source` names the step of decision."""

    category: Category
    source: str
    vendor: VendorInfo | None = None
    purpose: str | None = None
    role: str | None = None
    consent_exempt: Literal["yes", "no", "depends"] | None = None
    exempt_condition: str | None = None


UNLABELLED = Label("unknown", UNKNOWN)


class Traits(NamedTuple):
    """What was observed of a cookie or storage key, as far as it bears on what it is.

    `domain` has no leading dot; `top_site` is the site in the address bar; `setter` the address of the response that
    set it, `scripts` those of the scripts that did, nearest first; `lifetime` is seconds, null for a session.
    """

    name: str
    kind: Kind
    domain: str
    party: Party
    top_host: str
    value: str | None = None
    setter: str | None = None
    scripts: Sequence[str] = ()
    http_only: bool = False
    lifetime: float | None = None


_DAY = 86_400
_GUARD_WORD = re.compile(r"(?:^|[^a-z])(?:csrf|xsrf)(?:[^a-z]|token|key|$)", re.IGNORECASE)
_SESSION_WORD = re.compile(r"(?:^|[^a-z])(?:sess|session)(?:[^a-z]|id|$)|sessid$|session_?id$", re.IGNORECASE)


class Labeller:
    """Labels the things of one scan. `seen` are vendors recognised on the site by hosts or distinctive names."""

    def __init__(self, catalogue: Catalogue, seen: Set[str], cnames: Mapping[str, str]) -> None:
        self._catalogue = catalogue
        self._seen = seen
        self._cnames = cnames

    def label(self, traits: Traits) -> Label:
        """What a cookie or storage key is, by the first step that knows."""
        found = self._catalogue.cookie(
            traits.name, traits.domain, kind=traits.kind, value=traits.value, seen=self._seen
        )
        if found is not None and found.category != "unknown":
            return of_match(found)
        if traits.party == "third":
            label = self._by_setter(traits)
        else:
            label = self._by_script(traits) or self._by_cname(traits) or _inferred(traits) or UNLABELLED
        if found is None:
            return label
        # What the thing does is known; whose it is, and so its category, is told by who set it.
        return of_match(found) if label.vendor is None else label._replace(purpose=found.purpose, role=found.role)

    def _by_setter(self, traits: Traits) -> Label:
        for host in (traits.domain, quick_host(traits.setter or "")):
            owner = self._catalogue.host(host) if host else None
            if owner is not None and owner.role not in BORROWED_ROLES:
                return _of_host(owner, SETTER_VENDOR)
        if traits.setter:
            listed = self._catalogue.listed(traits.setter, quick_host(traits.setter), top_host=traits.top_host)
            if listed is not None:
                return _of_host(listed, FILTER_LIST)
        return UNLABELLED

    def _by_script(self, traits: Traits) -> Label | None:
        """The nearest script that is no library from a shared host speaks; what called it does not."""
        for url in traits.scripts:
            host = quick_host(url)
            if not host or party_of(host, traits.top_host) == "first":
                return None
            owner = self._catalogue.host(host, tail_of(url))
            if owner is None or owner.role == "tag-manager":
                return None
            if owner.role not in BORROWED_ROLES:
                return _of_host(owner, SCRIPT_VENDOR)
        return None

    def _by_cname(self, traits: Traits) -> Label | None:
        for host in (quick_host(traits.setter or ""), traits.domain):
            target = self._cnames.get(host)
            vendor = self._catalogue.cname(target) if target else None
            if target and vendor is not None:
                return Label(vendor.category, f"{CNAME_TARGET} ({self._catalogue.cname_cited(target)})", vendor)
        return None


def of_match(found: CookieMatch) -> Label:
    """A catalogue entry as a label."""
    return Label(
        category=found.category,
        source=f"{found.source} ({found.cited})",
        vendor=None if found.vendor.nobody else found.vendor,
        purpose=found.purpose,
        role=found.role,
        consent_exempt=found.consent_exempt,
        exempt_condition=found.exempt_condition,
    )


def _of_host(owner: HostMatch, source: str) -> Label:
    if owner.rule is not None:
        source = FILTER_LIST
    return Label(owner.category, f"{source} ({owner.cited})", owner.vendor)


def _inferred(traits: Traits) -> Label | None:
    """Two rules that need no name known: a random HttpOnly session value, and necessary words that behave so."""
    if traits.kind != "cookie" or not traits.value:
        return None
    random = len(traits.value) >= 16 and entropy(traits.value) >= 3
    own_response = traits.setter is not None and party_of(quick_host(traits.setter), traits.top_host) == "first"
    if own_response and traits.http_only and traits.lifetime is None and random:
        return Label(
            category="necessary",
            source=INFERRED_SESSION,
            purpose="Keeps the state of the visit on the site's server, as far as its behaviour shows.",
            role="session-id",
            consent_exempt="yes",
        )
    short = traits.lifetime is None or traits.lifetime <= _DAY
    if short and len(traits.value) >= 8 and _GUARD_WORD.search(traits.name) and not traits.scripts:
        return Label(
            category="necessary",
            source=INFERRED_WORD,
            purpose="Guards requests against other sites, as its name and behaviour show.",
            role="csrf",
            consent_exempt="yes",
        )
    if short and own_response and random and _SESSION_WORD.search(traits.name):
        return Label(
            category="necessary",
            source=INFERRED_WORD,
            purpose="Keeps the state of the visit on the site's server, as its name and behaviour show.",
            role="session-id",
            consent_exempt="yes",
        )
    return None
