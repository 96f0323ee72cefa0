"""One compiled layer of the catalogue, indexed: which entries fit a name, and whose a host is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple, cast

from scanner.classify.catalogue.compiled import Layer
from scanner.classify.catalogue.match import HostMatch, VendorInfo
from scanner.classify.catalogue.patterns import to_regex
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


_ANYWHERE = (0,)


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
        self._prefix = layer["prefix"]
        self._hosts = layer["hosts"]
        self._paths = layer["paths"]
        self._cnames = layer["cnames"]
        self._owners: dict[str, HostMatch] = {}
        self._lengths = _prefix_lengths(self._prefix)

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

    def exact(self, name: str) -> tuple[Entry, ...]:
        """Entries of exactly this name, in any scope."""
        rows = self._exact.get(name)
        if rows is None:
            return ()
        return tuple([self._entry(row) for row in rows])

    def patterns(self, name: str) -> tuple[Entry, ...]:
        """Entries whose pattern matches this name, in any scope, the longest literal part first."""
        found: list[int] = []
        prefixes = self._prefix
        for length in self._lengths.get(name[:1], _ANYWHERE):
            rows = prefixes.get(name[:length])
            if rows is not None:
                found += [row for row in rows if self._regex(row).fullmatch(name)]
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


def _prefix_lengths(prefixes: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    """For each first character, the lengths of the prefixes that begin with it, longest first.

    A pattern that begins with a token has no prefix: it stands under the length zero of every character.
    """
    lengths: dict[str, set[int]] = {}
    for text in prefixes:
        if text:
            lengths.setdefault(text[0], set()).add(len(text))
    return {char: (*sorted(found, reverse=True), 0) for char, found in lengths.items()}
