"""tracking-without-banner: one finding for a site that never asks."""

from __future__ import annotations

from .builders import (
    NO_BANNER,
    claim,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    judged,
    matomo_cookie,
    meta_beacon,
    request,
    session_cookie,
    state,
    without_banner,
)

RULE = "tracking-without-banner"


def test_all_companies_share_one_finding() -> None:
    seen = inventory(ga_cookie(), ga_beacon(), meta_beacon(identifiers=()), consent=without_banner())
    (finding,), check = judged(RULE, seen)
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence) == ("high", "likely")
    assert finding.subject == "_ga@shop.test, region1.google-analytics.com, www.facebook.com"
    assert finding.observed[0] == "/states/before/banner"
    assert "2 services" in finding.title


def test_implied_consent_is_quoted() -> None:
    said = declaration(claim("implied_consent", "By using this site you accept cookies"))
    (finding,), _ = judged(RULE, inventory(ga_cookie(), consent=without_banner()), said)
    assert finding.declared is not None
    assert finding.declared.quote == "By using this site you accept cookies"


def test_signs_of_consent_software_lower_the_confidence() -> None:
    record = cookie("CookieConsent", category="necessary", role="consent-record")
    (finding,), _ = judged(RULE, inventory(ga_cookie(), record, consent=without_banner()))
    assert finding.confidence == "check"
    assert "/cookies/1" in finding.observed


def test_a_site_without_banner_that_follows_nobody_passes() -> None:
    seen = inventory(
        session_cookie(),
        cookie("mystery", identifier=True),
        request("fonts.gstatic.com", category="functional", vendor="Google Fonts"),
        consent=without_banner(),
    )
    findings, check = judged(RULE, seen)
    assert (findings, check.outcome) == ((), "passed")


def test_exempt_measurement_alone_is_information() -> None:
    (finding,), _ = judged(RULE, inventory(matomo_cookie(), consent=without_banner()))
    assert finding.severity == "info"


def test_with_a_banner_it_does_not_apply() -> None:
    findings, check = judged(RULE, inventory(ga_cookie()))
    assert (findings, check.outcome) == ((), "not-applicable")


def test_without_any_state_it_is_inconclusive() -> None:
    consent = {"before": state(NO_BANNER, reached=False)}
    findings, check = judged(RULE, inventory(ga_cookie(), consent=consent))
    assert (findings, check.outcome) == ((), "inconclusive")
