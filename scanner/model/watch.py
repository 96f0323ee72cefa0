"""The nouns of watching: a site's runs, what its history knows of each thing, and what changed from scan to scan."""

from __future__ import annotations

from typing import Literal

from scanner.model.base import Category, Model, Party, StateName, UtcTime
from scanner.model.finding import Severity

Outcome = Literal["complete", "partial", "failed"]

SiteState = Literal["unreachable", "high", "medium", "low", "clean", "never"]
SITE_STATES: tuple[SiteState, ...] = ("unreachable", "high", "medium", "low", "clean", "never")
"""How a site stands, worst first: its last scan failed; the worst severity of its last good scan's findings that
count (`info` and findings that are accepted count as clean); it has never been scanned."""

ChangeKind = Literal[
    "finding-new",
    "finding-worse",
    "finding-resolved",
    "vendor-new",
    "vendor-gone",
    "cookie-new",
    "cookie-gone",
    "policy-changed",
    "banner-lost",
    "banner-found",
    "unreachable",
    "reachable-again",
]


class Run(Model):
    """One scan that a site's cadence asks for: the site's name and the moment at which it was due.

    The pair is the identity of a run: whatever is scanned twice for it, by whomever, is recorded once.
    """

    site: str
    due: UtcTime


class ScanRow(Model):
    """One recorded scan. `location` is where its files lie, relative to the place of all reports.

    Figures count what the browser kept: cookies in all states and before any choice, those before any choice that are
    analytics or marketing, and companies (or unknown third-party sites) that were contacted. `banner` is null where no
    state was reached. `problem` is the first line of what went wrong.
    """

    id: int
    run: Run
    started: UtcTime
    finished: UtcTime | None
    outcome: Outcome
    score: int | None
    findings: dict[Severity, int]
    cookies: int
    cookies_before: int
    nonessential_before: int
    vendors: int
    vendors_before: int
    banner: bool | None
    problem: str | None
    location: str
    tool: str


class SiteRow(Model):
    """A site as its history knows it. `failures` counts failed scans in a row, up to the last.

    `last` is the last scan, `good` the last that did not fail.
    """

    name: str
    url: str
    host: str
    owner: str | None
    state: SiteState
    failures: int
    last: ScanRow | None
    good: ScanRow | None


class CookieLife(Model):
    """A cookie through a site's history. `name` has the parts that differ from visitor to visitor as `*`.

    `states`, `category` and `vendor` are as last seen; `gone` says that the last good scan had it no more.
    """

    site: str
    name: str
    domain: str
    party: Party
    category: Category
    vendor: str | None
    states: tuple[StateName, ...]
    first_seen: UtcTime
    last_seen: UtcTime
    gone: bool


class VendorLife(Model):
    """A company (or an unknown third-party site) that was contacted, through a site's history."""

    site: str
    name: str
    category: Category
    states: tuple[StateName, ...]
    first_seen: UtcTime
    last_seen: UtcTime
    gone: bool


class FindingLife(Model):
    """A finding's rule and one subject through a site's history. `resolved` is null while it stands.

    It is resolved by the first scan that could check its rule and no longer finds it.
    """

    site: str
    rule: str
    subject: str
    severity: Severity
    title: str
    first_seen: UtcTime
    last_seen: UtcTime
    resolved: UtcTime | None


class PolicyVersion(Model):
    """One text of one policy document, by the sum of its sentences; `last_seen` is the last scan that read it so."""

    site: str
    url: str
    title: str
    language: str | None
    sha256: str
    first_seen: UtcTime
    last_seen: UtcTime


class ChangeRow(Model):
    """One thing that changed with one scan. `subject` is the cookie, vendor, finding's subject or policy address."""

    site: str
    scan: int
    at: UtcTime
    kind: ChangeKind
    subject: str
    rule: str | None = None
    severity: Severity | None = None
    detail: str = ""


class Recorded(Model):
    """What recording a scan came to. `fresh` is false where this run had been recorded before: nothing was changed.

    `previous` is the last good scan before it; `changes` are in order of weight, worst first.
    """

    row: ScanRow
    fresh: bool
    previous: ScanRow | None
    failures: int
    changes: tuple[ChangeRow, ...]
