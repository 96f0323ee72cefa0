"""Tables for a spreadsheet: cookies, findings and the declaration, as CSV that no spreadsheet can run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from scanner.messages import say
from scanner.model.scan import Scan
from scanner.report.declared import Entry, draft
from scanner.report.proof import cookie_flags
from scanner.report.words import CATEGORY_LABELS, PARTY_LABELS, duration, in_order, state_label

Cell = str | int | float | bool | None

_FORMULA = re.compile(r"^[\s\"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]")
_INNER = re.compile(r"(;[\s\"']*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def safe_cell(value: Cell) -> str:
    """A cell that a spreadsheet shows and never calculates.

    A text that begins like a formula gets an apostrophe in front; control characters, which can hide such a
    beginning, become spaces; and a semicolon, which separates cells in half of Europe, cannot start a formula
    either. Numbers stay numbers. See OWASP, "CSV Injection".
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    text = _INNER.sub(r"\1'", _CONTROL.sub(" ", value))
    return f"'{text}" if _FORMULA.match(text) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table as CSV (RFC 4180, every cell quoted) with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def cookies_csv(scan: Scan) -> str:
    """`cookies.csv`: one row a cookie, one column (yes or no) for each consent state of the scan."""
    states = in_order(scan.states)
    header = (
        "name",
        "domain",
        "path",
        "party",
        "category",
        "company",
        "purpose",
        *(say("seen: {state}", state=state_label(state)) for state in states),
        "lifetime",
        "lifetime_seconds",
        "kept_seconds",
        "session",
        "attributes",
        "set_by",
        "set_by_url",
        "set_line",
        "refused",
        "sent_to",
        "identifier",
        "category_source",
        "pages",
    )
    rows = (
        (
            cookie.name,
            cookie.domain,
            cookie.path,
            cookie.party,
            cookie.category,
            cookie.vendor,
            cookie.purpose,
            *(state in cookie.states for state in states),
            duration(cookie.lifetime_seconds, session=cookie.session),
            cookie.lifetime_seconds,
            cookie.kept_seconds,
            cookie.session,
            cookie_flags(cookie),
            cookie.set_by.kind,
            cookie.set_by.url,
            cookie.set_by.raw,
            cookie.blocked,
            " ".join(cookie.sent_to),
            cookie.identifier,
            cookie.category_source,
            " ".join(cookie.pages),
        )
        for cookie in scan.cookies
    )
    return csv_text(header, rows)


def findings_csv(scan: Scan) -> str:
    """`findings.csv`: one row a finding, worst first."""
    header = (
        "severity",
        "confidence",
        "rule",
        "title",
        "subject",
        "states",
        "detail",
        "policy_says",
        "policy",
        "what_to_do",
        "legal",
        "observed",
    )
    rows = (
        (
            finding.severity,
            finding.confidence,
            finding.rule,
            finding.title,
            finding.subject,
            ", ".join(finding.states),
            finding.detail,
            finding.declared.quote if finding.declared else None,
            finding.declared.source if finding.declared else None,
            finding.fix,
            "; ".join(f"{reference.name} ({reference.url})" for reference in finding.legal),
            " ".join(finding.observed),
        )
        for finding in scan.findings
    )
    return csv_text(header, rows)


def declaration_csv(scan: Scan) -> str:
    """`declaration.csv`: the declaration as it should read, with the rows to be completed at the end."""
    made = draft(scan)
    entries = [entry for _, group in made.groups for entry in group]
    header = (
        say("category"),
        say("name"),
        say("type"),
        say("provider"),
        say("party"),
        say("domain"),
        say("purpose"),
        say("duration"),
        say("to_be_completed"),
    )
    return csv_text(header, (_declaration_row(entry) for entry in (*entries, *made.incomplete)))


def _declaration_row(entry: Entry) -> tuple[Cell, ...]:
    return (
        "" if entry.category == "unknown" else CATEGORY_LABELS[entry.category],
        entry.name,
        entry.type,
        entry.provider,
        PARTY_LABELS[entry.party],
        " ".join(entry.domains),
        entry.purpose,
        entry.duration,
        ", ".join(entry.missing),
    )
