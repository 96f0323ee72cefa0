"""Declared rows while they are being gathered, and what all layouts share: names against their durations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scanner.model.base import Party
from scanner.policy.categories import Label
from scanner.policy.durations import find_lifetimes, parse_duration
from scanner.policy.lexicon import fold
from scanner.policy.names import is_code_like, is_domain, is_plain_word, is_token, split_names, tidy
from scanner.policy.parties import Storage
from scanner.policy.reading import Reading

Value = int | Literal["session", "persistent"] | None

Timing = tuple[Value, str | None]
"""A duration and the words it was read from."""

MAX_QUOTE = 600


@dataclass
class Draft:
    """One declared row. `at` is the index of its block; `label` and `party` are set where the row itself says them.

    `rank` is how sure the layout is: 0 for a table or a record with labels, 1 for a list, 2 for prose. A row of
    prose that names what a table names too adds nothing.
    """

    name: str
    at: int
    quote: str
    rank: int = 0
    provider: str | None = None
    purpose: str | None = None
    duration: Value = None
    duration_text: str | None = None
    label: Label | None = None
    party: Party | None = None
    storage: Storage | None = None
    weak_label: Label | None = None


@dataclass
class Harvest:
    """What has been found so far in one document: rows, and the blocks that are used up."""

    reading: Reading
    known: frozenset[str] = frozenset()
    rows: list[Draft] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    labels: set[int] = field(default_factory=set)

    @property
    def language(self) -> str | None:
        """The language of the text, for short forms of units."""
        return self.reading.language

    def add(self, drafts: Iterable[Draft], blocks: Iterable[int]) -> None:
        """Take rows over, and the blocks they came from."""
        self.rows.extend(drafts)
        self.used.update(blocks)


def shorten(text: str) -> str:
    """A quote of bearable length: the beginning, cut at a blank."""
    if len(text) <= MAX_QUOTE:
        return text
    return text[:MAX_QUOTE].rsplit(" ", 1)[0]


_SEGMENT = re.compile(r"\s*(?:\n|[,;|]|\s/\s|/(?=\s?\d)|\s(?:and|und|et|y|e|en|i|och|og)\s(?=\d))\s*")
_NAMED = re.compile(r"^\s*(?P<name>[^\s:=]{2,60})\s*(?:[:=]|\s[–—-]\s|\()\s*(?P<value>.*)$")


def durations_for(
    names: Sequence[str], lines: tuple[str, ...], language: str | None, unit: str | None = None
) -> list[Timing]:
    """The duration of each name from the words of one cell.

    Several names and as many durations are paired in order; one duration is for all; unequal numbers are refused
    (all None), since nobody can say which belongs to which.
    """
    text = "\n".join(lines)
    flat = " ".join(lines)
    if not flat.strip():
        return [(None, None)] * len(names)
    if len(names) > 1:
        segments = [part for part in _SEGMENT.split(text) if part.strip()]
        named = _by_name(names, segments, language)
        if named is not None:
            return named
        if len(segments) == len(names):
            values = [parse_duration(part, language, unit) for part in segments]
            if sum(1 for value in values if value is not None) > 1:
                return [(value, part.strip()) for value, part in zip(values, segments, strict=True)]
        distinct = {parse_duration(part, language, unit) for part in segments}
        if len(segments) > 1 and len(distinct) > 1 and not _one_statement(flat):
            return [(None, flat)] * len(names)
    return [(parse_duration(flat, language, unit), flat)] * len(names)


_STATEMENT = re.compile(r"\b(?:or|oder|ou|o|of|lub|to|bis|a|tot|do|max)\b|[(–—-]")


def _one_statement(text: str) -> bool:
    """Whether two periods are one statement ("2 hours (or session)", "1 - 2 years")."""
    return _STATEMENT.search(fold(text)) is not None and text.count(",") + text.count("\n") <= 1


def beside(name: str, text: str, language: str | None) -> Timing:
    """The duration in brackets or after a colon right behind a name: "_ga (2 years), _gid (24 hours)"."""
    start = text.find(name)
    while start >= 0:
        match = _BESIDE.match(text, start + len(name))
        inner = (match["inner"] or match["after"]) if match else ""
        found = find_lifetimes(inner, language) if inner else []
        if found:
            return found[0].value, inner.strip()
        start = text.find(name, start + 1)
    return None, None


_BESIDE = re.compile(r"[\"”’'`]?\s*(?:\((?P<inner>[^()]{1,60})\)|[:–-]\s*(?P<after>[^,;.()]{1,40}))")


def _by_name(names: Sequence[str], segments: list[str], language: str | None) -> list[Timing] | None:
    """Durations that repeat the names: "_ga: 2 years, _gid: 24 hours"."""
    values: dict[str, tuple[Value, str]] = {}
    for segment in segments:
        match = _NAMED.match(segment)
        if match and tidy(match["name"]) in names:
            values[tidy(match["name"])] = (parse_duration(match["value"], language), match["value"].strip(" )"))
    if len(values) < 2:
        return None
    return [values.get(name, (None, None)) for name in names]


def accepted_names(
    lines: tuple[str, ...], *, strict: bool, phrases: bool, known: frozenset[str], plain: bool = False
) -> list[str]:
    """The names in a cell that can be taken as cookies.

    `strict` wants identifiers that need no context; otherwise any single word will do. `phrases` allows names of
    several words (as some policies write them), `plain` a word like "session" that usually names a kind.
    """
    candidates = split_names(lines)
    if strict:
        return [name for name in candidates if is_code_like(name)]
    tokens = [
        name
        for name in candidates
        if is_token(name) and (plain or not is_plain_word(name)) and not is_domain(name) and not is_company(name, known)
    ]
    if tokens:
        return [name for name in tokens if not re.fullmatch(r"[\d.,%-]+", name)]
    if phrases and len(candidates) == 1 and _is_phrase(candidates[0], known):
        return candidates
    return []


def is_company(name: str, known: frozenset[str]) -> bool:
    """Whether a word is a company's name: as the catalogue has it, and not written small, as cookies named after
    their makers are ("elementor")."""
    return name.lower() in known and not name.islower()


_SENTENCE = re.compile(r"[.!?]\s|[.!?]$|:")


def _is_phrase(name: str, known: frozenset[str]) -> bool:
    """A name of several words: short, no sentence, no company, no kind of cookie."""
    words = name.split()
    if not 2 <= len(words) <= 5 or len(name) > 48 or _SENTENCE.search(name):
        return False
    folded = fold(name)
    if folded in known or any(folded.startswith(f"{vendor} ") for vendor in known):
        return False
    return not re.search(
        r"\b(?:cookies?|pixel|tags?|plugin|services?|various|multiple|several|diverse|party)\b", folded
    )
