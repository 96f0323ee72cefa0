"""`findings.sarif`: findings for tools that collect results of analyses (SARIF 2.1.0, OASIS standard)."""

from __future__ import annotations

import hashlib
from typing import Any

from scanner.model.finding import Finding, Severity
from scanner.model.scan import Scan
from scanner.report.canonical import canonical
from scanner.report.words import rule_label

_LEVELS: dict[Severity, str] = {"high": "error", "medium": "warning", "low": "note", "info": "note"}


def sarif(scan: Scan) -> str:
    """The findings as one SARIF run. The place of a finding is the scanned address; its subjects are logical places.

    A result's fingerprint is its rule and subject, so that the same fault in the next scan is recognised.
    """
    rules = sorted({check.rule for check in scan.checks} | {finding.rule for finding in scan.findings})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": scan.tool.name,
                "version": scan.tool.version,
                "rules": [{"id": rule, "name": rule_label(rule)} for rule in rules],
            }
        },
        "invocations": [{"executionSuccessful": scan.outcome != "failed", "startTimeUtc": scan.started}],
        "results": [_result(scan, finding, rules.index(finding.rule)) for finding in scan.findings],
    }
    if scan.finished is not None:
        run["invocations"][0]["endTimeUtc"] = scan.finished
    if scan.problems:
        run["invocations"][0]["toolExecutionNotifications"] = [
            {"level": "warning", "message": {"text": problem.message}, "descriptor": {"id": problem.kind}}
            for problem in scan.problems
        ]
    return canonical({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _result(scan: Scan, finding: Finding, index: int) -> dict[str, Any]:
    identity = f"{scan.target.site}\n{finding.rule}\n{finding.subject}".encode()
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.title}. {finding.detail} What to do: {finding.fix}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": scan.target.url}},
                "logicalLocations": [
                    {"fullyQualifiedName": subject, "kind": "resource"}
                    for subject in finding.subject.split(", ")
                    if subject
                ],
            }
        ],
        "partialFingerprints": {"ruleAndSubject/v1": hashlib.sha256(identity).hexdigest()},
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "states": list(finding.states),
            "observed": list(finding.observed),
        },
    }
    if finding.known:
        result["baselineState"] = "unchanged"
    if finding.accepted is not None and not finding.accepted.expired:
        reason = f"{finding.accepted.reason} (until {finding.accepted.until})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result
