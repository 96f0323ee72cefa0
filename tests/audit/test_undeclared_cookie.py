"""undeclared-cookie: what the list lacks, by what is known of it."""

from __future__ import annotations

import pytest

from .builders import (
    NO_POLICY,
    claim,
    cookie,
    declaration,
    ga_cookie,
    inventory,
    judged,
    named,
    row,
    session_cookie,
)

RULE = "undeclared-cookie"
LIST = (row("something_else"),)


def test_cookies_of_one_company_are_one_finding() -> None:
    seen = inventory(ga_cookie(), ga_cookie("_gid"), session_cookie())
    findings, check = judged(RULE, seen, declaration(*LIST))
    assert check.outcome == "found"
    assert [(one.severity, one.subject, one.confidence) for one in findings] == [
        ("medium", "_ga@shop.test, _gid@shop.test", "certain"),
        ("low", "PHPSESSID@shop.test", "certain"),
    ]
    assert findings[0].observed == ("/cookies/0", "/cookies/1")


def test_a_named_company_makes_it_low_and_is_quoted() -> None:
    (finding,), _ = judged(RULE, inventory(ga_cookie()), declaration(*LIST, named("Google")))
    assert finding.severity == "low"
    assert finding.declared is not None
    assert finding.declared.quote == "We use Google."


def test_a_cookie_of_unknown_purpose_is_low_and_called_unknown() -> None:
    (finding,), _ = judged(RULE, inventory(cookie("zzid", domain=".other.test", identifier=True)), declaration(*LIST))
    assert (finding.severity, finding.subject) == ("low", "zzid@other.test")
    assert "not known" in finding.detail
    assert "follow" not in finding.title + finding.detail


def test_a_necessary_cookie_is_information_where_the_policy_speaks_of_such() -> None:
    said = declaration(claim("category_necessary", "We use session cookies that the site needs"))
    (finding,), _ = judged(RULE, inventory(session_cookie()), said)
    assert finding.severity == "info"
    assert finding.declared is not None
    assert finding.declared.quote == "We use session cookies that the site needs"


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ("_ga_*", "_ga_AB12CD34EF"),
        ("_ga_<container-id>", "_ga_AB12CD34EF"),
        ("_hjSession_{id}", "_hjSession_3421"),
        ("_pk_id.#", "_pk_id.7.1fff"),
        ("xxx_session", "abc_session"),
        ("phpsessid", "PHPSESSID"),
        ("“PHPSESSID”", "PHPSESSID"),
        ("wp-settings-", "wp-settings-1"),
    ],
)
def test_a_pattern_declares(declared: str, observed: str) -> None:
    findings, check = judged(RULE, inventory(cookie(observed)), declaration(row(declared)))
    assert (findings, check.outcome) == ((), "passed")


def test_refused_and_at_once_deleted_cookies_need_no_row() -> None:
    seen = inventory(ga_cookie(blocked="UserPreferences"), cookie("cookietest", deleted=True))
    findings, check = judged(RULE, seen, declaration(*LIST))
    assert (findings, check.outcome) == ((), "passed")


def test_without_policy_it_is_inconclusive() -> None:
    findings, check = judged(RULE, inventory(ga_cookie()), NO_POLICY)
    assert (findings, check.outcome) == ((), "inconclusive")
