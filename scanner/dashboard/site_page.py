"""One site through time: its figures as pictures, what stands, what changed, and every scan with its report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from scanner.dashboard.charts import Chart, Measured, Series, stacked, stepped
from scanner.dashboard.seams import Past
from scanner.dashboard.wording import count_words, counted, findings_words
from scanner.messages import number
from scanner.model.finding import SEVERITIES, Severity
from scanner.model.watch import (
    ChangeRow,
    CookieLife,
    FindingLife,
    PolicyVersion,
    ScanRow,
    SiteRow,
    VendorLife,
)
from scanner.report.words import CATEGORIES, SEVERITY_LABELS, day, inside

CHARTED = 120
"""Scans in the pictures."""

LISTED = 26
"""Scans in the list of a page."""

_CHANGES = 60
_SETTLED = 50
_LEVELS: tuple[Severity, ...] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the last good scan, and what it was in the good scan before."""

    label: str
    value: str
    note: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What changed with one scan."""

    scan: int
    at: str
    changes: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding that stands, with all that it is about; `counts` is false where it is accepted or known before."""

    rule: str
    title: str
    severity: Severity
    counts: bool
    subjects: tuple[FindingLife, ...]

    @property
    def first_seen(self) -> str:
        """Since when, of its oldest subject."""
        return min(one.first_seen for one in self.subjects)

    @property
    def last_seen(self) -> str:
        """The last scan that found it."""
        return max(one.last_seen for one in self.subjects)


@dataclass(frozen=True, slots=True)
class SitePage:
    """What the page shows. `older_scans` is the number of a scan, `older_changes` of a change, to go on from."""

    row: SiteRow
    sentence: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    charted: tuple[ScanRow, ...]
    findings: tuple[Standing, ...]
    settled: tuple[FindingLife, ...]
    moments: tuple[Moment, ...]
    cookies: tuple[CookieLife, ...]
    cookies_gone: tuple[CookieLife, ...]
    vendors: tuple[VendorLife, ...]
    vendors_gone: tuple[VendorLife, ...]
    policies: tuple[PolicyVersion, ...]
    scans: tuple[ScanRow, ...]
    older_scans: int | None
    older_changes: int | None
    compared: tuple[int, int] | None
    """The scans that the form of comparison begins with: the last two good ones of the list, the older first."""


def site_page(
    past: Past, row: SiteRow, *, scans_before: int | None = None, changes_before: int | None = None
) -> SitePage:
    """A site's page; the two numbers turn the pages of its lists."""
    charted = past.scans(row.name, limit=CHARTED)
    listed = charted if scans_before is None else past.scans(row.name, limit=LISTED + 1, before=scans_before)
    shown = listed[:LISTED]
    findings = past.findings(row.name)
    cookies, vendors = past.cookies(row.name), past.vendors(row.name)
    moments, older = _moments(past.changes(row.name, limit=_CHANGES, before=changes_before))
    standing = _standing(one for one in findings if one.resolved is None)
    settled = sorted((one for one in findings if one.resolved is not None), key=_resolved, reverse=True)
    good = [one.id for one in shown if one.outcome != "failed"]
    return SitePage(
        row=row,
        sentence=sentence(row, standing),
        figures=_figures([one for one in charted if one.outcome != "failed"]),
        charts=charts(charted[::-1]),
        charted=charted,
        findings=standing,
        settled=tuple(settled[:_SETTLED]),
        moments=moments,
        cookies=_cookies(one for one in cookies if not one.gone),
        cookies_gone=_cookies(one for one in cookies if one.gone),
        vendors=_vendors(one for one in vendors if not one.gone),
        vendors_gone=_vendors(one for one in vendors if one.gone),
        policies=tuple(sorted(past.policies(row.name), key=lambda one: one.last_seen, reverse=True)),
        scans=shown,
        older_scans=shown[-1].id if len(listed) > LISTED else None,
        older_changes=older,
        compared=(good[1], good[0]) if len(good) > 1 else None,
    )


def sentence(row: SiteRow, standing: Sequence[Standing]) -> str:
    """How a site stands, in a sentence."""
    if row.last is None:
        return "This site has not been scanned yet."
    if row.state == "unreachable":
        times = count_words(row.failures, "scan has", "scans have")
        last = f"The last {times} failed" if row.failures > 1 else "The last scan failed"
        return f"{last}. {_stands(row, standing)}" if row.good else f"{last}; no scan has ever reached this site."
    return _stands(row, standing)


def _stands(row: SiteRow, standing: Sequence[Standing]) -> str:
    against = [one for one in standing if one.counts and one.severity != "info"]
    if row.good is None or not against:
        return "No finding counts against it."
    level = min((one.severity for one in against), key=SEVERITIES.index)
    worst = [one for one in against if one.severity == level]
    oldest = day(min(one.first_seen for one in worst))
    what = count_words(len(worst), "finding", "findings")
    since = f"stands, since {oldest}" if len(worst) == 1 else f"stand, the oldest since {oldest}"
    return f"{what} of {inside(SEVERITY_LABELS[level])} severity {since}."


def _figures(good: Sequence[ScanRow]) -> tuple[Figure, ...]:
    if not good:
        return ()
    now, was = good[0], good[1] if len(good) > 1 else None

    def figure(label: str, read: Callable[[ScanRow], int | None], alarming: bool = False) -> Figure:
        value, before = read(now), read(was) if was is not None else None
        return Figure(label, "–" if value is None else number(value), _moved(value, before), alarming and bool(value))

    return (
        figure("findings that count", lambda one: counted(one.findings)),
        figure("advertising or statistics cookies before a choice", lambda one: one.nonessential_before, alarming=True),
        figure("services contacted before a choice", lambda one: one.vendors_before),
        figure("cookies in all states", lambda one: one.cookies),
        figure("score, of 100", lambda one: one.score),
    )


def _moved(value: int | None, before: int | None) -> str:
    if value is None:
        return "something needed for it was not measured"
    if before is None:
        return ""
    if before == value:
        return "as in the scan before"
    return f"{number(before)} in the scan before"


def charts(scans: Sequence[ScanRow]) -> tuple[Chart, ...]:
    """The pictures of a site; `scans` oldest first."""

    def measured(*names: str) -> list[Measured]:
        return [
            Measured(one.started, None if one.outcome == "failed" else tuple(getattr(one, name) for name in names))
            for one in scans
        ]

    every, before = Series("in all states", "line-all"), Series("before a choice", "line-before")
    findings = [
        Measured(
            one.started,
            None if one.outcome == "failed" else tuple(one.findings.get(level, 0) for level in _LEVELS),
        )
        for one in scans
    ]
    levels = tuple(Series(inside(SEVERITY_LABELS[level]), f"fill-{level}") for level in _LEVELS)
    return (
        stacked("chart-findings", "Findings", levels, findings),
        stacked(
            "chart-consent",
            "Advertising and statistics cookies before a choice",
            (Series("cookies", "fill-consent"),),
            measured("nonessential_before"),
        ),
        stepped("chart-cookies", "Cookies", (every, before), measured("cookies", "cookies_before")),
        stepped("chart-services", "Services", (every, before), measured("vendors", "vendors_before")),
    )


def _moments(changes: Sequence[ChangeRow]) -> tuple[tuple[Moment, ...], int | None]:
    """Changes by scan, and the change to go on from. A scan whose changes may be cut off is left for the next page."""
    groups = [(scan, tuple(rows)) for scan, rows in groupby(changes, key=lambda one: one.scan)]
    older = None
    if len(changes) >= _CHANGES:
        if len(groups) > 1:
            groups.pop()
        older = groups[-1][1][-1].id
    # The newest come first, and of one scan the worst, which was written first.
    moments = (Moment(scan, rows[0].at, tuple(sorted(rows, key=lambda one: one.id))) for scan, rows in groups)
    return tuple(moments), older


def _standing(lives: Iterable[FindingLife]) -> tuple[Standing, ...]:
    """Findings by what they say, the worst first, those that do not count last."""
    groups: dict[tuple[bool, int, str, str], list[FindingLife]] = {}
    for one in lives:
        groups.setdefault((not one.counts, SEVERITIES.index(one.severity), one.rule, one.title), []).append(one)
    return tuple(
        Standing(
            rule,
            title,
            SEVERITIES[level],
            not settled,
            tuple(sorted(groups[key], key=lambda one: (one.first_seen, one.subject))),
        )
        for key in sorted(groups)
        for settled, level, rule, title in (key,)
    )


def _resolved(one: FindingLife) -> str:
    return one.resolved or ""


def _cookies(lives: Iterable[CookieLife]) -> tuple[CookieLife, ...]:
    """Those that come before a choice first, then by what they are for."""
    return tuple(
        sorted(
            lives,
            key=lambda one: (
                "before" not in one.states,
                CATEGORIES.index(one.category),
                one.name.casefold(),
                one.domain,
            ),
        )
    )


def _vendors(lives: Iterable[VendorLife]) -> tuple[VendorLife, ...]:
    return tuple(
        sorted(lives, key=lambda one: ("before" not in one.states, CATEGORIES.index(one.category), one.name.casefold()))
    )


def scan_facts(scan: ScanRow) -> Mapping[str, str]:
    """A scan's figures in words, for its line in a list; a scan that failed has none."""
    if scan.outcome == "failed":
        return {"findings": "–", "cookies": "–", "consent": "–", "companies": "–", "score": "–"}
    return {
        "findings": findings_words(scan.findings),
        "cookies": number(scan.cookies),
        "consent": number(scan.nonessential_before),
        "companies": number(scan.vendors),
        "score": "–" if scan.score is None else number(scan.score),
    }
