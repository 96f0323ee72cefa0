"""The pages' tables as CSV that a spreadsheet shows and never calculates."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scanner.dashboard.seams import Past
from scanner.dashboard.searching import Hit
from scanner.dashboard.wording import STATE_LABELS
from scanner.model.watch import SiteRow
from scanner.report.tables import csv_text


def sites_csv(rows: Iterable[SiteRow]) -> str:
    """Sites in the order given: one line a site, figures of its last good scan."""
    header = (
        "site",
        "url",
        "owner",
        "state",
        "findings_high",
        "findings_medium",
        "findings_low",
        "nonessential_cookies_before_choice",
        "companies_before_choice",
        "cookies",
        "companies",
        "score",
        "failed_scans_in_a_row",
        "last_scan",
        "last_good_scan",
        "problem",
    )
    return csv_text(
        header,
        (
            (
                row.name,
                row.url,
                row.owner,
                STATE_LABELS[row.state],
                *_figures(row),
                row.failures,
                row.last.started if row.last else None,
                row.good.started if row.good else None,
                row.last.problem if row.last else None,
            )
            for row in rows
        ),
    )


def _figures(row: SiteRow) -> tuple[int | None, ...]:
    good = row.good
    if good is None:
        return (None,) * 8
    return (
        good.findings.get("high", 0),
        good.findings.get("medium", 0),
        good.findings.get("low", 0),
        good.nonessential_before,
        good.vendors_before,
        good.cookies,
        good.vendors,
        good.score,
    )


def hits_csv(hits: Iterable[Hit]) -> str:
    """What a search came to: one line a company or cookie of a site."""
    header = (
        "site",
        "kind",
        "name",
        "domain",
        "company",
        "category",
        "before_choice",
        "states",
        "first_seen",
        "last_seen",
        "gone",
    )
    return csv_text(
        header,
        (
            (
                hit.site,
                "company" if hit.what == "vendor" else "cookie",
                hit.name,
                hit.domain,
                hit.vendor,
                hit.category,
                hit.before,
                " ".join(hit.states),
                hit.first_seen,
                hit.last_seen,
                hit.gone,
            )
            for hit in hits
        ),
    )


def _scans(past: Past, site: str) -> str:
    header = (
        "due",
        "started",
        "finished",
        "outcome",
        "score",
        "findings_high",
        "findings_medium",
        "findings_low",
        "notes",
        "cookies",
        "cookies_before_choice",
        "nonessential_cookies_before_choice",
        "companies",
        "companies_before_choice",
        "banner",
        "problem",
        "location",
        "tool",
    )
    return csv_text(
        header,
        (
            (
                one.run.due,
                one.started,
                one.finished,
                one.outcome,
                one.score,
                *(one.findings.get(level, 0) for level in ("high", "medium", "low", "info")),
                one.cookies,
                one.cookies_before,
                one.nonessential_before,
                one.vendors,
                one.vendors_before,
                one.banner,
                one.problem,
                one.location,
                one.tool,
            )
            for one in past.scans(site)
        ),
    )


def _cookies(past: Past, site: str) -> str:
    header = ("name", "domain", "party", "category", "company", "states", "first_seen", "last_seen", "gone")
    return csv_text(
        header,
        (
            (
                one.name,
                one.domain,
                one.party,
                one.category,
                one.vendor,
                " ".join(one.states),
                one.first_seen,
                one.last_seen,
                one.gone,
            )
            for one in past.cookies(site)
        ),
    )


def _vendors(past: Past, site: str) -> str:
    header = ("company", "category", "states", "first_seen", "last_seen", "gone")
    return csv_text(
        header,
        (
            (one.name, one.category, " ".join(one.states), one.first_seen, one.last_seen, one.gone)
            for one in past.vendors(site)
        ),
    )


def _findings(past: Past, site: str) -> str:
    header = ("severity", "rule", "subject", "title", "counts", "first_seen", "last_seen", "resolved")
    return csv_text(
        header,
        (
            (one.severity, one.rule, one.subject, one.title, one.counts, one.first_seen, one.last_seen, one.resolved)
            for one in past.findings(site)
        ),
    )


def _policies(past: Past, site: str) -> str:
    header = ("url", "title", "language", "sha256", "first_seen", "last_seen")
    return csv_text(
        header,
        ((one.url, one.title, one.language, one.sha256, one.first_seen, one.last_seen) for one in past.policies(site)),
    )


def _changes(past: Past, site: str) -> str:
    header = ("at", "kind", "rule", "severity", "subject", "detail")
    return csv_text(
        header,
        ((one.at, one.kind, one.rule, one.severity, one.subject, one.detail) for one in past.changes(site)),
    )


SITE_TABLES: tuple[tuple[str, Callable[[Past, str], str]], ...] = (
    ("scans", _scans),
    ("findings", _findings),
    ("cookies", _cookies),
    ("companies", _vendors),
    ("changes", _changes),
    ("policies", _policies),
)
"""Tables of one site: the file's name without `.csv`, and who makes it."""
