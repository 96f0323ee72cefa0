"""The catalogue as the rest of the program sees it: layers in order of precedence, and the order of decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import cached_property
from urllib.parse import unquote

from scanner.classify.catalogue.generic import needs_scope
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
from scanner.classify.catalogue.packs.filters import Asked, FilterList, ListMatch, judge, kind_of
from scanner.classify.catalogue.query import answer
from scanner.model.base import Party
from scanner.model.vendor import Vendor
from scanner.site import site_of

_NONE: Set[str] = frozenset()


class Catalogue:
    """What is known of cookies, storage keys and hosts. The first layer takes precedence over those after it.

    `lists` are filter lists that the user named: they speak of requests whose host no layer knows.
    """

    def __init__(self, layers: Sequence[LayerIndex], lists: Sequence[FilterList] = ()) -> None:
        self._layers = tuple(layers)
        self._lists = tuple(lists)

    @property
    def edition(self) -> str:
        """The latest day on which an entry of the shipped catalogue was checked."""
        return next((layer.edition for layer in self._layers if not layer.pack), "")

    @property
    def packs(self) -> tuple[str, ...]:
        """Names of the user's own packs, in order of precedence."""
        return (*(layer.pack for layer in self._layers if layer.pack), *(one.title for one in self._lists))

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
        return tuple(_public(self._vendors[key]) for key in sorted(self._vendors) if not self._vendors[key].nobody)

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

    def listed(
        self, url: str, host: str, *, top_host: str = "", party: Party = "third", resource_type: str = ""
    ) -> HostMatch | None:
        """What the user's filter lists say of a request to a host that the catalogue does not know.

        The vendor is the one that the list's heading names, where the catalogue knows that name, else the host's
        site under its own name. Null where no rule holds, an exception takes it back, or there is no list.
        """
        if not self._lists:
            return None
        found = judge(self._lists, Asked(url, host, top_host, party, kind_of(resource_type)))
        if found is None or found.exception is not None or found.category == "unknown":
            return None
        vendor = self._named_vendors.get(found.section.casefold()) or _unnamed(site_of(host), found)
        cited = f"pack {found.title}, {found.date}: {found.rule}"
        return HostMatch(host, "", vendor, found.category, "collect", cited, found.rule)

    @cached_property
    def _named_vendors(self) -> dict[str, VendorInfo]:
        """Vendors by their names and aliases, case aside."""
        vendors = self._vendors.values()
        found = {vendor.name.casefold(): vendor for vendor in vendors}
        for vendor in vendors:
            for name in vendor.aliases:
                found.setdefault(name.casefold(), vendor)
        return found

    def cname(self, target: str) -> VendorInfo | None:
        """The vendor to whom customers' subdomains point by this CNAME target (or who owns it as a host)."""
        for layer in self._layers:
            found = layer.cname(target)
            if found is not None:
                return found
        return None

    def cname_cited(self, target: str) -> str:
        """What the answer of `cname` rests on; empty where there is none."""
        for layer in self._layers:
            found = layer.cname(target)
            if found is not None:
                return layer.cite(found.checked)
        return ""

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
        on the site by other means, for entries that need such company. A name that holds percent signs is also
        looked for as it reads without them: some software writes `a:b` as `a%3Ab`.
        """
        found = self._decide(name, domain, kind, value, seen)
        if found is None and "%" in name and (plain := unquote(name)) != name:
            found = self._decide(plain, domain, kind, value, seen)
        return found

    def _decide(
        self, name: str, domain: str | None, kind: Kind, value: str | None, seen: Set[str]
    ) -> CookieMatch | None:
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
                    return cookie_match(found, source, layer.cite(found.vendor.checked))
        return None

    def knows(self, name: str) -> bool:
        """Whether any entry has this name, of whatever kind and scope."""
        return any(layer.has(name) or layer.patterns(name) for layer in self._layers)

    def named(self, name: str) -> CookieMatch | None:
        """The entry of a name that holds on certain domains only, for a question that names none.

        Never for a short name or one that could be a word of the language, unless the entry says that everybody
        knows it by name; and not where entries of two companies share the name. Of one company's several, the one
        that holds on most domains.
        """
        plain = needs_scope(name) or (name.isalpha() and name.islower())
        for layer in self._layers:
            for entries, source in ((layer.exact(name), EXACT_NAME), (layer.patterns(name), LONGEST_PATTERN)):
                fits = [entry for entry in entries if entry.kind in ("cookie", "any")]
                famous = [entry for entry in fits if entry.known_by_name]
                asked = famous or ([] if plain else fits)
                if asked and len({entry.vendor.owner or entry.vendor.id for entry in asked}) == 1:
                    best = max(asked, key=lambda entry: (len(entry.domains), entry.literal))
                    if best.domains:
                        return cookie_match(best, source, layer.cite(best.vendor.checked))
        return None

    def bound(self, name: str) -> tuple[str, ...]:
        """All domains on which entries of this name hold."""
        return tuple(
            sorted(
                {
                    domain
                    for layer in self._layers
                    for entry in (*layer.exact(name), *layer.patterns(name))
                    for domain in entry.domains
                }
            )
        )

    def users(self, name: str) -> tuple[str, ...]:
        """Names of the vendors in whose company entries of this name hold, on any domain."""
        return tuple(
            sorted(
                {
                    entry.vendor.name
                    for layer in self._layers
                    for entry in (*layer.exact(name), *layer.patterns(name))
                    if entry.needs_vendor
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
                depth = max((len(name) for name in above if name in entry.domains.names), default=0)
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


def cookie_match(entry: Entry, source: str, cited: str) -> CookieMatch:
    """An entry as an answer, with the step that found it and what it rests on."""
    return CookieMatch(
        pattern=entry.name,
        vendor=entry.vendor,
        category=entry.category,
        source=source,
        cited=cited,
        consent_exempt=entry.consent_exempt,
        exempt_condition=entry.exempt_condition,
        role=entry.role,
        purpose=entry.purpose,
        lifetime=entry.lifetime,
        confidence=entry.confidence,
        domains=entry.domains,
        record=entry.record,
    )


def _unnamed(site: str, found: ListMatch) -> VendorInfo:
    """A vendor of whom only the host is known."""
    return VendorInfo(site, site, None, (), None, found.category, "other", None, None, found.date)


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
