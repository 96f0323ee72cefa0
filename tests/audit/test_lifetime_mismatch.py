"""lifetime-mismatch: longer than declared, and all that is no mismatch."""

from __future__ import annotations

import pytest

from .builders import DAY, NO_POLICY, cookie, declaration, ga_cookie, inventory, judged, row, session_cookie

RULE = "lifetime-mismatch"


@pytest.mark.parametrize(
    ("seen", "declared", "severity"),
    [
        (ga_cookie(), 30 * DAY, "medium"),
        (ga_cookie(), "session", "medium"),
        (ga_cookie(), 395 * DAY, "medium"),
        (cookie("_ga", lifetime_seconds=90.0 * DAY, category="functional"), 30 * DAY, "low"),
        (cookie("_ga", lifetime_seconds=1800.0, category="analytics"), "session", "info"),
        (ga_cookie(lifetime_seconds=90.0 * DAY, kept_seconds=90.0 * DAY), 730 * DAY, "info"),
        (ga_cookie(session=True, lifetime_seconds=None, kept_seconds=None), 730 * DAY, "info"),
    ],
)
def test_the_severity_is_in_what_is_kept_too_long(seen: object, declared: object, severity: str) -> None:
    (finding,), check = judged(RULE, inventory(seen), declaration(row("_ga", duration=declared)))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == (severity, "_ga@shop.test", "certain")
    assert finding.observed == ("/cookies/0", "/declaration/cookies/0")
    assert finding.declared is not None


def test_the_policy_s_own_words_stand_in_the_title() -> None:
    said = declaration(row("_ga", duration=30 * DAY, duration_text="ein Monat"))
    (finding,), _ = judged(RULE, inventory(ga_cookie()), said)
    assert finding.title == "_ga stays longer than the policy says: 2 years instead of “ein Monat”"


@pytest.mark.parametrize(
    ("seen", "declared", "text"),
    [
        (ga_cookie(), 730 * DAY, "2 years"),
        (ga_cookie(), 24 * 30 * DAY, "24 months"),
        (ga_cookie(), "persistent", "persistent"),
        (ga_cookie(), 400 * DAY, "400 days"),
        (ga_cookie(lifetime_seconds=None), 730 * DAY, "2 years"),
        (ga_cookie(lifetime_seconds=390.0 * DAY), 13 * 30 * DAY, "13 months"),
        (ga_cookie(lifetime_seconds=396.0 * DAY), 13 * 30 * DAY, "13 months"),
        (ga_cookie(lifetime_seconds=31.0 * DAY), 30 * DAY, "1 month"),
        (ga_cookie(lifetime_seconds=28.0 * DAY), 30 * DAY, "1 month"),
        (ga_cookie(lifetime_seconds=3600.0), DAY, "1 day"),
        (ga_cookie(lifetime_seconds=60.0 * DAY), 730 * DAY, "up to 2 years"),
        (ga_cookie(lifetime_seconds=60.0 * DAY), 730 * DAY, "bis zu 2 Jahre"),
        (ga_cookie(blocked="UserPreferences"), 1 * DAY, "1 day"),
        (ga_cookie(), None, None),
        (session_cookie().model_copy(update={"name": "_ga"}), "session", "session"),
    ],
)
def test_equal_in_the_sense_of_policies_passes(seen: object, declared: object, text: str | None) -> None:
    said = declaration(row("_ga", duration=declared, duration_text=text), row("other", duration="session"))
    findings, check = judged(RULE, inventory(seen), said)
    assert (findings, check.outcome) == ((), "passed")


def test_one_fitting_row_that_agrees_is_enough() -> None:
    said = declaration(row("_ga", duration=30 * DAY), row("_ga", duration=730 * DAY))
    assert judged(RULE, inventory(ga_cookie()), said)[1].outcome == "passed"


def test_a_policy_without_lifetimes_is_not_asked() -> None:
    assert judged(RULE, inventory(ga_cookie()), declaration(row("_ga")))[1].outcome == "not-applicable"


def test_without_policy_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(ga_cookie()), NO_POLICY)[1].outcome == "inconclusive"
