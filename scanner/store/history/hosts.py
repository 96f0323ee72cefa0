"""How hosts are treated, by all machines together: a pause between scans, and a rest after too many failures."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, func, select, update

from scanner.model.watch import HostLimits
from scanner.store.history.moments import aware, micros
from scanner.store.history.tables import HOSTS
from scanner.store.history.writing import insert_once


def may_start(connection: Connection, host: str, now: datetime, limits: HostLimits) -> datetime | None:
    """Null where a scan may speak to a host now; otherwise the moment from which to ask again."""
    row = connection.execute(select(HOSTS).where(HOSTS.c.host == host)).one_or_none()
    free = _free(row, limits)
    return None if free is None or free <= micros(now) else aware(free)


def started(connection: Connection, host: str, now: datetime, limits: HostLimits) -> datetime | None:
    """Claim a host for a scan: null where it is claimed, otherwise (nothing is changed) when to ask again."""
    insert_once(connection, HOSTS, {"host": host, "failures": 0}, ("host",))
    row = connection.execute(select(HOSTS).where(HOSTS.c.host == host).with_for_update()).one()
    free, moment = _free(row, limits), micros(now)
    if free is not None and free > moment:
        return aware(free)
    values = {"started": moment, "busy_until": micros(now + timedelta(seconds=limits.lease_s))}
    if row.failures >= limits.failures:
        # One scan tries whether the host has recovered; until it has ended, the others stay away.
        values["open_until"] = micros(now + timedelta(seconds=limits.breaker_pause_s))
    connection.execute(update(HOSTS).where(HOSTS.c.host == host).values(values))
    return None


def ended(connection: Connection, host: str, now: datetime, limits: HostLimits, *, ok: bool | None) -> None:
    """A scan has let go of a host. `ok` is null where it says nothing of the host, as when it was cancelled."""
    insert_once(connection, HOSTS, {"host": host, "failures": 0}, ("host",))
    row = connection.execute(select(HOSTS).where(HOSTS.c.host == host).with_for_update()).one()
    failures = row.failures if ok is None else 0 if ok else row.failures + 1
    open_until = None
    if failures >= limits.failures:
        # A trial that said nothing leaves the next one free to try.
        open_until = micros(now if ok is None else now + timedelta(seconds=limits.breaker_pause_s))
    values = {"ended": micros(now), "busy_until": None, "failures": failures, "open_until": open_until}
    connection.execute(update(HOSTS).where(HOSTS.c.host == host).values(values))


def resting(connection: Connection, now: datetime) -> int:
    """How many hosts are left alone after too many failures."""
    query = select(func.count()).select_from(HOSTS).where(HOSTS.c.open_until > micros(now))
    return int(connection.execute(query).scalar_one())


def _free(row: Row[tuple[object, ...]] | None, limits: HostLimits) -> int | None:
    """The moment from which a host may be spoken to; null where there is no such moment to wait for."""
    if row is None:
        return None
    pause = round(limits.pause_s * 1_000_000)
    moments = [row.busy_until, row.open_until]
    moments += [None if moment is None else moment + pause for moment in (row.started, row.ended)]
    return max((moment for moment in moments if moment is not None), default=None)
