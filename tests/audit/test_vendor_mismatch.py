"""vendor-mismatch: the wrong company in a row."""

from __future__ import annotations

import pytest

from .builders import NO_POLICY, declaration, ga_cookie, inventory, judged, request, row

RULE = "vendor-mismatch"
STRIPE = request("js.stripe.com", vendor="Stripe", vendor_id="stripe", site="stripe.com")


@pytest.mark.parametrize("provider", ["Meta Platforms Ireland Ltd", "Stripe", "stripe.com"])
def test_another_known_company_is_low(provider: str) -> None:
    (finding,), check = judged(RULE, inventory(ga_cookie(), STRIPE), declaration(row("_ga", provider=provider)))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == ("low", "_ga@shop.test", "likely")
    assert finding.declared is not None


@pytest.mark.parametrize(
    "provider",
    ["Google", "Google Ireland Limited", "Google Ads", "shop.test", "www.shop.test", "Shop GmbH", "agency.example"],
)
def test_the_owner_its_products_the_site_and_unknown_names_pass(provider: str) -> None:
    findings, check = judged(RULE, inventory(ga_cookie(), STRIPE), declaration(row("_ga", provider=provider)))
    assert (findings, check.outcome) == ((), "passed")


def test_silent_and_missing_policies() -> None:
    assert judged(RULE, inventory(ga_cookie()), declaration(row("_ga")))[1].outcome == "not-applicable"
    assert judged(RULE, inventory(ga_cookie()), NO_POLICY)[1].outcome == "inconclusive"
