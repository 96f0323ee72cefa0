"""Messages that are to be sent: written in the transaction that records their cause, and sent at least once.

One message for a run and a target, whatever happens: whoever queues it a second time changes nothing. Who takes one
has it for a while; one who died with it loses it to the next.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from scanner.model.watch import Outgoing, Run, Waiting
from scanner.store.history.moments import micros, told
from scanner.store.history.tables import OUTBOX
from scanner.store.history.writing import insert_once


def put(connection: Connection, run: Run, message: Outgoing) -> bool:
    """Queue a message. Returns whether it is new."""
    values = {
        "site": run.site,
        "due": micros(run.due),
        "target": message.target,
        "message": json.dumps(message.message, ensure_ascii=True),
        "not_before": micros(message.not_before),
        "failures": 0,
        "delivered": False,
    }
    return insert_once(connection, OUTBOX, values, ("site", "due", "target"))


def take(connection: Connection, now: datetime, hold: timedelta, limit: int) -> tuple[Waiting, ...]:
    """Take messages that may be sent now, oldest first; nobody else gets them while `hold` lasts."""
    moment = micros(now)
    query = (
        select(OUTBOX)
        .where(
            OUTBOX.c.ended.is_(None),
            OUTBOX.c.not_before <= moment,
            or_(OUTBOX.c.taken_until.is_(None), OUTBOX.c.taken_until <= moment),
        )
        .order_by(OUTBOX.c.not_before, OUTBOX.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).all()
    if rows:
        numbers = [row.id for row in rows]
        connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(numbers)).values(taken_until=micros(now + hold)))
    return tuple(_waiting(row) for row in rows)


def pending(connection: Connection) -> tuple[tuple[Waiting, str], ...]:
    """Every message that has not been sent, and when it may be, in the order in which they will be taken."""
    query = select(OUTBOX).where(OUTBOX.c.ended.is_(None)).order_by(OUTBOX.c.not_before, OUTBOX.c.id)
    return tuple((_waiting(row), told(row.not_before)) for row in connection.execute(query))


def delivered(connection: Connection, number: int, now: datetime) -> None:
    """A message has arrived."""
    values = {"ended": micros(now), "delivered": True, "taken_until": None, "problem": None}
    connection.execute(update(OUTBOX).where(and_(OUTBOX.c.id == number, OUTBOX.c.ended.is_(None))).values(values))


def failed(connection: Connection, number: int, why: str, *, again: datetime | None, now: datetime) -> None:
    """A message could not be sent: it is tried `again` from then on, or given up where that is null."""
    values = {"failures": OUTBOX.c.failures + 1, "problem": why, "taken_until": None}
    values |= {"not_before": micros(again)} if again is not None else {"ended": micros(now)}
    connection.execute(update(OUTBOX).where(and_(OUTBOX.c.id == number, OUTBOX.c.ended.is_(None))).values(values))


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        run=Run(site=row.site, due=told(row.due)),
        target=row.target,
        message=json.loads(row.message),
        failures=row.failures,
    )
