"""One scan enters the history: in one transaction, once for its run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, func, insert, select, update

from scanner.model.finding import SEVERITIES
from scanner.model.scan import Scan
from scanner.model.watch import ChangeRow, Outgoing, Recorded, Run, ScanRow
from scanner.store.history import deriving, late
from scanner.store.history.deriving import Before, Draft, Edits, split
from scanner.store.history.facts import Facts, before_choice, nonessential, site_rank
from scanner.store.history.moments import micros
from scanner.store.history.outbox import put
from scanner.store.history.policies import policies
from scanner.store.history.rows import change_row, changes_query, scan_row, scans_query
from scanner.store.history.tables import (
    ATTEMPTS,
    CHANGES,
    COOKIES,
    FINDINGS,
    LEFTOVERS,
    POLICIES,
    SCANS,
    SITES,
    STANDINGS,
    VENDORS,
    plain,
)
from scanner.store.history.writing import insert_once

_PROBLEM = 300

Tell = Callable[[Recorded], Iterable[Outgoing]]

# Building a statement takes longer than carrying it out: those that every scan needs are built once.
_LIVES = {
    table.name: select(table).where(table.c.site == bindparam("number"))
    for table in (COOKIES, VENDORS, FINDINGS, POLICIES)
}
_SITE = select(SITES).where(SITES.c.name == bindparam("named")).with_for_update()
_RUN = scans_query().where(SCANS.c.site == bindparam("number"), SCANS.c.due == bindparam("moment"))
_SCAN = select(SCANS).where(SCANS.c.id == bindparam("number"))
_INSERT = insert(SCANS).returning(SCANS.c.id)
_GOOD_BEFORE = (
    select(SCANS)
    .where(SCANS.c.site == bindparam("number"), SCANS.c.due < bindparam("moment"), SCANS.c.outcome != "failed")
    .order_by(SCANS.c.due.desc())
    .limit(1)
)
_NO_ATTEMPTS = delete(ATTEMPTS).where(ATTEMPTS.c.site == bindparam("named"), ATTEMPTS.c.due <= bindparam("moment"))
_NO_LEFTOVER = delete(LEFTOVERS).where(LEFTOVERS.c.location == bindparam("place"))
_CHANGES_OF = changes_query().where(CHANGES.c.scan == bindparam("number")).order_by(CHANGES.c.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded, and the present moment."""

    scan: Scan
    facts: Facts
    run: Run
    url: str
    owner: str | None
    location: str
    now: int

    @property
    def good(self) -> bool:
        """Whether the scan tells anything of the site but that it failed."""
        return self.scan.outcome != "failed"


def record(connection: Connection, entry: Entry, tell: Tell | None) -> Recorded:
    """Record a scan and what it changed; a run that is there already is only looked up."""
    name, due = entry.run.site, micros(entry.run.due)
    site = _site(connection, entry)
    known = connection.execute(_RUN, {"number": site.id, "moment": due}).one_or_none()
    if known is not None:
        return _known(connection, site, scan_row(name, known))
    good = _scan(connection, site.good_scan)
    values = _values(entry, site.id, due)
    scan_id = connection.execute(_INSERT, values).scalar_one()
    newest = _is_newest(due, site.last_due, entry.now)
    drafts: list[Draft] = []
    if entry.good:
        if _is_newest(due, None if good is None else good.due, entry.now):
            drafts = _lives(connection, entry, site, good)
        elif good is not None:
            started = micros(entry.scan.started)
            late.merge(
                connection, entry.facts, site.id, tool=entry.scan.tool.version, started=started, later=good.started
            )
    if newest:
        drafts += _standing(site, entry)
    failures = _move(connection, entry, site, scan_id, due, newest=newest, good=good)
    changes = _write_changes(connection, entry, site.id, scan_id, deriving.in_order(drafts))
    connection.execute(_NO_ATTEMPTS, {"named": name, "moment": due})
    connection.execute(_NO_LEFTOVER, {"place": entry.location})
    recorded = Recorded(
        row=scan_row(name, values | {"id": scan_id}),
        fresh=True,
        previous=_previous(connection, name, site.id, due),
        failures=failures,
        failed_before=site.failures if newest else _failures(connection, site.id, due),
        changes=changes,
    )
    for message in tell(recorded) if tell is not None else ():
        put(connection, entry.run, message)
    return recorded


def _is_newest(due: int, last: int | None, now: int) -> bool:
    """Whether a run follows the last one. One from the future came from a clock that was wrong: it is followed."""
    return last is None or due > last or due <= now < last


def _site(connection: Connection, entry: Entry) -> Row[Any]:
    """The site's row, locked until the transaction ends, so that its scans are recorded one after the other."""
    row = connection.execute(_SITE, {"named": entry.run.site}).one_or_none()
    if row is not None:
        return row
    values = {
        "name": entry.run.site, "url": entry.url, "host": entry.scan.target.host, "owner": entry.owner,
        "state": site_rank("never"), "failures": 0, "reached": "",
    }  # fmt: skip
    insert_once(connection, SITES, values, ("name",))
    return connection.execute(_SITE, {"named": entry.run.site}).one()


def _known(connection: Connection, site: Row[Any], row: ScanRow) -> Recorded:
    changes = connection.execute(_CHANGES_OF, {"number": row.id})
    return Recorded(
        row=row,
        fresh=False,
        previous=_previous(connection, row.run.site, site.id, micros(row.run.due)),
        failures=site.failures,
        failed_before=_failures(connection, site.id, micros(row.run.due)),
        changes=tuple(change_row(change) for change in changes),
    )


def _scan(connection: Connection, number: int | None) -> Row[Any] | None:
    return None if number is None else connection.execute(_SCAN, {"number": number}).one_or_none()


def _previous(connection: Connection, name: str, site: int, due: int) -> ScanRow | None:
    row = connection.execute(_GOOD_BEFORE, {"number": site, "moment": due}).one_or_none()
    return None if row is None else scan_row(name, row)


def _values(entry: Entry, site: int, due: int) -> dict[str, Any]:
    scan, facts = entry.scan, entry.facts
    kept, contacted = facts.cookies.values(), facts.vendors.values()
    before = [cookie for cookie in kept if before_choice(cookie.states)]
    return {
        "site": site,
        "due": due,
        "started": micros(scan.started),
        "finished": None if scan.finished is None else micros(scan.finished),
        "outcome": scan.outcome,
        "state": site_rank(facts.state),
        "score": scan.summary.score,
        **{level: scan.summary.findings.get(level, 0) for level in SEVERITIES},
        "cookies": len(kept),
        "cookies_before": len(before),
        "nonessential_before": sum(nonessential(cookie.category) for cookie in before),
        "vendors": len(contacted),
        "vendors_before": sum(before_choice(vendor.states) for vendor in contacted),
        "banner": facts.banner,
        "reached": ",".join(facts.reached),
        "banners": ",".join(facts.banners),
        "problem": _problem(scan),
        "location": entry.location,
        "tool": scan.tool.version,
    }


def _problem(scan: Scan) -> str | None:
    """The first line of what went wrong, where a scan did not come to its end."""
    if scan.outcome == "complete" or not scan.problems:
        return None
    first = scan.problems[0]
    line = next((line.strip() for line in first.message.splitlines() if line.strip()), first.kind)
    return plain(line)[:_PROBLEM]


def _lives(connection: Connection, entry: Entry, site: Row[Any], good: Row[Any] | None) -> list[Draft]:
    """Bring what is known of the site up to this scan."""
    facts, started = entry.facts, micros(entry.scan.started)
    known = {name: connection.execute(query, {"number": site.id}).all() for name, query in _LIVES.items()}
    before = _before(connection, site, good)
    whole = entry.scan.outcome == "complete"
    cookies, drafts = deriving.cookies(
        {(row.name, row.domain): row for row in known["cookies"]}, facts, before, whole=whole
    )
    vendors, more = deriving.vendors({row.name: row for row in known["vendors"]}, facts, before, whole=whole)
    drafts += more
    findings, more = deriving.findings({(row.rule, row.subject): row for row in known["findings"]}, facts, before)
    drafts += more
    texts, more = policies(
        known["policies"], facts.documents, tool=entry.scan.tool.version,
        previous=None if good is None else good.started,
    )  # fmt: skip
    drafts += more
    for table, edits, end in (
        (COOKIES, cookies, {"gone": True}),
        (VENDORS, vendors, {"gone": True}),
        (FINDINGS, findings, {"resolved": started}),
        (POLICIES, texts, {}),
    ):
        _apply(connection, table, edits, end, site.id, started)
    drafts += deriving.banner(before, facts)
    return drafts


def _before(connection: Connection, site: Row[Any], good: Row[Any] | None) -> Before:
    if good is not None and good.banner is None:
        query = select(SCANS).where(SCANS.c.site == site.id, SCANS.c.due < good.due, SCANS.c.banner.is_not(None))
        told = connection.execute(query.order_by(SCANS.c.due.desc()).limit(1)).one_or_none()
    else:
        told = good
    return Before(
        first=good is None,
        reached=frozenset(split(site.reached)),
        banner_reached=frozenset(split(told.reached)) if told is not None else frozenset(),
        banners=frozenset(split(told.banners)) if told is not None else frozenset(),
    )


def _apply(connection: Connection, table: Table, edits: Edits, end: Mapping[str, Any], site: int, started: int) -> None:
    again = {"last_seen": started, "scans": table.c.scans + 1}
    if edits.add:
        fresh = {"site": site, "first_seen": started, "last_seen": started, "scans": 1}
        connection.execute(insert(table), [fresh | values for values in edits.add])
    if edits.touch:
        connection.execute(update(table).where(table.c.id.in_(edits.touch)).values(again))
    if edits.alter:
        # Every row of such a statement gives the same columns.
        names = [name for name in edits.alter[0] if name != "row"]
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names} | again
        parameters = [{"row": one["row"]} | {f"new_{name}": one[name] for name in names} for one in edits.alter]
        connection.execute(update(table).where(table.c.id == bindparam("row")).values(values), parameters)
    if edits.end:
        connection.execute(update(table).where(table.c.id.in_(edits.end)).values(dict(end)))


def _standing(site: Row[Any], entry: Entry) -> list[Draft]:
    """Whether the site can be reached, as far as that is news."""
    if not entry.good and site.failures == 0:
        return [Draft("unreachable", entry.scan.target.host, detail=_problem(entry.scan) or "")]
    if entry.good and site.failures > 0:
        detail = f"after {site.failures} failed scan{'s' if site.failures > 1 else ''}"
        return [Draft("reachable-again", entry.scan.target.host, detail=detail)]
    return []


def _move(
    connection: Connection, entry: Entry, site: Row[Any], scan: int, due: int, *, newest: bool, good: Row[Any] | None
) -> int:
    """Let the site's row point to its scans as they are now. Returns the number of failed scans in a row."""
    values: dict[str, Any] = {}
    if entry.good:
        values["reached"] = ",".join(sorted({*split(site.reached), *entry.facts.reached}))
        if _is_newest(due, None if good is None else good.due, entry.now):
            values["good_scan"] = scan
    if newest:
        values |= {"url": entry.url, "owner": entry.owner, "host": entry.scan.target.host}
        values |= {"last_scan": scan, "last_due": due, "state": site_rank(entry.facts.state)}
        values["failures"] = 0 if entry.good else site.failures + 1
        _turn(connection, site, values["state"], due)
    else:
        values["failures"] = _failures(connection, site.id)
    connection.execute(update(SITES).where(SITES.c.id == site.id).values(values))
    failures: int = values["failures"]
    return failures


def _failures(connection: Connection, site: int, until: int | None = None) -> int:
    """Failed scans in a row up to the last one (or the last before a moment), counted anew."""
    before = [] if until is None else [SCANS.c.due < until]
    here = select(func.max(SCANS.c.due)).where(SCANS.c.site == site, *before)
    good = here.where(SCANS.c.outcome != "failed").scalar_subquery()
    query = select(func.count()).where(SCANS.c.site == site, SCANS.c.due > func.coalesce(good, -(2**62)), *before)
    return int(connection.execute(query).scalar_one())


def _turn(connection: Connection, site: Row[Any], state: int, due: int) -> None:
    """End the stretch of one state and begin that of another, where it is another."""
    if site.last_due is not None and site.state == state:
        return
    connection.execute(
        update(STANDINGS).where(STANDINGS.c.site == site.id, STANDINGS.c.until.is_(None)).values(until=due)
    )
    connection.execute(insert(STANDINGS).values(site=site.id, state=state, since=due))


def _write_changes(
    connection: Connection, entry: Entry, site: int, scan: int, drafts: Sequence[Draft]
) -> tuple[ChangeRow, ...]:
    if not drafts:
        return ()
    at = micros(entry.scan.started)
    rows = [
        {
            "site": site, "scan": scan, "at": at, "kind": draft.kind, "subject": draft.subject, "rule": draft.rule,
            "severity": draft.severity, "detail": draft.detail,
        }
        for draft in drafts
    ]  # fmt: skip
    connection.execute(insert(CHANGES), rows)
    written = connection.execute(_CHANGES_OF, {"number": scan})
    return tuple(change_row(row) for row in written)
