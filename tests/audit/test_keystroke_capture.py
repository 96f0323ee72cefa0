"""keystroke-capture: input read while it is typed."""

from __future__ import annotations

from typing import Any

import pytest

from .builders import AFTER_ACCEPT, inventory, judged, request, state, technique

RULE = "keystroke-capture"
HOST = "keys.test"


def typed(**fields: Any) -> Any:
    """An e-mail address that was typed and went to another company."""
    given: dict[str, Any] = {"party": "third", "data": ("email",), "confidence": "certain"}
    return technique("keystrokes", HOST, **(given | fields))


def test_reading_input_is_high_without_and_medium_with_consent() -> None:
    (finding,), check = judged(RULE, inventory(typed()))
    assert (check.outcome, finding.severity, finding.subject, finding.confidence) == ("found", "high", HOST, "certain")
    assert [one.severity for one in judged(RULE, inventory(typed(states=AFTER_ACCEPT)))[0]] == ["medium"]


@pytest.mark.parametrize(
    ("category", "data", "answered", "severity"),
    [
        ("functional", ("search",), True, "info"),
        ("unknown", ("search",), True, "low"),
        ("unknown", ("search",), False, "high"),
        ("marketing", ("search",), False, "high"),
        ("unknown", ("email",), True, "high"),
        ("functional", ("email",), True, "medium"),
        ("necessary", ("email",), False, "info"),
    ],
)
def test_a_search_that_is_answered_is_not_the_same_as_an_address_that_is_kept(
    category: str, data: tuple[str, ...], answered: bool, severity: str
) -> None:
    seen = inventory(typed(data=data, answered=answered), request(HOST, category=category))
    assert [one.severity for one in judged(RULE, seen)[0]] == [severity]


def test_search_words_and_more_are_more_than_a_search() -> None:
    seen = inventory(typed(data=("search",), answered=True), typed(answered=True))
    assert [one.severity for one in judged(RULE, seen)[0]] == ["high"]


def test_what_the_site_itself_reads_passes() -> None:
    assert judged(RULE, inventory(typed(party="first")))[1].outcome == "passed"


def test_other_techniques_pass() -> None:
    assert judged(RULE, inventory(technique("session-replay", "x.test")))[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
