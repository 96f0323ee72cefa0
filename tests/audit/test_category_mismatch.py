"""category-mismatch: a cookie in the wrong drawer."""

from __future__ import annotations

import pytest

from .builders import (
    NO_POLICY,
    cookie,
    declaration,
    ga_cookie,
    inventory,
    judged,
    matomo_cookie,
    row,
    session_cookie,
)

RULE = "category-mismatch"
ADS = {"category": "marketing", "consent_exempt": "no", "vendor": "Meta Pixel"}


@pytest.mark.parametrize(
    ("seen", "declared", "severity"),
    [
        (cookie("_fbp", **ADS), "necessary", "medium"),
        (cookie("_fbp", **ADS), "functional", "medium"),
        (cookie("_fbp", **ADS), "analytics", "low"),
        (ga_cookie("_fbp"), "necessary", "medium"),
        (ga_cookie("_fbp"), "marketing", "info"),
        (cookie("_fbp", category="functional", consent_exempt="no"), "necessary", "low"),
        (session_cookie().model_copy(update={"name": "_fbp"}), "marketing", "info"),
    ],
)
def test_the_severity_is_how_much_consent_it_would_save(seen: object, declared: str, severity: str) -> None:
    (finding,), check = judged(RULE, inventory(seen), declaration(row("_fbp", category=declared)))
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence) == (severity, "likely")
    assert finding.observed == ("/cookies/0", "/declaration/cookies/0")
    assert finding.declared is not None
    assert finding.declared.quote == "_fbp | as declared"


@pytest.mark.parametrize(
    ("seen", "rows"),
    [
        (ga_cookie(), (row("_ga", category="analytics"),)),
        (ga_cookie(), (row("_ga", category="marketing"), row("_ga", category="analytics"))),
        (ga_cookie(), (row("_ga", category="marketing"), row("_ga"))),
        (cookie("_ga"), (row("_ga", category="necessary"),)),
        (matomo_cookie(), (row("_pk_id.*", category="necessary"),)),
        (session_cookie(), (row("PHPSESSID", category="necessary"),)),
        (cookie("lang", category="functional", consent_exempt="yes"), (row("lang", category="necessary"),)),
        (ga_cookie(blocked="UserPreferences"), (row("_ga", category="necessary"),)),
    ],
)
def test_agreement_doubt_and_exemption_pass(seen: object, rows: tuple[object, ...]) -> None:
    findings, check = judged(RULE, inventory(seen), declaration(*rows, row("other", category="marketing")))
    assert (findings, check.outcome) == ((), "passed")


def test_an_inferred_category_only_asks_to_check() -> None:
    seen = inventory(cookie("a", category="marketing", category_source="vendor of the third-party setter"))
    (finding,), _ = judged(RULE, seen, declaration(row("a", category="necessary")))
    assert finding.confidence == "check"


def test_a_policy_without_categories_is_not_asked() -> None:
    assert judged(RULE, inventory(ga_cookie()), declaration(row("_ga")))[1].outcome == "not-applicable"


def test_without_policy_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(ga_cookie()), NO_POLICY)[1].outcome == "inconclusive"
