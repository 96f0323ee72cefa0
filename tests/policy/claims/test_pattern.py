"""The pattern language of the lexicons, and the words it works on."""

from __future__ import annotations

import pytest

from scanner.policy.claims.lexicon import lexicon, link_hints
from scanner.policy.claims.pattern import PatternError, Vocabulary, compile_pattern, find
from scanner.policy.claims.tokens import MAX_TOKENS, NUMBER, fold, pieces, tokenise

GROUPS = {"cookies": ["cookie", "cookies"], "third": ["third party", "partners"], "not": ["not", "never"]}


def spans(pattern: str, text: str) -> list[tuple[int, int]]:
    compiled = compile_pattern(pattern, GROUPS, frozenset({"not"}))
    assert compiled is not None
    elements = [step.element for steps in (compiled.steps, *compiled.absent) for step in steps]
    return find(compiled, Vocabulary(elements).read(tokenise(text)))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{third} {cookies}", "We use third-party cookies."),
        ("set ..2 {cookies}", "We set some small cookies."),
        ("{cookies} ~3 set", "We set our cookies."),
        ("{cookies} ~3 set", "Cookies are then set."),
        ("consent & {cookies}", "Cookies need, as everybody knows by now, your consent."),
        ("analy*", "We ANALYSE traffic."),
        ("*werbung", "Onlinewerbung"),
        ("*banner*", "Cookiebanners"),
        ("we very? happy", "We happy"),
        ("we very? happy", "We very happy"),
        ("^ {cookies} <number> $", "Cookies (4)"),
        ("no {cookies} $,", "We set no cookies, none at all."),
        ("<email>", "Write to me [at] lamps.example"),
        ("url:optout", "See https://lamps.example/optout?x=1 for more."),
        ("größe", "GROSSE"),
    ],
)
def test_the_pattern_matches(pattern: str, text: str) -> None:
    assert spans(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{third} {cookies}", "Third parties set cookies."),
        ("set ..2 {cookies}", "Cookies we set."),
        ("set ..2 {cookies}", "We set one two three cookies."),
        ("{cookies} ~1 set", "Cookies, of course, we set."),
        ("^ {cookies}", "Our cookies"),
        ("{cookies} $", "Cookies here"),
        ("no {cookies} $,", "We set no cookies that follow you."),
        ("{cookies} ! consent", "Cookies need consent."),
        ("url:optout", "The optout is here."),
    ],
)
def test_the_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not spans(pattern, text)


def test_a_pattern_with_a_group_that_the_language_does_not_fill_is_left_out() -> None:
    assert compile_pattern("{unknown} {cookies}", GROUPS, frozenset()) is None


@pytest.mark.parametrize("pattern", ["", "..3 a", "a ..", "a? b", "a || b", "a*b", "*"])
def test_nonsense_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern, GROUPS, frozenset())


def test_a_pattern_that_says_not_is_known_as_negated() -> None:
    pattern = compile_pattern("{not} set {cookies}", GROUPS, frozenset({"not"}))
    literal = compile_pattern("never set", GROUPS, frozenset({"not"}))
    plain = compile_pattern("set {cookies}", GROUPS, frozenset({"not"}))
    assert pattern is not None and pattern.negated
    assert literal is not None and literal.negated
    assert plain is not None and not plain.negated


def test_contracted_negations_are_two_words() -> None:
    assert tokenise("We don't, won't and can’t.").words == ("we", "do", "not", "will", "not", "and", "can", "not")


def test_numbers_addresses_and_letters_are_folded() -> None:
    assert tokenise("3 Łódź, straße").words == (NUMBER, "lodz", "strasse")
    assert fold("Œuvre") == "oeuvre"


def test_quotes_are_verbatim() -> None:
    tokens = tokenise("Wir  setzen „keine“ Cookies.")
    assert tokens.quote(1, 4) == "setzen „keine“ Cookies"


def test_clauses_and_parts_are_counted() -> None:
    tokens = tokenise("One, two: three; four.")
    assert tokens.clauses == (0, 0, 1, 2)
    assert len(set(tokens.parts)) == 4


def test_only_so_many_words_are_looked_at_as_one_sentence() -> None:
    assert len(tokenise("word " * 1000).words) == MAX_TOKENS


def test_a_long_text_is_cut_without_losing_anything() -> None:
    text = "lamp " * 5000
    parts = pieces(text)
    assert len(parts) > 1
    assert "".join(parts) == text


@pytest.mark.parametrize("language", ["en", "de", "fr", "it", "es", "nl", "pt", "pl"])
def test_every_code_can_be_read_in_every_language(language: str) -> None:
    words = lexicon(language)
    assert words is not None
    assert all(rule.patterns for rule in words.rules)


def test_an_unknown_language_has_no_lexicon() -> None:
    assert lexicon("xx") is None
    assert lexicon("shared") is None


def test_link_hints_are_parts_of_addresses_in_lower_case() -> None:
    assert link_hints()
    assert all(part == part.lower() and " " not in part for parts in link_hints().values() for part in parts)
