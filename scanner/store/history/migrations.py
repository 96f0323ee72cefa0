"""The history's schema and its versions: a new database gets the newest; an older one is led there step by step."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, text

from scanner.errors import UsageError
from scanner.store.history.tables import METADATA, SCHEMA

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = ()
"""The first leads from version 1 to 2, and so on. A step is written once and never changed."""

_LOCK = 0x636F6F6B  # one number for all who would change the schema of a PostgreSQL database


def migrate(engine: Engine, name: str, *, look: bool = False, steps: tuple[Step, ...] = STEPS) -> bool:
    """Bring a database to the newest version; with `look`, only say whether it is there.

    Raises UsageError for a database of a newer version than this program knows.
    """
    newest = 1 + len(steps)
    with engine.begin() as connection:
        if not look and connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        version = _version(connection)
        if version is not None and version > newest:
            raise UsageError(
                f"the history {name} was written by a newer cookie-scanner (its schema is {version}, this program "
                f"knows {newest}); update this program"
            )
        if version == newest or look:
            return version == newest
        if version is None:
            METADATA.create_all(connection, checkfirst=False)
        for step in steps[(version or newest) - 1 :]:
            step(connection)
        connection.execute(delete(SCHEMA))
        connection.execute(insert(SCHEMA).values(version=newest))
        return True


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(SCHEMA.name):
        return None
    return connection.execute(select(SCHEMA.c.version)).scalar()
