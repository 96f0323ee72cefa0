"""What the command line shows: plain values in, rich renderables out. Nothing here prints.

Loaded when there is something to show: with it come the report and the comparison, half a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from scanner.diff import Difference
from scanner.model.declaration import Declaration
from scanner.model.finding import Severity
from scanner.model.instrument import Browser
from scanner.model.scan import Scan
from scanner.report import diff_caveats, diff_headline, diff_parts, diff_sides, verdict
from scanner.terminal import clean, state_words

_COLOUR: dict[Severity, str] = {"high": "bold red", "medium": "yellow", "low": "cyan", "info": "dim"}


def states_table(scan: Scan) -> Table:
    """One column for each state: reached, cookies by category, hosts of third parties, hits to collectors."""
    table = Table(title=clean(scan.target.url), title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("")
    for state in scan.states:
        table.add_column(state_words(state), justify="right")
    rows: list[tuple[str, list[str]]] = [("choice", [_choice(scan, state) for state in scan.states])]
    for category in ("necessary", "functional", "analytics", "marketing", "unknown"):
        counts = [scan.summary.cookies.get(state, {}).get(category, 0) for state in scan.states]
        if any(counts):
            rows.append((f"cookies: {category}", [str(count) for count in counts]))
    third = [sum(host.party == "third" and state in host.states for host in scan.requests) for state in scan.states]
    hits = [sum(state in beacon.states for beacon in scan.beacons) for state in scan.states]
    rows += [("third-party hosts", [str(n) for n in third]), ("beacons", [str(n) for n in hits])]
    for name, cells in rows:
        # A state that was not reached was not measured: a zero there would be an invented figure.
        table.add_row(name, *(c if scan.states[s].reached else "–" for s, c in zip(scan.states, cells, strict=True)))
    return table


def _choice(scan: Scan, state: str) -> str:
    entry = scan.states[state]
    if not entry.reached:
        return "not reached"
    if state == "before":
        return "banner" if entry.banner.found else "no banner"
    return "verified" if entry.choice.verified else "not verified"


def findings_table(scan: Scan) -> Table:
    """The findings, worst first, a line each."""
    table = Table(show_edge=False, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in scan.findings:
        level = Text(finding.severity, style=_COLOUR[finding.severity])
        table.add_row(level, finding.rule, Text(clean(finding.subject)))
    return table


def outcome_line(scan: Scan) -> str:
    """The result in one line of plain text."""
    counts = scan.summary.findings
    parts = [f"{counts[level]} {level}" for level in ("high", "medium", "low", "info") if counts.get(level)]
    problems = "" if scan.outcome == "complete" else f" ({scan.outcome}: {_first_problem(scan)})"
    found = "not graded" if scan.outcome == "failed" else ", ".join(parts) or "no findings"
    return f"{scan.target.host}: {found}{problems}"


def closing_lines(scan: Scan) -> str:
    """The verdict in a sentence, as the report says it, and the result in one line."""
    return f"{clean(verdict(scan).sentence)}\n{outcome_line(scan)}"


def summary_line(result: Scan, report: Path) -> dict[str, Any]:
    """One result for `--json`: one object a line."""
    return {
        "url": result.target.url,
        "host": result.target.host,
        "outcome": result.outcome,
        "problems": [problem.message for problem in result.problems],
        "score": result.summary.score,
        "findings": result.summary.findings,
        "cookies": result.summary.cookies,
        "report": str(report),
    }


def _first_problem(scan: Scan) -> str:
    return clean(scan.problems[0].message) if scan.problems else "it was cut short"


def calibration_table(browser: Browser) -> Table:
    """What the browser can and cannot see, a line each."""
    table = Table(show_edge=False, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for check in browser.calibration.checks:
        mark = Text("sees" if check.passed else "blind", style="green" if check.passed else "bold red")
        table.add_row(mark, Text(f"{check.name}{': ' + clean(check.detail) if check.detail else ''}"))
    return table


def declaration_tables(name: str, declaration: Declaration) -> Sequence[Table | Text]:
    """What a policy declares: cookies, vendors, claims."""
    if not declaration.found:
        return (Text(f"{clean(name)}: no policy was recognised in this document"),)
    shown: list[Table | Text] = [Text(f"{clean(name)} ({declaration.policy_language or 'language unknown'})", "bold")]
    cookies = _table("cookie", "provider", "category", "duration", "party")
    for row in declaration.cookies:
        duration = row.duration_text or ""
        cookies.add_row(*(clean(c or "") for c in (row.name, row.provider, row.category, duration, row.party)))
    vendors = _table("vendor", "purpose", "words")
    for vendor in declaration.vendors:
        vendors.add_row(*(clean(c or "", 120) for c in (vendor.name, vendor.purpose_category, vendor.quote)))
    claims = _table("claim", "words")
    for claim in declaration.claims:
        claims.add_row(clean(claim.code), clean(claim.evidence, 160))
    shown += [table for table in (cookies, vendors, claims) if table.row_count]
    return shown


def _table(*columns: str) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def diff_lines(difference: Difference) -> Iterator[Text]:
    """What changed between two scans, a line each: `+` is new, `-` is gone, `~` is changed."""
    yield Text(clean(diff_sides(difference)), "bold")
    yield Text(clean(diff_headline(difference)))
    for said in diff_caveats(difference):
        yield Text(clean(said), "yellow")
    for part in diff_parts(difference):
        if part.empty:
            continue
        yield Text()
        yield Text(clean(part.title), "bold")
        for sign, lines, style in (("+", part.new, "red"), ("-", part.gone, "green"), ("~", part.changed, "yellow")):
            for line in lines:
                level = f"[{line.severity}] " if line.severity else ""
                told = f": {clean(line.told)}" if line.told else ""
                yield Text(f"  {sign} {level}", style).append(Text(f"{clean(line.name)}{told}", ""))
