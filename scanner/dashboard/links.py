"""Where the pages lie: on the server, and in an export, whose pages find each other from wherever the folder is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

_DEVICE = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)

Query = Mapping[str, str | int | None]


class Links(Protocol):
    """Addresses as a page writes them."""

    @property
    def live(self) -> bool:
        """Whether a server answers: it can filter, compare and start scans."""

    def style(self) -> str:
        """The style sheet."""

    def icon(self) -> str:
        """The small picture of the tab."""

    def overview(self, query: Query | None = None) -> str:
        """All sites, filtered."""

    def site(self, name: str) -> str:
        """One site."""

    def search(self, query: Query | None = None) -> str:
        """Who has a cookie or loads a company."""

    def report(self, scan: int) -> str | None:
        """The report of a scan, where it can be opened."""

    def table(self, name: str, query: Query | None = None, site: str | None = None) -> str:
        """A table as CSV, of all sites or of one."""


def asked(query: Query | None) -> str:
    """A query with what is empty left out, with its question mark."""
    kept = {key: value for key, value in (query or {}).items() if value not in (None, "", 0)}
    return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class ServedLinks:
    """Addresses on the server. `version` changes with the style sheet, which browsers may keep."""

    version: str
    live: bool = True

    def style(self) -> str:
        """The style sheet."""
        return f"/static/style.css?{self.version}"

    def icon(self) -> str:
        """The small picture of the tab."""
        return f"/static/icon.svg?{self.version}"

    def overview(self, query: Query | None = None) -> str:
        """All sites, filtered."""
        return f"/{asked(query)}"

    def site(self, name: str) -> str:
        """One site."""
        return f"/sites/{quote(name, safe='')}"

    def search(self, query: Query | None = None) -> str:
        """Who has a cookie or loads a company."""
        return f"/search{asked(query)}"

    def report(self, scan: int) -> str | None:
        """The report of a scan."""
        return f"/scans/{scan}/report.html"

    def table(self, name: str, query: Query | None = None, site: str | None = None) -> str:
        """A table as CSV."""
        folder = f"{self.site(site)}/" if site is not None else "/"
        return f"{folder}{quote(name, safe='')}.csv{asked(query)}"


@dataclass(frozen=True, slots=True)
class ExportedLinks:
    """Addresses in an exported folder, from a page that lies `depth` folders below its top.

    `folders` maps names of sites to their folders, `reports` numbers of scans to the files that were brought along.
    """

    depth: int
    folders: Mapping[str, str]
    reports: Mapping[int, str]
    live: bool = False

    @property
    def _top(self) -> str:
        return "../" * self.depth

    def style(self) -> str:
        """The style sheet."""
        return f"{self._top}style.css"

    def icon(self) -> str:
        """The small picture of the tab."""
        return f"{self._top}icon.svg"

    def script(self) -> str:
        """The script for tables."""
        return f"{self._top}tables.js"

    def overview(self, query: Query | None = None) -> str:
        """All sites. A folder cannot filter: of a query only the page is heard."""
        page = int((query or {}).get("page") or 1)
        return f"{self._top}{overview_file(page)}"

    def site(self, name: str) -> str:
        """One site."""
        return f"{self._top}sites/{quote(self.folders[name], safe='')}/index.html"

    def search(self, query: Query | None = None) -> str:
        """All companies and cookies of all sites; what is asked for cannot be."""
        del query
        return f"{self._top}who.html"

    def report(self, scan: int) -> str | None:
        """The report of a scan, if it was brought along."""
        file = self.reports.get(scan)
        return None if file is None else f"{self._top}{quote(file)}"

    def table(self, name: str, query: Query | None = None, site: str | None = None) -> str:
        """A table as CSV."""
        del query
        folder = f"sites/{quote(self.folders[site], safe='')}/" if site is not None else ""
        return f"{self._top}{folder}{quote(name, safe='')}.csv"


def overview_file(page: int) -> str:
    """The file of a page of the exported overview."""
    return "index.html" if page <= 1 else f"index-{page}.html"


def folders_of(names: Iterable[str]) -> dict[str, str]:
    """A folder for each site, also where a file share takes capital letters for small ones or knows devices.

    Windows has names that no folder may have (`con`, `nul`, `com1`, with any extension), and drops a dot at the end.
    """
    taken: set[str] = set()
    made: dict[str, str] = {}
    for name in sorted(names):
        folder = f"site-{name}" if _DEVICE.match(name) else name
        folder = folder.rstrip(".") or "site"
        place, again = folder, 1
        while place.casefold() in taken:
            again += 1
            place = f"{folder}~{again}"
        taken.add(place.casefold())
        made[name] = place
    return made
