"""promise-broken: each promise that a scan can test, broken, kept, and not testable."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.audit.promises import PROMISES

from .builders import (
    AFTER_ACCEPT,
    NO_BANNER,
    NO_POLICY,
    VENDORS,
    claim,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    judged,
    matomo_cookie,
    meta_beacon,
    named,
    request,
    session_cookie,
    state,
    states,
    without_banner,
)

RULE = "promise-broken"
THIRD = cookie("IDE", domain=".doubleclick.test", category="marketing", identifier=True, consent_exempt="no")
FUNCTIONAL = cookie("chat", category="functional", consent_exempt="no")
WITHDRAW = {"withdraw": state(reached=False, error="no way back was found")}
GPC = {"gpc": state()}

BROKEN: list[tuple[str, dict[str, Any], tuple[object, ...], str]] = [
    ("no_cookies", {}, (ga_cookie(),), "high"),
    ("no_cookies", {}, (cookie("what"),), "medium"),
    ("no_cookies", {}, (session_cookie(),), "low"),
    ("no_tracking", {}, (meta_beacon(),), "high"),
    ("no_tracking", {}, (meta_beacon(states=AFTER_ACCEPT),), "medium"),
    ("only_necessary_cookies", {}, (ga_cookie(),), "high"),
    ("only_necessary_cookies", {}, (FUNCTIONAL,), "low"),
    ("no_third_party_cookies", {}, (THIRD,), "high"),
    ("no_third_party_cookies", {}, (cookie("m", domain=".pay.test", category="necessary"),), "medium"),
    ("no_marketing_cookies", {}, (THIRD,), "high"),
    ("no_analytics_cookies", {}, (ga_cookie(states=AFTER_ACCEPT),), "medium"),
    ("prior_consent_nonessential", {}, (ga_cookie(),), "high"),
    ("prior_consent_nonessential", {}, (FUNCTIONAL,), "medium"),
    ("consent_banner", without_banner(), (ga_cookie(),), "medium"),
    ("consent_banner", without_banner(), (session_cookie(),), "info"),
    ("consent_withdrawable", states() | WITHDRAW, (), "medium"),
    ("dnt_honoured", states() | GPC, (ga_cookie(states=("gpc",)),), "high"),
    ("no_third_party_sharing", {}, (meta_beacon(),), "medium"),
    ("no_transfer_outside_eea", {}, (request("js.stripe.com", vendor="Stripe", vendor_id="stripe"),), "medium"),
]


@pytest.mark.parametrize(("code", "consent", "things", "severity"), BROKEN)
def test_a_contradiction_is_found(
    code: str, consent: dict[str, Any], things: tuple[object, ...], severity: str
) -> None:
    said = declaration(claim(code, "the exact words on cookies"), claim("contact_given"))
    findings, check = judged(RULE, inventory(*things, consent=consent or None), said)
    (finding,) = findings
    assert check.outcome == "found"
    assert (finding.subject, finding.severity) == (code, severity)
    assert finding.declared is not None
    assert finding.declared.quote == "the exact words on cookies"
    assert "/declaration/claims/0" in finding.observed


KEPT: list[tuple[str, dict[str, Any], tuple[object, ...]]] = [
    ("no_cookies", {}, (ga_cookie(blocked="UserPreferences"), ga_beacon(identifiers=()))),
    ("no_tracking", {}, (session_cookie(), cookie("unknown", identifier=True), ga_beacon(cookieless=True))),
    ("only_necessary_cookies", {}, (session_cookie(), cookie("unknown", identifier=True), matomo_cookie())),
    ("only_necessary_cookies", {}, (ga_beacon(),)),
    ("no_third_party_cookies", {}, (ga_cookie(), session_cookie())),
    ("no_marketing_cookies", {}, (ga_cookie(),)),
    ("no_analytics_cookies", {}, (THIRD, matomo_cookie(), ga_beacon(cookieless=True))),
    ("prior_consent_nonessential", {}, (ga_cookie(states=AFTER_ACCEPT), session_cookie())),
    ("consent_banner", {}, ()),
    ("consent_withdrawable", states(withdraw=state(made="withdraw")), ()),
    ("dnt_honoured", states() | GPC, (ga_cookie(),)),
    ("no_third_party_sharing", {}, (request("fonts.gstatic.com", category="functional", vendor="Google Fonts"),)),
    ("no_transfer_outside_eea", {}, (request("cdn.example"),)),
]


@pytest.mark.parametrize(("code", "consent", "things"), KEPT)
def test_a_kept_promise_passes(code: str, consent: dict[str, Any], things: tuple[object, ...]) -> None:
    findings, check = judged(
        RULE, inventory(*things, consent=consent or None), declaration(claim(code, "words on cookies"))
    )
    assert (findings, check.outcome) == ((), "passed")


def test_every_promise_has_a_case_of_each_kind() -> None:
    codes = {promise.code for promise in PROMISES}
    assert {case[0] for case in BROKEN} == codes == {case[0] for case in KEPT}


def test_sharing_with_a_company_that_the_policy_names_is_no_contradiction() -> None:
    said = declaration(claim("no_third_party_sharing"), named("Meta"))
    assert judged(RULE, inventory(meta_beacon(), vendors=VENDORS), said)[0] == ()


@pytest.mark.parametrize(
    ("code", "consent"),
    [
        ("prior_consent_nonessential", {"before": state(reached=False), "accept": state(made="accept")}),
        ("consent_banner", {"before": state(NO_BANNER, reached=False), "accept": state(NO_BANNER)}),
        ("consent_withdrawable", states()),
        ("dnt_honoured", states()),
    ],
)
def test_a_promise_that_was_not_tested_is_inconclusive(code: str, consent: dict[str, Any]) -> None:
    findings, check = judged(RULE, inventory(consent=consent), declaration(claim(code, "words on cookies")))
    assert (findings, check.outcome) == ((), "inconclusive")


def test_a_policy_without_such_promises_is_not_asked() -> None:
    assert judged(RULE, inventory(ga_cookie()), declaration(claim("contact_given")))[1].outcome == "not-applicable"


def test_without_policy_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(ga_cookie()), NO_POLICY)[1].outcome == "inconclusive"


def test_consent_to_something_else_is_no_promise_about_cookies() -> None:
    said = declaration(claim("prior_consent_nonessential", "Data about your health are kept only if you consent"))
    findings, check = judged(RULE, inventory(ga_cookie()), said)
    assert (findings, check.outcome) == ((), "not-applicable")
