"""Vendor files to the one compact structure that lookups run on, and that is kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from scanner.classify.catalogue.patterns import is_literal, literal_length, prefix
from scanner.classify.catalogue.schema import CookieEntry, VendorFile

FORMAT = 1
"""Number of the compiled form; another number means: compile again."""

VendorRow = tuple[str, str, str | None, list[str], str | None, str, str, str | None, int | None]
HostRow = tuple[int, str, str]
PathRow = tuple[str, int, str, str]
CookieRow = tuple[
    str, int, str, list[str], int, str, str, str | None, str, str, str | None, str | None, str, int
]  # fmt: skip


class Layer(TypedDict):
    """One compiled set of vendor files.

    `hosts` gives the vendor's number, or number, category and role where they differ from the vendor's own;
    `paths` the prefixes of shared hosts, longest first; `exact` and `prefix` numbers of rows in `cookies`.
    """

    format: int
    stamp: str
    edition: str
    vendors: list[VendorRow]
    hosts: dict[str, int | HostRow]
    paths: dict[str, list[PathRow]]
    cnames: dict[str, int]
    cookies: list[CookieRow]
    exact: dict[str, list[int]]
    prefix: dict[str, list[int]]


def compile_layer(files: Iterable[VendorFile], stamp: str = "") -> Layer:
    """One layer from vendor files, the same for the same files in any order."""
    vendors = sorted(files, key=lambda vendor: vendor.id)
    layer = Layer(
        format=FORMAT,
        stamp=stamp,
        edition=max((vendor.checked for vendor in vendors), default=""),
        vendors=[],
        hosts={},
        paths={},
        cnames={},
        cookies=[],
        exact={},
        prefix={},
    )
    for number, vendor in enumerate(vendors):
        layer["vendors"].append(
            (
                vendor.id,
                vendor.name,
                vendor.owner,
                list(vendor.aliases),
                vendor.country,
                vendor.category,
                vendor.purpose_category,
                vendor.privacy,
                vendor.tcf_id,
            )
        )
        _add_hosts(layer, number, vendor)
        for entry in vendor.cookie:
            _add_cookie(layer, number, vendor, entry)
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


def _add_cookie(layer: Layer, number: int, vendor: VendorFile, entry: CookieEntry) -> None:
    row = len(layer["cookies"])
    layer["cookies"].append(
        (
            entry.name,
            number,
            entry.kind,
            list(scope(vendor, entry)),
            int(entry.needs_vendor),
            entry.category,
            entry.consent_exempt,
            entry.exempt_condition,
            entry.role,
            entry.purpose,
            entry.lifetime,
            entry.value,
            entry.confidence,
            literal_length(entry.name),
        )
    )
    if is_literal(entry.name):
        layer["exact"].setdefault(entry.name, []).append(row)
    else:
        layer["prefix"].setdefault(prefix(entry.name), []).append(row)
