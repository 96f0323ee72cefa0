"""policy-missing: worse the more there would be to declare."""

from __future__ import annotations

import pytest

from scanner.model.declaration import Source
from scanner.model.inventory import Problem

from .builders import (
    NO_POLICY,
    declaration,
    ga_cookie,
    inventory,
    judged,
    meta_beacon,
    request,
    row,
    session_cookie,
    state,
)

RULE = "policy-missing"


@pytest.mark.parametrize(
    ("things", "severity"),
    [
        ((ga_cookie(),), "high"),
        ((meta_beacon(identifiers=()),), "medium"),
        ((session_cookie(),), "low"),
        ((request("fonts.gstatic.com", category="functional", vendor="Google Fonts"),), "low"),
        ((), "info"),
    ],
)
def test_the_severity_follows_what_is_left_unsaid(things: tuple[object, ...], severity: str) -> None:
    (finding,), check = judged(RULE, inventory(*things), NO_POLICY)
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == (severity, "policy", "likely")
    assert finding.observed[0] == "/declaration/found"


def test_a_policy_that_was_found_passes() -> None:
    findings, check = judged(RULE, inventory(ga_cookie()), declaration())
    assert (findings, check.outcome) == ((), "passed")


def test_a_policy_that_could_not_be_read_leaves_it_inconclusive() -> None:
    problem = Problem(url="https://shop.test/privacy", kind="policy", message="answered 500")
    findings, check = judged(RULE, inventory(ga_cookie(), problems=(problem,)), NO_POLICY)
    assert (findings, check.outcome) == ((), "inconclusive")
    assert "answered 500" in check.reason


def test_without_any_page_it_is_inconclusive() -> None:
    findings, check = judged(RULE, inventory(consent={"before": state(reached=False)}), NO_POLICY)
    assert (findings, check.outcome) == ((), "inconclusive")


LIST = Source(url="https://consent.example/list.json", kind="list", sha256="1" * 64)
PAGE = Source(url="https://shop.test/privacy", sha256="2" * 64)


@pytest.mark.parametrize(
    ("things", "severity"), [((ga_cookie(),), "medium"), ((session_cookie(),), "low"), ((), "low")]
)
def test_a_list_in_the_banner_alone_is_no_policy_and_it_is_said_what_is_missing(
    things: tuple[object, ...], severity: str
) -> None:
    (finding,), check = judged(RULE, inventory(*things), declaration(LIST, row("_ga"), row("_gid")))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == (severity, "policy")
    assert "no policy page was found" in finding.title
    assert "(2 by name)" in finding.detail
    assert "who is responsible" in finding.detail
    assert finding.observed == ("/declaration/sources/0",)


def test_a_list_beside_a_policy_page_passes() -> None:
    findings, check = judged(RULE, inventory(ga_cookie()), declaration(LIST, PAGE, row("_ga")))
    assert (findings, check.outcome) == ((), "passed")


def test_a_list_beside_a_policy_that_could_not_be_read_leaves_it_inconclusive() -> None:
    problem = Problem(url="https://shop.test/privacy", kind="policy", message="too large")
    findings, check = judged(RULE, inventory(ga_cookie(), problems=(problem,)), declaration(LIST, row("_ga")))
    assert (findings, check.outcome) == ((), "inconclusive")
