"""What stands at a path that the user names: a folder of vendor files, a filter list, or a database of trackers."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import NamedTuple

from scanner.classify.catalogue.compiled import Layer
from scanner.classify.catalogue.packs.databases import read_database
from scanner.classify.catalogue.packs.filters import FilterList, read_filter_list

_LIST_NAMES = ("easyprivacy", "easylist")
_PLACES = (
    "usr/share/chromium/extensions/*",
    "usr/share/webext/*",
    "usr/share/mozilla/extensions/*/*",
)
"""Where Debian's packages of uBlock Origin keep its parts, below the root folder."""


class Opened(NamedTuple):
    """A pack that is no folder of vendor files: one of the two is not null."""

    name: str
    layer: Layer | None = None
    filters: FilterList | None = None


def installed_list(name: str, root: Path = Path("/")) -> Path | None:
    """The file of `easyprivacy` or `easylist` in an ad blocker that Debian installed; null where there is none."""
    if name not in _LIST_NAMES:
        return None
    for place in _PLACES:
        for found in sorted(root.glob(f"{place}/assets/thirdparties/easylist/{name}.txt")):
            return found
    return None


def open_pack(path: Path) -> Opened | None:
    """The filter list or database at a path; null where it is neither. Raises `OSError` and `ValueError`."""
    date = datetime.datetime.fromtimestamp(path.stat().st_mtime, tz=datetime.UTC).date().isoformat()
    if path.is_file() and path.suffix == ".txt":
        filters = read_filter_list(path, date)
        return Opened(filters.title, filters=filters) if filters is not None else None
    layer = read_database(path, date)
    return Opened(_name_of(path), layer=layer) if layer is not None else None


def _name_of(path: Path) -> str:
    """A database's name: the file's or folder's, without its ending, and that of its project where that is all."""
    return re.sub(r"\.json$", "", path.resolve().name)
