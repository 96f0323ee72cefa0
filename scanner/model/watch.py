"""The nouns of watching: a site's runs, what its history knows of each thing, and what changed from scan to scan."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import JsonValue

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


class SiteGlance(NamedTuple):
    """What of a site is needed to find it among many and to put it in order: there may be fifty thousand.

    `findings` counts those of high, medium and low severity; these and `nonessential_before` are of the last scan that
    did not fail, null without one. `scanned` is when the last scan began, in microseconds since 1970.
    """

    name: str
    url: str
    owner: str | None
    state: SiteState
    failures: int
    scanned: int | None
    findings: tuple[int, int, int] | None
    nonessential_before: int | None


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

    It is resolved by the first scan that could check its rule and no longer finds it. `counts` is false where it is
    accepted or known from the baseline; severity, title, states and `counts` are as last seen.
    """

    site: str
    rule: str
    subject: str
    severity: Severity
    title: str
    first_seen: UtcTime
    last_seen: UtcTime
    resolved: UtcTime | None
    states: tuple[StateName, ...] = ()
    counts: bool = True


class PolicyVersion(Model):
    """One text of one policy document, by the sum of its sentences; `last_seen` is the last scan that read it so.

    Where the sentences were not at hand, the sum is of the words from which its rows and statements were read.
    """

    site: str
    url: str
    title: str
    language: str | None
    sha256: str
    first_seen: UtcTime
    last_seen: UtcTime


class ChangeRow(Model):
    """One thing that changed with one scan. `subject` is the cookie, vendor, policy address or what a finding is about.

    A finding with several subjects is one change, its subjects separated by `, `. `id` grows with every change that is
    recorded.
    """

    id: int = 0
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

    `previous` is the last good scan before it; `changes` are in order of weight, worst first. A site's first good scan
    has nothing to be compared with: it changes nothing. `failures` counts failed scans in a row, up to the last;
    `failed_before` the same before this scan.
    """

    row: ScanRow
    fresh: bool
    previous: ScanRow | None
    failures: int
    failed_before: int = 0
    changes: tuple[ChangeRow, ...]


class Week(Model):
    """How many sites stood how at the end of a week, which began on `monday` (ISO 8601 day, UTC). States without a
    site are left out, and so are sites that had not been scanned by then."""

    monday: str
    sites: dict[SiteState, int]


class HostLimits(Model):
    """How a host is treated, by all machines together. Times are seconds.

    Between the end of one scan and the start of the next lie `pause_s`. After `failures` failed scans in a row it is
    left alone for `breaker_pause_s`; then one scan tries. A scan that has not ended after `lease_s` is given up for
    dead; 0 lets several scans speak to a host at once.
    """

    pause_s: float = 10.0
    failures: int = 5
    breaker_pause_s: float = 3600.0
    lease_s: float = 0.0


class Retention(Model):
    """Which scans stay: those that are not older than `days`, and the last `scans` of each site.

    With both, what either keeps stays; with neither, everything. A site's last scan and its last good one always stay.
    """

    days: int | None = None
    scans: int | None = None


class Outgoing(Model):
    """A message for one target, to be sent for a run once, and not before a moment."""

    target: str
    message: JsonValue
    not_before: UtcTime


class Waiting(Model):
    """A message that its taker is to send now. `failures` counts earlier tries."""

    id: int
    run: Run
    target: str
    message: JsonValue
    failures: int
