"""What a rule concludes: findings with proof, and the outcome of every check that ran."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import field_validator

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


RULE_NAMES: tuple[str, ...] = (
    "tracking-before-consent",
    "tracking-after-reject",
    "tracking-without-banner",
    "no-reject-option",
    "reject-harder-than-accept",
    "preselected-choices",
    "no-withdrawal",
    "withdrawal-ignored",
    "choice-not-remembered",
    "cookie-wall",
    "consent-signal-mismatch",
    "gpc-ignored",
    "category-not-respected",
    "policy-missing",
    "undeclared-cookie",
    "undeclared-storage",
    "undeclared-vendor",
    "declared-not-observed",
    "category-mismatch",
    "lifetime-mismatch",
    "party-mismatch",
    "vendor-mismatch",
    "promise-broken",
    "declaration-incomplete",
    "policy-stale",
    "excessive-lifetime",
    "insecure-cookie",
    "cookie-sync",
    "cname-cloaking",
    "fingerprinting",
    "session-replay",
    "keystroke-capture",
    "personal-data-sent",
    "unknown-cookie",
)
"""The names that a finding's rule can have: the closed list that scan files and configurations rely on."""


class Accept(Model):
    """A finding that the site's owner has looked at and lives with until a day.

    `subject` is one subject of the finding as it stands in `scan.json`; `*` in it stands for anything. `until` is the
    last day on which it holds.
    """

    rule: str
    subject: str
    reason: str
    until: datetime.date

    @field_validator("rule")
    @classmethod
    def _known_rule(cls, value: str) -> str:
        if value not in RULE_NAMES:
            raise ValueError(f"{value!r} is no rule; known are {', '.join(RULE_NAMES)}")
        return value

    @field_validator("subject", "reason")
    @classmethod
    def _said(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be empty")
        return value

    @field_validator("until", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        try:
            return datetime.date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError as error:
            raise ValueError(f"{value!r} is no day; write it like 2027-01-31") from error


class Acceptance(Model):
    """That a finding was accepted: why, and until which day (ISO 8601). An expired one accepts nothing any more."""

    reason: str
    until: str
    expired: bool = False


class Finding(Model):
    """One mismatch or fault.

    `subject` names what it is about (`name@domain`, a host, a vendor or a claim's code; several are separated by
    `, `). `observed` are JSON pointers into `scan.json`, such as `/cookies/3`; there is always at least one.
    `title`, `detail` and `fix` are sentences for the site's owner. Severity (how bad if true) and confidence (how
    sure) are separate. `known` says that the scan it was compared with had it already.
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
    known: bool = False
    accepted: Acceptance | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about, one by one."""
        return tuple(part for part in self.subject.split(", ") if part)

    @property
    def counts(self) -> bool:
        """Whether it weighs against a limit: neither known from an earlier scan nor accepted."""
        return not self.known and (self.accepted is None or self.accepted.expired)


class Check(Model):
    """What became of one rule: a rule whose evidence is missing is inconclusive, never passed."""

    rule: str
    outcome: Literal["passed", "found", "inconclusive", "not-applicable"]
    reason: str = ""


class AuditResult(Model):
    """All findings (worst first) and the outcome of every rule (in registry order)."""

    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
