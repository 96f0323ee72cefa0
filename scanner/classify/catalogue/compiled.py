"""Vendor files to the one compact structure that lookups run on, and that is kept as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict

from scanner.classify.catalogue.patterns import is_literal, literal_length, longest_literal, prefix
from scanner.classify.catalogue.schema import CookieEntry, VendorFile

FORMAT = 6
"""Number of the compiled form; another number means: compile again."""

HostRow = tuple[int, str, str]
PathRow = tuple[str, int, str, str]
PatternRow = tuple[str, str, int]
OWN_HOSTS = "="
"""What stands for the domains of an entry that holds on all of its vendor's own hosts."""

PREFIX_LENGTHS = (0, 1, 2, 3, 4)
"""How many first characters of a pattern it is kept under: as many as it begins with, four at most."""


class Layer(TypedDict):
    """One compiled set of vendor files.

    `hosts` gives the vendor's number, or number, category and role where they differ from the vendor's own;
    `paths` the prefixes of shared hosts, longest first. `vendors` and `cookies` hold one entry a line, with tabs
    between its fields: text that is read when an entry is first needed, so that loading costs next to nothing.
    `exact` gives the numbers of lines (or the only one); `prefix`, under the first characters of patterns, their
    literal beginning, the longest literal part after that, and the number of the line.
    """

    format: int
    stamp: str
    edition: str
    vendors: str
    hosts: dict[str, int | HostRow]
    paths: dict[str, list[PathRow]]
    cnames: dict[str, int]
    cookies: str
    exact: dict[str, int | list[int]]
    prefix: dict[str, list[PatternRow]]


def compile_layer(files: Iterable[VendorFile], stamp: str = "") -> Layer:
    """One layer from vendor files, the same for the same files in any order."""
    vendors = sorted(files, key=lambda vendor: vendor.id)
    layer = Layer(
        format=FORMAT,
        stamp=stamp,
        edition=max((vendor.checked for vendor in vendors), default=""),
        vendors="",
        hosts={},
        paths={},
        cnames={},
        cookies="",
        exact={},
        prefix={},
    )
    lines: list[str] = []
    names: list[str] = []
    for number, vendor in enumerate(vendors):
        names.append(vendor_line(vendor))
        _add_hosts(layer, number, vendor)
        for entry in vendor.cookie:
            _index(layer, len(lines), entry.name)
            lines.append(_line(number, entry))
    layer["cookies"] = "\n".join(lines)
    layer["vendors"] = "\n".join(names)
    for rows in layer["paths"].values():
        rows.sort(key=lambda row: (-len(row[0]), row))
    return layer


def _add_hosts(layer: Layer, number: int, vendor: VendorFile) -> None:
    for host in vendor.hosts:
        layer["hosts"].setdefault(host, number)
    for entry in vendor.host:
        category = entry.category or vendor.category
        if entry.path is not None:
            layer["paths"].setdefault(entry.name, []).append((entry.path, number, category, entry.role))
        elif entry.name in vendor.hosts or entry.name not in layer["hosts"]:
            layer["hosts"][entry.name] = (number, category, entry.role)
    for target in vendor.cname_targets:
        layer["cnames"].setdefault(target, number)


def own_hosts(vendor: VendorFile) -> tuple[str, ...]:
    """All hosts that are the vendor's as a whole."""
    return (*vendor.hosts, *(entry.name for entry in vendor.host if entry.path is None))


def scope(vendor: VendorFile, entry: CookieEntry) -> tuple[str, ...]:
    """The domains to which an entry is bound; none means that it holds on any."""
    if entry.domains:
        return entry.domains
    return own_hosts(vendor) if entry.party == "third" else ()


def _line(number: int, entry: CookieEntry) -> str:
    """An entry as text; `index.LayerIndex` reads it."""
    fields = (
        entry.name,
        str(number),
        entry.kind,
        OWN_HOSTS if entry.party == "third" and not entry.domains else ",".join(entry.domains),
        "1" if entry.needs_vendor else "",
        "1" if entry.known_by_name else "",
        entry.category,
        entry.consent_exempt,
        entry.exempt_condition or "",
        entry.role,
        entry.purpose,
        entry.lifetime or "",
        entry.value or "",
        entry.record or "",
        entry.confidence,
        str(literal_length(entry.name)),
    )
    return _joined(fields)


def vendor_line(vendor: VendorFile) -> str:
    """A vendor as text; `index.LayerIndex` reads it."""
    return _joined(
        (
            vendor.id,
            vendor.name,
            vendor.owner or "",
            "|".join(vendor.aliases),
            vendor.country or "",
            vendor.category,
            vendor.purpose_category,
            vendor.privacy or "",
            str(vendor.tcf_id or ""),
            vendor.checked,
            "1" if vendor.nobody else "",
        )
    )


def _joined(fields: Iterable[str]) -> str:
    return "\t".join(re.sub(r"[\t\r\n]+", " ", field) for field in fields)


def _index(layer: Layer, row: int, name: str) -> None:
    if not is_literal(name):
        start = prefix(name)
        bucket = layer["prefix"].setdefault(start[: PREFIX_LENGTHS[-1]], [])
        bucket.append((start, longest_literal(name[len(start) :]), row))
        return
    known = layer["exact"].get(name)
    if known is None:
        layer["exact"][name] = row
    else:
        layer["exact"][name] = [*(known if isinstance(known, list) else [known]), row]
