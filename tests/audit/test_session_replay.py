"""session-replay: visits recorded."""

from __future__ import annotations

from .builders import AFTER_ACCEPT, declaration, inventory, judged, named, request, state, technique

RULE = "session-replay"
HOST = "script.hotjar.com"


def test_recording_without_consent_is_high() -> None:
    seen = inventory(technique("session-replay", HOST), request(HOST, vendor="Hotjar", category="analytics"))
    (finding,), check = judged(RULE, seen)
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == ("high", HOST, "likely")
    assert "Hotjar" in finding.title


def test_after_accepting_it_depends_on_whether_the_policy_says_so() -> None:
    seen = inventory(technique("session-replay", HOST, states=AFTER_ACCEPT))
    assert [one.severity for one in judged(RULE, seen)[0]] == ["low"]
    assert [one.severity for one in judged(RULE, seen, declaration(named("Hotjar")))[0]] == ["info"]


def test_other_techniques_and_security_pass_or_inform() -> None:
    assert judged(RULE, inventory(technique("canvas", HOST)))[1].outcome == "passed"
    seen = inventory(technique("session-replay", "guard.test"), request("guard.test", category="necessary"))
    assert [one.severity for one in judged(RULE, seen)[0]] == ["info"]


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
