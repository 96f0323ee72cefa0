"""What the history is asked: sites, scans, lives, changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Row, Select, Table, and_, func, literal, or_, select, union_all
from sqlalchemy.types import BigInteger

from scanner.model.finding import SEVERITIES
from scanner.model.watch import (
    SITE_STATES,
    ChangeRow,
    CookieLife,
    FindingLife,
    ScanRow,
    SiteGlance,
    SiteRow,
    VendorLife,
    Week,
)
from scanner.store.history.moments import aware, micros
from scanner.store.history.rows import (
    change_row,
    changes_query,
    cookie_life,
    scan_row,
    scans_query,
    site_row,
    vendor_life,
)
from scanner.store.history.tables import CHANGES, COOKIES, SCANS, SITES, STANDINGS, VENDORS

Life = TypeVar("Life")

_FEW = 500
"""More sites than this are not asked for by name: engines have a limit to the values of a question."""


def sites(connection: Connection, names: Collection[str] | None) -> tuple[SiteRow, ...]:
    """Sites, worst first: by state, failures in a row, findings by severity, name."""
    names = None if names is None else frozenset(names)
    query = select(SITES)
    # Mostly a site's last scan is its last good one: each is read once.
    shown = scans_query().where(or_(SCANS.c.id == SITES.c.last_scan, SCANS.c.id == SITES.c.good_scan))
    if names is not None and len(names) <= _FEW:
        query, shown = (one.where(SITES.c.name.in_(sorted(names))) for one in (query, shown))
    numbered = {row.id: scan_row(row.site, row) for row in connection.execute(shown)}
    rows = connection.execute(query)
    wanted = rows if names is None else (row for row in rows if row.name in names)
    return tuple(sorted((site_row(row, numbered) for row in wanted), key=_badness))


def _badness(site: SiteRow | SiteGlance) -> tuple[Any, ...]:
    if isinstance(site, SiteGlance):
        found = site.findings or (0, 0, 0)
    else:
        known = site.good.findings if site.good is not None else {}
        found = (known.get("high", 0), known.get("medium", 0), known.get("low", 0))
    return SITE_STATES.index(site.state), -site.failures, *(-number for number in found), site.name


def glances(connection: Connection) -> tuple[SiteGlance, ...]:
    """All sites, worst first as in `sites`, and no more of each than it takes to find it and to put it in order."""
    last, good = SCANS.alias("last"), SCANS.alias("good")
    query = (
        select(
            SITES.c.name, SITES.c.url, SITES.c.owner, SITES.c.state, SITES.c.failures,
            last.c.started, good.c.high, good.c.medium, good.c.low, good.c.nonessential_before,
        )
        .select_from(SITES)
        .outerjoin(last, last.c.id == SITES.c.last_scan)
        .outerjoin(good, good.c.id == SITES.c.good_scan)
    )  # fmt: skip
    found = [
        SiteGlance(
            name,
            url,
            owner,
            SITE_STATES[state],
            failures,
            started,
            None if high is None else (high, medium, low),
            before,
        )
        for name, url, owner, state, failures, started, high, medium, low, before in connection.execute(query)
    ]
    return tuple(sorted(found, key=_badness))


def scans(connection: Connection, site: str, limit: int | None, before: int | None) -> tuple[ScanRow, ...]:
    """A site's scans, newest first; `before` is the number of a scan: those due before it."""
    query = scans_query().where(SITES.c.name == site).order_by(SCANS.c.due.desc())
    if before is not None:
        query = query.where(SCANS.c.due < select(SCANS.c.due).where(SCANS.c.id == before).scalar_subquery())
    return tuple(scan_row(site, row) for row in connection.execute(query.limit(limit)))


def scan(connection: Connection, number: int) -> ScanRow | None:
    """One scan by its number."""
    row = connection.execute(scans_query().where(SCANS.c.id == number)).one_or_none()
    return None if row is None else scan_row(row.site, row)


def lives(connection: Connection, table: Table, site: str, of: Callable[[str, Row[Any]], Life]) -> list[Life]:
    """All rows of one table of lives for one site."""
    query = select(table).join(SITES, SITES.c.id == table.c.site).where(SITES.c.name == site)
    return [of(site, row) for row in connection.execute(query)]


def changes(
    connection: Connection, site: str | None, limit: int | None, before: int | None, scan: int | None
) -> tuple[ChangeRow, ...]:
    """Changes, newest first, of one site, one scan, or all; `before` is the number of a change."""
    query = changes_query().order_by(CHANGES.c.id.desc()).limit(limit)
    if site is not None:
        query = query.where(SITES.c.name == site)
    if scan is not None:
        query = query.where(CHANGES.c.scan == scan)
    if before is not None:
        query = query.where(CHANGES.c.id < before)
    return tuple(change_row(row) for row in connection.execute(query))


def search(
    connection: Connection, text: str, kind: Literal["vendor", "cookie"] | None, *, before_consent: bool
) -> tuple[CookieLife | VendorLife, ...]:
    """Companies and cookies of all sites that have a text in their name; what is gone comes last.

    With `before_consent` only what is still there before any choice.
    """
    found: list[CookieLife | VendorLife] = []
    if kind != "cookie":
        rows = connection.execute(_search(VENDORS, text, before_consent=before_consent))
        found += [vendor_life(row.site_name, row) for row in rows]
    if kind != "vendor":
        rows = connection.execute(_search(COOKIES, text, before_consent=before_consent))
        found += [cookie_life(row.site_name, row) for row in rows]
    return tuple(sorted(found, key=lambda life: (life.gone, isinstance(life, CookieLife), life.name, life.site)))


def _search(table: Table, text: str, *, before_consent: bool) -> Select[Any]:
    query = select(table, SITES.c.name.label("site_name")).join(SITES, SITES.c.id == table.c.site)
    query = query.where(table.c.words.contains(text.casefold(), autoescape=True))
    if before_consent:
        states = table.c.states
        # No other state begins with this word.
        query = query.where(~table.c.gone, or_(states == "before", states.contains("before,"), states.like("%,before")))
    return query


def trend(connection: Connection, weeks: int, now: datetime, names: Collection[str] | None) -> tuple[Week, ...]:
    """How many sites stood how at the end of each of the last weeks, the oldest first; the last week is this one."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    edges = [select(literal(micros(day + timedelta(weeks=1)), BigInteger).label("week_end")) for day in mondays]
    ends = union_all(*edges).cte("ends")
    standing = and_(
        STANDINGS.c.since < ends.c.week_end, or_(STANDINGS.c.until.is_(None), STANDINGS.c.until >= ends.c.week_end)
    )
    query = (
        select(ends.c.week_end, STANDINGS.c.state, func.count())
        .select_from(ends.join(STANDINGS, standing))
        .group_by(ends.c.week_end, STANDINGS.c.state)
    )
    if names is not None:
        some = select(SITES.c.id).where(SITES.c.name.in_(sorted(names)))
        query = query.where(STANDINGS.c.site.in_(some))
    counts: dict[datetime, dict[int, int]] = {}
    for end, state, number in connection.execute(query):
        counts.setdefault(aware(end), {})[state] = number
    return tuple(
        Week(
            monday=day.date().isoformat(),
            sites={
                SITE_STATES[state]: number for state, number in sorted(counts.get(day + timedelta(weeks=1), {}).items())
            },
        )
        for day in mondays
    )


def finding_weight(life: FindingLife) -> tuple[object, ...]:
    """By which findings are sorted: those that stand first, the worst first."""
    return life.resolved is not None, SEVERITIES.index(life.severity), life.rule, life.subject
