"""One compiled layer of the catalogue, indexed: which entries fit a name, and whose a host is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple, cast

from scanner.classify.catalogue.compiled import Layer
from scanner.classify.catalogue.match import HostMatch, VendorInfo
from scanner.classify.catalogue.patterns import longest_literal, to_regex
from scanner.model.base import Category


class Entry(NamedTuple):
    """One cookie or storage key of the catalogue; `domains` are those it is bound to (none: it holds on any)."""

    name: str
    vendor: VendorInfo
    kind: str
    domains: tuple[str, ...]
    needs_vendor: bool
    category: Category
    consent_exempt: Literal["yes", "no", "depends"]
    exempt_condition: str | None
    role: str
    purpose: str
    lifetime: str | None
    value: str | None
    confidence: Literal["certain", "likely"]
    literal: int


_BUCKET_LENGTHS = (0, 1, 2, 3, 4)
"""How many first characters of a pattern it is kept under: as many as it begins with, four at most."""


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
        self.vendors = tuple(
            VendorInfo(row[0], row[1], row[2], tuple(row[3]), row[4], cast("Category", row[5]), row[6], row[7], row[8])
            for row in layer["vendors"]
        )
        self._rows = layer["cookies"]
        self._entries: list[Entry | None] = [None] * len(self._rows)
        self._regexes: dict[int, re.Pattern[str]] = {}
        self._values: dict[str, re.Pattern[str]] = {}
        self._exact = layer["exact"]
        self._hosts = layer["hosts"]
        self._paths = layer["paths"]
        self._cnames = layer["cnames"]
        self._owners: dict[str, HostMatch] = {}
        self._buckets = _buckets(layer["prefix"], [row[0] for row in layer["cookies"]])

    @cached_property
    def with_hosts(self) -> frozenset[str]:
        """Ids of the vendors that have hosts."""
        numbers = {found if isinstance(found, int) else found[0] for found in self._hosts.values()}
        numbers |= {row[1] for rows in self._paths.values() for row in rows}
        return frozenset(self.vendors[number].id for number in numbers)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Numbers of vendors, of cookie and storage patterns, and of hosts."""
        return len(self.vendors), len(self._rows), len(self._hosts) + sum(map(len, self._paths.values()))

    def host(self, host: str, path: str = "") -> HostMatch | None:
        """The entry for a host: a matching path prefix first, then the longest parent."""
        name = host
        while True:
            if path and name in self._paths:
                for prefix, number, category, role in self._paths[name]:
                    if path.startswith(prefix):
                        vendor = self.vendors[number]
                        return HostMatch(name, prefix, vendor, cast("Category", category), role, self.pack)
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
                vendor = self.vendors[found]
                owner = HostMatch(name, "", vendor, vendor.category, "service", self.pack)
            else:
                number, category, role = found
                owner = HostMatch(name, "", self.vendors[number], cast("Category", category), role, self.pack)
            self._owners[name] = owner
        return owner

    def cname(self, target: str) -> VendorInfo | None:
        """The vendor to whom a CNAME target belongs."""
        for name in parents(target):
            number = self._cnames.get(name)
            if number is not None:
                return self.vendors[number]
        return None

    def has(self, name: str) -> bool:
        """Whether an entry has exactly this name."""
        return name in self._exact

    def exact(self, name: str) -> tuple[Entry, ...]:
        """Entries of exactly this name, in any scope."""
        rows = self._exact.get(name)
        if rows is None:
            return ()
        return tuple([self._entry(row) for row in rows])

    def patterns(self, name: str) -> tuple[Entry, ...]:
        """Entries whose pattern matches this name, in any scope, the longest literal part first."""
        found: list[int] = []
        for length in _BUCKET_LENGTHS:
            for start, inner, row in self._buckets.get(name[:length], ()):
                if name.startswith(start) and inner in name and self._regex(row).fullmatch(name):
                    found.append(row)
            if length >= len(name):
                break
        if len(found) > 1:
            found.sort(key=lambda row: (-self._rows[row][13], row))
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
            regex = self._regexes[row] = re.compile(to_regex(self._rows[row][0]), re.DOTALL)
        return regex

    def _entry(self, row: int) -> Entry:
        entry = self._entries[row]
        if entry is None:
            name, vendor, kind, domains, needs_vendor, *rest = self._rows[row]
            entry = Entry(name, self.vendors[vendor], kind, tuple(domains), bool(needs_vendor), *rest)  # type: ignore[arg-type]
            self._entries[row] = entry
        return entry


def _buckets(prefixes: dict[str, list[int]], names: list[str]) -> dict[str, list[tuple[str, str, int]]]:
    """Patterns under the first characters of their literal beginning, each with its longest literal part after that:
    few candidates for any name.
    """
    found: dict[str, list[tuple[str, str, int]]] = {}
    for start, rows in prefixes.items():
        bucket = found.setdefault(start[: _BUCKET_LENGTHS[-1]], [])
        for row in rows:
            bucket.append((start, longest_literal(names[row][len(start) :]), row))
    return found
