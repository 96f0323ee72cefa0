"""declaration-incomplete: rows with holes."""

from __future__ import annotations

from .builders import DAY, NO_POLICY, declaration, inventory, judged, remark, row

RULE = "declaration-incomplete"


def test_missing_lifetimes_and_purposes_are_one_finding() -> None:
    said = declaration(
        row("a", purpose="Measures", duration=DAY), row("b", purpose="Measures"), row("c", duration="session")
    )
    (finding,), check = judged(RULE, inventory(), said)
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == ("low", "b, c")
    assert finding.observed == ("/declaration/cookies/1", "/declaration/cookies/2")
    assert "No lifetime is given for b." in finding.detail
    assert "No purpose is given for c." in finding.detail


def test_holes_in_rows_of_necessary_cookies_are_information() -> None:
    (finding,), _ = judged(RULE, inventory(), declaration(row("sid", category="necessary")))
    assert finding.severity == "info"


def test_full_rows_pass_and_a_vague_lifetime_is_one() -> None:
    said = declaration(
        row("a", purpose="Measures", duration=DAY), row("b", category="analytics", duration_text="a few seconds")
    )
    assert judged(RULE, inventory(), said)[1].outcome == "passed"


def test_without_list_or_policy() -> None:
    assert judged(RULE, inventory(), declaration())[1].outcome == "not-applicable"
    assert judged(RULE, inventory(), NO_POLICY)[1].outcome == "inconclusive"


def test_blanks_of_a_template_are_one_finding_even_without_a_list() -> None:
    said = declaration(
        remark("placeholder", "[Company name]", "[Company name] is responsible."), remark("outdated", "x")
    )
    (finding,), check = judged(RULE, inventory(), said)
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == ("low", "[Company name]")
    assert finding.observed == ("/declaration/remarks/0",)
    assert finding.declared is not None
    assert finding.declared.quote == "[Company name] is responsible."


def test_a_full_list_with_a_blank_has_that_finding_alone() -> None:
    said = declaration(row("a", purpose="Measures", duration=DAY), remark("placeholder", "yourwebsite.com"))
    (finding,), _ = judged(RULE, inventory(), said)
    assert finding.subject == "yourwebsite.com"
