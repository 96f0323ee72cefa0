"""Single sentences in every language: what must be read as a claim, and what must not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from scanner.model.declaration import CLAIM_CODES
from scanner.policy.claims import find_claims, languages
from scanner.policy.reading import Block, Reading, Sentence

TABLES = {
    file.stem: tomllib.loads(file.read_text()) for file in sorted((Path(__file__).parent / "sentences").iterdir())
}
SAYS = [(lang, code, text) for lang, t in TABLES.items() for code, e in t.items() for text in e.get("says", [])]
SILENT = [(lang, code, text) for lang, t in TABLES.items() for code, e in t.items() for text in e.get("silent", [])]


def codes_in(text: str, language: str, *, lead_in: str | None = None, section: tuple[str, ...] = ()) -> set[str]:
    block = Block(index=0, kind="paragraph", text=text, lines=(text,), section_path=section)
    sentence = Sentence(text=text, block=block, lead_in=lead_in, section=section)
    reading = Reading(url="u", language=language, blocks=(block,), sentences=(sentence,), text=text)
    return {claim.code for claim in find_claims(reading)}


@pytest.mark.parametrize(("language", "code", "text"), SAYS)
def test_the_sentence_makes_the_claim(language: str, code: str, text: str) -> None:
    assert code in codes_in(text, language)


@pytest.mark.parametrize(("language", "code", "text"), SILENT)
def test_the_sentence_does_not_make_the_claim(language: str, code: str, text: str) -> None:
    assert code not in codes_in(text, language)


def test_every_language_has_a_table_of_sentences() -> None:
    assert set(TABLES) == set(languages())


def test_every_code_has_sentences_in_english() -> None:
    assert set(TABLES["en"]) == set(CLAIM_CODES)


@pytest.mark.parametrize("language", sorted(TABLES))
def test_the_tables_name_known_codes_only(language: str) -> None:
    assert set(TABLES[language]) <= set(CLAIM_CODES)


@pytest.mark.parametrize(
    ("language", "lead_in", "item", "code"),
    [
        ("en", "We will not:", "share your data with advertisers", "shares_with_ad_partners"),
        ("en", "We do not:", "use web beacons or pixels", "pixels_or_beacons_used"),
        ("en", "What we never do:", "transfer your data to the United States", "transfer_outside_eea"),
        ("de", "Wir werden nicht:", "Cookies von Drittanbietern setzen", "third_party_cookies_used"),
        ("fr", "Nous ne faisons pas :", "dépôt de cookies publicitaires", "category_marketing"),
    ],
)
def test_the_items_of_a_negated_list_are_denied(language: str, lead_in: str, item: str, code: str) -> None:
    assert code in codes_in(item, language)
    assert code not in codes_in(item, language, lead_in=lead_in)


@pytest.mark.parametrize(
    ("lead_in", "item", "code"),
    [
        ("We will not:", "sell your personal data", "no_sale"),
        ("We do not:", "share your information with third parties", "no_third_party_sharing"),
        ("You have the right to:", "access your data", "data_subject_rights"),
        ("We share your data with:", "suppliers in Leeds", "shares_with_service_providers"),
    ],
)
def test_an_item_is_read_with_the_sentence_that_introduces_it(lead_in: str, item: str, code: str) -> None:
    assert code not in codes_in(item, "en")
    assert code in codes_in(item, "en", lead_in=lead_in)


@pytest.mark.parametrize(
    "text",
    [
        "Third-party cookies are set by somebody else.",
        "Cookies are also placed by advertisers to show advertisements.",
        "They may be kept in local storage.",
    ],
)
def test_a_section_that_explains_cookies_claims_nothing(text: str) -> None:
    found = codes_in(text, "en", section=("Cookie policy", "What are cookies?"))
    assert not found & {"third_party_cookies_used", "local_storage_used", "category_marketing"}


def test_the_own_practice_counts_even_in_a_section_that_explains() -> None:
    text = "We also use third-party cookies for our campaigns."
    assert "third_party_cookies_used" in codes_in(text, "en", section=("What is a cookie?",))


def test_what_may_come_one_day_is_no_claim() -> None:
    assert "consent_banner" not in codes_in("If we ever add cookies, we will show a consent banner.", "en")


def test_an_english_sentence_in_a_german_document_is_read_as_english() -> None:
    assert "no_sale" in codes_in("We do not sell your personal data to anyone.", "de")


def test_a_document_in_a_language_without_a_lexicon_still_yields_its_address() -> None:
    assert codes_in("Зв'язок: privacy@lampy.example", "uk") == {"contact_given"}
