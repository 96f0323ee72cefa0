"""Findings that are known from an earlier scan or accepted by the owner stay visible and stop weighing."""

from __future__ import annotations

import datetime

import pytest
from pydantic import ValidationError

from scanner.audit import standing
from scanner.diff import identities
from scanner.model.finding import Accept, AuditResult, Finding, Severity

DAY = datetime.date(2026, 11, 22)


def _finding(subject: str = "_ga@shop.test", rule: str = "undeclared-cookie", severity: Severity = "medium") -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        title="t",
        subject=subject,
        states=("before",),
        detail="d",
        observed=("/cookies/0",),
        fix="f",
        confidence="certain",
    )


def _accept(subject: str = "_ga@shop.test", until: str = "2026-12-31", rule: str = "undeclared-cookie") -> Accept:
    return Accept.model_validate({"rule": rule, "subject": subject, "reason": "on its way", "until": until})


def _one(finding: Finding, *accepts: Accept, earlier: tuple[Finding, ...] | None = None) -> Finding:
    known = None if earlier is None else identities(earlier)
    return standing(AuditResult(findings=(finding,)), accepts=accepts, earlier=known, today=DAY).findings[0]


def test_an_accepted_finding_is_shown_with_its_reason_and_does_not_count() -> None:
    marked = _one(_finding(), _accept())
    assert not marked.counts
    assert marked.accepted is not None and marked.accepted.reason == "on its way"
    assert marked.model_copy(update={"accepted": None}) == _finding()


@pytest.mark.parametrize(("until", "counts"), [("2026-11-22", False), ("2026-11-21", True)])
def test_an_acceptance_holds_on_its_last_day_and_no_longer(until: str, counts: bool) -> None:
    marked = _one(_finding(), _accept(until=until))
    assert marked.counts is counts
    assert marked.accepted is not None and marked.accepted.expired is counts


def test_every_subject_must_be_accepted() -> None:
    """One new cookie in a finding makes the whole finding count."""
    both = _finding("_ga@shop.test, _gid@shop.test")
    assert _one(both, _accept()).counts
    assert not _one(both, _accept(), _accept("_gid@shop.test")).counts
    assert not _one(both, _accept("*@shop.test")).counts


def test_the_weakest_acceptance_decides() -> None:
    """What is needed together ends when the first part of it ends."""
    both = _finding("_ga@shop.test, _gid@shop.test")
    marked = _one(both, _accept(until="2026-11-01"), _accept("_gid@shop.test"))
    assert marked.counts and marked.accepted is not None and marked.accepted.until == "2026-11-01"


def test_only_the_star_stands_for_anything() -> None:
    """Names may hold the signs of patterns; another rule's acceptance is no acceptance."""
    assert _one(_finding("a[1]@shop.test"), _accept("a.1.@shop.test")).counts
    assert not _one(_finding("a[1]@shop.test"), _accept("a[1]@*")).counts
    assert _one(_finding(), _accept(rule="unknown-cookie")).counts


def test_a_finding_of_the_baseline_is_known() -> None:
    assert not _one(_finding(), earlier=(_finding(),)).counts
    assert _one(_finding(), earlier=(_finding("other@shop.test"),)).counts
    assert _one(_finding(), earlier=()).counts


def test_a_finding_that_became_worse_or_has_a_new_subject_is_not_known() -> None:
    assert _one(_finding(severity="high"), earlier=(_finding(severity="low"),)).counts
    assert not _one(_finding(severity="low"), earlier=(_finding(severity="high"),)).counts
    assert _one(_finding("_ga@shop.test, _gid@shop.test"), earlier=(_finding(),)).counts


def test_a_visitors_identifier_in_a_name_makes_nothing_new() -> None:
    """`_pk_id.1.4f2a` and `_pk_id.1.9c01` are one cookie."""
    before, after = _finding("_pk_id.1.4f2ab310@shop.test"), _finding("_pk_id.1.9c01dd72@shop.test")
    assert not _one(after, earlier=(before,)).counts


@pytest.mark.parametrize(
    "wrong", [{"rule": "no-such-rule"}, {"reason": " "}, {"subject": ""}, {"until": "soon"}, {"untill": "2026-12-31"}]
)
def test_a_malformed_acceptance_is_refused(wrong: dict[str, str]) -> None:
    good = {"rule": "undeclared-cookie", "subject": "a@b", "reason": "r", "until": "2026-12-31"}
    with pytest.raises(ValidationError):
        Accept.model_validate({**good, **wrong})
