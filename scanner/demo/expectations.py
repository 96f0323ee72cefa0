"""Findings against the truth about a site: what is missing, what is too much, what must never be said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.demo.model import DemoSite, ExpectedFinding, ForbiddenFinding
from scanner.model.finding import SEVERITIES, Finding


@dataclass(frozen=True)
class Differences:
    """How the findings of a scan differ from a site's truth. Empty (false) where they do not."""

    missing: tuple[ExpectedFinding, ...] = ()
    unexpected: tuple[Finding, ...] = ()
    forbidden: tuple[tuple[Finding, ForbiddenFinding], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected or self.forbidden)

    def lines(self) -> tuple[str, ...]:
        """One sentence for each difference."""
        return (
            *(f"missing: {one.severity} {one.rule}: {', '.join(one.subjects)} ({one.why})" for one in self.missing),
            *(f"unexpected: {one.severity} {one.rule}: {one.subject}" for one in self.unexpected),
            *(
                f"forbidden: {finding.severity} {finding.rule}: {finding.subject} ({rule.why})"
                for finding, rule in self.forbidden
            ),
        )


def compare(site: DemoSite, findings: Iterable[Finding]) -> Differences:
    """Match findings with expectations by rule, severity and set of subjects.

    Every expected finding must be there; a finding of high or medium severity that is not expected is too much;
    low and informative ones may be there unless they are forbidden.
    """
    found = tuple(findings)
    wanted = {_key(one.rule, one.severity, one.subjects): one for one in site.expected}
    seen = {_key(one.rule, one.severity, subjects_of(one)) for one in found}
    return Differences(
        missing=tuple(one for key, one in wanted.items() if key not in seen),
        unexpected=tuple(
            one
            for one in found
            if one.severity in ("high", "medium") and _key(one.rule, one.severity, subjects_of(one)) not in wanted
        ),
        forbidden=tuple((one, rule) for one in found for rule in site.must_not if _forbids(rule, one)),
    )


def subjects_of(finding: Finding) -> tuple[str, ...]:
    """The subjects of a finding, one by one."""
    return tuple(part.strip() for part in finding.subject.split(",") if part.strip())


def _key(rule: str, severity: str, subjects: Iterable[str]) -> tuple[str, str, frozenset[str]]:
    return rule, severity, frozenset(subjects)


def _forbids(rule: ForbiddenFinding, finding: Finding) -> bool:
    return (
        rule.rule in ("*", finding.rule)
        and SEVERITIES.index(finding.severity) <= SEVERITIES.index(rule.at_least)
        and (rule.subject is None or rule.subject in subjects_of(finding))
    )
