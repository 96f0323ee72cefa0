"""The pages for people: the audit report, the overview of all sites, and the declaration as it should read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from markupsafe import Markup

from scanner.model.scan import Scan
from scanner.report.changes import additions, changes
from scanner.report.companies import companies
from scanner.report.comparison import comparison
from scanner.report.declared import draft
from scanner.report.environment import environment, page
from scanner.report.findings import finding_views
from scanner.report.first import priorities
from scanner.report.pictures import gallery
from scanner.report.states import picture
from scanner.report.timeline import aftermaths, timeline
from scanner.report.verdict import Tone, limits, verdict
from scanner.report.words import in_order

_TONE_ORDER: tuple[Tone, ...] = ("high", "medium", "open", "failed", "clear")


def render_report(scan: Scan, pictures: Mapping[str, bytes]) -> str:
    """`report.html`: one self-contained page. `pictures` maps a state's screenshot names to their bytes."""
    shots = gallery(scan, pictures)
    views = finding_views(scan, shots)
    return page(
        "report.html.j2",
        "tables.js",
        scan=scan,
        verdict=verdict(scan),
        limits=limits(scan),
        picture=picture(scan),
        timeline=timeline(scan),
        aftermaths=aftermaths(scan),
        findings=views,
        first=priorities(views),
        comparison=comparison(scan),
        states=in_order(scan.states),
        gallery=shots,
    )


def render_index(scans: Sequence[tuple[str, Scan]]) -> str:
    """`index.html`: all scanned sites at a glance, the ones that need action first.

    Each scan comes with its folder, relative to the page (`shop.example/20261122T093000Z`), whose `report.html` is
    linked, or with the path of the report itself.
    """
    rows = [(folder, scan, verdict(scan)) for folder, scan in scans]
    rows.sort(key=lambda row: (_TONE_ORDER.index(row[2].tone), row[1].target.host, row[1].started, row[0]))
    links = [(quote(_report(folder)), scan, found) for folder, scan, found in rows]
    return page("index.html.j2", "tables.js", rows=links)


def _report(path: str) -> str:
    return path if path.endswith(".html") else f"{path.rstrip('/')}/report.html"


def render_declaration(scan: Scan) -> str:
    """`declaration.html`: the declaration as it should read, its HTML source to paste, and what is left to do."""
    made = draft(scan)
    fragment = environment().get_template("declaration-fragment.html.j2")
    block = fragment.render(scan=scan, draft=made, services=companies(scan)).strip() + "\n"
    views = finding_views(scan)
    return page(
        "declaration.html.j2",
        "copy.js",
        scan=scan,
        draft=made,
        fragment=Markup(block),
        source=block,
        changes=changes(scan, made, views),
        additions=additions(views),
    )
