"""no-withdrawal: the way back."""

from __future__ import annotations

from .builders import claim, declaration, ga_cookie, inventory, judged, session_cookie, state, states

RULE = "no-withdrawal"
NONE = state(reached=False, error="no way back was found")


def test_no_way_back_is_medium_and_the_promise_is_quoted() -> None:
    said = declaration(claim("consent_withdrawable", "You can change your mind at any time"))
    (finding,), check = judged(RULE, inventory(ga_cookie(), consent=states(withdraw=NONE)), said)
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence, finding.subject) == ("medium", "check", "banner")
    assert finding.declared is not None
    assert finding.declared.quote == "You can change your mind at any time"


def test_a_way_that_only_programs_can_go_is_none() -> None:
    consent = states(withdraw=state(made="withdraw", via_api=True, clicks=0))
    (finding,), _ = judged(RULE, inventory(ga_cookie(), consent=consent))
    assert "shows visitors no button" in finding.detail


def test_many_more_clicks_are_low() -> None:
    consent = states(withdraw=state(made="withdraw", clicks=4))
    (finding,), _ = judged(RULE, inventory(ga_cookie(), consent=consent))
    assert finding.severity == "low"


def test_a_short_way_back_passes() -> None:
    consent = states(withdraw=state(made="withdraw", clicks=2))
    assert judged(RULE, inventory(ga_cookie(), consent=consent))[1].outcome == "passed"


def test_where_nothing_needs_consent_there_is_nothing_to_withdraw() -> None:
    assert judged(RULE, inventory(session_cookie(), consent=states(withdraw=NONE)))[1].outcome == "passed"


def test_an_attempt_not_made_or_not_observed_is_inconclusive() -> None:
    assert judged(RULE, inventory(ga_cookie()))[1].outcome == "inconclusive"
    pressed = states(withdraw=state(made="withdraw", reached=False))
    assert judged(RULE, inventory(ga_cookie(), consent=pressed))[1].outcome == "inconclusive"
