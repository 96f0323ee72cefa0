"""`junit.xml`: every check as a test case, for build servers."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scanner.model.finding import Finding
from scanner.model.scan import Scan
from scanner.report.words import clipped

# XML 1.0 has no place for these, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(scan: Scan) -> str:
    """One suite for the site. Findings above a note fail their check, unless they are known or
    accepted (those are named in its output); a check that was not decided is skipped.

    A site that could not be scanned is one case with an error.
    """
    suite = Element("testsuite", name=_text(f"cookie audit of {scan.target.host}"), timestamp=scan.started.rstrip("Z"))
    tally = {"tests": 0, "failures": 0, "skipped": 0, "errors": 0}
    if scan.outcome == "failed":
        reason = scan.problems[0].message if scan.problems else "The site could not be scanned."
        SubElement(_case(suite, scan, "scan", tally), "error", message=_text(reason))
        tally["errors"] += 1
    by_rule: dict[str, list[Finding]] = {}
    for finding in scan.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    reasons = {check.rule: check for check in scan.checks}
    for rule in [*reasons, *(rule for rule in by_rule if rule not in reasons)]:
        case = _case(suite, scan, rule, tally)
        faults = [finding for finding in by_rule.get(rule, []) if finding.severity != "info" and finding.counts]
        outcome = reasons[rule].outcome if rule in reasons else "found"
        for finding in faults:
            message = _text(f"{finding.title}: {clipped(finding.subject, 200)}")
            failure = SubElement(case, "failure", type=finding.severity, message=message)
            failure.text = _text(f"{finding.detail}\n\nWhat to do: {finding.fix}")
        tally["failures"] += bool(faults)
        if settled := [finding for finding in by_rule.get(rule, []) if not finding.counts]:
            SubElement(case, "system-out").text = _text("\n".join(_settled(finding) for finding in settled))
        if not faults and outcome in ("inconclusive", "not-applicable"):
            SubElement(case, "skipped", message=_text(f"{outcome}: {reasons[rule].reason}"))
            tally["skipped"] += 1
    suite.attrib.update({name: str(value) for name, value in tally.items()})
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _settled(finding: Finding) -> str:
    if finding.accepted is not None and not finding.accepted.expired:
        return f"Accepted until {finding.accepted.until} ({finding.accepted.reason}): {finding.title}"
    return f"Known from the earlier scan: {finding.title}"


def _case(suite: Element, scan: Scan, name: str, tally: dict[str, int]) -> Element:
    tally["tests"] += 1
    return SubElement(suite, "testcase", classname=_text(scan.target.host), name=_text(name))


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
