"""cookie-sync: identifiers passed on."""

from __future__ import annotations

from .builders import AFTER_ACCEPT, cookie, inventory, judged, session_cookie, state, technique

RULE = "cookie-sync"
SYNCED = cookie("uuid2", domain=".ads.test", category="marketing", identifier=True, synced_with=("px.partner.test",))


def test_an_exchange_without_consent_is_medium() -> None:
    (finding,), check = judged(RULE, inventory(SYNCED, technique("cookie-sync", "px.partner.test")))
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence) == ("medium", "likely")
    assert finding.subject == "uuid2@ads.test, px.partner.test"
    assert finding.observed == ("/cookies/0", "/techniques/0")


def test_after_accepting_it_is_information() -> None:
    seen = inventory(SYNCED, technique("cookie-sync", "px.partner.test", states=AFTER_ACCEPT))
    assert [one.severity for one in judged(RULE, seen)[0]] == ["info"]


def test_the_same_value_alone_is_to_be_checked() -> None:
    assert [one.confidence for one in judged(RULE, inventory(SYNCED))[0]] == ["check"]


def test_a_shared_sign_in_passes() -> None:
    signed_in = session_cookie(synced_with=("login.other.test",))
    seen = inventory(signed_in, technique("cookie-sync", "login.other.test"))
    assert judged(RULE, seen)[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
