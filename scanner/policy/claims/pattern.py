"""The small pattern language of the claim lexicons.

A pattern is written in words. Between two elements stands nothing (they are neighbours) or one of these:

- `..` or `..N`: in this order, with at most N words between (5 where N is not given);
- `~` or `~N`: in either order, with at most N words between (5 where N is not given), or within;
- `&`: anywhere in the same sentence, in either order;
- `!`: from here on, what must not occur anywhere in the sentence (may be repeated).

An element is a word, or several with `|` between. `stem*`, `*stem` and `*stem*` match beginnings, ends and insides of
words, `{group}` any phrase of a named group, `<email>`, `<url>` and `<number>` what their names say, `url:part` an
address that contains that part, and a final `?` makes an element optional. `^` as the first element ties the pattern
to the beginning of the sentence, `$` as the last one to its end, and `$,` to the end of a part (before a comma).
Matching is a join of position lists: linear in the words of a sentence, whatever they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from scanner.policy.claims.tokens import URL, Tokens, fold

DEFAULT_GAP: Final = 5
MAX_SPANS: Final = 48
"""Most partial matches followed at once; a sentence that repeats itself more often than this tells nothing new."""

_OPERATOR = re.compile(r"^(\.\.|~)(\d*)$")

_ENDS = ("$", "$,")

Kind = Literal["next", "gap", "near", "any"]
Span = tuple[int, int]


class PatternError(ValueError):
    """A pattern is not of the language described in this module; the text quotes it."""


Phrases = frozenset[tuple[str, ...]]
_NOWHERE: Final[list[Span]] = []


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: any of `phrases`, each a tuple of word shapes such as `stem*`."""

    phrases: Phrases
    optional: bool = False


@lru_cache(maxsize=16384)
def interned(phrases: Phrases) -> Phrases:
    """One object for equal sets, so that looking one up compares addresses instead of contents."""
    return phrases


@dataclass(frozen=True, slots=True)
class Step:
    """An element and how it stands to what was matched before it."""

    kind: Kind
    gap: int
    element: Element


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: `steps` must match, no sequence of `absent` may."""

    text: str
    steps: tuple[Step, ...]
    absent: tuple[tuple[Step, ...], ...] = ()
    at_start: bool = False
    at_end: bool = False
    at_part_end: bool = False
    negated: bool = False
    required: tuple[Phrases, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A tokenised sentence with the places of every element that stands in it, as half-open ranges of words."""

    tokens: Tokens
    places: Mapping[Phrases, list[Span]]

    def spans(self, element: Element) -> list[Span]:
        """Every place where the element stands, in order; empty where it does not."""
        return self.places.get(element.phrases, _NOWHERE)


class Vocabulary:
    """The elements of a lexicon, indexed by the words with which they begin, so that a sentence is read in one pass.

    Answers are remembered for the words seen lately.
    """

    def __init__(self, elements: Iterable[Element]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], list[Phrases]]]] = {}
        holders: dict[tuple[str, ...], dict[Phrases, None]] = {}
        for element in elements:
            for phrase in element.phrases:
                holders.setdefault(phrase, {})[element.phrases] = None
        for phrase, held in holders.items():
            self._by_first.setdefault(phrase[0], []).append((phrase, list(held)))
        self._exact: set[str] = set()
        self._starts: set[str] = set()
        self._ends: set[str] = set()
        self._inside: set[str] = set()
        self._urls: set[str] = set()
        for each in {part for phrase in holders for part in phrase}:
            self._file(each)
        self._seen: dict[str, tuple[str, ...]] = {}

    def _file(self, each: str) -> None:
        body = each.strip("*")
        if each.startswith("url:"):
            self._urls.add(each)
        elif each.startswith("*") and each.endswith("*"):
            self._inside.add(body)
        elif each.endswith("*"):
            self._starts.add(body)
        elif each.startswith("*"):
            self._ends.add(body)
        else:
            self._exact.add(body)

    def read(self, tokens: Tokens) -> Sentence:
        """Find every element in a sentence."""
        fits = tuple(self._fitting(word) for word in tokens.words)
        found: dict[Phrases, set[Span]] = {}
        for position, fitting in enumerate(fits):
            for first in fitting:
                for phrase, held in self._by_first.get(first, ()):
                    end = position + len(phrase)
                    if end > len(fits) or any(phrase[i] not in fits[position + i] for i in range(1, len(phrase))):
                        continue
                    for phrases in held:
                        found.setdefault(phrases, set()).add((position, end))
        return Sentence(tokens=tokens, places={phrases: sorted(spans) for phrases, spans in found.items()})

    def _fitting(self, word: str) -> tuple[str, ...]:
        known = self._seen.get(word)
        if known is not None:
            return known
        if len(self._seen) > 50_000:
            self._seen.clear()
        known = self._fit(word[:80])
        self._seen[word] = known
        return known

    def _fit(self, word: str) -> tuple[str, ...]:
        found = [word] if word in self._exact else []
        if word.startswith(URL):
            return (URL, *(shape for shape in self._urls if shape.removeprefix("url:") in word))
        if not word.startswith("<"):
            heads = {word[:n] for n in range(1, len(word) + 1)} & self._starts
            tails = {word[n:] for n in range(len(word))} & self._ends
            found += [f"{head}*" for head in heads]
            found += [f"*{tail}" for tail in tails]
            found += [f"*{part}*" for part in self._inside if part in word]
        return tuple(found)


def find(pattern: Pattern, sentence: Sentence) -> list[Span]:
    """Every match as a half-open range of word positions, shortest first; empty where there is none."""
    places = sentence.places
    if not all(phrases in places for phrases in pattern.required):
        return []
    spans = _match(pattern.steps, sentence)
    if pattern.at_start:
        spans = [s for s in spans if s[0] == 0]
    if pattern.at_end:
        spans = [s for s in spans if s[1] == len(sentence.tokens.words)]
    if pattern.at_part_end:
        parts = (*sentence.tokens.parts, -1)
        spans = [s for s in spans if parts[s[1] - 1] != parts[s[1]]]
    if not spans or any(_match(steps, sentence) for steps in pattern.absent):
        return []
    return sorted(spans, key=lambda s: (s[1] - s[0], s))


def _match(steps: tuple[Step, ...], sentence: Sentence) -> list[Span]:
    found: list[Span] | None = None
    for step in steps:
        here = sentence.spans(step.element)
        if found is None:
            found = list(here)
            if not found and not step.element.optional:
                return []
            continue
        if not here and not step.element.optional:
            return []
        joined = _join(found, here, step)
        if step.element.optional:
            joined |= set(found)
        if not joined:
            return []
        found = sorted(joined, key=lambda s: (s[1] - s[0], s))[:MAX_SPANS]
    return found or []


def _join(found: list[Span], here: list[Span], step: Step) -> set[Span]:
    joined: set[Span] = set()
    for start, end in found:
        for low, high in here[: MAX_SPANS * 4]:
            if step.kind == "any":
                joined.add((min(start, low), max(end, high)))
            elif low >= end:
                if low - end <= step.gap:
                    joined.add((start, high))
            elif step.kind == "near" and start - high <= step.gap:
                joined.add((min(start, low), max(end, high)))
    return joined


def compile_pattern(text: str, groups: Mapping[str, Iterable[str]], negations: frozenset[str]) -> Pattern | None:
    """Compile one pattern; None where it names a group that this language does not fill.

    `negations` are the groups of words that deny: a pattern with one of them says "not" itself.

    Raises:
        PatternError: the text is not of the language.
    """
    parts = re.split(r"\s+!\s+", text.strip())
    words = parts[0].split()
    at_start, last = words[:1] == ["^"], words[-1] if words else ""
    words = words[1 if at_start else 0 : len(words) - 1 if last in _ENDS else len(words)]
    steps = _steps(words, groups, text)
    if steps is None:
        return None
    denials = {tuple(shape(part) for part in m.split()) for name in negations for m in groups.get(name, ())}
    absent = [s for s in (_steps(p.split(), groups, text) for p in parts[1:]) if s]
    return Pattern(
        text=text,
        steps=steps,
        absent=tuple(absent),
        at_start=at_start,
        at_end=last == "$",
        at_part_end=last == "$,",
        negated=any(step.element.phrases & denials for step in steps),
        required=tuple(step.element.phrases for step in steps if not step.element.optional),
    )


def _steps(words: list[str], groups: Mapping[str, Iterable[str]], text: str) -> tuple[Step, ...] | None:
    steps: list[Step] = []
    kind: Kind = "next"
    gap = 0
    for word in words:
        operator = _OPERATOR.match(word)
        if operator and not steps:
            raise PatternError(f"not a pattern: {text!r}")
        if operator:
            kind = "gap" if operator.group(1) == ".." else "near"
            gap = int(operator.group(2)) if operator.group(2) else DEFAULT_GAP
            continue
        if word == "&":
            kind, gap = "any", 0
            continue
        element = _element(word, groups, text)
        if element is None:
            return None
        steps.append(Step(kind=kind, gap=gap, element=element))
        kind, gap = "next", 0
    if not steps or kind != "next" or steps[0].element.optional:
        raise PatternError(f"not a pattern: {text!r}")
    return tuple(steps)


def _element(word: str, groups: Mapping[str, Iterable[str]], text: str) -> Element | None:
    optional = word.endswith("?") and word != "?"
    body = word[:-1] if optional else word
    phrases: set[tuple[str, ...]] = set()
    for choice in body.split("|"):
        if choice.startswith("{") and choice.endswith("}"):
            members = groups.get(choice[1:-1])
            if members is None:
                continue
            phrases.update(tuple(shape(part) for part in member.replace("-", " ").split()) for member in members)
        elif choice:
            phrases.add((shape(choice),))
        else:
            raise PatternError(f"not a pattern: {text!r}")
    phrases.discard(())
    return Element(interned(frozenset(phrases)), optional) if phrases else None


@lru_cache(maxsize=16_384)
def shape(word: str) -> str:
    """A word shape in folded form; the stars and the angle brackets keep their meaning."""
    if word.startswith(("<", "url:")):
        return word
    body = word.strip("*")
    if not body or "*" in body:
        raise PatternError(f"not a word of a pattern: {word!r}")
    head = "*" if word.startswith("*") else ""
    tail = "*" if word.endswith("*") else ""
    return f"{head}{fold(body)}{tail}"
