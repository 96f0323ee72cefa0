"""party-mismatch: whose cookie it is."""

from __future__ import annotations

from .builders import NO_POLICY, cookie, declaration, ga_cookie, inventory, judged, row

RULE = "party-mismatch"
THIRD = cookie("m", domain=".pay.test")


def test_a_third_party_s_cookie_declared_as_the_site_s_own_is_low() -> None:
    (finding,), check = judged(RULE, inventory(THIRD), declaration(row("m", party="first")))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.confidence) == ("low", "m@pay.test", "certain")
    assert finding.observed == ("/cookies/0", "/declaration/cookies/0")


def test_the_site_s_own_cookie_declared_as_a_third_party_s_is_information() -> None:
    (finding,), _ = judged(RULE, inventory(cookie("basket")), declaration(row("basket", party="third")))
    assert (finding.severity, finding.confidence) == ("info", "check")


def test_another_company_s_cookie_on_the_site_s_domain_may_be_called_third_party() -> None:
    assert judged(RULE, inventory(ga_cookie()), declaration(row("_ga", party="third")))[1].outcome == "passed"
    assert judged(RULE, inventory(ga_cookie()), declaration(row("_ga", party="first")))[1].outcome == "passed"


def test_one_row_that_agrees_is_enough() -> None:
    said = declaration(row("m", party="first"), row("m", party="third"))
    assert judged(RULE, inventory(THIRD), said)[1].outcome == "passed"


def test_silent_and_missing_policies() -> None:
    assert judged(RULE, inventory(THIRD), declaration(row("m")))[1].outcome == "not-applicable"
    assert judged(RULE, inventory(THIRD), NO_POLICY)[1].outcome == "inconclusive"
