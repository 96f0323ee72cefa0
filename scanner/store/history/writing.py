"""Writing a row that may be there already: the one thing that SQLite and PostgreSQL have a dialect for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> bool:
    """Insert a row unless one with its key is there. Returns whether it was inserted."""
    # Each dialect has an INSERT of its own; importing the one that is not used takes a fifth of a second.
    own = importlib.import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert
    columns = [table.c[name] for name in key]
    statement = own(table).values(dict(values)).on_conflict_do_nothing(index_elements=columns).returning(*columns)
    return connection.execute(statement).first() is not None
