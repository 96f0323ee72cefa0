"""tracking-after-reject: a refusal that changes nothing, and refusals that do."""

from __future__ import annotations

import pytest

from .builders import (
    claim,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    judged,
    matomo_cookie,
    meta_beacon,
    session_cookie,
    state,
    states,
)

RULE = "tracking-after-reject"
AFTER = ("reject",)


def test_a_new_identifying_cookie_after_refusing_is_high() -> None:
    seen = inventory(ga_cookie(states=AFTER), session_cookie())
    (finding,), check = judged(RULE, seen)
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.states) == ("high", "_ga@shop.test", ("reject",))
    assert finding.observed == ("/cookies/0", "/states/reject/choice")
    assert finding.confidence == "certain"


def test_hits_after_refusing_take_the_cookies_along_that_were_there_before() -> None:
    (finding,), _ = judged(RULE, inventory(ga_cookie(), ga_beacon(states=("before", "reject"))))
    assert finding.severity == "high"
    assert finding.subject == "_ga@shop.test, region1.google-analytics.com"


def test_cookies_merely_left_over_are_low() -> None:
    (finding,), _ = judged(RULE, inventory(ga_cookie(states=("before", "reject"))))
    assert finding.severity == "low"
    assert "stay on the device" in finding.title


def test_cookies_are_in_use_where_another_service_of_their_owner_goes_on() -> None:
    left = ga_cookie(states=("before", "reject"))
    hit = ga_beacon(states=AFTER, vendor="Google Ads", vendor_id="google-ads", category="marketing")
    findings, _ = judged(RULE, inventory(left, hit))
    assert [(one.severity, one.subject) for one in findings] == [
        ("high", "_ga@shop.test"),
        ("high", "region1.google-analytics.com"),
    ]


def test_the_promise_to_wait_for_consent_is_quoted() -> None:
    said = declaration(claim("prior_consent_nonessential", "Cookies only with your consent"))
    (finding,), _ = judged(RULE, inventory(meta_beacon(states=AFTER)), said)
    assert finding.declared is not None
    assert finding.declared.quote == "Cookies only with your consent"


def test_an_unverified_refusal_only_asks_to_check() -> None:
    consent = states(reject=state(made="reject", verified=False))
    (finding,), _ = judged(RULE, inventory(ga_cookie(states=AFTER), consent=consent))
    assert finding.confidence == "check"


@pytest.mark.parametrize(
    "harmless",
    [
        session_cookie(states=AFTER),
        cookie("CookieConsent", category="necessary", role="consent-record", states=AFTER),
        cookie("unknown_id", identifier=True, states=AFTER),
        ga_cookie(states=("accept",)),
        ga_cookie(states=AFTER, blocked="ThirdPartyPhaseout"),
        ga_beacon(states=AFTER, consent_signal="G100", identifiers=()),
        ga_beacon(states=AFTER, cookieless=True),
        ga_beacon(
            states=AFTER, identifiers=(), consent_signal="gcd=13p3 (ad_storage granted, analytics_storage denied)"
        ),
        meta_beacon(states=AFTER, identifiers=(), consent_signal="asc=D"),
    ],
    ids=str,
)
def test_a_respected_refusal_passes(harmless: object) -> None:
    findings, check = judged(RULE, inventory(harmless))
    assert (findings, check.outcome) == ((), "passed")


def test_exempt_measurement_after_refusing_is_information() -> None:
    (finding,), _ = judged(RULE, inventory(matomo_cookie(states=AFTER)))
    assert (finding.severity, finding.confidence) == ("info", "check")


def test_an_unreached_refusal_is_inconclusive() -> None:
    consent = states(reject=state(reached=False, error="no button to refuse was found"))
    findings, check = judged(RULE, inventory(ga_cookie(states=AFTER), consent=consent))
    assert (findings, check.outcome) == ((), "inconclusive")
    assert "no button to refuse was found" in check.reason


def test_acknowledging_is_no_refusal() -> None:
    consent = states(reject=state(made="ack"))
    findings, check = judged(RULE, inventory(ga_cookie(states=AFTER), consent=consent))
    assert (findings, check.outcome) == ((), "inconclusive")


def test_closing_the_banner_is_no_consent() -> None:
    consent = states(reject=state(made="close"))
    (finding,), _ = judged(RULE, inventory(ga_cookie(states=AFTER), consent=consent))
    assert finding.severity == "high"
    assert "closed without consent" in finding.detail
