"""`history`: what is known of the watched sites."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.cells import cell_len

from scanner.cli.console import FINISHED, err, out
from scanner.cli.options import ConfigFile
from scanner.errors import UsageError
from scanner.model.finding import SEVERITIES
from scanner.model.watch import (
    ChangeRow,
    CookieLife,
    FindingLife,
    PolicyVersion,
    Retention,
    ScanRow,
    SiteRow,
    VendorLife,
)
from scanner.terminal import clean

if TYPE_CHECKING:
    from scanner.config.fleet import Fleet
    from scanner.store.history import History

View = Literal["cookies", "vendors", "findings", "policies", "changes"]

_COLOUR = {"unreachable": 31, "high": 31, "medium": 33, "low": 36, "clean": 32}
_LIMIT = 20
_TREND = 52
_BARS = "▁▂▃▄▅▆▇█"

Site = Annotated[str | None, typer.Argument(metavar="SITE", help="Its name; without one, all sites, worst first.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many lines; 20 where it matters.")]
Search = Annotated[
    str | None, typer.Option("--search", metavar="TEXT", help="Cookies and companies of all sites with this name.")
]
Before = Annotated[bool, typer.Option("--before-consent", help="With --search: only what is there before a choice.")]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Record what lies in the place of reports and is not known.")]
Prune = Annotated[bool, typer.Option("--prune", help="Forget what [history] of scan.toml need not keep; its files go.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="With --prune: only say what would go.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON line for each thing.")]


def history(
    site: Site = None,
    config: ConfigFile = None,
    cookies: Annotated[bool, typer.Option("--cookies", help="Every cookie that SITE ever had.")] = False,
    vendors: Annotated[bool, typer.Option("--vendors", help="Every company that SITE ever contacted.")] = False,
    findings: Annotated[bool, typer.Option("--findings", help="Every finding that SITE ever had.")] = False,
    policies: Annotated[bool, typer.Option("--policies", help="Every text of SITE's policies.")] = False,
    changes: Annotated[bool, typer.Option("--changes", help="What changed, on SITE or on all sites.")] = False,
    search: Search = None,
    before_consent: Before = False,
    rebuild: Rebuild = False,
    prune: Prune = False,
    dry_run: DryRun = False,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """What is known of the watched sites: how they stand, their scans, what changed, and since when."""
    wanted = {"cookies": cookies, "vendors": vendors, "findings": findings, "policies": policies, "changes": changes}
    views = [name for name, given in wanted.items() if given]
    jobs = [name for name, given in (("search", search is not None), ("rebuild", rebuild), ("prune", prune)) if given]
    _check(site, views, jobs, before_consent=before_consent, dry_run=dry_run)
    fleet = _fleet(config)
    book = _open(fleet, make=rebuild)
    try:
        if rebuild:
            _rebuild(book, fleet)
        elif prune:
            _prune(book, fleet, dry_run=dry_run)
        elif search is not None:
            found = book.search(search, before_consent=before_consent)[:limit]
            _show(found, _search_table, as_json=as_json, empty="nothing has that name")
        elif site is None and not views:
            sites = _all_sites(book, fleet)[:limit]
            _show(sites, _sites_table, as_json=as_json, empty="no site has been scanned yet")
        elif site is None:
            recent = book.changes(limit=limit or _LIMIT)
            _show(recent, partial(_changes_table, sites=True), as_json=as_json, empty="nothing has changed")
        else:
            _one(book, site, views[0] if views else None, limit, as_json=as_json)
    finally:
        book.close()
    raise typer.Exit(FINISHED)


def _check(site: str | None, views: list[str], jobs: list[str], *, before_consent: bool, dry_run: bool) -> None:
    asked = [f"--{name}" for name in (*views, *jobs)]
    if len(asked) > 1:
        raise UsageError(f"{asked[0]} and {asked[1]}: ask for one thing at a time")
    if site is not None and jobs:
        raise UsageError(f"--{jobs[0]} is about all sites; leave {site!r} out")
    if site is None and views and views != ["changes"]:
        raise UsageError(f"--{views[0]}: say of which site")
    if before_consent and jobs != ["search"]:
        raise UsageError("--before-consent belongs to --search")
    if dry_run and jobs != ["prune"]:
        raise UsageError("--dry-run belongs to --prune")


def _fleet(config: Path | None) -> Fleet:
    from scanner.config.fleet.reading import inspect_fleet
    from scanner.config.source import first_of

    # Nothing is fetched: what was scanned is known without the list of what is to be.
    inspection = inspect_fleet(config)
    if inspection.mistakes:
        raise first_of(list(inspection.mistakes))
    return inspection.fleet


def _open(fleet: Fleet, *, make: bool) -> History:
    from scanner.store.history import open_history

    address = fleet.history.address()
    if not make and "://" not in address and not Path(address).exists():
        raise UsageError(
            f"there is no history yet at {address}; `cookie-scanner schedule run` keeps one, and "
            "`cookie-scanner history --rebuild` makes one from the reports"
        )
    return open_history(address)


def _rebuild(book: History, fleet: Fleet) -> None:
    from scanner.judging import policy_sentences
    from scanner.store.history import rebuild
    from scanner.store.places import LocalPlace, open_place

    place = open_place(fleet.history.reports)
    owners = {site.name: site.owner for site in fleet.sites}

    def sentences(location: str) -> Mapping[str, Sequence[str]] | None:
        # Bringing all evidence from a store elsewhere would cost more than the words are worth.
        return policy_sentences(place.root / location) if isinstance(place, LocalPlace) else None

    def skipped(location: str, why: str) -> None:
        err.print(f"{clean(location)}: left out: {clean(why, 500)}", soft_wrap=True)

    number = rebuild(book, place, owner=owners.get, sentences=sentences, skipped=skipped)
    out.print(f"{number} scan{'' if number == 1 else 's'} recorded from {place.address}", soft_wrap=True)


def _prune(book: History, fleet: Fleet, *, dry_run: bool) -> None:
    from scanner.schedule.keeping import baselines, clear_old
    from scanner.schedule.logs import configure_log
    from scanner.store.places import open_place

    keep = Retention(days=fleet.history.keep_days, scans=fleet.history.keep_scans)
    if keep.days is None and keep.scans is None:
        err.print("neither keep_days nor keep_scans stands in [history]: every scan stays", soft_wrap=True)
    place, protected, now = open_place(fleet.history.reports), baselines(fleet), datetime.now(UTC)
    going = book.prune(keep, now=now, protected=protected, dry_run=True)
    for location in going:
        out.print(clean(location), soft_wrap=True)
    number = len(going)
    if not dry_run:
        configure_log()
        number = clear_old(book, place, keep, now=now, protected=protected)
    words = "would go" if dry_run else "gone"
    out.print(f"{number} scan{'' if number == 1 else 's'} {words} from {place.address}", soft_wrap=True)


def _all_sites(book: History, fleet: Fleet) -> tuple[SiteRow, ...]:
    """All sites with a history, and after them those that are to be watched and have none."""
    known = book.sites()
    names = {row.name for row in known}
    return known + tuple(
        SiteRow(
            name=site.name, url=site.url, host="", owner=site.owner, state="never", failures=0, last=None, good=None
        )
        for site in fleet.sites
        if site.name not in names
    )


def _one(book: History, name: str, view: str | None, limit: int | None, *, as_json: bool) -> None:
    row = book.site(name)
    if row is None:
        raise UsageError(f"the history knows no site {name!r}; `cookie-scanner history` lists all")
    if view is None:
        _site(book, row, limit or _LIMIT, as_json=as_json)
    elif view == "cookies":
        cookies = book.cookies(name)[:limit]
        _show(cookies, _cookies_table, as_json=as_json, empty="no cookie was ever seen")
    elif view == "vendors":
        vendors = book.vendors(name)[:limit]
        _show(vendors, _vendors_table, as_json=as_json, empty="no company was ever contacted")
    elif view == "findings":
        findings = book.findings(name)[:limit]
        _show(findings, _findings_table, as_json=as_json, empty="nothing was ever found")
    elif view == "policies":
        policies = book.policies(name)[:limit]
        _show(policies, _policies_table, as_json=as_json, empty="no policy was ever read")
    else:
        changes = book.changes(name, limit=limit or _LIMIT)
        _show(changes, _changes_table, as_json=as_json, empty="nothing has changed")


def _site(book: History, row: SiteRow, limit: int, *, as_json: bool) -> None:
    scans, changes = book.scans(row.name, limit=max(limit, _TREND)), book.changes(row.name, limit=limit)
    if as_json:
        parts: dict[str, Any] = {"site": row.model_dump(mode="json")}
        parts["scans"] = [scan.model_dump(mode="json") for scan in scans[:limit]]
        parts["changes"] = [change.model_dump(mode="json") for change in changes]
        typer.echo(json.dumps(parts, ensure_ascii=True))
        return
    failures = f", {row.failures} failed scan{'s' if row.failures > 1 else ''} in a row" if row.failures else ""
    typer.echo(f"{clean(row.name)}  {clean(row.url)}  {_state(row.state)}{failures}")
    for words, values in _trends(scans):
        out.print(f"{words:<41}{_bars(values)}  {values[-1]}", soft_wrap=True)
    out.print()
    _print(_scans_table(scans[:limit]))
    if changes:
        out.print()
        _print(_changes_table(changes))


def _trends(scans: Sequence[ScanRow]) -> Iterator[tuple[str, list[int]]]:
    """Figures of the good scans, the oldest first."""
    good = [scan for scan in reversed(scans[:_TREND]) if scan.outcome != "failed"]
    if len(good) > 1:
        yield "findings", [sum(scan.findings.get(level, 0) for level in ("high", "medium", "low")) for scan in good]
        yield "cookies", [scan.cookies for scan in good]
        yield "analytics, marketing before a choice", [scan.nonessential_before for scan in good]
        yield "companies", [scan.vendors for scan in good]


def _bars(values: Sequence[int]) -> str:
    top = max(values) or 1
    return "".join(_BARS[round(value / top * (len(_BARS) - 1))] for value in values)


class Grid:
    """Columns of plain text, put together quickly: hundreds of rows are shown in a few milliseconds."""

    def __init__(self, *titles: str, right: Collection[str] = ()) -> None:
        self._titles = titles
        self._right = [title in right for title in titles]
        self._rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        """One cell for each title."""
        self._rows.append(cells)

    def lines(self) -> Iterator[str]:
        """The titles and all rows; on a terminal the states are coloured."""
        table = [self._titles, *self._rows]
        widths = [max(cell_len(row[place]) for row in table) for place in range(len(self._titles))]
        for row in table:
            cells = []
            for cell, width, right in zip(row, widths, self._right, strict=True):
                space = " " * (width - cell_len(cell))
                shown = _state(cell) if cell in _COLOUR and row is not self._titles else cell
                cells.append(space + shown if right else shown + space)
            yield "  ".join(cells).rstrip()


def _show(things: Sequence[Any], table: Callable[[Iterable[Any]], Grid], *, as_json: bool, empty: str) -> None:
    if as_json:
        for thing in things:
            typer.echo(thing.model_dump_json())
    elif things:
        _print(table(things))
    else:
        out.print(empty)


def _print(grid: Grid) -> None:
    typer.echo("\n".join(grid.lines()))


def _state(state: str) -> str:
    """A state as it is shown; nothing but itself where the output is no terminal."""
    return (
        f"\x1b[{_COLOUR[state]}m{state}\x1b[0m" if out.is_terminal and not out.no_color and state in _COLOUR else state
    )


def _day(moment: str) -> str:
    return moment[:10]


def _figures(scan: ScanRow | None) -> list[str]:
    """Score, findings by severity and cookies of a scan; nothing where it measured nothing."""
    if scan is None or scan.outcome == "failed":
        return [""] * 5
    levels = [str(scan.findings.get(level, 0)) for level in SEVERITIES[:3]]
    return ["" if scan.score is None else str(scan.score), *levels, f"{scan.cookies_before}/{scan.cookies}"]


_NUMBERS = ("score", "high", "medium", "low", "cookies")


def _sites_table(sites: Iterable[SiteRow]) -> Grid:
    table = Grid("site", "state", *_NUMBERS, "last scan", "note", right=_NUMBERS)
    for row in sites:
        last = "" if row.last is None else _day(row.last.started)
        note = "" if not row.failures or row.last is None else f"{row.failures}x: {clean(row.last.problem or '', 60)}"
        table.add_row(clean(row.name), row.state, *_figures(row.good), last, note)
    return table


def _scans_table(scans: Iterable[ScanRow]) -> Grid:
    table = Grid("scan", "due (UTC)", "outcome", *_NUMBERS, "companies", "banner", "", right=(*_NUMBERS, "companies"))
    for scan in scans:
        banner = "" if scan.banner is None else "yes" if scan.banner else "no"
        due = scan.run.due[:16].replace("T", " ")
        companies = "" if scan.outcome == "failed" else str(scan.vendors)
        note = clean(scan.problem or "", 80)
        table.add_row(str(scan.id), due, scan.outcome, *_figures(scan), companies, banner, note)
    return table


def _changes_table(changes: Iterable[ChangeRow], *, sites: bool = False) -> Grid:
    table = Grid("when", *(("site",) if sites else ()), "what", "of what", "")
    for change in changes:
        words = f"{change.kind} ({change.severity})" if change.severity else change.kind
        where = (clean(change.site),) if sites else ()
        subject = f"{change.rule}: {change.subject}" if change.rule else change.subject
        table.add_row(_day(change.at), *where, words, clean(subject, 120), clean(change.detail, 120))
    return table


def _cookies_table(cookies: Iterable[CookieLife]) -> Grid:
    table = Grid("cookie", "domain", "category", "vendor", "states", "first seen", "last seen", "")
    for one in cookies:
        table.add_row(
            clean(one.name), clean(one.domain), one.category, clean(one.vendor or ""), ", ".join(one.states),
            _day(one.first_seen), _day(one.last_seen), "gone" if one.gone else "",
        )  # fmt: skip
    return table


def _vendors_table(vendors: Iterable[VendorLife]) -> Grid:
    table = Grid("company", "category", "states", "first seen", "last seen", "")
    for one in vendors:
        gone = "gone" if one.gone else ""
        states = ", ".join(one.states)
        table.add_row(clean(one.name), one.category, states, _day(one.first_seen), _day(one.last_seen), gone)
    return table


def _findings_table(findings: Iterable[FindingLife]) -> Grid:
    table = Grid("severity", "rule", "subject", "first seen", "last seen", "resolved")
    for one in findings:
        resolved = "" if one.resolved is None else _day(one.resolved)
        severity = one.severity if one.counts else f"{one.severity} (accepted)"
        days = _day(one.first_seen), _day(one.last_seen)
        table.add_row(severity, one.rule, clean(one.subject), *days, resolved)
    return table


def _policies_table(policies: Iterable[PolicyVersion]) -> Grid:
    table = Grid("document", "text", "first seen", "last seen", "title")
    for one in policies:
        days = _day(one.first_seen), _day(one.last_seen)
        table.add_row(clean(one.url), one.sha256[:12], *days, clean(one.title, 60))
    return table


def _search_table(found: Iterable[CookieLife | VendorLife]) -> Grid:
    table = Grid("site", "what", "category", "states", "first seen", "last seen", "")
    for one in found:
        name = f"{one.name}@{one.domain}" if isinstance(one, CookieLife) else one.name
        days = _day(one.first_seen), _day(one.last_seen)
        gone = "gone" if one.gone else ""
        table.add_row(clean(one.site), clean(name), one.category, ", ".join(one.states), *days, gone)
    return table
