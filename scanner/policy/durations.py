"""How long a cookie lives, from words in any language to seconds.

A year is 365 days and a month 30, as the corpus rules say; parts of a compound are added; "up to X" is X; of a range
the upper end counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from scanner.policy.lexicon import fold, load, phrase_pattern

MAX_SECONDS = 10**13
"""Longer than three hundred thousand years is no duration but a mistake of reading."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A parsed duration and where it stands in the text it was found in."""

    value: int | Literal["session", "persistent"]
    start: int
    end: int

    @property
    def seconds(self) -> int | None:
        """Seconds, or None for the two words."""
        return self.value if isinstance(self.value, int) else None


@dataclass(frozen=True, slots=True)
class _Lexicon:
    units: re.Pattern[str]
    unit_names: tuple[str, ...]
    seconds: dict[str, float]
    short: dict[str, float]
    short_by_language: dict[str, dict[str, float]]
    numbers: dict[str, int]
    number_words: re.Pattern[str]
    joint: re.Pattern[str]
    to: re.Pattern[str]
    vague: re.Pattern[str]
    session: re.Pattern[str]
    closing: re.Pattern[str]
    persistent: re.Pattern[str]
    triggers: re.Pattern[str]
    respectively: re.Pattern[str]


@cache
def _lexicon() -> _Lexicon:
    data = load("durations")
    names = tuple(data["unit"])
    units = "|".join(
        f"(?P<{name}>{phrase_pattern(data['unit'][name]['words'], prefix='', suffix=_AFTER_UNIT).pattern})"
        for name in names
    )
    numbers = {fold(word): int(value) for value, words in data["numbers"].items() for word in words}
    words = data["words"]
    return _Lexicon(
        units=re.compile(units),
        unit_names=names,
        seconds={name: float(data["unit"][name]["seconds"]) for name in names},
        short={fold(w): float(data["unit"][n]["seconds"]) for n in names for w in data["unit"][n]["short"]},
        short_by_language={
            language: {fold(word): float(value) for word, value in entry.items()}
            for language, entry in data["short_by_language"].items()
        },
        numbers=numbers,
        number_words=_phrases(numbers),
        joint=_connector(words["and"]),
        to=_connector(words["to"]),
        vague=_phrases(words["vague"]),
        session=_phrases(data["session"]["words"]),
        closing=_phrases(data["session"]["closing"]),
        persistent=_phrases(data["persistent"]["words"]),
        triggers=_phrases(data["triggers"]["words"]),
        respectively=_phrases(data["respectively"]["words"]),
    )


def _phrases(words: Iterable[str]) -> re.Pattern[str]:
    """Whole words only, and none that is part of an identifier ("ctb_session_uuid" holds no duration)."""
    return phrase_pattern(words, prefix=r"(?<![\w])", suffix=r"(?![\w])")


_AFTER_UNIT = r"(?![^\W\d_])"
_DIGITS = r"\d{1,3}(?:[., \u00a0]\d{3}(?!\d))+|\d+(?:[.,]\d{1,3})?(?:\s?½)?|½"
_NUMBER = re.compile(rf"(?<![\w.,])(?:{_DIGITS})(?![^\W\d_]*\d)")
# Not "1 a 2 años", where the letter stands between the ends of a range.
_SHORT = re.compile(r"(?!(?:a|o|y|e)\s+\d)([^\W\d_]{1,4}\.?|')(?![\w])")
_GAP = re.compile(r"[\s\u00a0\-()×x*]{0,3}")
_KIND = re.compile(r"\b(?:https?|html|browser|cookies?)\b[\s-]*")
_CAPITAL_M = re.compile(r"(?<=\d)\s?M(?!\w)")
"""In "6M" the capital is a month."""
_CLOCK = re.compile(r"(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)")
_ANY_NUMBER = re.compile(r"(?<!\w)(?:\d{1,4}(?:[.,]\d+)?)(?!\w)")


def _connector(words: list[str]) -> re.Pattern[str]:
    return re.compile(
        r"[\s,(]*(?:" + "|".join(re.escape(fold(w)) for w in sorted(words, key=len, reverse=True)) + r")?[\s,(]*"
    )


@dataclass(frozen=True, slots=True)
class _Period:
    seconds: float
    unit: str
    start: int
    end: int


def _amount(text: str) -> float:
    """The number as written in any convention: "1,5", "1.500", "2 914 047"."""
    half = 0.5 if "½" in text else 0.0
    digits = text.replace("½", "").replace(" ", "").replace("\u00a0", "")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        digits = re.sub(r"[.,]", "", digits)
    return (float(digits.replace(",", ".")) if digits else 0.0) + half


def _periods(folded: str, language: str | None) -> list[_Period]:
    """Every number with a unit, in order."""
    lexicon = _lexicon()
    short = lexicon.short | lexicon.short_by_language.get(language or "", {})
    found: list[_Period] = []
    starts = [(m.start(), m.end(), _amount(m.group()), True) for m in _NUMBER.finditer(folded)]
    starts += [
        (m.start(), m.end(), float(lexicon.numbers[" ".join(m.group().split())]), False)
        for m in lexicon.number_words.finditer(folded)
        if " ".join(m.group().split()) in lexicon.numbers
    ]
    for start, end, amount, digits in sorted(starts):
        if found and start < found[-1].end:
            continue
        after = _bracketed_repeat(folded, end)
        unit = lexicon.units.match(folded, after)
        if unit is not None:
            found.append(
                _Period(amount * lexicon.seconds[unit.lastgroup or ""], unit.lastgroup or "", start, unit.end())
            )
        elif digits and (brief := _SHORT.match(folded, after)) and brief.group(1) in short:
            found.append(_Period(amount * short[brief.group(1)], brief.group(1), start, brief.end()))
    return found


def _bracketed_repeat(folded: str, end: int) -> int:
    """Where the unit begins: after a gap, or after the number said twice, "two (2) years"."""
    repeat = re.compile(r"\s*\(\s*[\w]{1,14}\s*\)\s*").match(folded, end)
    if repeat:
        return repeat.end()
    gap = _GAP.match(folded, end)
    return gap.end() if gap else end


def _joined(folded: str, periods: list[_Period]) -> list[Lifetime]:
    """Periods next to each other as one: compounds added, ranges to their upper end."""
    lexicon = _lexicon()
    found: list[Lifetime] = []
    position = 0
    while position < len(periods):
        total, best = periods[position].seconds, 0.0
        start, last = periods[position].start, periods[position]
        position += 1
        while position < len(periods):
            following = periods[position]
            between = folded[last.end : following.start]
            if (
                lexicon.joint.fullmatch(between)
                and following.seconds < last.seconds
                and _compound(between, last, following)
            ):
                total += following.seconds
            elif lexicon.to.fullmatch(between) and between.strip(" ,("):
                best, total = max(best, total), following.seconds
            else:
                break
            last = following
            position += 1
        value = round(max(total, best))
        if 0 < value < MAX_SECONDS:
            found.append(Lifetime(value, start, last.end))
        elif 0 < max(total, best) < 1:
            found.append(Lifetime(1, start, last.end))
    return found


def _compound(between: str, last: _Period, following: _Period) -> bool:
    """Whether two periods are parts of one ("1 year, 24 days"): a comma alone may also separate a list of several."""
    bare = between.strip()
    return bare != "," or last.unit != following.unit


def find_lifetimes(text: str, language: str | None = None) -> list[Lifetime]:
    """Every duration in a text, in order. Positions are in the folded text, and only comparable with each other."""
    lexicon = _lexicon()
    folded = fold(text)
    found = _joined(folded, _periods(folded, language))
    taken = [(item.start, item.end) for item in found]

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end in taken)

    words: tuple[tuple[re.Pattern[str], Literal["session", "persistent"]], ...] = (
        (lexicon.closing, "session"),
        (lexicon.persistent, "persistent"),
        (lexicon.session, "session"),
    )
    for pattern, word in words:
        for match in pattern.finditer(folded):
            if free(match):
                found.append(Lifetime(word, match.start(), match.end()))
                taken.append((match.start(), match.end()))
    return sorted(found, key=lambda item: item.start)


def parse_duration(
    text: str, language: str | None = None, unit: str | None = None
) -> int | Literal["session", "persistent"] | None:
    """The duration a cell or value states, or None where it states none (or a vague one, "a few seconds").

    `unit` is the unit that a column's heading gives to bare numbers ("Lifespan (days)").
    """
    text = _CAPITAL_M.sub(" mo", text[:400])
    found = find_lifetimes(text, language)
    if not found:
        return _bare_number(text, unit) if unit else None
    numeric = [item for item in found if isinstance(item.value, int)]
    first = found[0]
    if first.value == "persistent" and numeric:
        return numeric[0].value
    if first.value == "session" and numeric:
        between = fold(text)[first.end : numeric[0].start].strip()
        if between in {"-", "–", "—", "to", "bis", "a", "tot", "do", "ate", "hasta"}:
            return numeric[0].value
    return first.value


def _bare_number(text: str, unit: str) -> int | None:
    match = re.fullmatch(rf"\s*({_DIGITS})\s*", text)
    if match is None:
        return None
    value = round(_amount(match.group(1)) * _lexicon().seconds[unit])
    return value if 0 < value < MAX_SECONDS else None


def unit_in(text: str) -> str | None:
    """The unit that a heading names, such as "Lifespan (days)"."""
    folded = fold(text)
    for match in re.finditer(r"[^\W\d_]+", folded):
        unit = _lexicon().units.match(folded, match.start())
        if unit is not None and unit.end() == match.end():
            return unit.lastgroup
    return None


@lru_cache(maxsize=8192)
def is_duration(text: str, language: str | None = None) -> bool:
    """Whether a short text is a duration and hardly anything else."""
    stripped = text.strip()
    if not stripped or len(stripped) > 80 or _CLOCK.search(stripped):
        return False
    folded = _KIND.sub("", fold(stripped))
    found = find_lifetimes(folded, language) or find_lifetimes(stripped, language)
    if not found:
        return False
    covered = sum(item.end - item.start for item in found)
    covered += sum(
        match.end() - match.start()
        for match in _lexicon().triggers.finditer(folded)
        if all(match.end() <= item.start or match.start() >= item.end for item in found)
    )
    return covered >= 0.5 * len(folded) or (len(folded.split()) <= 5 and any(item.seconds for item in found))


def says_respectively(text: str) -> bool:
    """Whether a text gives several durations in the order of several names."""
    return _lexicon().respectively.search(fold(text)) is not None


def trailing_duration(text: str, language: str | None = None) -> str | None:
    """The last words of a text where they are a duration ("Tells visitors apart 2 years")."""
    words = text.split()
    for take in range(min(6, len(words) - 1), 0, -1):
        tail = " ".join(words[-take:]).strip(" .,;|()")
        found = find_lifetimes(tail, language) if len(tail) <= 60 else []
        if found and found[0].start == 0 and found[-1].end == len(fold(tail)) and is_duration(tail, language):
            return tail
    return None


def is_vague(text: str) -> bool:
    """Whether a text states a period without a number ("a few seconds")."""
    return _lexicon().vague.search(fold(text)) is not None


def has_trigger(text: str) -> bool:
    """Whether a text has a word that announces a duration ("expires after")."""
    return _lexicon().triggers.search(fold(text)) is not None


def stated_lifetime(
    text: str, language: str | None = None
) -> tuple[int | Literal["session", "persistent"], str] | None:
    """The duration that a sentence or description states for a cookie, with the words; None where there is no saying.

    A number counts where a word announces it ("expires after 2 years") or brackets hold it; one duration only.
    """
    for sentence in re.split(r"(?<=[.;!?])\s+", text[:2000]):
        found = find_lifetimes(sentence, language)
        numeric = [item for item in found if isinstance(item.value, int)]
        distinct = {item.value for item in numeric}
        if len(distinct) == 1:
            folded = fold(sentence)
            item = numeric[0]
            before = folded[max(0, item.start - 60) : item.start]
            if _lexicon().triggers.search(before) or before.rstrip().endswith("("):
                return item.value, folded[item.start : item.end]
        elif not numeric and found and len({item.value for item in found}) == 1:
            folded = fold(sentence)
            if _lexicon().closing.search(folded):
                return "session", folded[found[0].start : found[0].end]
    return None
