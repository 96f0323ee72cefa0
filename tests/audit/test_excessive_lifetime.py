"""excessive-lifetime: years of recognition."""

from __future__ import annotations

import pytest

from .builders import DAY, cookie, ga_cookie, inventory, judged, state

RULE = "excessive-lifetime"


@pytest.mark.parametrize(("days", "severity"), [(3650, "low"), (1000, "low"), (730, "info"), (450, "info")])
def test_the_severity_grows_with_the_years(days: int, severity: str) -> None:
    (finding,), check = judged(RULE, inventory(ga_cookie(lifetime_seconds=float(days * DAY))))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == (severity, "_ga@shop.test")


@pytest.mark.parametrize(
    "harmless",
    [
        ga_cookie(lifetime_seconds=396.0 * DAY),
        ga_cookie(lifetime_seconds=400.0 * DAY),
        cookie("lang", category="functional", lifetime_seconds=3650.0 * DAY),
        cookie("CookieConsent", category="necessary", lifetime_seconds=3650.0 * DAY),
        ga_cookie(blocked="UserPreferences"),
    ],
    ids=str,
)
def test_thirteen_months_and_other_purposes_pass(harmless: object) -> None:
    assert judged(RULE, inventory(harmless))[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
