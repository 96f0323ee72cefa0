"""What a policy says of its own upkeep: leftovers of a template, things of the past, the date of the last change."""

from __future__ import annotations

import pytest

from scanner.policy import document_from_bytes, read


def remarks(text: str) -> set[tuple[str, str]]:
    page = f"Cookie policy\n\nWe use cookies and process personal data.\n\n{text}\n"
    return {(remark.kind, remark.subject) for remark in read([document_from_bytes(page.encode(), "u")]).remarks}


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("This policy of [Company Name] applies to all visitors.", "[Company Name]"),
        ("You accept cookies when you visit yourwebsite.com again.", "yourwebsite.com"),
        ("Verantwortlich ist die Musterfirma GmbH in Musterstadt.", "musterfirma"),
        ("Le responsable est [nom de la société], 12 rue de la Paix.", "[nom de la société]"),
    ],
)
def test_what_a_template_left_behind_is_named(text: str, subject: str) -> None:
    assert ("placeholder", subject) in remarks(text)


@pytest.mark.parametrize(
    "text",
    ["The cookie _ga_[ID] counts visits.", "Stored as [User ID].accessToken for a year.", "Read more [1] below."],
)
def test_placeholders_of_cookies_are_no_leftovers(text: str) -> None:
    assert not {kind for kind, _ in remarks(text)} & {"placeholder"}


def test_what_no_longer_exists_is_named_unless_the_text_says_so() -> None:
    assert ("outdated", "Privacy Shield") in remarks("Google is certified under the EU-US Privacy Shield.")
    assert not remarks("The Privacy Shield was declared invalid in 2020.")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Last updated: March 4, 2021", "2021-03-04"),
        ("Stand: 12. Februar 2024", "2024-02-12"),
        ("Dernière mise à jour : 14/09/2023", "2023-09-14"),
        ("Última actualización: 15 de enero de 2025", "2025-01-15"),
        ("Laatst bijgewerkt op 3 mei 2022", "2022-05-03"),
        ("Ostatnia aktualizacja: 2023-07-01", "2023-07-01"),
        ("Ultima modifica: 3 maggio 2024", "2024-05-03"),
    ],
)
def test_the_date_of_the_last_change_is_read_in_many_forms(text: str, day: str) -> None:
    assert ("last_changed", day) in remarks(text)


def test_a_date_that_may_be_two_days_is_left_out() -> None:
    assert not remarks("Last updated: 03/04/2021")
