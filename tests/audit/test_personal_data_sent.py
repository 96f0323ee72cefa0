"""personal-data-sent: what a person would be known by goes to other companies."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.inventory import PersonalData

from .builders import AFTER_ACCEPT, ALL, PAGE, declaration, inventory, judged, named, state

RULE = "personal-data-sent"
HOST = "collect.example"


def sent(**fields: Any) -> PersonalData:
    """An e-mail address typed by the scan and found in the address of a request to a stranger."""
    given: dict[str, Any] = {
        "data": "email",
        "source": "typed",
        "form": "plain",
        "where": "address",
        "host": HOST,
        "party": "third",
        "category": "unknown",
        "states": ALL,
        "pages": (PAGE,),
    }
    return PersonalData(**(given | fields))


def found(*entries: PersonalData, **options: Any) -> Any:
    """The findings and the outcome."""
    return judged(RULE, inventory(personal_data=entries), **options)


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({}, "high"),
        ({"form": "base64"}, "high"),
        ({"form": "sha256"}, "medium"),
        ({"category": "functional"}, "medium"),
        ({"states": AFTER_ACCEPT}, "medium"),
        ({"states": AFTER_ACCEPT, "form": "sha256"}, "low"),
        ({"source": "address", "where": "referrer"}, "high"),
        ({"source": "request"}, "medium"),
        ({"source": "request", "form": "sha256"}, "low"),
        ({"category": "necessary"}, "info"),
    ],
)
def test_severity_goes_by_readability_consent_and_purpose(fields: dict[str, Any], severity: str) -> None:
    (finding,), check = found(sent(**fields))
    assert (check.outcome, finding.severity, finding.subject) == ("found", severity, HOST)
    assert finding.confidence == ("check" if fields.get("source") == "request" else "certain")


def test_one_finding_for_each_host_names_all_that_was_seen() -> None:
    mail = sent(script="https://cdn.example/a.js", form="sha256", where="body")
    (finding,), _ = found(mail, sent(data="phone", source="typed"))
    assert finding.observed == ("/personal_data/0", "/personal_data/1")
    assert (
        "The e-mail address that the scan had typed into a form, without sending it, stood as a SHA-256 digest in "
        in (finding.detail)
    )
    assert "the body of a request to collect.example, started by https://cdn.example/a.js." in finding.detail
    assert "The telephone number" in finding.detail
    assert finding.severity == "high"


def test_advice_fits_the_way_it_went() -> None:
    (finding,), _ = found(sent(source="address", where="referrer"))
    assert "Referrer-Policy" in finding.fix
    assert "history.replaceState" in finding.fix
    (finding,), _ = found(sent())
    assert "Referrer-Policy" not in finding.fix


def test_a_company_that_the_policy_names_is_quoted_and_still_found() -> None:
    entry = sent(host="www.facebook.com", vendor="Meta Pixel", vendor_id="meta-pixel", category="marketing")
    (finding,), _ = found(entry, said=declaration(named("Meta Pixel")))
    assert finding.declared is not None
    assert finding.title == "Meta Pixel is sent personal data without consent"


def test_nothing_sent_is_passed() -> None:
    assert found()[1].outcome == "passed"


def test_what_goes_to_the_site_itself_is_not_counted() -> None:
    assert found(sent(host="api.shop.test", party="first"))[1].outcome == "passed"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
