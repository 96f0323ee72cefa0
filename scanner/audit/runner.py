"""Running every rule over one scan: findings, and what became of each rule."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.audit.case import Case
from scanner.audit.gaps import CUTS
from scanner.audit.message import Message, known, say
from scanner.audit.profiles import Profile, profile_named
from scanner.audit.rule import Hit, NotApplicable, Rule, Undecided
from scanner.audit.rules import RULES
from scanner.model.declaration import Declaration
from scanner.model.finding import SEVERITIES, AuditResult, Check, Finding, LegalReference
from scanner.model.inventory import Inventory

FAILED = Message("The site could not be scanned, so that nothing can be said about it.")
BLIND = Message(
    "Nothing was found, but the browser did not pass its calibration: what it cannot see, it cannot rule out ({what})."
)
CUT = Message("Nothing was found, but not everything could be watched: {what}")
OTHER_REGION = Message("The law of this region ({region}) does not ask for it.")


def audit(inventory: Inventory, declaration: Declaration, *, profile: str = "eu") -> AuditResult:
    """Compare what was observed with what is declared. Pure: equal input gives equal output.

    `profile` is a region (`eu`, `uk`, `ch`, `us-ca`); raises `UsageError` where there is no such profile.
    """
    region = profile_named(profile)
    if inventory.outcome == "failed":
        return AuditResult(
            checks=tuple(Check(rule=rule.name, outcome="inconclusive", reason=FAILED()) for rule in RULES)
        )
    case = Case(inventory, declaration, region)
    findings: list[Finding] = []
    checks: list[Check] = []
    for rule in RULES:
        found, check = run(rule, case)
        findings.extend(found)
        checks.append(check)
    return AuditResult(findings=tuple(_worst_first(findings)), checks=tuple(checks))


def run(rule: Rule, case: Case) -> tuple[tuple[Finding, ...], Check]:
    """One rule over one scan."""
    if rule.name in case.profile.off:
        return (), Check(
            rule=rule.name,
            outcome="not-applicable",
            reason=OTHER_REGION(region=known(case.profile.title)),
        )
    for need in rule.needs:
        reason = need.missing(case)
        if reason is not None:
            return (), Check(rule=rule.name, outcome="inconclusive", reason=reason)
    answers = tuple(rule.check(case))
    findings = tuple(_finding(rule, answer, case.profile) for answer in answers if isinstance(answer, Hit))
    undecided = tuple(dict.fromkeys(answer.reason for answer in answers if isinstance(answer, Undecided)))
    if findings:
        return findings, Check(rule=rule.name, outcome="found", reason=" ".join(undecided))
    if undecided:
        return (), Check(rule=rule.name, outcome="inconclusive", reason=" ".join(undecided))
    idle = tuple(answer.reason for answer in answers if isinstance(answer, NotApplicable))
    if idle:
        return (), Check(rule=rule.name, outcome="not-applicable", reason=" ".join(idle))
    blind = _blindness(case.inventory) if rule.blind_if_uncalibrated else None
    if blind is not None:
        return (), Check(rule=rule.name, outcome="inconclusive", reason=blind)
    return (), Check(rule=rule.name, outcome="passed")


def _finding(rule: Rule, hit: Hit, profile: Profile) -> Finding:
    return Finding(
        rule=rule.name,
        severity=hit.severity,
        title=hit.title,
        subject=", ".join(hit.subjects),
        states=hit.states,
        detail=hit.detail,
        observed=tuple(dict.fromkeys(hit.observed)),
        declared=hit.declared,
        legal=tuple(_told(reference) for reference in profile.legal(rule.legal)),
        fix=hit.fix,
        confidence=hit.confidence,
    )


def _told(reference: LegalReference) -> LegalReference:
    return reference.model_copy(update={"name": known(reference.name)})


def _blindness(inventory: Inventory) -> str | None:
    """Why the absence of a thing proves nothing: a browser that failed its calibration, a scan that was cut short.

    Null where neither is so, or where no browser is on record.
    """
    browser = inventory.browser
    if browser is not None and not browser.calibration.passed:
        missed = tuple(check.name for check in browser.calibration.checks if not check.passed)
        return BLIND(what=", ".join(known(name) for name in missed) or say("unknown"))
    cut = next((problem for problem in inventory.problems if problem.kind in CUTS), None)
    return None if cut is None else CUT(what=known(cut.message))


def _worst_first(findings: Iterable[Finding]) -> list[Finding]:
    order = {rule.name: position for position, rule in enumerate(RULES)}
    return sorted(
        findings, key=lambda finding: (SEVERITIES.index(finding.severity), order[finding.rule], finding.subject)
    )
