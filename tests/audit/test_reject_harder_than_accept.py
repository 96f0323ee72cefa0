"""reject-harder-than-accept: layers, clicks, and looks."""

from __future__ import annotations

import pytest

from .builders import (
    ACCEPT,
    ACK,
    REJECT,
    SETTINGS,
    banner,
    button,
    inventory,
    judged,
    look,
    state,
    states,
    without_banner,
)

RULE = "reject-harder-than-accept"
SECOND = banner(ACCEPT, SETTINGS, button("reject", "Reject all", 2))
CLEAR = {"foreground": "rgb(255, 255, 255)", "background": "#0044aa", "rect": (0.0, 0.0, 120.0, 40.0)}


def test_a_refusal_on_the_second_layer_is_medium_with_the_clicks() -> None:
    consent = states(SECOND, reject=state(SECOND, "reject", clicks=2))
    (finding,), check = judged(RULE, inventory(consent=consent))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == ("medium", "banner", "certain")
    assert "Accepting took 1 click(s), refusing 2." in finding.detail
    assert finding.observed[0] == "/states/before/banner"
    assert finding.observed[-2:] == ("/states/accept/choice", "/states/reject/choice")


def test_saving_on_the_second_layer_counts_as_a_refusal_there() -> None:
    shown = banner(ACCEPT, SETTINGS, button("save", "Save selection", 2))
    (finding,), _ = judged(RULE, inventory(consent=states(shown)))
    assert finding.severity == "medium"


def test_more_clicks_are_enough_where_the_second_layer_was_not_read() -> None:
    shown = banner(ACCEPT, SETTINGS)
    consent = states(shown, reject=state(shown, "reject", clicks=2))
    (finding,), _ = judged(RULE, inventory(consent=consent))
    assert finding.detail == "Accepting took 1 click(s), refusing 2."


def test_a_second_layer_seen_in_one_state_only_counts() -> None:
    consent = states(banner(ACCEPT, SETTINGS), reject=state(SECOND, "reject", clicks=2))
    (finding,), _ = judged(RULE, inventory(consent=consent))
    assert "“Reject all”" in finding.detail


@pytest.mark.parametrize(
    "weak",
    [
        CLEAR | {"foreground": "#cccccc", "background": "rgb(255, 255, 255)"},
        CLEAR | {"rect": (0.0, 0.0, 40.0, 30.0)},
    ],
)
def test_a_button_that_is_hard_to_see_is_low_and_to_be_checked(weak: dict[str, object]) -> None:
    shown = banner(ACCEPT, REJECT, looks=(look("accept", **CLEAR), look("reject", **weak)))
    (finding,), _ = judged(RULE, inventory(consent=states(shown)))
    assert (finding.severity, finding.confidence) == ("low", "check")


@pytest.mark.parametrize(
    "other",
    [
        CLEAR,
        CLEAR | {"foreground": "#222222", "background": "#ffffff", "rect": (0.0, 0.0, 100.0, 40.0)},
        CLEAR | {"foreground": None},
        CLEAR | {"background": "rgba(0, 0, 0, 0)"},
    ],
)
def test_another_colour_or_an_unknown_one_is_no_fault(other: dict[str, object]) -> None:
    shown = banner(ACCEPT, REJECT, looks=(look("accept", **CLEAR), look("reject", **other)))
    findings, check = judged(RULE, inventory(consent=states(shown)))
    assert (findings, check.outcome) == ((), "passed")


def test_of_two_ways_to_refuse_the_one_that_is_easier_to_see_counts() -> None:
    link = CLEAR | {"text": "Continue without accepting", "foreground": "#999999", "background": "#ffffff"}
    looks = (
        look("accept", **CLEAR),
        look("reject", **CLEAR),
        look("reject", **(link | {"rect": (0.0, 0.0, 90.0, 14.0)})),
    )
    shown = banner(ACCEPT, REJECT, looks=looks)
    findings, check = judged(RULE, inventory(consent=states(shown)))
    assert (findings, check.outcome) == ((), "passed")


@pytest.mark.parametrize(
    ("size", "outcome"), [((84.0, 40.0), "passed"), ((84.0, 16.0), "found"), ((40.0, 40.0), "found")]
)
def test_shorter_words_alone_make_no_smaller_button(size: tuple[float, float], outcome: str) -> None:
    """As high, and with as much room for each letter: the buttons are made alike."""
    accept = look("accept", **(CLEAR | {"text": "Accept all cookies and go on", "rect": (0.0, 0.0, 300.0, 40.0)}))
    shown = banner(ACCEPT, REJECT, looks=(accept, look("reject", **(CLEAR | {"rect": (0.0, 0.0, *size)}))))
    assert judged(RULE, inventory(consent=states(shown)))[1].outcome == outcome


def test_saving_nothing_on_the_first_layer_is_as_easy_as_accepting() -> None:
    """A further "save" behind the settings changes nothing."""
    inner = button("save", "Save choices", 2)
    shown = banner(ACCEPT, SETTINGS, button("save", "Allow selection", 1), inner)
    findings, check = judged(RULE, inventory(consent=states(shown)))
    assert (findings, check.outcome) == ((), "passed")


def test_boxes_to_clear_before_saving_count_as_clicks() -> None:
    """On the first layer too: what was measured is said, and nothing of a second layer."""
    shown = banner(ACCEPT, button("save", "Allow selection", 1), preselected=("Statistics", "Marketing"))
    consent = states(shown, reject=state(shown, "save", clicks=3))
    (finding,), _ = judged(RULE, inventory(consent=consent))
    assert finding.detail == "Accepting took 1 click(s), refusing 3."


@pytest.mark.parametrize("shown", [banner(ACK), banner(ACCEPT)])
def test_where_nothing_can_be_compared_it_does_not_apply(shown: object) -> None:
    assert judged(RULE, inventory(consent=states(shown)))[1].outcome == "not-applicable"
    assert judged(RULE, inventory(consent=without_banner()))[1].outcome == "not-applicable"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(SECOND, reached=False)}))[1].outcome == "inconclusive"
