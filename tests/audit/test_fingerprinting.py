"""fingerprinting: devices told apart by their features."""

from __future__ import annotations

from .builders import AFTER_ACCEPT, inventory, judged, request, state, technique

RULE = "fingerprinting"
HOST = "fp.example"


def test_several_features_without_consent_are_medium() -> None:
    (finding,), check = judged(RULE, inventory(technique("canvas", HOST), technique("audio", HOST)))
    assert (check.outcome, finding.severity, finding.confidence) == ("found", "medium", "likely")
    assert (finding.subject, finding.observed) == (HOST, ("/techniques/0", "/techniques/1"))


def test_a_single_feature_is_low_and_to_be_checked() -> None:
    (finding,), _ = judged(RULE, inventory(technique("canvas", HOST)))
    assert (finding.severity, finding.confidence) == ("low", "check")


def test_after_accepting_or_for_security_it_is_information() -> None:
    agreed = inventory(technique("canvas", HOST, states=AFTER_ACCEPT), technique("audio", HOST, states=AFTER_ACCEPT))
    guard = inventory(technique("canvas", HOST), technique("audio", HOST), request(HOST, category="necessary"))
    for seen in (agreed, guard):
        assert [one.severity for one in judged(RULE, seen)[0]] == ["info"]


def test_other_techniques_pass() -> None:
    assert judged(RULE, inventory(technique("cookie-sync", HOST)))[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
