"""Captures of a run that failed before it was recorded, so that a restart does not start counting anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

from scanner.model.watch import Run
from scanner.store.history.moments import aware, micros
from scanner.store.history.tables import ATTEMPTS
from scanner.store.history.writing import insert_once


def add(connection: Connection, run: Run, kind: str, message: str, at: datetime) -> int:
    """Remember one; returns how many there were, this one included."""
    key = {"site": run.site, "due": micros(run.due)}
    told = {"at": micros(at), "kind": kind, "message": message}
    if insert_once(connection, ATTEMPTS, key | told | {"number": 1}, ("site", "due")):
        return 1
    here = _of(run)
    connection.execute(update(ATTEMPTS).where(here).values(told | {"number": ATTEMPTS.c.number + 1}))
    return int(connection.execute(select(ATTEMPTS.c.number).where(here)).scalar_one())


def count(connection: Connection, run: Run) -> tuple[int, datetime | None]:
    """How many there were, and when the last was."""
    row = connection.execute(select(ATTEMPTS.c.number, ATTEMPTS.c.at).where(_of(run))).one_or_none()
    return (0, None) if row is None else (row.number, aware(row.at))


def _of(run: Run) -> ColumnElement[bool]:
    return and_(ATTEMPTS.c.site == run.site, ATTEMPTS.c.due == micros(run.due))
