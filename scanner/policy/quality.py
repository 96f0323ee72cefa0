"""How well a policy is kept: what a template left behind, what no longer exists, when it was last changed.

Only what the text itself shows; which of it is a fault is for the rules to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from scanner.model.declaration import Remark
from scanner.policy.lexicon import fold, load, phrase_pattern
from scanner.policy.reading import Reading, Sentence

MAX_QUOTE = 320
MAX_SENTENCES = 4_000
"""Sentences that are looked at; the longest real policies have half as many."""

_BRACKETS = re.compile(
    r"(?:^|(?<=[\s(\"'“„:,.;]))(?:\[{1,2}|\{{1,2}|<)\s*(?P<inside>[^\[\]{}<>\n]{2,48}?)\s*(?:\]{1,2}|\}{1,2}|>)"
)
_REACH = 60
"""Characters after "Last updated" within which its date stands."""
_ISO = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(?P<a>\d{1,2})\s?[./-]\s?(?P<b>\d{1,2})\s?[./-]\s?(?P<y>(?:19|20)\d\d)(?!\d)")
_MONTH_FIRST = frozenset({"en"})
"""Languages in which 03/04/2024 may be either day: such a date is left out unless one number is above 12."""
_FIRST_YEAR = 1995


@cache
def _pattern(section: str, name: str = "words") -> re.Pattern[str]:
    return phrase_pattern(load("quality")[section][name])


@cache
def _outdated() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, phrase_pattern(words)) for name, words in load("quality")["outdated"].items())


@cache
def _months() -> dict[str, int]:
    return {fold(word): int(number) for number, words in load("quality")["months"].items() for word in words}


@cache
def _written() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return re.compile(
        rf"(?<![^\W_])(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|°|:a)?\s+(?:de\s+|of\s+)?)?(?P<m>{names})\.?"
        rf"(?:\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?(?:\s+de|\s+del)?,?\s+(?P<y>(?:19|20)\d\d)(?!\d)"
    )


def find_remarks(reading: Reading, rows: frozenset[int] = frozenset()) -> tuple[Remark, ...]:
    """Everything of note, each thing once, with the words that show it. `rows` are the blocks that list cookies."""
    found: dict[tuple[str, str], Remark] = {}
    for sentence in reading.sentences[:MAX_SENTENCES]:
        if sentence.block.index in rows:
            continue
        for kind, subject in (*_leftovers(sentence), *_past(sentence), *_changed(sentence, reading.language)):
            quote = sentence.text if len(sentence.text) <= MAX_QUOTE else sentence.text[:MAX_QUOTE].rsplit(" ", 1)[0]
            if (kind, subject) not in found:
                found[kind, subject] = Remark.model_validate(
                    {"kind": kind, "subject": subject, "quote": quote, "source": reading.url}
                )
    return tuple(sorted(found.values(), key=lambda remark: (remark.kind, remark.subject)))


def _leftovers(sentence: Sentence) -> Iterator[tuple[str, str]]:
    text = sentence.text[:2000]
    match = _pattern("placeholder").search(fold(text))
    if match:
        yield "placeholder", match.group()
    for bracket in _BRACKETS.finditer(text):
        start = _pattern("placeholder", "brackets").match(fold(bracket["inside"]))
        if start and "_" not in bracket["inside"]:
            yield "placeholder", bracket.group().strip()


def _past(sentence: Sentence) -> Iterator[tuple[str, str]]:
    folded = fold(sentence.text[:2000])
    if _pattern("over").search(folded):
        return
    for name, pattern in _outdated():
        if pattern.search(folded):
            yield "outdated", name


def _changed(sentence: Sentence, language: str | None) -> Iterator[tuple[str, str]]:
    folded = fold(sentence.block.text[:400])  # "Stand: 12. Februar" may look like the end of a sentence
    for said in _pattern("changed").finditer(folded):
        day = _date_in(folded[said.end() : said.end() + _REACH], language)
        if day is not None:
            yield "last_changed", day.isoformat()
            return


def _date_in(text: str, language: str | None) -> date | None:
    """The first date in a text; a month alone stands for its first day."""
    if match := _ISO.search(text):
        return _date(match["y"], match["m"], match["d"])
    if match := _written().search(text):
        return _date(match["y"], str(_months()[match["m"]]), match["d"] or match["d2"] or "1")
    if match := _NUMBERS.search(text):
        first, second = int(match["a"]), int(match["b"])
        if first > 12 or (language not in _MONTH_FIRST and second <= 12) or first == second:
            return _date(match["y"], match["b"], match["a"])
        if second > 12:
            return _date(match["y"], match["a"], match["b"])
    return None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None
