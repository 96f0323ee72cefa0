"""Is this the same thing as in the other scan? Names that carry a visitor's identifier differ from scan to scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.matching import collapsed
from scanner.model.finding import SEVERITIES, Finding, Severity

Identity = tuple[str, str]
"""A rule and one subject of it."""

Identities = Mapping[Identity, Severity]
"""Every rule and subject that a scan has a finding for, with the worst severity it was given."""


def of_subject(subject: str) -> str:
    """A subject without what changes from visit to visit: `_pk_id.1.4f2a@shop.example` names `_pk_id.*`."""
    name, at, domain = subject.rpartition("@")
    return f"{collapsed(name)}@{domain}" if at else subject


def of_finding(finding: Finding) -> tuple[Identity, ...]:
    """One identity for each subject; a finding without any has one all the same."""
    return tuple(dict.fromkeys((finding.rule, of_subject(subject)) for subject in finding.subjects or ("",)))


def identities(findings: Iterable[Finding]) -> Identities:
    """The identities of all findings."""
    found: dict[Identity, Severity] = {}
    for finding in findings:
        for identity in of_finding(finding):
            found[identity] = worse(found.get(identity), finding.severity)
    return found


def worse(first: Severity | None, second: Severity) -> Severity:
    """The worse of two severities; null is none."""
    return second if first is None else min(first, second, key=SEVERITIES.index)


def is_known(finding: Finding, earlier: Identities) -> bool:
    """Whether every subject of a finding was found by the same rule before, and no less bad."""
    rank = SEVERITIES.index(finding.severity)
    return all(identity in earlier and SEVERITIES.index(earlier[identity]) <= rank for identity in of_finding(finding))
