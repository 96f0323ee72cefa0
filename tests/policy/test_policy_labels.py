"""Labels: kinds of cookies, parties, fields and names are told by words, and nothing is read into them."""

from __future__ import annotations

import pytest

from scanner.policy.categories import label_of, leading_label, self_label
from scanner.policy.fields import exact_field_of, field_of
from scanner.policy.lexicon import fold, load, phrase_pattern
from scanner.policy.names import is_code_like, is_identifier, split_names
from scanner.policy.parties import party_label, party_of_sentence, storage_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Strictly necessary cookies", "necessary"),
        ("Necessary (4)", "necessary"),
        ("2. Functional cookies", "functional"),
        ("Performance and Targeting cookies", "analytics"),
        ("Technisch notwendige Cookies", "necessary"),
        ("Marketingcookies", "marketing"),
        ("Cookies de mesure d’audience", "analytics"),
        ("Cookies fonctionnels strictement nécessaires", "necessary"),
        ("Cookies that measure website use", "analytics"),
        ("Niezbędne pliki cookie", "necessary"),
        ("Social media cookies", "marketing"),
        ("Voorkeuren", "functional"),
        ("必須クッキー", "necessary"),
        ("Unclassified cookies", None),
        ("Zweck in Untersuchung", None),
    ],
)
def test_a_label_names_the_kind_of_cookie(text: str, expected: str | None) -> None:
    label = label_of(text)
    assert label is not None
    assert label.first == expected


@pytest.mark.parametrize(
    "text",
    [
        "Non-essential cookies",
        "What are essential cookies?",
        "Third-party cookies",
        "How to turn off cookies",
        "Contact us",
        "Google",
        "Preferenze del banner",
        "Marketing emails",
        "Strumenti di Tracciamento gestiti dal Titolare",
    ],
)
def test_what_only_sounds_like_a_label_is_none(text: str) -> None:
    assert label_of(text) is None


def test_a_paragraph_can_begin_with_its_label() -> None:
    label = leading_label("Analytics cookies: these help us to improve.")
    assert label is not None and label.first == "analytics"
    assert leading_label("We use analytics cookies to improve.") is None


def test_a_purpose_is_a_label_only_where_it_says_what_the_cookie_is() -> None:
    label = self_label("These are session cookies which are required for our website to pass data")
    assert label is not None and label.first == "necessary"
    assert self_label("Used to measure visits and show advertising") is None


def test_parties_are_told_from_cells_and_from_sentences_that_say_only() -> None:
    assert party_label("First Party") == "first"
    assert party_label("De terceros (Google)") == "third"
    assert party_label("First and third party") is None
    assert party_of_sentence("Utilizamos únicamente cookies propias, no de terceros.") == "first"
    assert party_of_sentence("We use first-party and third-party cookies.") is None


def test_the_kind_of_storage_is_told() -> None:
    assert storage_of("HTML Local Storage") == "local_storage"
    assert storage_of("Sitzungsspeicher") == "session_storage"
    assert storage_of("HTTP Cookie") == "http"
    assert storage_of("Analytics") is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Maximum Storage Duration", "duration"),
        ("Cookie duration", "duration"),
        ("Durée de conservation", "duration"),
        ("Vervaltermijn", "duration"),
        ("Anbieter / Domain", "provider"),
        ("Name of provider", "provider"),
        ("Nazwa pliku cookie", "name"),
        ("Propósito", "purpose"),
        ("Type of cookie", "type"),
        ("Kategorie", "category"),
    ],
)
def test_a_head_names_its_field(text: str, field: str) -> None:
    found = field_of(text)
    assert found is not None and found.field == field


def test_a_sentence_is_no_head() -> None:
    assert exact_field_of("This cookie stores the name of the provider") is None
    assert field_of("We keep the name of each provider for as long as the law wants us to") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("_ga, _gid", ["_ga", "_gid"]),
        ("_ga _gid _gat", ["_ga", "_gid", "_gat"]),
        ("__utma, __utmb and __utmc", ["__utma", "__utmb", "__utmc"]),
        ("_ga_<container id>", ["_ga_<container id>"]),
        ("wordpress_logged_in_[hash]", ["wordpress_logged_in_[hash]"]),
        ("PHPSESSID [x2]", ["PHPSESSID"]),
        ("Google Analytics (_ga, _gid)", ["_ga", "_gid"]),
        ("_gat_UA-XXXX (or _gat)", ["_gat_UA-XXXX"]),
        ("_ga – tells visitors apart", ["_ga"]),
        ("pagead/1p-user-list/#", ["pagead/1p-user-list/#"]),
        (r"\_ga\_XX", ["_ga_XX"]),
    ],
)
def test_the_names_in_a_cell_are_taken_as_written(text: str, names: list[str]) -> None:
    assert split_names((text,)) == names


@pytest.mark.parametrize("name", ["_ga", "PHPSESSID", "__Host-sid", "wp-settings-1", "_pk_id.#", "_hjSession_*"])
def test_an_identifier_needs_no_context(name: str) -> None:
    assert is_code_like(name)


@pytest.mark.parametrize(
    "name",
    [
        "Google",
        "cookie-policy",
        "Cookie-Richtlinie",
        "info@a_b.example",
        "https://x.example/_a",
        "analytics.js",
        "en_US",
        "_anonymizeIp",
        "12.5",
        "www.example.com",
        "2_000",
        "____",
        "_blank",
    ],
)
def test_what_is_no_name_is_not_taken_for_one(name: str) -> None:
    assert not is_code_like(name)


def test_capitals_and_camel_case_are_weaker_signs() -> None:
    assert is_identifier("IDE") and not is_code_like("IDE")
    assert is_identifier("rc::a") or is_identifier("lastExternalReferrer")


def test_a_language_is_added_in_data_alone() -> None:
    for group in ("necessary", "functional", "analytics", "marketing"):
        assert {"en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "fi", "cs"} <= load("categories")[
            group
        ].keys()
    for field in ("name", "duration", "purpose", "provider", "type"):
        assert len(load("fields")[field]) >= 15
    assert len(load("discovery")["cookie"]["words"]) >= 15


@pytest.mark.parametrize("written", ["opt-out link", "opt–out link", "opt‑out link", "opt out link"])
def test_a_dash_is_a_dash_however_it_is_printed(written: str) -> None:
    assert phrase_pattern(["opt-out link"]).search(fold(written))


@pytest.mark.parametrize("written", ["l'utilisateur", "l’utilisateur", "l‘utilisateur"])
def test_an_apostrophe_is_one_however_it_is_printed(written: str) -> None:
    assert phrase_pattern(["l utilisateur"]).search(fold(written))
    assert phrase_pattern(["l’utilisateur"]).search(fold(written))


def test_longer_phrases_win_and_words_stay_whole() -> None:
    pattern = phrase_pattern(["social", "social media", "werb*", "クッキー"])
    assert [m.group() for m in pattern.finditer("social media und werbung, asocial")] == ["social media", "werbung"]
    assert pattern.search("当サイトのクッキーについて")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Marketing, with your consent", "marketing"),
        ("Marketing (only with your consent)", "marketing"),
        ("Analytics, only if you agree", "analytics"),
        ("Statistik, nur mit Ihrer Einwilligung", "analytics"),
        ("Publicité, avec votre accord", "marketing"),
        ("Analityczne (za Twoją zgodą)", "analytics"),
    ],
)
def test_a_condition_beside_a_label_changes_nothing_of_its_kind(text: str, category: str) -> None:
    label = label_of(text)
    assert label is not None
    assert label.categories == (category,)


@pytest.mark.parametrize("text", ["Marketing consent", "With your consent", "Consent to analytics data"])
def test_consent_alone_is_no_kind_of_cookie(text: str) -> None:
    assert label_of(text) is None
