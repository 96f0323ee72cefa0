"""Rows of the database as the nouns of watching."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Select, select

from scanner.model.finding import SEVERITIES
from scanner.model.watch import (
    SITE_STATES,
    ChangeRow,
    CookieLife,
    FindingLife,
    PolicyVersion,
    Run,
    ScanRow,
    SiteRow,
    VendorLife,
)
from scanner.store.history.deriving import split
from scanner.store.history.moments import told
from scanner.store.history.tables import CHANGES, SCANS, SITES

_SCAN = (
    "id", "outcome", "score", "cookies", "cookies_before", "nonessential_before", "vendors", "vendors_before",
    "banner", "problem", "location", "tool",
)  # fmt: skip

SCAN_COLUMNS = [column for column in SCANS.c if column.name not in ("state", "reached", "banners", "site")]


def scans_query() -> Select[Any]:
    """Scans with the name of their site."""
    return select(SITES.c.name.label("site"), *SCAN_COLUMNS).join(SITES, SITES.c.id == SCANS.c.site)


def changes_query() -> Select[Any]:
    """Changes with the name of their site."""
    columns = [column for column in CHANGES.c if column.name != "site"]
    return select(SITES.c.name.label("site"), *columns).join(SITES, SITES.c.id == CHANGES.c.site)


def scan_row(site: str, row: Any) -> ScanRow:
    """One scan of a site: a row of `scans`, or its values."""
    of = row if isinstance(row, dict) else row._mapping
    finished = of["finished"]
    return ScanRow(
        run=Run(site=site, due=told(of["due"])),
        started=told(of["started"]),
        finished=None if finished is None else told(finished),
        findings={level: of[level] for level in SEVERITIES},
        **{name: of[name] for name in _SCAN},
    )


def site_row(row: Row[Any], scans: Mapping[int, ScanRow]) -> SiteRow:
    """One row of `sites` with its last scan and its last good one, by their numbers."""
    return SiteRow(
        name=row.name,
        url=row.url,
        host=row.host,
        owner=row.owner,
        state=SITE_STATES[row.state],
        failures=row.failures,
        last=scans.get(row.last_scan),
        good=scans.get(row.good_scan),
    )


def change_row(row: Row[Any]) -> ChangeRow:
    """One change of `changes_query`."""
    return ChangeRow(
        id=row.id,
        site=row.site,
        scan=row.scan,
        at=told(row.at),
        kind=row.kind,
        subject=row.subject,
        rule=row.rule,
        severity=row.severity,
        detail=row.detail,
    )


def cookie_life(site: str, row: Row[Any]) -> CookieLife:
    """One row of `cookies`."""
    return CookieLife(
        site=site,
        name=row.name,
        domain=row.domain,
        party=row.party,
        category=row.category,
        vendor=row.vendor,
        states=split(row.states),
        first_seen=told(row.first_seen),
        last_seen=told(row.last_seen),
        gone=row.gone,
    )


def vendor_life(site: str, row: Row[Any]) -> VendorLife:
    """One row of `vendors`."""
    return VendorLife(
        site=site,
        name=row.name,
        category=row.category,
        states=split(row.states),
        first_seen=told(row.first_seen),
        last_seen=told(row.last_seen),
        gone=row.gone,
    )


def finding_life(site: str, row: Row[Any]) -> FindingLife:
    """One row of `findings`."""
    return FindingLife(
        site=site,
        rule=row.rule,
        subject=row.subject,
        severity=row.severity,
        title=row.title,
        first_seen=told(row.first_seen),
        last_seen=told(row.last_seen),
        resolved=None if row.resolved is None else told(row.resolved),
        states=split(row.states),
        counts=row.counts,
    )


def policy_version(site: str, row: Row[Any]) -> PolicyVersion:
    """One row of `policies`."""
    return PolicyVersion(
        site=site,
        url=row.url,
        title=row.title,
        language=row.language,
        sha256=row.sha256,
        first_seen=told(row.first_seen),
        last_seen=told(row.last_seen),
    )
