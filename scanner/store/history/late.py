"""A scan that comes late: a newer good one is recorded already.

It changes nothing of how the site stands. What it saw was there earlier than was known; what the newer scan did not
have is remembered as gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, case, insert, select, update

from scanner.store.history.deriving import cookie_columns, finding_columns, vendor_columns
from scanner.store.history.facts import Facts
from scanner.store.history.policies import policy_columns
from scanner.store.history.tables import COOKIES, FINDINGS, POLICIES, VENDORS


def merge(connection: Connection, facts: Facts, site: int, *, tool: str, started: int, later: int) -> None:
    """Enter what an older scan saw. `later` is when the good scan began that is known already."""
    for table, key, seen in _seen(facts, tool, later):
        rows = connection.execute(select(table).where(table.c.site == site))
        known = {tuple(getattr(row, name) for name in key): row for row in rows}
        fresh = {"site": site, "first_seen": started, "last_seen": started, "scans": 1}
        missing = [fresh | values for values in seen if _key(values, key) not in known]
        if missing:
            connection.execute(insert(table), missing)
        there = [known[_key(values, key)].id for values in seen if _key(values, key) in known]
        if there:
            first, last = table.c.first_seen, table.c.last_seen
            earlier: dict[str, Any] = {
                "first_seen": case((first > started, started), else_=first),
                "last_seen": case((last < started, started), else_=last),
                "scans": table.c.scans + 1,
            }
            connection.execute(update(table).where(table.c.id.in_(there)).values(earlier))


def _key(values: dict[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(values[name] for name in names)


def _seen(facts: Facts, tool: str, later: int) -> Iterator[tuple[Table, tuple[str, ...], list[dict[str, Any]]]]:
    """Each table with the columns of its key, and what the scan saw as rows of it."""
    yield COOKIES, ("name", "domain"), [cookie_columns(fact) | {"gone": True} for fact in facts.cookies.values()]
    yield VENDORS, ("name",), [vendor_columns(fact) | {"gone": True} for fact in facts.vendors.values()]
    findings = [finding_columns(key, fact) | {"resolved": later} for key, fact in facts.findings.items()]
    yield FINDINGS, ("rule", "subject"), findings
    yield POLICIES, ("url", "basis", "sha256"), [policy_columns(fact, tool) for fact in facts.documents]
