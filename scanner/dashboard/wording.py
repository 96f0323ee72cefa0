"""Words of the dashboard for what the history knows: states of sites, kinds of changes, figures of a scan."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.messages import number
from scanner.model.finding import Severity
from scanner.model.watch import ChangeKind, ChangeRow, Outcome, ScanRow, SiteState
from scanner.report.words import SEVERITY_LABELS, inside, rule_label

STATE_LABELS: dict[SiteState, str] = {
    "unreachable": "Not reached",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "clean": "Nothing found",
    "never": "Not scanned yet",
}

STATE_MEANINGS: dict[SiteState, str] = {
    "unreachable": "the last scan failed",
    "high": "a finding of high severity stands",
    "medium": "the worst finding that stands is of medium severity",
    "low": "the worst finding that stands is of low severity",
    "clean": "no finding that counts",
    "never": "no scan is recorded",
}

STATE_LOOKS: dict[SiteState, str] = {
    "unreachable": "failed",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "clean": "clear",
    "never": "info",
}
"""The class in the style sheet of each state's tag; those of the report."""

OUTCOME_LABELS: dict[Outcome, str] = {"complete": "Complete", "partial": "Partial", "failed": "Failed"}

CHANGE_LABELS: dict[ChangeKind, str] = {
    "finding-new": "New finding",
    "finding-worse": "Finding got worse",
    "finding-resolved": "Finding resolved",
    "vendor-new": "New company",
    "vendor-gone": "Company gone",
    "cookie-new": "New cookie",
    "cookie-gone": "Cookie gone",
    "policy-changed": "Policy text changed",
    "banner-lost": "Banner no longer found",
    "banner-found": "Banner found",
    "unreachable": "Site not reached",
    "reachable-again": "Site reached again",
}

_GOOD: frozenset[ChangeKind] = frozenset(
    {"finding-resolved", "vendor-gone", "cookie-gone", "banner-found", "reachable-again"}
)
_COUNTED: tuple[Severity, ...] = ("high", "medium", "low")


def change_look(change: ChangeRow) -> str:
    """The class of a change's mark: its severity where it has one and is none for the better."""
    if change.kind in _GOOD:
        return "clear"
    if change.severity is not None:
        return change.severity
    return "failed" if change.kind == "unreachable" else "info"


def change_subject(change: ChangeRow) -> str:
    """What changed, in words; a finding's rule stands before its subject. For a site as a whole: why, or since when."""
    if change.kind in ("unreachable", "reachable-again"):
        return change.detail or change.subject
    if change.rule is None:
        return change.subject
    label = rule_label(change.rule)
    return f"{label}: {change.subject}" if change.subject else label


def counted(findings: Mapping[Severity, int]) -> int:
    """Findings that count for a site's state; notes do not."""
    return sum(findings.get(level, 0) for level in _COUNTED)


def worst(findings: Mapping[Severity, int]) -> str:
    """The class of the worst severity that counts; `clear` where there is none."""
    return next((level for level in _COUNTED if findings.get(level, 0)), "clear")


def findings_words(findings: Mapping[Severity, int]) -> str:
    """Findings in words, worst first: `2 high, 1 low`; `none` where none counts."""
    parts = [
        f"{number(findings[level])} {inside(SEVERITY_LABELS[level])}" for level in _COUNTED if findings.get(level, 0)
    ]
    return ", ".join(parts) or "none"


def trend_words(scans: tuple[ScanRow, ...]) -> str:
    """The row of bars in a sentence; `scans` oldest first."""
    good = [counted(one.findings) for one in scans if one.outcome != "failed"]
    failed = len(scans) - len(good)
    lost = f"; {number(failed)} failed" if failed else ""
    if not scans:
        return "No scan yet"
    if not good:
        return f"All {number(len(scans))} scans failed" if len(scans) > 1 else "The only scan failed"
    if len(scans) == 1:
        return f"{number(good[0])} findings in the only scan"
    return f"Findings in the last {number(len(scans))} scans: from {number(good[0])} to {number(good[-1])}{lost}"


def count_words(count: int, one: str, many: str) -> str:
    """A number with its noun: `1 site`, `12 sites`."""
    return f"{number(count)} {one if count == 1 else many}"
