"""cookie-wall: pay or consent."""

from __future__ import annotations

from .builders import ACCEPT, REJECT, banner, button, inventory, judged, state, states, without_banner

RULE = "cookie-wall"
PAY = button("pay", "Subscribe for 3.99")


def test_paying_in_place_of_refusing_is_to_be_checked() -> None:
    (finding,), check = judged(RULE, inventory(consent=states(banner(ACCEPT, PAY))))
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence, finding.subject) == ("medium", "check", "banner")
    assert "Subscribe for 3.99" in finding.detail


def test_a_free_refusal_beside_it_passes() -> None:
    assert judged(RULE, inventory(consent=states(banner(ACCEPT, REJECT, PAY))))[1].outcome == "passed"
    assert judged(RULE, inventory())[1].outcome == "passed"


def test_without_banner_or_page() -> None:
    assert judged(RULE, inventory(consent=without_banner()))[1].outcome == "not-applicable"
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
