"""The figure from 0 to 100: what it rests on, and when there is none."""

from __future__ import annotations

from scanner.audit import audit, score
from scanner.model.finding import AuditResult, Finding
from scanner.model.inventory import Problem

from .builders import (
    ACCEPT,
    ACK,
    banner,
    declaration,
    ga_cookie,
    inventory,
    session_cookie,
    state,
    states,
    without_banner,
)


def finding(severity: str, confidence: str = "certain", rule: str = "undeclared-cookie") -> Finding:
    return Finding(
        rule=rule, severity=severity, title="t", subject="s", states=(), detail="d", observed=("/cookies/0",), fix="f",
        confidence=confidence,
    )  # fmt: skip


def figure(*findings: Finding) -> int | None:
    return score(inventory(), AuditResult(findings=findings))


def test_information_costs_nothing_and_graver_findings_cost_more() -> None:
    assert figure() == figure(finding("info")) == 100
    assert figure(finding("low")) == 96
    assert figure(finding("medium")) == 88
    assert figure(finding("high")) == 70


def test_doubt_weighs_less_and_more_findings_never_raise_the_figure() -> None:
    assert figure(finding("high", "likely")) == 76
    assert figure(finding("high", "check")) == 88
    many = [figure(*[finding("high")] * count) or 0 for count in range(30)]
    assert many == sorted(many, reverse=True)
    assert many[-1] == 0


def test_no_figure_for_what_was_not_measured() -> None:
    def of(seen: object) -> int | None:
        return score(seen, audit(seen, declaration()))  # type: ignore[arg-type]

    assert of(inventory(outcome="failed")) is None
    assert of(inventory(consent=states(before=state(reached=False)))) is None
    assert of(inventory(consent=states(accept=state(reached=False)))) is None
    assert of(inventory(consent=states(reject=state(reached=False)))) is None
    assert of(inventory(session_cookie(), consent=without_banner())) is not None
    cut = Problem(state="before", kind="time", message="the limit was reached")
    assert of(inventory(session_cookie(), consent=without_banner(), problems=(cut,))) is None


def test_a_refusal_that_is_not_offered_is_a_finding_rather_than_a_gap() -> None:
    for shown in (banner(ACK), banner(ACCEPT)):
        seen = inventory(ga_cookie(), consent=states(shown, reject=state(shown, reached=False)))
        assert score(seen, audit(seen, declaration())) is not None
