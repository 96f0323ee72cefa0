"""What a rule concludes: findings with proof, and the outcome of every check that ran."""

from __future__ import annotations

from typing import Literal

from scanner.model.base import Model, StateName

Severity = Literal["high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low", "info")

Confidence = Literal["certain", "likely", "check"]


class LegalReference(Model):
    """A provision or decision that bears on a finding, with a public source."""

    name: str
    url: str


class Quote(Model):
    """Words of the policy, verbatim, and the address of the document."""

    quote: str
    source: str


class Finding(Model):
    """One mismatch or fault.

    `subject` names what it is about (`name@domain`, a host, a vendor or a claim's code; several are separated by
    `, `). `observed` are JSON pointers into `scan.json`, such as `/cookies/3`; there is always at least one.
    `title`, `detail` and `fix` are sentences for the site's owner. Severity (how bad if true) and confidence (how
    sure) are separate.
    """

    rule: str
    severity: Severity
    title: str
    subject: str
    states: tuple[StateName, ...]
    detail: str
    observed: tuple[str, ...]
    declared: Quote | None = None
    legal: tuple[LegalReference, ...] = ()
    fix: str
    confidence: Confidence


class Check(Model):
    """What became of one rule: a rule whose evidence is missing is inconclusive, never passed."""

    rule: str
    outcome: Literal["passed", "found", "inconclusive", "not-applicable"]
    reason: str = ""


class AuditResult(Model):
    """All findings (worst first) and the outcome of every rule (in registry order)."""

    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
