"""no-reject-option: banners that take only a yes."""

from __future__ import annotations

import pytest

from .builders import (
    ACCEPT,
    ACK,
    REJECT,
    SETTINGS,
    banner,
    button,
    ga_cookie,
    inventory,
    judged,
    session_cookie,
    state,
    states,
    without_banner,
)

RULE = "no-reject-option"


def one_sided(*buttons: object, **fields: object) -> dict[str, object]:
    shown = banner(*buttons, **fields)
    return states(shown, reject=state(shown, reached=False, error="no button to refuse was found"))


@pytest.mark.parametrize("only", [ACCEPT, ACK])
def test_a_banner_with_one_button_on_a_site_that_follows_visitors_is_high(only: object) -> None:
    (finding,), check = judged(RULE, inventory(ga_cookie(states=("accept",)), consent=one_sided(only)))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == ("high", "banner")
    assert finding.observed == (
        "/states/before/banner",
        "/states/accept/banner",
        "/states/reject/banner",
        "/states/reject/choice",
    )
    assert "Google Analytics" in finding.detail


def test_a_banner_that_can_be_closed_is_judged_more_mildly() -> None:
    consent = one_sided(ACCEPT, button("close", "×"))
    (finding,), _ = judged(RULE, inventory(ga_cookie(), consent=consent))
    assert (finding.severity, finding.confidence) == ("medium", "check")


@pytest.mark.parametrize(
    "shown",
    [
        banner(ACCEPT, REJECT),
        banner(ACCEPT, SETTINGS, button("reject", "Reject all", 2)),
        banner(ACCEPT, SETTINGS, button("save", "Save selection", 2)),
    ],
)
def test_a_way_to_refuse_on_any_layer_passes(shown: object) -> None:
    findings, check = judged(RULE, inventory(ga_cookie(), consent=states(shown)))
    assert (findings, check.outcome) == ((), "passed")


def test_boxes_ticked_in_advance_can_be_cleared_and_saved() -> None:
    """That is a way to refuse, though a long one: other rules speak of the boxes and of the clicks."""
    shown = banner(ACCEPT, SETTINGS, button("save", "Save selection", 2), preselected=("Statistics",))
    consent = states(shown, reject=state(shown, reached=False))
    findings, check = judged(RULE, inventory(ga_cookie(), consent=consent))
    assert (findings, check.outcome) == ((), "passed")


def test_a_notice_on_a_site_that_needs_no_consent_passes() -> None:
    findings, check = judged(RULE, inventory(session_cookie(), consent=one_sided(ACK)))
    assert (findings, check.outcome) == ((), "passed")


def test_settings_that_could_not_be_opened_leave_it_inconclusive() -> None:
    findings, check = judged(RULE, inventory(ga_cookie(), consent=one_sided(ACCEPT, SETTINGS)))
    assert (findings, check.outcome) == ((), "inconclusive")


def test_pay_or_consent_is_left_to_another_rule() -> None:
    consent = one_sided(ACCEPT, button("pay", "Subscribe"))
    findings, check = judged(RULE, inventory(ga_cookie(), consent=consent))
    assert (findings, check.outcome) == ((), "not-applicable")


def test_a_site_without_banner_is_not_asked() -> None:
    findings, check = judged(RULE, inventory(ga_cookie(), consent=without_banner()))
    assert (findings, check.outcome) == ((), "not-applicable")


def test_a_second_layer_seen_in_one_state_only_counts() -> None:
    """Settings are opened by the one who wants to refuse."""
    opened = banner(ACCEPT, SETTINGS, button("accept", "Accept all", 2))
    shown = banner(ACCEPT, SETTINGS)
    consent = states(shown, reject=state(opened, reached=False, error="nothing there refuses"))
    (finding,), _ = judged(RULE, inventory(ga_cookie(), consent=consent))
    assert finding.severity == "high"
