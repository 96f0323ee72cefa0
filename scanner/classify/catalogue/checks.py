"""What can be wrong with vendor files that each fit the schema: `make catalogue` and a test run these."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from scanner.classify.catalogue.compiled import own_hosts, scope
from scanner.classify.catalogue.generic import needs_scope
from scanner.classify.catalogue.patterns import example, is_literal, literal_length, to_regex
from scanner.classify.catalogue.schema import CookieEntry, VendorFile
from scanner.site import site_of

_DATE = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


class CatalogueProblem(NamedTuple):
    """One fault of one vendor's file; warnings do not fail a build."""

    level: Literal["error", "warning"]
    vendor: str
    text: str


class _Named(NamedTuple):
    vendor: VendorFile
    entry: CookieEntry
    scope: frozenset[str]


def problems(files: Sequence[tuple[Path, VendorFile]]) -> tuple[CatalogueProblem, ...]:
    """All problems of a set of vendor files, sorted, errors first."""
    vendors = [vendor for _, vendor in files]
    found = [
        *_of_files(files),
        *(problem for vendor in vendors for problem in _of_vendor(vendor)),
        *_shared_hosts(vendors),
        *_same_entries(vendors),
        *_overlaps(vendors),
    ]
    return tuple(sorted(set(found)))


def _error(vendor: str, text: str) -> CatalogueProblem:
    return CatalogueProblem("error", vendor, text)


def _warning(vendor: str, text: str) -> CatalogueProblem:
    return CatalogueProblem("warning", vendor, text)


def _of_files(files: Sequence[tuple[Path, VendorFile]]) -> Iterator[CatalogueProblem]:
    for path, vendor in files:
        if path.stem != vendor.id:
            yield _error(vendor.id, f"the file is called {path.name}, the id is {vendor.id}")


def _of_vendor(vendor: VendorFile) -> Iterator[CatalogueProblem]:
    if not _DATE.fullmatch(vendor.checked):
        yield _error(vendor.id, f"checked: {vendor.checked} is no date")
    if not vendor.sources and not (vendor.cookie and all(entry.sources for entry in vendor.cookie)):
        yield _error(vendor.id, "no source")
    for host in vendor.hosts:
        if site_of(f"x.{host}") == f"x.{host}":
            yield _error(vendor.id, f"host {host} is a public suffix: use a [[host]] with the role of its parts")
    for entry in vendor.host:
        suffix = site_of(f"x.{entry.name}") == f"x.{entry.name}"
        if suffix and entry.role not in ("platform", "cdn", "api"):
            yield _error(vendor.id, f"[[host]] {entry.name} is a public suffix: its role is platform, cdn or api")
    if vendor.nobody and own_hosts(vendor):
        yield _error(vendor.id, "a file of names that belong to nobody has no hosts")
    yield from _idle_hosts(vendor)
    yield from _lonely(vendor)
    for cookie in vendor.cookie:
        for text in _entry_faults(vendor, cookie):
            yield _error(vendor.id, f"{cookie.kind} {cookie.name}: {text}")


def _lonely(vendor: VendorFile) -> Iterator[CatalogueProblem]:
    """Entries that need the vendor's company, where nothing else ever shows the vendor: they are never reached."""
    if own_hosts(vendor) or vendor.cname_targets or any(not entry.needs_vendor for entry in vendor.cookie):
        return
    for entry in vendor.cookie:
        yield _error(vendor.id, f"{entry.kind} {entry.name}: unreachable, nothing else shows this vendor on a site")


def _idle_hosts(vendor: VendorFile) -> Iterator[CatalogueProblem]:
    """Entries that change nothing, because a shorter one of the same vendor says the same."""
    for host in vendor.hosts:
        for other in vendor.hosts:
            if host.endswith(f".{other}"):
                yield _warning(vendor.id, f"host {host} is covered by {other}")
    for entry in vendor.host:
        plain = entry.role == "service" and entry.category in (None, vendor.category)
        if entry.path is None and plain and any(f".{entry.name}".endswith(f".{host}") for host in vendor.hosts):
            yield _warning(vendor.id, f"[[host]] {entry.name} says nothing that the vendor does not say")


def _entry_faults(vendor: VendorFile, entry: CookieEntry) -> Iterator[str]:
    bound = scope(vendor, entry)
    if entry.party == "third" and not bound:
        yield "a third-party entry needs `domains`, or the vendor needs hosts"
    if not bound and not entry.needs_vendor and needs_scope(entry.name):
        yield "a name that anybody may use needs `domains` or `needs_vendor`"
    if not bound and not is_literal(entry.name) and not entry.needs_vendor:
        # Anything may follow `*` and `<id>`: a short beginning would take strangers' names in.
        least = 4 if "*" in entry.name or "<id>" in entry.name else 3
        if literal_length(entry.name) < least:
            yield f"a pattern with fewer than {least} literal characters needs `domains` or `needs_vendor`"
    if entry.known_by_name and not bound:
        yield "`known_by_name` is for entries that hold on certain domains"
    if entry.record is not None and entry.role != "consent-record":
        yield "`record` tells how a consent record is read: the role is consent-record"
    if entry.consent_exempt == "depends" and entry.exempt_condition is None:
        yield "`depends` needs an `exempt_condition`"
    if entry.consent_exempt != "depends" and entry.exempt_condition is not None:
        yield "an `exempt_condition` goes with `depends` only"
    gathers = entry.category in ("analytics", "marketing") and entry.role not in ("opt-out", "consent-record")
    if entry.consent_exempt == "yes" and gathers:
        yield f"category {entry.category} is not exempt from consent without a condition"
    if not entry.purpose.endswith(".") or len(entry.purpose) > 240:
        yield "purpose is one sentence of at most 240 characters, with a full stop"


def _shared_hosts(vendors: Sequence[VendorFile]) -> Iterator[CatalogueProblem]:
    owners: defaultdict[str, list[str]] = defaultdict(list)
    targets: defaultdict[str, list[str]] = defaultdict(list)
    ids: defaultdict[str, int] = defaultdict(int)
    for vendor in vendors:
        ids[vendor.id] += 1
        names = [*vendor.hosts, *(f"{entry.name}{entry.path}" for entry in vendor.host if entry.path)]
        extra = [entry.name for entry in vendor.host if not entry.path]
        for name in [*names, *(name for name in extra if name not in vendor.hosts)]:
            owners[name].append(vendor.id)
        for name in vendor.cname_targets:
            targets[name].append(vendor.id)
    for name, several in (*owners.items(), *targets.items()):
        for vendor_id in sorted(set(several)):
            if len(several) > 1:
                others = ", ".join(sorted(set(several) - {vendor_id})) or "the same vendor again"
                yield _error(vendor_id, f"host {name} stands also under {others}")
    for vendor_id, count in ids.items():
        if count > 1:
            yield _error(vendor_id, f"{count} files have this id")


def _same_entries(vendors: Sequence[VendorFile]) -> Iterator[CatalogueProblem]:
    """Entries of one name of which only one can ever be chosen."""
    named: defaultdict[str, list[_Named]] = defaultdict(list)
    for vendor in vendors:
        for entry in vendor.cookie:
            named[entry.name].append(_Named(vendor, entry, frozenset(scope(vendor, entry))))
    for name, several in named.items():
        for number, one in enumerate(several):
            for other in several[:number]:
                if _collide(one, other):
                    yield _error(one.vendor.id, f"{one.entry.kind} {name} stands also under {other.vendor.id}")


def _collide(one: _Named, other: _Named) -> bool:
    if one.entry.kind != other.entry.kind and "any" not in (one.entry.kind, other.entry.kind):
        return False
    if one.entry.value != other.entry.value or one.entry.needs_vendor != other.entry.needs_vendor:
        return False
    if one.entry.needs_vendor and one.vendor.id != other.vendor.id:
        return False
    return bool(one.scope & other.scope) or (not one.scope and not other.scope)


def _overlaps(vendors: Sequence[VendorFile]) -> Iterator[CatalogueProblem]:
    """Unbound patterns of two vendors that match the same names with equally many literal characters."""
    patterns = [
        (vendor, entry, re.compile(to_regex(entry.name)), example(entry.name), literal_length(entry.name))
        for vendor in vendors
        for entry in vendor.cookie
        if not is_literal(entry.name) and not scope(vendor, entry) and not entry.needs_vendor
    ]
    by_first: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(patterns):
        by_first[row[3][:1]].append(number)
    for numbers in by_first.values():
        for one in numbers:
            vendor, entry, _, sample, length = patterns[one]
            for other in numbers:
                stranger, rival, regex, _, rival_length = patterns[other]
                if stranger.id == vendor.id or rival.name == entry.name or rival.value != entry.value:
                    continue
                if rival_length >= length and regex.fullmatch(sample):
                    yield _warning(vendor.id, f"pattern {entry.name} is taken over by {stranger.id}'s {rival.name}")
