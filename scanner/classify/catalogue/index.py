"""One compiled layer of the catalogue, indexed: which entries fit a name, and whose a host is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal, NamedTuple, cast

from scanner.classify.catalogue.compiled import OWN_HOSTS, PREFIX_LENGTHS, Layer
from scanner.classify.catalogue.match import HostMatch, VendorInfo
from scanner.classify.catalogue.patterns import to_regex
from scanner.model.base import Category


class Domains(tuple[str, ...]):
    """Domains in the order in which a person is told of them: the shortest first."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The same for quick tests."""
        return frozenset(self)

    @classmethod
    def of(cls, domains: Iterable[str]) -> Domains:
        """Sorted, each once."""
        return cls(sorted(set(domains), key=lambda name: (name.count("."), name)))


_ANYWHERE = Domains()


class Entry(NamedTuple):
    """One cookie or storage key of the catalogue; `domains` are those it is bound to (none: it holds on any)."""

    name: str
    vendor: VendorInfo
    kind: str
    domains: Domains
    needs_vendor: bool
    known_by_name: bool
    category: Category
    consent_exempt: Literal["yes", "no", "depends"]
    exempt_condition: str | None
    role: str
    purpose: str
    lifetime: str | None
    value: str | None
    record: str | None
    confidence: Literal["certain", "likely"]
    literal: int


_KEPT = 4096
"""How many names' patterns are remembered: the same names come again on every page and in every state."""


def _read_vendor(line: str) -> VendorInfo:
    """One vendor from its line of the compiled form."""
    name, title, owner, aliases, country, category, purpose, privacy, tcf_id, checked, nobody = line.split("\t")
    return VendorInfo(
        id=name,
        name=title,
        owner=owner or None,
        aliases=tuple(aliases.split("|")) if aliases else (),
        country=country or None,
        category=cast("Category", category),
        purpose_category=purpose,
        privacy=privacy or None,
        tcf_id=int(tcf_id) if tcf_id else None,
        checked=checked,
        nobody=bool(nobody),
    )


def parents(host: str) -> Iterator[str]:
    """A host and the domains above it, longest first."""
    yield host
    at = host.find(".")
    while at >= 0:
        yield host[at + 1 :]
        at = host.find(".", at + 1)


class LayerIndex:
    """One compiled layer, ready for lookups; entries are unpacked when first needed."""

    def __init__(self, layer: Layer, pack: str = "") -> None:
        self.pack = pack
        self.edition = layer["edition"]
        self._vendor_rows = layer["vendors"].split("\n") if layer["vendors"] else []
        self._vendors: list[VendorInfo | None] = [None] * len(self._vendor_rows)
        self._rows = layer["cookies"].split("\n") if layer["cookies"] else []
        self._entries: list[Entry | None] = [None] * len(self._rows)
        self._regexes: dict[int, re.Pattern[str]] = {}
        self._values: dict[str, re.Pattern[str]] = {}
        self._exact = layer["exact"]
        self._hosts = layer["hosts"]
        self._paths = layer["paths"]
        self._cnames = layer["cnames"]
        self._owners: dict[str, HostMatch] = {}
        self._buckets = layer["prefix"]
        self._matched: dict[str, tuple[Entry, ...]] = {}

    @property
    def vendors(self) -> tuple[VendorInfo, ...]:
        """All vendors, in the order of their numbers."""
        return tuple([self._vendor(number) for number in range(len(self._vendors))])

    def _vendor(self, number: int) -> VendorInfo:
        vendor = self._vendors[number]
        if vendor is None:
            vendor = self._vendors[number] = _read_vendor(self._vendor_rows[number])
        return vendor

    def cite(self, checked: str) -> str:
        """Where a fact comes from, and the day on which it was checked."""
        return f"pack {self.pack}, {checked}" if self.pack else f"catalogue, {checked}"

    @cached_property
    def with_hosts(self) -> frozenset[str]:
        """Ids of the vendors that have hosts."""
        numbers = {found if isinstance(found, int) else found[0] for found in self._hosts.values()}
        numbers |= {row[1] for rows in self._paths.values() for row in rows}
        return frozenset(self._vendor(number).id for number in numbers)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Numbers of vendors, of cookie and storage patterns, and of hosts."""
        return len(self._vendors), len(self._rows), len(self._hosts) + sum(map(len, self._paths.values()))

    def host(self, host: str, path: str = "") -> HostMatch | None:
        """The entry for a host: a matching path prefix first, then the longest parent."""
        name = host
        while True:
            if path and name in self._paths:
                for prefix, number, category, role in self._paths[name]:
                    if path.startswith(prefix):
                        vendor = self._vendor(number)
                        return HostMatch(
                            name, prefix, vendor, cast("Category", category), role, self.cite(vendor.checked)
                        )
            if name in self._hosts:
                return self._owner(name)
            at = name.find(".")
            if at < 0:
                return None
            name = name[at + 1 :]

    def _owner(self, name: str) -> HostMatch:
        owner = self._owners.get(name)
        if owner is None:
            found = self._hosts[name]
            if isinstance(found, int):
                vendor = self._vendor(found)
                owner = HostMatch(name, "", vendor, vendor.category, "service", self.cite(vendor.checked))
            else:
                number, category, role = found
                vendor = self._vendor(number)
                owner = HostMatch(name, "", vendor, cast("Category", category), role, self.cite(vendor.checked))
            self._owners[name] = owner
        return owner

    def cname(self, target: str) -> VendorInfo | None:
        """The vendor to whom a CNAME target belongs."""
        for name in parents(target):
            number = self._cnames.get(name)
            if number is not None:
                return self._vendor(number)
        return None

    def has(self, name: str) -> bool:
        """Whether an entry has exactly this name."""
        return name in self._exact

    def exact(self, name: str) -> tuple[Entry, ...]:
        """Entries of exactly this name, in any scope."""
        rows = self._exact.get(name)
        if rows is None:
            return ()
        if isinstance(rows, int):
            return (self._entry(rows),)
        return tuple([self._entry(row) for row in rows])

    def patterns(self, name: str) -> tuple[Entry, ...]:
        """Entries whose pattern matches this name, in any scope, the longest literal part first."""
        known = self._matched.get(name)
        if known is None:
            if len(self._matched) >= _KEPT:
                self._matched.clear()
            known = self._matched[name] = self._search(name)
        return known

    def _search(self, name: str) -> tuple[Entry, ...]:
        found: list[int] = []
        for length in PREFIX_LENGTHS:
            for start, inner, row in self._buckets.get(name[:length], ()):
                if name.startswith(start) and inner in name and self._regex(row).fullmatch(name):
                    found.append(row)
            if length >= len(name):
                break
        if len(found) > 1:
            found.sort(key=lambda row: (-self._entry(row).literal, row))
        return tuple([self._entry(row) for row in found])

    def value_fits(self, entry: Entry, value: str | None) -> bool:
        """Whether a known value agrees with the entry; an unknown value does."""
        if entry.value is None or value is None:
            return True
        regex = self._values.get(entry.value)
        if regex is None:
            regex = self._values[entry.value] = re.compile(entry.value)
        return regex.fullmatch(value) is not None

    def _regex(self, row: int) -> re.Pattern[str]:
        regex = self._regexes.get(row)
        if regex is None:
            regex = self._regexes[row] = re.compile(to_regex(self._entry(row).name), re.DOTALL)
        return regex

    def _entry(self, row: int) -> Entry:
        entry = self._entries[row]
        if entry is None:
            entry = self._entries[row] = self._read(self._rows[row])
        return entry

    @cached_property
    def _own_hosts(self) -> dict[int, Domains]:
        """The hosts of each vendor, without those that a shorter one covers."""
        found: dict[int, set[str]] = {}
        for host, owner in self._hosts.items():
            found.setdefault(owner if isinstance(owner, int) else owner[0], set()).add(host)
        return {
            number: Domains.of(host for host in hosts if not any(name in hosts for name in list(parents(host))[1:]))
            for number, hosts in found.items()
        }

    def _read(self, line: str) -> Entry:
        """One entry from its line of the compiled form."""
        name, vendor, kind, domains, company, known, category, exempt, condition, *rest = line.split("\t")
        role, purpose, lifetime, value, record, confidence, literal = rest
        if domains == OWN_HOSTS:
            bound = self._own_hosts.get(int(vendor), _ANYWHERE)
        else:
            bound = Domains.of(domains.split(",")) if domains else _ANYWHERE
        return Entry(
            name=name,
            vendor=self._vendor(int(vendor)),
            kind=kind,
            domains=bound,
            needs_vendor=bool(company),
            known_by_name=bool(known),
            category=cast("Category", category),
            consent_exempt=cast("Literal['yes', 'no', 'depends']", exempt),
            exempt_condition=condition or None,
            role=role,
            purpose=purpose,
            lifetime=lifetime or None,
            value=value or None,
            record=record or None,
            confidence=cast("Literal['certain', 'likely']", confidence),
            literal=int(literal),
        )
