"""What buttons say, in many languages, and what it means."""

from __future__ import annotations

import pytest

from scanner.capture.consent.general.dials import means
from scanner.capture.consent.words.labels import forbids, label
from scanner.capture.consent.words.lexicon import lexicon_for, lexicons
from scanner.capture.consent.words.topics import category_of, topic
from tests.capture.consent.phrases import PHRASES

OFFICIAL = [
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fi",
    "fr",
    "ga",
    "hr",
    "hu",
    "it",
    "lt",
    "lv",
    "mt",
    "nl",
    "pl",
    "pt",
    "ro",
    "sk",
    "sl",
    "sv",
]
OTHERS = ["nb", "is", "tr", "uk", "ru", "sr", "ar", "he", "ja", "ko", "zh"]


def test_every_promised_language_has_a_lexicon() -> None:
    """All official languages of the European Union, and the others that are promised."""
    assert {*OFFICIAL, *OTHERS} <= {lexicon.code for lexicon in lexicons()}
    assert len(lexicons()) >= 30


@pytest.mark.parametrize("lang", PHRASES)
@pytest.mark.parametrize("known", [True, False], ids=["told", "untold"])
def test_labels_are_read_in_every_language(lang: str, known: bool) -> None:
    """Whether or not the page says which language it speaks."""
    phrases = PHRASES[lang]
    languages = (lang,) if known else ()
    assert label(phrases.accept, languages).role == "accept"
    assert label(phrases.reject, languages).role == "reject"
    if known:
        assert label(phrases.settings, languages).role == "settings"
        assert label(phrases.save, languages).role == "save"


@pytest.mark.parametrize(
    ("lang", "text", "role"),
    [
        ("en", "Accept only necessary cookies", "reject"),
        ("en", "Continue without accepting", "reject"),
        ("en", "I do not accept", "reject"),
        ("en", "Don't allow", "reject"),
        ("en", "Use necessary cookies only", "reject"),
        ("en", "Reject all except necessary", "reject"),
        ("en", "Accept selected", "save"),
        ("en", "Allow selection", "save"),
        ("en", "Confirm my choices", "save"),
        ("en", "Manage or reject cookies", "settings"),
        ("en", "No, adjust", "settings"),
        ("en", "Cookie settings", "settings"),
        ("en", "Got it!", "ack"),
        ("en", "OK", "ack"),
        ("en", "×", "close"),
        ("en", "Subscribe and reject", "pay"),
        ("en", "Object to all", "object"),
        ("en", "Privacy policy", "info"),
        ("en", "Yes, I agree", "accept"),
        ("de", "Nur notwendige Cookies verwenden", "reject"),
        ("de", "Ohne Einwilligung fortfahren", "reject"),
        ("de", "Ich stimme nicht zu", "reject"),
        ("de", "Auswahl erlauben", "save"),
        ("de", "Einstellungen oder ablehnen", "settings"),
        ("de", "Einverstanden", "accept"),
        ("fr", "Je refuse", "reject"),
        ("fr", "Accepter uniquement les cookies nécessaires", "reject"),
        ("fr", "J'accepte", "accept"),
        ("fr", "Non merci", "reject"),
        ("it", "Continua senza accettare", "reject"),
        ("it", "Accetta selezionati", "save"),
        ("es", "Solo las necesarias", "reject"),
        ("es", "No acepto", "reject"),
        ("nl", "Niet akkoord", "reject"),
        ("pl", "Nie zgadzam się", "reject"),
        ("fi", "En hyväksy", "reject"),
        ("hu", "Nem fogadom el", "reject"),
        ("tr", "Kabul etmiyorum", "reject"),
        ("ja", "同意しない", "reject"),
        ("ja", "必要なクッキーのみ", "reject"),
        ("zh", "不同意", "reject"),
        ("ko", "동의하지 않음", "reject"),
        ("ru", "Не принимаю", "reject"),
        ("ar", "عدم الموافقة", "reject"),
        ("he", "אינני מסכים", "reject"),
    ],
)
def test_negation_and_combined_words(lang: str, text: str, role: str) -> None:
    """A word for yes beside a word for no is a no; "necessary" after "only" refuses the rest."""
    assert label(text, (lang,)).role == role


@pytest.mark.parametrize(
    ("lang", "text", "role"),
    [
        ("en", "Manage consent", "settings"),
        ("nl", "Beheer toestemming", "settings"),
        ("fr", "Gérer le consentement", "settings"),
        ("en", "I consent", "accept"),
        ("en", "Withdraw consent", "reject"),
        ("en", "SAVE & ACCEPT", "save"),
        ("en", "Do Not Sell or Share My Personal Information", "reject"),
        ("en", "✓", "accept"),
        ("en", "Yes", "accept"),
        ("de", "Ja, gern", "accept"),
        ("fr", "Suivant", "next"),
        ("en", "Back", "previous"),
        ("de", "Weiter", "ack"),
    ],
)
def test_words_that_lie_close_together(lang: str, text: str, role: str) -> None:
    """Managing consent is not giving it; saving and accepting keeps what was chosen; a tick says yes."""
    assert label(text, (lang,)).role == role


@pytest.mark.parametrize(
    ("lang", "text", "forbidden"),
    [
        ("en", "Do not sell or share my personal information", True),
        ("en", "Block marketing cookies", True),
        ("de", "Meine Daten nicht verkaufen", True),
        ("en", "Marketing cookies", False),
        ("en", "Disabled", False),
        ("en", "Enable or Disable Cookies", False),
    ],
)
def test_switches_that_forbid_are_told_from_those_that_grant(lang: str, text: str, *, forbidden: bool) -> None:
    """A label that merely shows a state ("disabled") turns nothing round."""
    assert forbids(text, (lang,)) is forbidden


@pytest.mark.parametrize(
    ("text", "whole", "nothing"),
    [
        ("Only necessary cookies", False, True),
        ("Required Cookies", False, True),
        ("Necessary and statistics", False, False),
        ("All cookies, with marketing", True, False),
        ("Everything", True, False),
        ("Medium", False, False),
    ],
)
def test_levels_say_what_they_grant(text: str, *, whole: bool, nothing: bool) -> None:
    """A level between the ends is neither, and one without clear words is never taken for an end."""
    assert (means(text, "all", ("en",)), means(text, "none", ("en",))) == (whole, nothing)


def test_technical_names_speak_only_where_words_do_not() -> None:
    """An unknown language falls back on the names in the markup; known words never do."""
    assert label("Ngiyavuma", (), "btn accept-all-cookies").role == "accept"
    assert label("Reject all", ("en",), "btn accept-all-cookies").role == "reject"


@pytest.mark.parametrize("lang", PHRASES)
def test_texts_are_recognised_in_their_language(lang: str) -> None:
    """A notice speaks of cookies whatever the page claims to speak."""
    found = topic(PHRASES[lang].text)
    assert found.cookie
    assert found.languages[0] == lang


@pytest.mark.parametrize("lang", PHRASES)
def test_categories_are_recognised(lang: str) -> None:
    """The labels of toggles."""
    phrases = PHRASES[lang]
    assert category_of(phrases.necessary, "", "", (lang,)) == "necessary"
    assert category_of(phrases.analytics, "", "", (lang,)) == "analytics"
    assert category_of(phrases.marketing, "", "", (lang,)) == "marketing"


@pytest.mark.parametrize(
    "text", ["Not strictly necessary", "Non-essential cookies", "Unnecessary", "Optional, not required"]
)
def test_what_is_not_necessary_is_never_taken_for_necessary(text: str) -> None:
    """A toggle that is left alone because of its label must really be necessary."""
    assert category_of(text, "", "", ("en",)) != "necessary"


def test_a_language_tag_with_a_region_is_understood() -> None:
    """`de-AT` is German, `no` is Norwegian, `xx` is nobody's."""
    austrian, norwegian = lexicon_for("de-AT"), lexicon_for("no")
    assert austrian is not None
    assert austrian.code == "de"
    assert norwegian is not None
    assert norwegian.code == "nb"
    assert lexicon_for("xx") is None
