"""What to change in today's policy: each passage once, with words that would be true."""

from __future__ import annotations

import json
from typing import Any

from bs4 import BeautifulSoup

from scanner.model.declaration import Claim
from scanner.model.finding import Acceptance, Finding, Quote
from scanner.model.scan import Scan
from scanner.report import render_declaration, render_report
from scanner.report.changes import additions, changes
from scanner.report.declared import draft
from scanner.report.findings import finding_views
from scanner.report.junit import junit
from scanner.report.markdown import markdown
from scanner.report.sarif import sarif

from . import samples

SHOP = samples.shop()


def _finding(rule: str, quote: str, **more: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": rule, "severity": "medium", "title": f"About {rule}", "subject": "no_cookies", "states": ("before",),
        "detail": "d", "observed": ("/cookies/0",), "declared": Quote(quote=quote, source=samples.POLICY), "fix": "f",
        "confidence": "likely",
    }  # fmt: skip
    return Finding(**{**values, **more})


def _with(*findings: Finding, **more: Any) -> Scan:
    return SHOP.model_copy(update={"findings": findings, **more})


def _changes(scan: Scan) -> tuple[Any, ...]:
    return changes(scan, draft(scan), finding_views(scan))


def test_findings_on_one_passage_stand_together() -> None:
    first, second = _finding("lifetime-mismatch", "one row"), _finding("category-mismatch", "one row")
    found = _changes(_with(first, second, _finding("promise-broken", "another sentence")))
    assert [[view.finding.rule for view in change.views] for change in found] == [
        ["lifetime-mismatch", "category-mismatch"],
        ["promise-broken"],
    ]


def test_a_wrong_row_is_given_as_it_should_read() -> None:
    """The words come from the draft: name, group, provider, purpose, duration, party."""
    entry = draft(SHOP).groups[0][1][0]
    row = next(
        position
        for position, declared in enumerate(SHOP.declaration.cookies)
        if declared.name in (entry.name, *entry.names)
    )
    finding = _finding(
        "lifetime-mismatch", "row", subject=f"{entry.names[0]}@{entry.domains[0]}",
        observed=(f"/declaration/cookies/{row}",),
    )  # fmt: skip
    (change,) = _changes(_with(finding))
    assert entry.name in change.instead and entry.provider in change.instead and entry.duration in change.instead


def test_a_broken_promise_gets_a_true_sentence_or_none() -> None:
    """A promise that the site should keep is not rewritten; a false statement is."""
    false, kept = (
        _finding("promise-broken", "No cookies."),
        _finding("promise-broken", "Only after consent.", subject="prior_consent_nonessential"),
    )
    first, second = _changes(_with(false, kept))
    assert "uses cookies" in first.instead and second.instead == ""


def test_consent_by_mere_use_is_replaced_by_a_question() -> None:
    quote = "By using this site you agree to cookies."
    claim = Claim(code="implied_consent", evidence=quote, source=samples.POLICY)
    declaration = SHOP.declaration.model_copy(update={"claims": (claim,)})
    (change,) = _changes(_with(_finding("tracking-before-consent", quote), declaration=declaration))
    assert "asks for your consent first" in change.instead and not change.of_words


def test_what_the_policy_leaves_out_is_added_and_not_changed() -> None:
    missing = _finding("undeclared-cookie", "general words", subject="_ga@shop.example")
    scan = _with(missing)
    assert _changes(scan) == ()
    assert [view.finding for view in additions(finding_views(scan))] == [missing]
    assert "What to add to the present policy (1)" in render_declaration(scan)


def test_known_and_accepted_findings_say_so_on_the_page() -> None:
    """With the reason and the day; an expired one says that it counts again."""
    accepted = _finding("insecure-cookie", "q", accepted=Acceptance(reason="<b>soon</b>", until="2026-12-31"))
    expired = _finding("cookie-wall", "q", accepted=Acceptance(reason="r", until="2026-01-01", expired=True))
    soup = BeautifulSoup(
        render_report(_with(accepted, _finding("no-withdrawal", "q", known=True), expired), {}), "lxml"
    )
    articles = [article.get_text(" ", strip=True) for article in soup.select("article.finding")]
    assert "Accepted by the owner of the site until 31 December 2026, for this reason: <b>soon</b>." in articles[0]
    assert "Known from the earlier scan" in articles[1]
    assert "it counts again" in articles[2]
    assert "2 findings are known from the earlier scan or accepted" in soup.select("#verdict")[0].get_text(
        " ", strip=True
    )


def test_other_formats_tell_known_and_accepted_findings_too() -> None:
    """Suppressed for analysers, no failure for build servers, marked for people."""
    accepted = _finding("insecure-cookie", "q", accepted=Acceptance(reason="soon", until="2026-12-31"))
    scan = _with(accepted, _finding("no-withdrawal", "q", known=True), checks=())
    first, second = json.loads(sarif(scan))["runs"][0]["results"]
    assert first["suppressions"][0]["justification"] == "soon (until 2026-12-31)"
    assert second["baselineState"] == "unchanged" and "suppressions" not in second
    assert 'failures="0"' in junit(scan) and "Accepted until 2026-12-31 (soon)" in junit(scan)
    assert "until 31 December 2026" in markdown(scan) and "Known from the earlier scan" in markdown(scan)
