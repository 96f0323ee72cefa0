"""unknown-cookie: not knowing is no accusation."""

from __future__ import annotations

import pytest

from .builders import AFTER_ACCEPT, DAY, cookie, declaration, ga_cookie, inventory, judged, row, state

RULE = "unknown-cookie"
STRANGER = {"domain": ".stranger.test", "identifier": True, "lifetime_seconds": 90.0 * DAY}


def test_a_third_party_s_lasting_identifier_without_consent_is_low() -> None:
    (finding,), check = judged(RULE, inventory(cookie("u", **STRANGER)))
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence, finding.subject) == ("low", "check", "u@stranger.test")
    assert "no accusation" in finding.detail


@pytest.mark.parametrize(
    "seen",
    [
        cookie("id", identifier=True, lifetime_seconds=90.0 * DAY),
        cookie("u", **STRANGER, states=AFTER_ACCEPT),
        cookie("u", domain=".stranger.test"),
    ],
)
def test_all_others_are_information(seen: object) -> None:
    assert [one.severity for one in judged(RULE, inventory(seen))[0]] == ["info"]


@pytest.mark.parametrize("said", [row("u", category="necessary"), row("u", purpose="Remembers the basket")])
def test_what_the_policy_explains_is_not_unknown(said: object) -> None:
    assert judged(RULE, inventory(cookie("u", **STRANGER)), declaration(said))[1].outcome == "passed"


def test_known_refused_and_deleted_cookies_pass() -> None:
    seen = inventory(ga_cookie(), cookie("a", blocked="UserPreferences"), cookie("b", deleted=True))
    assert judged(RULE, seen)[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
