"""How much of two frequency tables the catalogue knows: names of cookies, and sites whose hosts set cookies.

Counts are instances: a name that a thousand sites set weighs a thousand times one that a single site sets. Three
figures are told apart, because they are worth differently:

- names that hold on any site;
- names with their scope: also those that hold on certain domains only, or in the company of other signs of their
  vendor. A name that is bound to domains counts for no more instances than those domains have in the table of sites,
  where one is given: `id`, set by a thousand sites, is not known because one of them is;
- with the vendor of a third-party setter: instances whose name is unknown but whose host is known. The tables do not
  say which names the hosts set, so this is an estimate that takes names and sites to be independent, with the least
  that is certain beside it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from scanner.classify.catalogue.compiled import scope
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.patterns import is_literal
from scanner.classify.catalogue.schema import VendorFile
from scanner.site import site_of

_SAMPLES: Mapping[str, tuple[str, ...]] = {
    "<n>": ("7", "12345678"),
    "<hex>": ("7a3f9c1be2d04f58", "12345678", "7A3F9C1B"),
    "<id>": ("Xq7", "12345678"),
    "#": ("7", "12345678"),
    "<uuid>": ("0a1b2c3d-0a1b-4a1b-8a1b-0a1b2c3d4e5f",),
}


class Row(NamedTuple):
    """A name pattern or a site, and how many instances of it were counted."""

    text: str
    count: int


class Names(NamedTuple):
    """Instances known of a table of names."""

    total: int
    anywhere: int
    scoped: int
    missing: tuple[Row, ...]


class Sites(NamedTuple):
    """Instances known of a table of sites; `known` counts sites, `covered` instances."""

    total: int
    covered: int
    known: int
    missing: tuple[Row, ...]


def read_table(path: Path) -> tuple[str, tuple[Row, ...]]:
    """The kind of a table (`names` or `sites`) and its rows; raises `ValueError` for another."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for kind, text, count in (("names", "name_pattern", "instances"), ("sites", "site", "cookie_instances")):
        if rows and {text, count} <= rows[0].keys():
            return kind, tuple(Row(row[text], int(row[count])) for row in rows)
    raise ValueError(f"{path}: has neither name_pattern and instances nor site and cookie_instances")


def cover_names(
    catalogue: Catalogue, vendors: Sequence[VendorFile], rows: Sequence[Row], sites: Sequence[Row] = ()
) -> Names:
    """What of a table of names is known, by name alone and with its scope."""
    weight = {row.text: row.count for row in sites}
    collapsed = _collapsed(vendors)
    anywhere = scoped = 0
    missing = []
    for row in rows:
        names = tuple(name for text in {row.text, unquote(row.text)} for name in samples(text))
        if any(catalogue.cookie(name, None) for name in names) or "" in collapsed.get(row.text, ()):
            anywhere += row.count
            scoped += row.count
            continue
        domains = {domain for name in names for domain in catalogue.bound(name)} | collapsed.get(row.text, set())
        known = row.count if domains or any(catalogue.knows(name) for name in names) else 0
        if domains and weight and not _in_company(catalogue, names):
            known = min(known, sum(weight.get(site, 0) for site in {site_of(domain) for domain in domains}))
        scoped += known
        if known < row.count:
            missing.append(Row(row.text, row.count - known))
    missing.sort(key=lambda row: -row.count)
    return Names(sum(row.count for row in rows), anywhere, scoped, tuple(missing))


def cover_sites(catalogue: Catalogue, rows: Sequence[Row]) -> Sites:
    """What of a table of sites is known."""
    missing = tuple(row for row in rows if catalogue.host(row.text) is None)
    total = sum(row.count for row in rows)
    return Sites(total, total - sum(row.count for row in missing), len(rows) - len(missing), missing)


def together(names: Names, sites: Sites) -> tuple[float, float]:
    """The share of instances known by name or by setter: the least that is certain, and the estimate."""
    by_name, by_site = names.scoped / names.total, sites.covered / sites.total
    return max(by_name, by_site), by_name + (1 - by_name) * by_site


def samples(pattern: str) -> Iterator[str]:
    """Names that a collapsed pattern stands for."""
    token = next((token for token in _SAMPLES if token in pattern), None)
    if token is None:
        yield pattern
        return
    for value in _SAMPLES[token]:
        yield from samples(pattern.replace(token, value, 1))


def _collapsed(vendors: Sequence[VendorFile]) -> dict[str, set[str]]:
    """Names of the catalogue that hold digits, as a table of collapsed names writes them, with their domains.

    The empty domain stands for any: `top100_id` is counted as `top<n>_id`.
    """
    found: dict[str, set[str]] = {}
    for vendor in vendors:
        for entry in vendor.cookie:
            if is_literal(entry.name) and re.search(r"\d{3}", entry.name) and not entry.needs_vendor:
                short = re.sub(r"\d{3,}", "<n>", entry.name)
                found.setdefault(short, set()).update(scope(vendor, entry) or ("",))
    return found


def _in_company(catalogue: Catalogue, names: Sequence[str]) -> bool:
    """Whether a name is known wherever its vendor is recognised otherwise."""
    every = frozenset(vendor.id for vendor in catalogue.vendors)
    return any(catalogue.cookie(name, None, seen=every) is not None for name in names)
