"""undeclared-vendor: companies that the browser met and the policy does not name."""

from __future__ import annotations

import pytest

from .builders import (
    NO_POLICY,
    beacon,
    claim,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    judged,
    meta_beacon,
    named,
    request,
    row,
    session_cookie,
)

RULE = "undeclared-vendor"
FONTS = request("fonts.gstatic.com", category="functional", vendor="Google Fonts", vendor_id="google-fonts")
TAGS = request("www.googletagmanager.com", category="functional", vendor="Google Tag Manager")
PAYMENT = request("js.stripe.com", category="necessary", vendor="Stripe", vendor_id="stripe")


def test_a_marketing_company_that_is_not_named_is_medium() -> None:
    (finding,), check = judged(RULE, inventory(meta_beacon()), declaration(named("Google Analytics")))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == ("medium", "Meta Pixel", "certain")
    assert finding.observed == ("/beacons/0",)
    assert "www.facebook.com" in finding.detail


@pytest.mark.parametrize(
    "said",
    [
        named("Google"),
        named("Google Analytics"),
        named("Google Ireland Limited"),
        named("GA4"),
        row("_ga", provider="Google LLC"),
        row("_ga", provider="google-analytics.com"),
        row("_ga", quote="_ga | set by Google Analytics | 2 years"),
    ],
    ids=str,
)
def test_a_company_named_in_any_way_is_declared(said: object) -> None:
    findings, check = judged(RULE, inventory(ga_beacon(), ga_cookie()), declaration(said))
    assert (findings, check.outcome) == ((), "passed")


def test_a_sibling_for_marketing_is_not_covered_and_only_likely() -> None:
    hit = beacon("googleads.g.doubleclick.net", category="marketing", vendor="Google Ads", vendor_id="google-ads")
    (finding,), _ = judged(RULE, inventory(hit), declaration(named("Google Analytics")))
    assert (finding.subject, finding.severity, finding.confidence) == ("Google Ads", "medium", "likely")
    assert finding.declared is not None
    assert finding.declared.quote == "We use Google Analytics."


def test_what_a_named_service_needs_to_run_is_covered() -> None:
    findings, _ = judged(RULE, inventory(TAGS, ga_beacon()), declaration(named("Google Analytics")))
    assert findings == ()


def test_a_script_of_the_same_owner_that_only_loads_is_covered() -> None:
    """The tag of Google Analytics also serves Google Ads."""
    tag = request("www.googletagmanager.com", category="analytics", tracker=True, vendor="Google Analytics",
                  vendor_id="google-analytics")  # fmt: skip
    assert judged(RULE, inventory(tag), declaration(named("Google Ads")))[0] == ()


def test_services_that_follow_nobody_share_one_mild_finding() -> None:
    findings, _ = judged(RULE, inventory(FONTS, PAYMENT), declaration())
    assert [(one.severity, one.subject) for one in findings] == [("low", "Google Fonts"), ("info", "Stripe")]


def test_categories_of_recipients_are_enough_for_services() -> None:
    said = declaration(claim("shares_with_service_providers"))
    (finding,), _ = judged(RULE, inventory(FONTS, PAYMENT), said)
    assert (finding.severity, finding.subject) == ("info", "Google Fonts, Stripe")


def test_an_unknown_host_that_gets_identifiers_is_asked_about_not_accused() -> None:
    (finding,), _ = judged(RULE, inventory(beacon("px.stranger.example", identifiers=("uid",))), declaration())
    assert (finding.severity, finding.confidence, finding.subject) == ("medium", "check", "px.stranger.example")
    assert "not known" in finding.detail


def test_an_unknown_host_is_declared_by_its_name() -> None:
    seen = inventory(beacon("px.adwerk.example", identifiers=("uid",)))
    findings, _ = judged(RULE, seen, declaration(named("AdWerk GmbH")))
    assert findings == ()


@pytest.mark.parametrize(
    "harmless",
    [request("static.shop-files.example"), session_cookie(), ga_cookie(), beacon("stats.shop.test"), cookie("x")],
    ids=str,
)
def test_files_of_unknown_hosts_and_first_parties_are_no_recipients(harmless: object) -> None:
    findings, check = judged(RULE, inventory(harmless), declaration())
    assert (findings, check.outcome) == ((), "passed")


def test_a_listed_cookie_without_provider_makes_it_low() -> None:
    (finding,), _ = judged(RULE, inventory(ga_cookie(), ga_beacon()), declaration(row("_ga")))
    assert finding.severity == "low"


def test_without_policy_it_is_inconclusive() -> None:
    findings, check = judged(RULE, inventory(meta_beacon()), NO_POLICY)
    assert (findings, check.outcome) == ((), "inconclusive")
