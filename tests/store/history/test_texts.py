"""Policies through a site's scans: a text has changed when its sentences have, whatever its bytes do."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.declaration import Claim
from scanner.model.scan import Scan, Tool
from scanner.store.history import History
from tests.store.history.weeks import POLICY, TEXT, at, record, scan, told

CHANGED = [("policy-changed", POLICY)]


def _read(
    history: History, week: int, sentences: Sequence[str], sum_: str | None = None, url: str = POLICY
) -> list[tuple[str, str]]:
    """Record a scan that read these sentences, of a page whose bytes are others every time."""
    scanned = scan(week, policies={url: sum_ or f"{week:064d}"})
    return told(record(history, week, scanned, sentences={url: sentences}))


def _claims(week: int, words: Sequence[str], version: str = "1", sum_: str | None = None) -> Scan:
    """A scan whose sentences are not at hand: what is known are the words of its statements."""
    scanned = scan(week, policies={POLICY: sum_ or f"{week:064d}"}, tool=Tool(version=version))
    claims = tuple(Claim(code="no_sale", evidence=text, source=POLICY) for text in words)
    return scanned.model_copy(update={"declaration": scanned.declaration.model_copy(update={"claims": claims})})


def test_other_bytes_of_the_same_text_are_no_change(history: History) -> None:
    assert _read(history, 0, TEXT) == []
    assert _read(history, 1, TEXT) == []
    version = history.policies("shop")[0]
    assert (version.url, version.title, version.first_seen, version.last_seen) == (POLICY, "Cookies", at(0), at(1))


def test_case_spacing_and_order_are_no_change(history: History) -> None:
    _read(history, 0, TEXT)
    assert _read(history, 1, [text.upper().replace(" ", "  ") for text in reversed(TEXT)]) == []


def test_an_edited_sentence_is_a_change_that_says_how_much(history: History) -> None:
    _read(history, 0, TEXT)
    scanned = scan(1, policies={POLICY: "b" * 64})
    change = record(history, 1, scanned, sentences={POLICY: [*TEXT[1:], "We sell them.", "To everybody."]}).changes[0]
    assert (change.kind, change.subject, change.detail) == ("policy-changed", POLICY, "2 sentences new, 1 gone")
    assert [version.first_seen for version in history.policies("shop")] == [at(1), at(0)]


def test_a_text_that_is_taken_back_is_a_change_once(history: History) -> None:
    """A site that shows now one text and now another would otherwise be told for ever."""
    _read(history, 0, TEXT)
    assert _read(history, 1, ("Another.",)) == CHANGED
    assert _read(history, 2, TEXT) == CHANGED
    assert _read(history, 3, ("Another.",)) == CHANGED
    assert [_read(history, week, text) for week, text in ((4, TEXT), (5, ("Another.",)), (6, TEXT))] == [[], [], []]
    assert len(history.policies("shop")) == 2
    assert _read(history, 7, (*TEXT, "Truly new.")) == CHANGED


def test_a_sentence_that_is_another_at_every_visit_falls_silent(history: History) -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    found = [_read(history, week, (*TEXT, f"Today is {day}.")) for week, day in enumerate(days)]
    assert found == [[], CHANGED, CHANGED, [], [], []]
    assert _read(history, 6, (*TEXT[1:], "Today is Sunday.", "We sell them.")) == CHANGED
    assert _read(history, 7, (*TEXT[1:], "Today is Monday again.", "We sell them.")) == []
    assert _read(history, 8, (*TEXT[1:], "Today is a holiday.", "We sell them.", "And more.")) == CHANGED


def test_a_document_that_could_not_be_read_says_nothing(history: History) -> None:
    _read(history, 0, TEXT)
    assert _read(history, 1, ()) == []
    assert told(record(history, 2, scan(2))) == []
    assert _read(history, 3, TEXT) == []
    assert len(history.policies("shop")) == 1


def test_a_further_document_is_no_change_and_one_in_place_of_another_is(history: History) -> None:
    _read(history, 0, TEXT)
    both = scan(1, policies={POLICY: "b" * 64, "https://shop.example/imprint": "c" * 64})
    assert told(record(history, 1, both, sentences={POLICY: TEXT, "https://shop.example/imprint": ["Us."]})) == []
    assert _read(history, 2, TEXT) == []
    new = "https://shop.example/privacy"
    assert _read(history, 3, ("All new.",), url=new) == [("policy-changed", new)]


def test_a_document_that_moved_with_its_text_is_no_change(history: History) -> None:
    _read(history, 0, TEXT)
    assert _read(history, 1, TEXT, url="https://shop.example/privacy") == []


def test_without_sentences_the_words_of_its_statements_are_compared(history: History) -> None:
    assert told(record(history, 0, _claims(0, ["We never sell."]))) == []
    assert told(record(history, 1, _claims(1, ["We never sell."]))) == [], "other bytes alone"
    assert told(record(history, 2, _claims(2, ["We seldom sell."]))) == CHANGED


def test_what_another_version_of_the_program_read_is_not_compared(history: History) -> None:
    record(history, 0, _claims(0, ["We never sell."], "1"))
    assert told(record(history, 1, _claims(1, ["We never sell.", "Never."], "2"))) == []
    assert told(record(history, 2, _claims(2, ["We sell."], "2"))) == CHANGED


def test_sentences_and_statements_are_not_compared_with_each_other(history: History) -> None:
    record(history, 0, _claims(0, ["We never sell."]))
    assert _read(history, 1, TEXT) == []
    assert told(record(history, 2, _claims(2, ["We never sell."]))) == []
    assert _read(history, 3, ("Changed.",)) == []
    assert _read(history, 4, ("Changed again.",)) == CHANGED


def test_the_same_bytes_have_the_same_text_however_they_are_read(history: History) -> None:
    _read(history, 0, TEXT, "a" * 64)
    assert _read(history, 1, ("A better reading.",), "a" * 64) == []
    assert len(history.policies("shop")) == 1
    assert _read(history, 2, ("A better reading.", "And a change."), "b" * 64) == CHANGED
