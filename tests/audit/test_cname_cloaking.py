"""cname-cloaking: a third party under the site's name."""

from __future__ import annotations

import pytest

from .builders import AFTER_ACCEPT, inventory, judged, request, state, technique

RULE = "cname-cloaking"
HOST = "metrics.shop.test"


def test_a_disguise_without_consent_is_medium_and_with_it_low() -> None:
    (finding,), check = judged(RULE, inventory(technique("cname-cloaking", HOST), request(HOST, category="analytics")))
    assert (check.outcome, finding.severity, finding.subject) == ("found", "medium", HOST)
    agreed = inventory(technique("cname-cloaking", HOST, states=AFTER_ACCEPT))
    assert [one.severity for one in judged(RULE, agreed)[0]] == ["low"]


@pytest.mark.parametrize("category", ["necessary", "functional"])
def test_a_service_that_follows_nobody_passes(category: str) -> None:
    seen = inventory(technique("cname-cloaking", HOST), request(HOST, category=category))
    assert judged(RULE, seen)[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"


def test_hosts_whose_names_nobody_asked_leave_it_inconclusive() -> None:
    seen = inventory(unresolved_hosts=("metrics.shop.test",))
    assert judged(RULE, seen)[1].outcome == "inconclusive"
    assert judged(RULE, seen)[1].reason == "Where metrics.shop.test leads by name was not asked."
