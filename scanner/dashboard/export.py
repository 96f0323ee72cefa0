"""The same pages as a folder for a file share: links are relative, no server is needed, and no script either.

A script that ships with the reports lets tables be filtered and sorted where the browser runs it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.dashboard.links import ExportedLinks, folders_of, overview_file
from scanner.dashboard.overview import Asked, glanced, overview, rows_of
from scanner.dashboard.pages import RECENT, WEEKS, Shown
from scanner.dashboard.rendering import Reader, render, static, style, table_script
from scanner.dashboard.reports import read
from scanner.dashboard.searching import Life, grouped, ordered
from scanner.dashboard.site_page import site_page
from scanner.dashboard.tables import SITE_TABLES, hits_csv, sites_csv
from scanner.dashboard.weeks import weeks_chart
from scanner.errors import UsageError
from scanner.model.watch import ScanRow, SiteRow
from scanner.report import write_whole

ROWS = 500
"""Sites on a page of the overview."""

_MARK = ".cookie-watch"
_NOBODY = Reader()
_WORDS = {
    "all": "All",
    "group": "State",
    "back": "Previous",
    "next": "Next",
    "pages": "Pages of: {table}",
    "rows": "{found} of {all} rows",
    "place": "{first} to {last} of {all}",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    index: Path
    sites: int
    reports: int


class Export:
    """One export. `written` is the moment of it, `kept` how many good scans of each site bring their report along."""

    def __init__(self, shown: Shown, folder: Path, *, written: str, kept: int) -> None:
        self._shown = shown
        self._folder = folder
        self._kept = kept
        self._files: set[Path] = set()
        self._common = {"written": written, "table_words": json.dumps(_WORDS, ensure_ascii=False)}

    def write(self) -> Exported:
        """Write all pages. Of an earlier export into the same folder, what no longer exists is removed.

        Raises UsageError for a folder with anything else in it, or one that cannot be written.
        """
        try:
            self._prepare()
            past, configured = self._shown.past, self._shown.configured()
            sites = tuple(rows_of(glanced(past, configured), past, configured))
            folders = folders_of(row.name for row in sites)
            reports = dict(self._reports(sites, folders))
            everything: list[Life] = []
            for row in sites:
                everything += self._site(row, ExportedLinks(2, folders, reports))
            self._top(sites, everything, ExportedLinks(0, folders, reports))
            self._sweep()
        except OSError as error:
            raise UsageError(f"--export {self._folder}: cannot be written: {error.strerror or error}") from error
        return Exported(self._folder / "index.html", len(sites), len(reports))

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        mark = self._folder / _MARK
        if not mark.exists() and any(self._folder.iterdir()):
            raise UsageError(f"--export {self._folder}: this folder holds other things; give an empty or a new one")
        mark.write_text("An export of cookie-scanner serve; the next one into this folder replaces it.\n", "utf-8")
        self._files.add(mark)

    def _reports(self, sites: tuple[SiteRow, ...], folders: dict[str, str]) -> Iterator[tuple[int, str]]:
        """Bring reports along: the number of each scan, and its file."""
        for row in sites:
            for scan in self._wanted(row):
                content = read(self._shown.reports, scan.location, "report.html")
                if content is not None:
                    file = f"sites/{folders[row.name]}/{scan.run.due.replace(':', '')}.html"
                    self._put(file, content)
                    yield scan.id, file

    def _wanted(self, row: SiteRow) -> Iterator[ScanRow]:
        if row.last is None or self._kept == 0:
            return
        good = 0
        for scan in self._shown.past.scans(row.name, limit=4 * self._kept + 10):
            if scan.outcome != "failed":
                good += 1
                yield scan
            elif scan.id == row.last.id:
                yield scan
            if good == self._kept:
                return

    def _site(self, row: SiteRow, links: ExportedLinks) -> tuple[Life, ...]:
        past, folder = self._shown.past, f"sites/{links.folders[row.name]}"
        page = site_page(past, row)
        text = render(
            "site.html.j2",
            links,
            _NOBODY,
            here="site",
            page=page,
            watched=self._shown.fleet.site(row.name) is not None,
            cadence=self._shown.cadence(row.name),
            may_start=False,
            running=None,
            changes_before=None,
            **self._common,
        )
        self._put(f"{folder}/index.html", text)
        for name, made in SITE_TABLES:
            self._put(f"{folder}/{name}.csv", made(past, row.name))
        return (*page.vendors, *page.cookies)

    def _top(self, sites: tuple[SiteRow, ...], everything: list[Life], links: ExportedLinks) -> None:
        past, configured = self._shown.past, self._shown.configured()
        trend, rows = weeks_chart(past.trend(weeks=WEEKS))
        pages = max(1, -(-len(sites) // ROWS))
        for number in range(1, pages + 1):
            page = overview(past, configured, Asked(page=number), rows=ROWS)
            text = render(
                "overview.html.j2",
                links,
                _NOBODY,
                here="overview",
                page=page,
                page_address=lambda turned: links.overview({"page": turned}),
                trend=trend,
                trend_rows=rows,
                changes=past.changes(limit=RECENT),
                **self._common,
            )
            self._put(overview_file(number), text)
        groups = grouped(everything)
        sections = [
            (title, what, [group for group in groups if group.what == what])
            for title, what in (("Companies", "vendor"), ("Cookies", "cookie"))
        ]
        self._put("who.html", render("who.html.j2", links, _NOBODY, here="search", sections=sections, **self._common))
        self._put("sites.csv", sites_csv(sites))
        self._put("companies-and-cookies.csv", hits_csv(ordered(everything)))
        self._put("style.css", style())
        self._put("icon.svg", static("icon.svg"))
        self._put("tables.js", table_script())

    def _put(self, name: str, content: str | bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.encode("utf-8") if isinstance(content, str) else content)
        self._files.add(path)

    def _sweep(self) -> None:
        """Remove what an earlier export has written and this one has not."""
        for path in sorted(self._folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    shutil.rmtree(path)
            elif path not in self._files:
                path.unlink()
