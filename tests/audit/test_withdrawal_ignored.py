"""withdrawal-ignored: what goes on after consent was taken back."""

from __future__ import annotations

from .builders import ga_beacon, ga_cookie, inventory, judged, session_cookie, state, states

RULE = "withdrawal-ignored"
WITHDRAWN = states(withdraw=state(made="withdraw"))
BOTH = ("accept", "withdraw")


def test_hits_after_withdrawing_are_high() -> None:
    seen = inventory(ga_cookie(states=BOTH), ga_beacon(states=BOTH), consent=WITHDRAWN)
    (finding,), check = judged(RULE, seen)
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == ("high", "_ga@shop.test, region1.google-analytics.com")


def test_cookies_left_over_are_low() -> None:
    (finding,), _ = judged(RULE, inventory(ga_cookie(states=BOTH), consent=WITHDRAWN))
    assert finding.severity == "low"


def test_an_effective_withdrawal_passes() -> None:
    seen = inventory(ga_cookie(states=("accept",)), session_cookie(states=BOTH), consent=WITHDRAWN)
    assert judged(RULE, seen)[1].outcome == "passed"


def test_an_unvisited_state_is_inconclusive() -> None:
    assert judged(RULE, inventory(ga_cookie()))[1].outcome == "inconclusive"
