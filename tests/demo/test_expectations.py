"""Findings against a site's truth: missing, too much, forbidden."""

from __future__ import annotations

import pytest

from scanner.demo import DemoSite, ExpectedFinding, ForbiddenFinding, compare, subjects_of
from scanner.model.finding import Finding, Severity


def site(*, expected: tuple[ExpectedFinding, ...] = (), must_not: tuple[ForbiddenFinding, ...] = ()) -> DemoSite:
    return DemoSite(
        name="own",
        title="Own",
        description="",
        language="en",
        start="https://www.own.example/",
        hosts=("www.own.example",),
        third_party_hosts=(),
        pages=("https://www.own.example/",),
        expected=expected,
        must_not=must_not,
    )


def finding(rule: str, severity: Severity, subject: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        title="",
        subject=subject,
        states=("before",),
        detail="",
        observed=("/cookies/0",),
        fix="",
        confidence="certain",
    )


EXPECTED = ExpectedFinding(
    rule="undeclared-cookie", severity="medium", subjects=("a@x.example", "b@x.example"), why="so"
)


def test_the_order_of_subjects_does_not_matter() -> None:
    found = finding("undeclared-cookie", "medium", "b@x.example, a@x.example")
    assert not compare(site(expected=(EXPECTED,)), [found])
    assert subjects_of(found) == ("b@x.example", "a@x.example")


@pytest.mark.parametrize(
    ("rule", "severity", "subject"),
    [
        ("undeclared-vendor", "medium", "a@x.example, b@x.example"),
        ("undeclared-cookie", "high", "a@x.example, b@x.example"),
        ("undeclared-cookie", "medium", "a@x.example"),
        ("undeclared-cookie", "medium", "a@x.example, b@x.example, c@x.example"),
    ],
)
def test_another_rule_severity_or_set_of_subjects_is_missing_and_too_much(
    rule: str, severity: Severity, subject: str
) -> None:
    differences = compare(site(expected=(EXPECTED,)), [finding(rule, severity, subject)])
    assert differences.missing == (EXPECTED,)
    assert len(differences.unexpected) == 1
    assert len(differences.lines()) == 2


@pytest.mark.parametrize("severity", ["low", "info"])
def test_small_findings_may_be_there_unless_forbidden(severity: Severity) -> None:
    found = finding("undeclared-cookie", severity, "a@x.example")
    assert not compare(site(), [found])
    forbidden = ForbiddenFinding(rule="*", at_least="low", why="clean")
    assert bool(compare(site(must_not=(forbidden,)), [found])) == (severity == "low")


def test_a_forbidden_finding_may_be_limited_to_a_subject() -> None:
    rule = ForbiddenFinding(rule="undeclared-cookie", subject="a@x.example", why="declared")
    found = [finding("undeclared-cookie", "low", "b@x.example"), finding("undeclared-cookie", "low", "c, a@x.example")]
    differences = compare(site(must_not=(rule,)), found)
    assert [one.subject for one, _ in differences.forbidden] == ["c, a@x.example"]
    assert differences.lines() == ("forbidden: low undeclared-cookie: c, a@x.example (declared)",)


def test_an_expected_finding_of_low_severity_must_be_there() -> None:
    wanted = EXPECTED.model_copy(update={"severity": "info"})
    assert compare(site(expected=(wanted,)), []).missing == (wanted,)
