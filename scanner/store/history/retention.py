"""Which scans are forgotten, and what goes with them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select

from scanner.model.watch import Retention
from scanner.store.history.moments import micros
from scanner.store.history.tables import COOKIES, FINDINGS, LEFTOVERS, OUTBOX, POLICIES, SCANS, SITES, VENDORS
from scanner.store.history.writing import insert_missing

_BUNCH = 500


def forgettable(
    connection: Connection, keep: Retention, now: datetime, protected: Collection[str]
) -> list[tuple[int, str]]:
    """Numbers and locations of the scans that may go, oldest first."""
    if keep.days is None and keep.scans is None:
        return []
    place = func.row_number().over(partition_by=SCANS.c.site, order_by=SCANS.c.due.desc()).label("place")
    ranked = select(SCANS.c.id, SCANS.c.due, SCANS.c.started, SCANS.c.location, place).subquery()
    beyond: list[ColumnElement[bool]] = []
    if keep.days is not None:
        beyond.append(ranked.c.started < micros(now - timedelta(days=keep.days)))
    if keep.scans is not None:
        beyond.append(ranked.c.place > keep.scans)
    for anchor in (SITES.c.last_scan, SITES.c.good_scan):
        beyond.append(ranked.c.id.not_in(select(anchor).where(anchor.is_not(None))))
    query = select(ranked.c.id, ranked.c.location).where(*beyond).order_by(ranked.c.due, ranked.c.id)
    return [(row.id, row.location) for row in connection.execute(query) if row.location not in protected]


def forget(connection: Connection, numbers: Collection[int], locations: Collection[str]) -> None:
    """Forget scans, their changes, what only they saw, and the messages that were sent for them.

    Their locations are remembered until `removed` says that the files are gone: whoever is killed in between leaves
    nothing behind for ever. What still is on a site, or was seen more than once, keeps the day it was first seen.
    """
    several = sorted(numbers)
    for start in range(0, len(several), _BUNCH):
        connection.execute(delete(SCANS).where(SCANS.c.id.in_(several[start : start + _BUNCH])))
    insert_missing(connection, LEFTOVERS, [{"location": location} for location in locations], ("location",))
    for table in (COOKIES, VENDORS):
        connection.execute(delete(table).where(table.c.gone, *_traceless(table)))
    connection.execute(delete(FINDINGS).where(FINDINGS.c.resolved.is_not(None), *_traceless(FINDINGS)))
    newer = POLICIES.alias("newer")
    followed = and_(newer.c.site == POLICIES.c.site, newer.c.url == POLICIES.c.url)
    later = select(newer.c.id).where(followed, newer.c.last_seen > POLICIES.c.last_seen).exists()
    connection.execute(delete(POLICIES).where(later, *_traceless(POLICIES)))
    run = select(SCANS.c.id).join(SITES, SITES.c.id == SCANS.c.site)
    recorded = run.where(SITES.c.name == OUTBOX.c.site, SCANS.c.due == OUTBOX.c.due).exists()
    connection.execute(delete(OUTBOX).where(OUTBOX.c.ended.is_not(None), ~recorded))


def _traceless(table: Table) -> tuple[ColumnElement[bool], ...]:
    """The condition that one scan alone saw a thing, and that this scan is forgotten."""
    scan = select(SCANS.c.id).where(SCANS.c.site == table.c.site, SCANS.c.started == table.c.last_seen)
    return table.c.scans == 1, ~scan.exists()


def leftovers(connection: Connection) -> tuple[str, ...]:
    """Where files of forgotten scans still lie, as far as is known."""
    query = select(LEFTOVERS.c.location).where(LEFTOVERS.c.location.not_in(select(SCANS.c.location)))
    return tuple(connection.execute(query.order_by(LEFTOVERS.c.location)).scalars())


def removed(connection: Connection, locations: Collection[str]) -> None:
    """The files of these locations are gone."""
    several = sorted(locations)
    for start in range(0, len(several), _BUNCH):
        bunch = several[start : start + _BUNCH]
        connection.execute(delete(LEFTOVERS).where(LEFTOVERS.c.location.in_(bunch)))
