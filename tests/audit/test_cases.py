"""Every registered rule finds a fault where there is one, none where there is none, and says when it cannot know."""

from __future__ import annotations

import pytest

from scanner.audit import RULES
from scanner.audit.rule import Rule

from .builders import judged
from .cases import CASES

_BY_RULE = {one.rule: one for one in CASES}


def test_each_rule_has_its_cases_once() -> None:
    assert sorted(one.rule for one in CASES) == sorted(rule.name for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_knows_found_from_passed_from_unknown(rule: Rule) -> None:
    """A finding proves itself; where nothing is found there is none; what could not be seen is never passed."""
    cases = _BY_RULE[rule.name]
    found, check = judged(rule.name, *cases.positive, profile=cases.profile)
    assert (check.outcome, bool(found)) == ("found", True)
    assert all(one.observed and one.subject and one.fix for one in found)
    assert judged(rule.name, *cases.negative, profile=cases.profile)[0] == ()
    assert judged(rule.name, *cases.negative, profile=cases.profile)[1].outcome == "passed"
    findings, check = judged(rule.name, *cases.inconclusive, profile=cases.profile)
    assert (findings, check.outcome) == ((), "inconclusive")
    assert check.reason
