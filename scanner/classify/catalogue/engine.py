"""The catalogue as the rest of the program sees it: layers in order of precedence, and the order of decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import cached_property

from scanner.classify.catalogue.generic import is_generic_word
from scanner.classify.catalogue.index import Entry, LayerIndex, parents
from scanner.classify.catalogue.match import (
    EXACT_NAME,
    EXACT_NAME_AND_DOMAIN,
    LONGEST_PATTERN,
    PATTERN_AND_DOMAIN,
    CookieMatch,
    HostMatch,
    Kind,
    Match,
    VendorInfo,
)
from scanner.classify.catalogue.query import answer
from scanner.model.vendor import Vendor

_NONE: Set[str] = frozenset()


class Catalogue:
    """What is known of cookies, storage keys and hosts. The first layer takes precedence over those after it."""

    def __init__(self, layers: Sequence[LayerIndex]) -> None:
        self._layers = tuple(layers)

    @property
    def edition(self) -> str:
        """The latest day on which an entry of the shipped catalogue was checked."""
        return self._layers[-1].edition if self._layers else ""

    @property
    def packs(self) -> tuple[str, ...]:
        """Names of the user's own packs, in order of precedence."""
        return tuple(layer.pack for layer in self._layers if layer.pack)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Numbers of vendors, of cookie and storage patterns, and of hosts, over all layers."""
        per_layer = [layer.counts for layer in self._layers]
        return len(self._vendors), sum(row[1] for row in per_layer), sum(row[2] for row in per_layer)

    @cached_property
    def _vendors(self) -> dict[str, VendorInfo]:
        merged: dict[str, VendorInfo] = {}
        for layer in self._layers:
            for vendor in layer.vendors:
                merged.setdefault(vendor.id, vendor)
        return merged

    @cached_property
    def vendors(self) -> tuple[Vendor, ...]:
        """All vendors, sorted by id."""
        return tuple(_public(self._vendors[key]) for key in sorted(self._vendors))

    def vendor(self, vendor_id: str) -> VendorInfo | None:
        """The vendor of that id."""
        return self._vendors.get(vendor_id)

    def has_hosts(self, vendor_id: str) -> bool:
        """Whether a vendor has hosts of its own; one without makes software for the customer's servers."""
        return any(vendor_id in layer.with_hosts for layer in self._layers)

    def host(self, host: str, path: str = "") -> HostMatch | None:
        """Whose a host is, and what for. A `path` lets entries for a part of a shared host apply."""
        for layer in self._layers:
            found = layer.host(host, path)
            if found is not None:
                return found
        return None

    def cname(self, target: str) -> VendorInfo | None:
        """The vendor to whom customers' subdomains point by this CNAME target (or who owns it as a host)."""
        for layer in self._layers:
            found = layer.cname(target)
            if found is not None:
                return found
        return None

    def cookie(
        self,
        name: str,
        domain: str | None,
        *,
        kind: Kind = "cookie",
        value: str | None = None,
        seen: Set[str] = _NONE,
    ) -> CookieMatch | None:
        """The first four steps of decision for a cookie or storage key.

        `domain` is where it lives (no leading dot), null where nobody knows; `seen` are ids of vendors recognised
        on the site by other means, for entries that need such company.
        """
        for layer in self._layers:
            for entries, scoped, free in (
                (layer.exact(name), EXACT_NAME_AND_DOMAIN, EXACT_NAME),
                (layer.patterns(name), PATTERN_AND_DOMAIN, LONGEST_PATTERN),
            ):
                if not entries:
                    continue
                fits = [entry for entry in entries if entry.kind in (kind, "any") and layer.value_fits(entry, value)]
                found = self._scoped(fits, domain) if domain else None
                source = scoped
                if found is None:
                    found = _free(fits, seen)
                    source = free
                if found is not None:
                    return cookie_match(found, f"{source} (pack {layer.pack})" if layer.pack else source)
        return None

    def knows(self, name: str) -> bool:
        """Whether any entry has this name, of whatever kind and scope."""
        return any(layer.has(name) or layer.patterns(name) for layer in self._layers)

    def named(self, name: str, kind: Kind) -> CookieMatch | None:
        """The entry that has this name in a certain scope, for a question that names no domain.

        Never for a plain word, and not where vendors of two companies share the name. Of one company's several, the
        one that holds on most domains.
        """
        if len(name) < 2 or is_generic_word(name):
            return None
        for layer in self._layers:
            for entries, source in ((layer.exact(name), EXACT_NAME), (layer.patterns(name), LONGEST_PATTERN)):
                fits = [entry for entry in entries if entry.kind in (kind, "any")]
                if fits and len({entry.vendor.owner or entry.vendor.id for entry in fits}) == 1:
                    return cookie_match(max(fits, key=lambda entry: (len(entry.domains), entry.literal)), source)
        return None

    def bound(self, name: str, kind: Kind = "cookie") -> tuple[str, ...]:
        """All domains on which entries of this name hold."""
        return tuple(
            sorted(
                {
                    domain
                    for layer in self._layers
                    for entry in (*layer.exact(name), *layer.patterns(name))
                    if entry.kind in (kind, "any")
                    for domain in entry.domains
                }
            )
        )

    def lookup(self, query: str) -> Match:
        """What is known of `NAME`, `NAME@DOMAIN`, a host or an address (URL)."""
        return answer(self, query)

    def _scoped(self, entries: Iterable[Entry], domain: str) -> Entry | None:
        above = tuple(parents(domain))
        best: tuple[tuple[int, int, int], Entry] | None = None
        owner: str | None = None
        for entry in entries:
            if entry.domains:
                depth = max((len(name) for name in above if name in entry.domains), default=0)
            else:
                if owner is None:
                    host = self.host(domain)
                    owner = host.vendor.id if host else ""
                depth = 1 if owner == entry.vendor.id else 0
            rank = (depth, int(entry.kind != "any"), int(entry.confidence == "certain"))
            if depth and (best is None or rank > best[0]):
                best = (rank, entry)
        return best[1] if best else None


def _free(entries: Iterable[Entry], seen: Set[str]) -> Entry | None:
    """The best entry that is bound to no domain; entries come with the longest literal part first."""
    best: tuple[tuple[int, int, int], Entry] | None = None
    for entry in entries:
        if entry.domains or (entry.needs_vendor and entry.vendor.id not in seen):
            continue
        rank = (entry.literal, int(entry.kind != "any"), int(entry.confidence == "certain"))
        if best is None or rank > best[0]:
            best = (rank, entry)
    return best[1] if best else None


def cookie_match(entry: Entry, source: str) -> CookieMatch:
    """An entry as an answer."""
    return CookieMatch(
        pattern=entry.name,
        vendor=entry.vendor,
        category=entry.category,
        source=source,
        consent_exempt=entry.consent_exempt,
        exempt_condition=entry.exempt_condition,
        role=entry.role,
        purpose=entry.purpose,
        lifetime=entry.lifetime,
        confidence=entry.confidence,
        domains=entry.domains,
    )


def _public(vendor: VendorInfo) -> Vendor:
    return Vendor(
        id=vendor.id,
        name=vendor.name,
        owner=vendor.owner,
        aliases=vendor.aliases,
        country=vendor.country,
        category=vendor.category,
        privacy_url=vendor.privacy,
        tcf_id=vendor.tcf_id,
    )
