"""One result on the terminal, and the exit status it means."""

from __future__ import annotations

import json
from pathlib import Path

from rich.text import Text

from scanner.cli.console import FAIL_ON_MET, FINISHED, SITE_FAILED, err, out
from scanner.cli.tables import closing_lines, findings_table, outcome_line, states_table, summary_line
from scanner.config import Config
from scanner.model.finding import SEVERITIES
from scanner.model.scan import Scan
from scanner.terminal import clean

_WHAT = {
    "policy": "the policy was not read",
    "evidence-damaged": "the evidence is damaged",
    "evidence-altered": "the evidence was changed",
}
"""Problems of what was given, not of the site: findings are missing, or rest on something else than was recorded."""


def tell(result: Scan, folder: Path, settings: Config, *, quiet: bool, as_json: bool) -> int:
    """Show one result and say its exit status."""
    for problem in result.problems:
        if problem.kind in _WHAT:
            where = f"{problem.url}: " if problem.url and problem.url not in problem.message else ""
            err.print(f"{_WHAT[problem.kind]}: {clean(where + problem.message, 500)}", soft_wrap=True)
    report = folder / "report.html"
    if as_json:
        print(json.dumps(summary_line(result, report), ensure_ascii=True), flush=True)
    elif quiet:
        out.print(f"{outcome_line(result)}: {report}", soft_wrap=True)
    else:
        if result.outcome != "failed":
            out.print(states_table(result))
            out.print()
            out.print(findings_table(result) if result.findings else Text("no findings", "green"))
            out.print()
        out.print(closing_lines(result), soft_wrap=True)
        out.print(f"report: {report}", soft_wrap=True)
    if result.outcome == "failed":
        return SITE_FAILED
    if settings.fail_on is not None:
        levels = SEVERITIES[: SEVERITIES.index(settings.fail_on) + 1]
        if any(finding.counts and finding.severity in levels for finding in result.findings):
            return FAIL_ON_MET
    return FINISHED
