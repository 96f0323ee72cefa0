"""Check the catalogue's sources, count them, and measure how much of a frequency table they know.

Usage: tools/catalogue.py [--only VENDOR] [--folder DIR] [NAMES.csv] [SITES.csv]

A table of names has the columns `name_pattern` and `instances`, one of sites `site` and `cookie_instances`.
Exit status 1 where a vendor file has an error.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scanner.classify.catalogue.checks import CatalogueProblem, problems
from scanner.classify.catalogue.compiled import compile_layer
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.index import LayerIndex
from scanner.classify.catalogue.load import CatalogueError, data_folder, read_vendor
from scanner.classify.catalogue.schema import VendorFile

_SAMPLES = {
    "<n>": ("7", "12345678"),
    "<hex>": ("7a3f9c1be2d04f58", "12345678", "7A3F9C1B"),
    "<id>": ("Xq7", "12345678"),
    "#": ("7", "12345678"),
    "<uuid>": ("0a1b2c3d-0a1b-4a1b-8a1b-0a1b2c3d4e5f",),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the checks; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", type=Path, metavar="CSV")
    parser.add_argument("--only", metavar="VENDOR", help="show the problems of one vendor")
    parser.add_argument("--folder", type=Path, default=data_folder() / "vendors", help="folder of vendor files")
    parser.add_argument("--missing", type=int, default=25, metavar="N", help="how many missing names to list")
    options = parser.parse_args(arguments)

    files, found = read(options.folder)
    found += problems(files)
    shown = [problem for problem in found if options.only in (None, problem.vendor)]
    for problem in shown:
        print(f"{problem.level}: {problem.vendor}: {problem.text}")
    vendors = [vendor for _, vendor in files]
    count(vendors)
    if options.tables:
        catalogue = Catalogue([LayerIndex(compile_layer(vendors))])
        for table in options.tables:
            cover(catalogue, table, options.missing)
    return 1 if any(problem.level == "error" for problem in shown) else 0


def read(folder: Path) -> tuple[list[tuple[Path, VendorFile]], list[CatalogueProblem]]:
    """All files that fit the schema, and an error for each that does not."""
    files, broken = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            files.append((path, read_vendor(path)))
        except CatalogueError as error:
            broken.append(CatalogueProblem("error", path.stem, str(error)))
    return files, broken


def count(vendors: list[VendorFile]) -> None:
    """Print how many vendors, patterns and hosts there are, and how they divide."""
    entries = [entry for vendor in vendors for entry in vendor.cookie]
    hosts = sum(len(vendor.hosts) + len(vendor.host) for vendor in vendors)
    print(f"{len(vendors)} vendors, {len(entries)} cookie and storage patterns, {hosts} hosts")
    for title, values in (
        ("vendors by category", Counter(vendor.category for vendor in vendors)),
        ("patterns by category", Counter(entry.category for entry in entries)),
        ("patterns by kind", Counter(entry.kind for entry in entries)),
        ("patterns by role", Counter(entry.role for entry in entries)),
    ):
        print(f"{title}: " + ", ".join(f"{key} {number}" for key, number in values.most_common()))


def cover(catalogue: Catalogue, table: Path, missing: int) -> None:
    """Print the share of a frequency table that the catalogue knows, and what is missing at its top."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        print(f"{table}: empty")
        return
    if "name_pattern" in rows[0]:
        cover_names(catalogue, [(row["name_pattern"], int(row["instances"])) for row in rows], missing)
    else:
        cover_sites(catalogue, [(row["site"], int(row["cookie_instances"])) for row in rows], missing)


def cover_names(catalogue: Catalogue, rows: list[tuple[str, int]], missing: int) -> None:
    """Print coverage of names: by name alone, and with entries that hold on certain domains only."""
    total = sum(number for _, number in rows)
    alone = anywhere = 0
    unknown = []
    for pattern, number in rows:
        if any(catalogue.cookie(name, None) for name in samples(pattern)):
            alone += number
            anywhere += number
        elif any(catalogue.bound(name) for name in samples(pattern)):
            anywhere += number
        else:
            unknown.append((pattern, number))
    print(f"names: {alone / total:.1%} of {total} instances by name alone, {anywhere / total:.1%} with bound entries")
    print("missing: " + ", ".join(f"{name} {number}" for name, number in unknown[:missing]))


def cover_sites(catalogue: Catalogue, rows: list[tuple[str, int]], missing: int) -> None:
    """Print coverage of the sites that set cookies."""
    total = sum(number for _, number in rows)
    unknown = [(site, number) for site, number in rows if catalogue.host(site) is None]
    known = total - sum(number for _, number in unknown)
    print(f"sites: {known / total:.1%} of {total} instances, {len(rows) - len(unknown)} of {len(rows)} sites")
    print("missing: " + ", ".join(f"{site} {number}" for site, number in unknown[:missing]))


def samples(pattern: str) -> Iterator[str]:
    """Names that a collapsed pattern stands for."""
    token = next((token for token in _SAMPLES if token in pattern), None)
    if token is None:
        yield pattern
        return
    for value in _SAMPLES[token]:
        yield from samples(pattern.replace(token, value, 1))


if __name__ == "__main__":
    sys.exit(main())
