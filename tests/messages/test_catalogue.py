"""The report in five languages: no text lacks a translation, and no translation lacks a field."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from scanner.audit import RULES
from scanner.capture.calibration import CHECKS
from scanner.messages import LANGUAGES, Labels, Message, known, number, say, say_n, speaking
from scanner.messages.catalogue import Entry, entries, packaged
from scanner.messages.recorded import CALIBRATION
from scanner.messages.speech import Language
from scanner.model.finding import RULE_NAMES
from scanner.report import declaration_csv, render_declaration, render_report, words
from tests.report import samples
from tools import messages as tool

OTHERS: tuple[Language, ...] = ("de", "fr", "it", "es")


def _fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_program_is_translated(language: Language) -> None:
    """The file has exactly the texts of the program, each with all its forms (`tools/messages.py` brings it there)."""
    kept = packaged(language)
    program = {message if isinstance(message, str) else message[0] for message, _ in tool.texts()}
    assert {entry.one for entry in kept} == program
    assert [entry.one for entry in kept if not entry.forms or not all(entry.forms.values())] == []
    assert [entry.one for entry in kept if len(entry.forms) != (2 if entry.many else 1)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_fields_of_its_text(language: Language) -> None:
    """Each form uses what the English form uses, and nothing that is not given; a number may be spelled out."""
    for entry in packaged(language):
        given = _fields(entry.one) | _fields(entry.many or "") | ({"count"} if entry.many else set())
        for form, text in entry.forms.items():
            needed = _fields(entry.many if form and entry.many else entry.one) - {"count"}
            assert needed <= _fields(text) <= given, (entry.one, text)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_the_edges_of_its_text(language: Language) -> None:
    """Pieces that are joined to others begin and end alike: with a blank, a line break, or neither."""
    for entry in packaged(language):
        for text in entry.forms.values():
            assert text.count("\n") == entry.one.count("\n"), entry.one
            assert text.endswith(" ") == entry.one.endswith(" "), entry.one
            assert not (entry.one.startswith(" ") and not text.startswith(" ")), entry.one


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_the_language_and_say_so(language: Language) -> None:
    """The attribute, the headings, the words of the scripts, and the draft to paste."""
    english = {element.get_text(" ", strip=True) for element in _headings(render_report(samples.shop(), {}))}
    with speaking(language):
        report, draft = render_report(samples.shop(), {}), render_declaration(samples.shop())
        table = declaration_csv(samples.shop())
    soup = BeautifulSoup(report, "lxml")
    assert soup.html is not None and soup.html["lang"] == language
    headings = {element.get_text(" ", strip=True) for element in _headings(report)}
    if language == "en":
        assert headings == english
    else:
        assert len(headings & english) <= 2, headings & english
        assert "Copy the HTML" not in draft and "What to add" not in draft
        assert not table.startswith('\ufeff"category"')
    assert f'lang="{language}"' in draft


def _headings(page: str) -> list[BeautifulSoup]:
    """Headings of the report itself; titles of findings come with the scan."""
    return BeautifulSoup(page, "lxml").select("h2, section > h3, h4")  # type: ignore[return-value]


def test_numbers_and_forms_follow_the_language() -> None:
    """Thousands and decimals as people write them; French counts nothing like one."""
    cookies = Message("{count} cookie", "{count} cookies")
    assert [number(5000), number(1.25, 1), cookies(0), cookies(1)] == ["5,000", "1.2", "0 cookies", "1 cookie"]
    with speaking("de"):
        assert [number(5000), number(1.25, 1), cookies(0)] == ["5.000", "1,2", "0 Cookies"]
        assert words.moment("2026-11-22T09:30:00Z") == "22. November 2026, 09:30 UTC"
        assert words.elapsed(1234.0) == "1,2 s"
    with speaking("fr"):
        assert [number(5000), cookies(0), cookies(2)] == ["5\u202f000", "0 cookie", "2 cookies"]
    assert words.moment("2026-11-22T09:30:00Z") == "22 November 2026, 09:30 UTC"


def test_the_language_ends_with_its_block_whatever_happens() -> None:
    """An error inside does not leave the program speaking German."""
    with pytest.raises(KeyError), speaking("de"):
        assert say("Findings") == "Befunde"
        raise KeyError
    assert say("Findings") == "Findings"


def test_a_text_without_translation_is_said_in_english() -> None:
    """Recorded words that nobody foresaw stay as they are; a label that does not exist is an error as ever."""
    with speaking("es"):
        assert known("the dragon ate the banner") == "the dragon ate the banner"
        assert say("a text that does not exist {x}", x=1) == "a text that does not exist 1"
        assert say_n("{count} dragon", "{count} dragons", 2) == "2 dragons"
        with pytest.raises(KeyError):
            Labels({"a": Message("accepted")})["b"]


def test_every_calibration_check_has_words() -> None:
    """What the instrument is shown can be told in every language."""
    assert {name for name, _ in CHECKS} <= set(CALIBRATION)


def test_every_rule_has_a_name_that_configurations_may_use() -> None:
    """The closed list of names and the registry agree."""
    assert {rule.name for rule in RULES} <= set(RULE_NAMES)
    assert len(RULE_NAMES) == len(set(RULE_NAMES))


def test_a_po_file_is_read_as_gettext_does() -> None:
    """Continued lines, escapes, comments, plural forms; the head is left out."""
    text = (
        'msgid ""\nmsgstr "Language: de\\n"\n\n# note\n#, fuzzy-looking\nmsgid ""\n"one \\"line\\"\\n"\n"two"\n'
        'msgstr "eins"\n\nmsgid "{count} a"\nmsgid_plural "{count} b"\nmsgstr[0] "x"\nmsgstr[1] "y"\n'
    )
    assert entries(text) == (
        Entry('one "line"\ntwo', None, {0: "eins"}),
        Entry("{count} a", "{count} b", {0: "x", 1: "y"}),
    )
