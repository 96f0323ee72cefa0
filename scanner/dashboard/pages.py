"""The pages that show the history. None of them changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from scanner.config.fleet import Fleet
from scanner.dashboard.comparing import Comparisons
from scanner.dashboard.entrance import reader_of
from scanner.dashboard.links import Links
from scanner.dashboard.overview import Asked, Sparks, chosen, glanced, overview, rows_of
from scanner.dashboard.rendering import render
from scanner.dashboard.reports import FILES, read, report_policy
from scanner.dashboard.seams import Past, Reports
from scanner.dashboard.searching import SHORTEST, Wanted, hits_of, leaders, search
from scanner.dashboard.sessions import Sessions
from scanner.dashboard.site_page import site_page
from scanner.dashboard.starting import Starts
from scanner.dashboard.tables import SITE_TABLES, hits_csv, sites_csv
from scanner.dashboard.weeks import weeks_chart
from scanner.model.watch import ScanRow, SiteRow
from scanner.report import diff_caveats, diff_headline, diff_parts, render_diff
from scanner.site import host_of

WEEKS = 26
RECENT = 12
"""Weeks and changes on the overview."""


@dataclass(frozen=True)
class Shown:
    """What the pages show: the configuration, the history and the reports."""

    fleet: Fleet
    past: Past
    reports: Reports

    def configured(self) -> Mapping[str, SiteRow]:
        """The sites of the configuration, as they stand before their first scan."""
        return self._configured

    @cached_property
    def _configured(self) -> dict[str, SiteRow]:
        return {
            site.name: SiteRow(
                name=site.name,
                url=site.url,
                host=host_of(site.url),
                owner=site.owner,
                state="never",
                failures=0,
                last=None,
                good=None,
            )
            for site in self.fleet.sites
        }

    def site(self, name: str) -> SiteRow | None:
        """A site that the history or the configuration knows; the configuration names its owner."""
        known, own = self.past.site(name), self.configured().get(name)
        if known is None or own is None:
            return known or own
        return known.model_copy(update={"owner": own.owner})

    def cadence(self, name: str) -> str:
        """When a site is scanned, in words; empty where it is not by itself."""
        site = self.fleet.site(name)
        if site is None or site.cadence is None or not site.enabled:
            return ""
        named = site.cadence.expression if site.cadence.expression.isalpha() else f"at “{site.cadence.expression}”"
        return f"{named} ({site.cadence.timezone})"


class Pages:
    """Handlers of requests. They run in threads, for the history is asked and waited for."""

    def __init__(self, shown: Shown, sessions: Sessions, starts: Starts | None, links: Links) -> None:
        self._shown = shown
        self._sessions = sessions
        self._starts = starts
        self._links = links
        self._comparisons = Comparisons(shown.reports)
        self._sparks = Sparks(shown.past)

    def overview(self, request: Request) -> Response:
        """All sites."""
        past, configured = self._shown.past, self._shown.configured()
        page = overview(past, configured, Asked.of(request.query_params), sparks=self._sparks)
        trend, rows = weeks_chart(past.trend(weeks=WEEKS))
        return self._page(
            request,
            "overview.html.j2",
            here="overview",
            page=page,
            page_address=lambda number: self._links.overview(page.asked.query(page=number)),
            trend=trend,
            trend_rows=rows,
            changes=past.changes(limit=RECENT),
        )

    def sites_table(self, request: Request) -> Response:
        """The overview as CSV: all pages of what is asked for."""
        past, configured = self._shown.past, self._shown.configured()
        found = chosen(glanced(past, configured), Asked.of(request.query_params))
        return _csv(sites_csv(rows_of(found, past, configured)), "sites")

    def site(self, request: Request) -> Response:
        """One site."""
        row = self._site(request)
        query = request.query_params
        scans_before, changes_before = _number(query.get("scans")), _number(query.get("changes"))
        page = site_page(self._shown.past, row, scans_before=scans_before, changes_before=changes_before)
        running = self._starts.of(row.name) if self._starts else None
        return self._page(
            request,
            "site.html.j2",
            here="site",
            page=page,
            watched=self._shown.fleet.site(row.name) is not None,
            cadence=self._shown.cadence(row.name),
            may_start=self._starts is not None and self._starts.may(row.name),
            running=f"/runs/{running.id}" if running else None,
            changes_before=changes_before,
        )

    def site_table(self, request: Request) -> Response:
        """A table of one site as CSV."""
        row = self._site(request)
        wanted = request.path_params["table"]
        for name, made in SITE_TABLES:
            if name == wanted:
                return _csv(made(self._shown.past, row.name), f"{row.name}-{name}")
        raise HTTPException(404)

    def search(self, request: Request) -> Response:
        """Who has a cookie or loads a company."""
        found = search(self._shown.past, Wanted.of(request.query_params))
        return self._page(
            request,
            "search.html.j2",
            here="search",
            found=found,
            leaders=() if len(found.wanted.text) >= SHORTEST else leaders(self._shown.past),
            page_address=lambda number: self._links.search(found.wanted.query(page=number)),
        )

    def search_table(self, request: Request) -> Response:
        """What a search came to as CSV."""
        wanted = Wanted.of(request.query_params)
        return _csv(hits_csv(hits_of(self._shown.past, wanted)), "search")

    def compare(self, request: Request) -> Response:
        """Two scans of a site compared; with `single=1` as one file to keep."""
        row, query = self._site(request), request.query_params
        old, new = self._scan(query.get("old")), self._scan(query.get("new"))
        if {old.run.site, new.run.site} != {row.name}:
            raise HTTPException(404)
        if old.run.due > new.run.due:
            old, new = new, old
        found = self._comparisons.of(old, new)
        if query.get("single") == "1":
            headers = {"content-disposition": f'attachment; filename="{row.name}-changes.html"'}
            return HTMLResponse(render_diff(found), headers=headers | {"content-security-policy": report_policy()})
        return self._page(
            request,
            "compare.html.j2",
            here="compare",
            name=row.name,
            difference=found,
            old=old,
            new=new,
            headline=diff_headline(found),
            caveats=diff_caveats(found),
            parts_=diff_parts(found),
            single=f"{self._links.site(row.name)}/compare?old={old.id}&new={new.id}&single=1",
        )

    def file(self, request: Request) -> Response:
        """A file of a scan: the scan by its number, the file by one of the known names."""
        name = request.path_params["file"]
        kind = FILES.get(name)
        if kind is None:
            raise HTTPException(404)
        scan = self._scan(request.path_params["scan"])
        content = read(self._shown.reports, scan.location, name)
        if content is None:
            raise HTTPException(404, "no-file")
        headers = {"content-security-policy": report_policy(), "cache-control": "private, no-cache"}
        if not kind.shown:
            headers["content-disposition"] = f'attachment; filename="{scan.run.site}-{scan.id}-{name}"'
        return Response(content, media_type=kind.media, headers=headers)

    def _site(self, request: Request) -> SiteRow:
        row = self._shown.site(request.path_params["name"])
        if row is None:
            raise HTTPException(404, "no-site")
        return row

    def _scan(self, text: str | None) -> ScanRow:
        number = _number(text)
        scan = self._shown.past.scan(number) if number is not None else None
        if scan is None:
            raise HTTPException(404)
        return scan

    def _page(self, request: Request, template: str, **context: object) -> Response:
        return HTMLResponse(render(template, self._links, reader_of(request, self._sessions), **context))


def _csv(text: str, name: str) -> Response:
    headers: Mapping[str, str] = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _number(text: str | None) -> int | None:
    """A number of a scan or a change; null for what is none, or is too large for the database."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
