"""consent-signal-mismatch: what the software is told."""

from __future__ import annotations

from typing import Any

import pytest

from .builders import ga_beacon, inventory, judged, state, states

RULE = "consent-signal-mismatch"


def mode(*commands: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    told = [{"layer": "dataLayer", "index": n, "command": c, "values": v} for n, (c, v) in enumerate(commands)]
    return {"google_consent_mode": {"commands": told, "state": None}}


def refused(signals: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return states(reject=state(made="reject", signals=signals, **fields))


GRANTED = {"analytics_storage": "granted", "ad_storage": "granted"}
DENIED = {"analytics_storage": "denied", "ad_storage": "denied"}
RECORD = {"value": "…", "platform": "Cookiebot"}


@pytest.mark.parametrize(
    ("signals", "subject"),
    [
        (mode(("default", GRANTED)), "google_consent_mode"),
        (mode(("default", DENIED), ("update", GRANTED)), "google_consent_mode"),
        ({"tcf": {"decoded": {"purposes": [1, 3]}, "data": {}}}, "tcf"),
        ({"tcf": {"data": {"gdprApplies": True, "purposeConsents": {"1": True, "2": False}}}}, "tcf"),
        ({"cmp_cookie": {"CookieConsent": RECORD | {"verdict": "all", "granted": ["marketing"]}}}, "CookieConsent"),
    ],
)
def test_a_grant_after_refusing_is_medium(signals: dict[str, Any], subject: str) -> None:
    (finding,), check = judged(RULE, inventory(consent=refused(signals)))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == ("medium", subject, "likely")
    assert finding.states == ("reject",)
    assert finding.observed[0].startswith("/states/reject/signals/")


def test_a_hit_that_says_granted_before_any_choice_is_found() -> None:
    hit = ga_beacon(states=("before",), consent_signal="G111")
    (finding,), _ = judged(RULE, inventory(hit))
    assert (finding.subject, finding.observed) == ("region1.google-analytics.com", ("/beacons/0",))


@pytest.mark.parametrize(
    "signals",
    [
        mode(("default", DENIED)),
        mode(("default", GRANTED), ("update", DENIED)),
        mode(("default", GRANTED | {"region": ["US-CA"]}), ("default", DENIED)),
        mode(("default", DENIED | {"functionality_storage": "granted", "security_storage": "granted"})),
        {"tcf": {"decoded": {"purposes": [], "legitimate_interests": [2, 7]}}},
        {"cmp_cookie": {"CookieConsent": RECORD | {"verdict": "none", "granted": []}}},
        {"cmp_cookie": {"CookieConsent": RECORD | {"verdict": "some", "granted": ["preferences"]}}},
    ],
)
def test_a_refusal_passed_on_passes(signals: dict[str, Any]) -> None:
    steady = states(before=state(signals=mode(("default", DENIED))))
    findings, check = judged(RULE, inventory(consent=steady | {"reject": refused(signals)["reject"]}))
    assert (findings, check.outcome) == ((), "passed")


def test_a_hit_that_says_granted_whatever_was_chosen_is_found_where_nothing_was() -> None:
    findings, _ = judged(RULE, inventory(ga_beacon(consent_signal="G111")))
    assert {finding.states for finding in findings} == {("before",), ("reject",)}


def test_a_hit_that_passes_the_acceptance_on_speaks_against_a_denied_default() -> None:
    consent = states(accept=state(made="accept", signals=mode(("default", DENIED))))
    told = ga_beacon(states=("accept",), consent_signal="G111")
    assert judged(RULE, inventory(told, consent=consent))[0] == ()


def test_an_acceptance_that_is_not_passed_on_is_information() -> None:
    consent = states(accept=state(made="accept", signals=mode(("default", DENIED))))
    (finding,), _ = judged(RULE, inventory(consent=consent))
    assert (finding.severity, finding.states) == ("info", ("accept",))


def test_an_unverified_refusal_only_asks_to_check() -> None:
    (finding,), _ = judged(RULE, inventory(consent=refused(mode(("default", GRANTED)), verified=False)))
    assert finding.confidence == "check"


def test_without_signals_or_pages() -> None:
    assert judged(RULE, inventory())[1].outcome == "not-applicable"
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
