"""Writing rows that may be there already: the one thing that SQLite and PostgreSQL have a dialect for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> bool:
    """Insert a row unless one with its key is there. Returns whether it was inserted."""
    columns = [table.c[name] for name in key]
    statement = _own_insert(connection, table).values(dict(values)).on_conflict_do_nothing(index_elements=columns)
    return connection.execute(statement.returning(*columns)).first() is not None


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Insert those rows whose key is not there."""
    if rows:
        columns = [table.c[name] for name in key]
        statement = _own_insert(connection, table).on_conflict_do_nothing(index_elements=columns)
        connection.execute(statement, [dict(row) for row in rows])


def _own_insert(connection: Connection, table: Table) -> Any:
    # Each dialect has an INSERT of its own; importing the one that is not used takes a fifth of a second.
    return importlib.import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)
