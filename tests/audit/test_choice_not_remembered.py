"""choice-not-remembered: an acceptance is written down, a refusal is not."""

from __future__ import annotations

from .builders import cookie, inventory, judged, state, states

RULE = "choice-not-remembered"
UNPROVEN = states(reject=state(made="reject", verified=False))


def record(*where: str) -> object:
    return cookie("CookieConsent", category="necessary", role="consent-record", states=where)


def test_a_record_of_a_yes_alone_is_low() -> None:
    (finding,), check = judged(RULE, inventory(record("accept"), consent=UNPROVEN))
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence, finding.subject) == ("low", "check", "banner")
    assert finding.observed == ("/states/reject/choice", "/cookies/0")


def test_a_verified_refusal_is_remembered() -> None:
    assert judged(RULE, inventory(record("accept")))[1].outcome == "passed"


def test_doubt_is_inconclusive() -> None:
    for seen in (
        inventory(record("accept", "reject"), consent=UNPROVEN),
        inventory(consent=UNPROVEN),
        inventory(record("accept"), consent=states(reject=state(reached=False))),
        inventory(record("accept"), consent=states(reject=state(made="close", verified=False))),
    ):
        findings, check = judged(RULE, seen)
        assert (findings, check.outcome) == ((), "inconclusive")
