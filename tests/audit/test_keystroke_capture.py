"""keystroke-capture: input read while it is typed."""

from __future__ import annotations

from .builders import AFTER_ACCEPT, inventory, judged, state, technique

RULE = "keystroke-capture"


def test_reading_input_is_high_without_and_medium_with_consent() -> None:
    (finding,), check = judged(RULE, inventory(technique("keystrokes", "keys.test")))
    assert (check.outcome, finding.severity, finding.subject) == ("found", "high", "keys.test")
    seen = inventory(technique("keystrokes", "keys.test", states=AFTER_ACCEPT))
    assert [one.severity for one in judged(RULE, seen)[0]] == ["medium"]


def test_other_techniques_pass() -> None:
    assert judged(RULE, inventory(technique("session-replay", "x.test")))[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
