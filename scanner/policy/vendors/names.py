"""The names of vendors and where they stand in a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from scanner.model.vendor import Vendor
from scanner.policy.claims.tokens import Tokens, fold, tokenise

_PLUS = re.compile(r"\s?\+(?!\w)")

_SHORT_NAME: Final = 5
"""A name whose first word has at most this many letters counts only with a capital, or spelt as in the list."""

_ENDINGS: Final = ("owi", "em", "om", "iem", "ie", "a", "u", "s", "ille", "illa", "in", "nak", "val", "ban")
_LEAST_STEM: Final = 6
"""Letters of a name from which on an ending behind it is no accident."""

_GLUE: Final = "_@/."
"""A name behind one of these is a piece of an identifier or an address."""


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of a vendor's name.

    `key` is the same for all spellings of one vendor; `field` is what the service is mostly used for, or None.
    A name with `vendor` false only keeps a shorter name inside it from being found (a browser, a help page).
    """

    key: str
    spelling: str
    words: tuple[str, ...]
    field: str | None = None
    ambiguous: bool = False
    vendor: bool = True


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at a place: half-open range of word positions."""

    name: Name
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NameBook:
    """All names, by their first word, longest first; and which company stands behind which service."""

    by_first: dict[str, tuple[Name, ...]]
    owners: tuple[tuple[str, tuple[str, ...]], ...]

    def mentions(self, tokens: Tokens) -> tuple[Mention, ...]:
        """Every name in the sentence, the longest at each place, left to right."""
        found: list[Mention] = []
        position = 0
        while position < len(tokens.words):
            name = self._at(tokens, position)
            if name is None:
                position += 1
                continue
            if name.vendor:
                found.append(Mention(name, position, position + len(name.words)))
            position += len(name.words)
        return tuple(found)

    def _at(self, tokens: Tokens, position: int) -> Name | None:
        for name in self.by_first.get(tokens.words[position], ()):
            end = position + len(name.words)
            if tokens.words[position:end] == name.words and _is_written(name, tokens, position, end):
                return name
        return self._inflected(tokens, position)

    def _inflected(self, tokens: Tokens, position: int) -> Name | None:
        """A name of one word with the ending of a case: "plik Facebooka", "Googles Server"."""
        word = tokens.words[position]
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if stem == word or len(stem) < _LEAST_STEM:
                continue
            for name in self.by_first.get(stem, ()):
                if len(name.words) == 1 and name.vendor and not name.ambiguous:
                    written = tokens.quote(position, position + 1)
                    if written.startswith(name.spelling) and written[len(name.spelling) :].islower():
                        return name
        return None

    def owns(self, owner: str, service: str) -> bool:
        """Whether the company named `owner` (a key) stands behind `service` (a key)."""
        for company, services in self.owners:
            if company != owner:
                continue
            for entry in services:
                if service == entry or (entry.endswith(" *") and service.startswith(entry[:-1])):
                    return True
        return False


def _is_written(name: Name, tokens: Tokens, start: int, end: int) -> bool:
    """Whether the words, which fit the name, are written as it is: digits, `+` and `&` too, within one clause.

    An ordinary word counts as a name only when it has the name's capitals.
    """
    low, high = tokens.spans[start][0], tokens.spans[end - 1][1]
    if (
        len(set(tokens.clauses[start:end])) > 1
        or (low and tokens.text[low - 1] in _GLUE)
        or tokens.text[high : high + 1] == "_"
    ):
        return False
    written = tokens.quote(start, end)
    plus = _PLUS.match(tokens.text, tokens.spans[end - 1][1])
    if _signs(written) + ("+" if plus else "") != _signs(name.spelling):
        return False
    if written == name.spelling or not name.vendor:
        return True
    if name.spelling.isupper() and name.spelling.isalpha():
        return False  # an abbreviation is written in capitals, as tested above: "Here" is not HERE
    if not name.ambiguous:
        return written[:1].isupper() or not name.spelling[:1].isupper() or len(name.words[0]) > _SHORT_NAME
    return written[:1].isupper() and name.spelling[:1].isupper() and written[1:] == name.spelling[1:]


def _signs(text: str) -> str:
    """What is left of a name when spaces and punctuation are disregarded."""
    return "".join(c for c in fold(text) if c.isalnum() or c in "+&")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    path = resources.files("scanner.policy").joinpath("data", "vendors.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _own_names() -> tuple[Name, ...]:
    data = _data()
    ambiguous = {fold(name) for name in data["lists"]["ambiguous"]}
    names = [
        Name(key, spelling, tokenise(spelling).words, field, fold(spelling) in ambiguous)
        for field, entries in data["names"].items()
        for key, spellings in ((entry.split("|")[0], entry.split("|")) for entry in entries)
        for spelling in spellings
    ]
    names += [Name(text, text, tokenise(text).words, vendor=False) for text in data["lists"]["not_vendors"]]
    return tuple(name for name in names if name.words)


def name_book(known: Sequence[Vendor] = ()) -> NameBook:
    """The book of names for a catalogue; the last ones made are kept."""
    return _name_book(tuple(known))


@lru_cache(maxsize=4)
def _name_book(known: tuple[Vendor, ...]) -> NameBook:
    """The names of the data file and those of the catalogue, joined; the data file wins where both know a spelling."""
    names: dict[str, Name] = {}
    for name in _own_names():
        kept = names.get(_signs(name.spelling))
        if kept is None or not name.vendor:
            names[_signs(name.spelling)] = name
    for name in _catalogue_names(known, names):
        names.setdefault(_signs(name.spelling), name)
    by_first: dict[str, list[Name]] = {}
    for name in names.values():
        by_first.setdefault(name.words[0], []).append(name)
    owners = tuple((owner, tuple(services)) for owner, services in _data()["owners"].items())
    return NameBook({first: tuple(sorted(group, key=_longest_first)) for first, group in by_first.items()}, owners)


def _longest_first(name: Name) -> tuple[int, bool, str]:
    return -len(name.words), "+" not in name.spelling, name.spelling


def _catalogue_names(known: Iterable[Vendor], names: dict[str, Name]) -> Iterable[Name]:
    for vendor in known:
        spellings = [s.strip() for s in (vendor.name, *vendor.aliases) if len(s.strip()) > 1]
        owned = (names.get(_signs(spelling)) for spelling in spellings)
        keys = [name.key for name in owned if name is not None and name.vendor]
        for spelling in spellings:
            words = tokenise(spelling).words
            if words:
                yield Name(keys[0] if keys else vendor.name, spelling, words, None, _looks_ordinary(spelling, words))


def _looks_ordinary(spelling: str, words: tuple[str, ...]) -> bool:
    """Whether a catalogue name could be an ordinary word: one word without a capital, a digit or a sign inside."""
    return len(words) == 1 and spelling.isalpha() and spelling[1:].islower()
