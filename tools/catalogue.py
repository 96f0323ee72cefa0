"""Check the catalogue's sources, count them, and measure how much of a frequency table they know.

Usage: tools/catalogue.py [--only VENDOR] [--folder DIR] [NAMES.csv] [SITES.csv]

A table of names has the columns `name_pattern` and `instances`, one of sites `site` and `cookie_instances`.
Exit status 1 where a vendor file has an error.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from catalogue_coverage import cover_names, cover_sites, read_table, together

from scanner.classify.catalogue.checks import CatalogueProblem, problems
from scanner.classify.catalogue.compiled import compile_layer
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.index import LayerIndex
from scanner.classify.catalogue.load import CatalogueError, data_folder, read_vendor
from scanner.classify.catalogue.schema import VendorFile


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
        cover(catalogue, vendors, options.tables, options.missing)
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


def cover(catalogue: Catalogue, vendors: list[VendorFile], tables: list[Path], missing: int) -> None:
    """Print the share of the frequency tables that the catalogue knows, and what is missing at their top."""
    rows = dict(read_table(path) for path in tables)
    names = cover_names(catalogue, vendors, rows["names"], rows.get("sites", ())) if "names" in rows else None
    sites = cover_sites(catalogue, rows["sites"]) if "sites" in rows else None
    if names is not None:
        total = names.total
        print(f"names: {names.scoped / total:.1%} of {total} instances, {names.anywhere / total:.1%} on any domain")
        print("missing: " + ", ".join(f"{row.text} {row.count}" for row in names.missing[:missing]))
    if sites is not None:
        print(f"sites: {sites.covered / sites.total:.1%} of {sites.total} instances, {sites.known} sites")
        print("missing: " + ", ".join(f"{row.text} {row.count}" for row in sites.missing[:missing]))
    if names is not None and sites is not None:
        least, estimate = together(names, sites)
        print(f"names, or else the setter's site: {estimate:.1%} (estimate; {least:.1%} for certain)")


if __name__ == "__main__":
    sys.exit(main())
