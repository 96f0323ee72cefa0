"""What a named vendor is there for, in the words of the policy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scanner.model.declaration import PurposeCategory
from scanner.policy.claims.pattern import Sentence
from scanner.policy.vendors.context import Place
from scanner.policy.vendors.names import Mention, NameBook
from scanner.policy.vendors.words import VendorWords

AFTER: Final = 18
"""Words after a name that may say its purpose."""

BEFORE: Final = 12

CLOSE: Final = 4

ACROSS: Final = 6
"""Most weight of a word in another clause."""

NEXT_ONES: Final = 2
"""Weight of a word between two names that stands nearer to the other one."""

REST: Final = 3
"""Weight of a word elsewhere in the sentence."""

ENOUGH: Final = 3
"""Least weight for a purpose to be taken as stated."""

# Where two purposes are named equally loudly, the more particular one is meant.
_PARTICULAR_FIRST: Final[tuple[PurposeCategory, ...]] = (
    "error_monitoring",
    "payment",
    "security",
    "email",
    "consent",
    "social",
    "hosting",
    "analytics",
    "marketing",
    "functional",
    "other",
    "necessary",
)

Scores = Counter[PurposeCategory]


def weigh(place: Place, index: int, words: VendorWords, book: NameBook) -> Scores:
    """How loudly each purpose is named around mention number `index` of a place."""
    mention = place.mentions[index]
    scores: Scores = Counter()
    window = _window(place, index, book)
    clauses = place.sentence.tokens.clauses
    for purpose, element in words.purposes.items():
        best = 0
        for low, high in place.sentence.spans(element):
            if low < mention.end and high > mention.start:
                continue
            weight = NEXT_ONES if _beyond_comma(place, window, low) else window.weight(low, high)
            best = max(best, weight if clauses[low] == clauses[mention.start] else min(weight, ACROSS))
        if best:
            scores[purpose] = best
    bracket = bracket_range(place, mention)
    if bracket is not None:
        low, high = bracket
        inside = {
            purpose
            for purpose, element in words.purposes.items()
            if any(low <= start and end <= high for start, end in place.sentence.spans(element))
        }
        if inside:
            # "Stripe (payments), Colissimo (delivery)": what the bracket says is said of this name alone.
            scores = Counter({p: 10 if p in inside else min(weight, NEXT_ONES) for p, weight in scores.items()})
            scores.update({purpose: 10 for purpose in inside if purpose not in scores})
    scores.update(_named(mention, place, words))
    _add(scores, place.row, 6, words)
    _add(scores, place.lead_in, 4, words)
    for depth, heading in enumerate(reversed(place.headings[-2:])):
        _add(scores, heading, 6 if depth == 0 else 2, words)
    return scores


_OPEN: Final = re.compile(r"\s*[(\[]")
_PART_END: Final = re.compile(r"[,;()\[\]:]|\s(?:and|und|et|e|y|en|i|och|og|ja|a|și|és|και)\s")


def bracket_range(place: Place, mention: Mention) -> tuple[int, int] | None:
    """The words (half-open range) that a bracket ties to a name: those in "Stripe (payments)", or those before the
    bracket in "payments (Stripe)"; None where the name stands at no bracket."""
    tokens = place.sentence.tokens
    start, end = tokens.spans[mention.start][0], tokens.spans[mention.end - 1][1]
    opened = _OPEN.match(tokens.text, end)
    if opened:
        stop = re.search(r"[)\]]", tokens.text[opened.end() :])
        if stop is None:
            return None
        return _words_between(place, opened.end(), opened.end() + stop.start())
    before = max(tokens.text.rfind("(", 0, start), tokens.text.rfind("[", 0, start))
    if before < 0 or re.search(r"[)\]]", tokens.text[before:start]):
        return None
    left = 0
    for match in _PART_END.finditer(tokens.text, 0, before):
        if match.end() < before - 2:
            left = match.end()
    return _words_between(place, left, before)


def _words_between(place: Place, start: int, end: int) -> tuple[int, int]:
    """The words that stand between two positions of the text."""
    inside = [i for i, (low, high) in enumerate(place.sentence.tokens.spans) if start <= low and high <= end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _beyond_comma(place: Place, window: _Window, low: int) -> bool:
    """Whether a comma parts a word from the names before it, but not from the name after it."""
    parts = place.sentence.tokens.parts
    return (
        window.closed and window.end <= low < window.stop and parts[window.end - 1] < parts[low] == parts[window.stop]
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """The words that speak of an enumeration of names at `start` to `end`: those between the names around it.

    What stands before the first name of the sentence (`opening`) speaks of all of them.
    """

    begin: int
    start: int
    end: int
    stop: int
    opening: int
    closed: bool

    def weight(self, low: int, high: int) -> int:
        """How loudly a word at this place speaks of the names."""
        if self.end <= low < self.stop:
            distance = low - self.end
            if self.closed and self.stop - high < distance:
                return NEXT_ONES
            return 8 if distance <= CLOSE else 6 if distance <= AFTER else REST
        if self.begin <= low and high <= self.start:
            distance = self.start - high
            if self.begin and low - self.begin < distance:
                return NEXT_ONES
            return 7 if distance <= CLOSE else 5 if distance <= BEFORE else REST
        return REST if high <= self.opening else 0


def _window(place: Place, index: int, book: NameBook) -> _Window:
    """The names that stand in one enumeration ("Facebook, LinkedIn and Pinterest") share the words around it.

    The company behind a service does not end the service's window ("YouTube, a service of Google, for films").
    """
    mentions = place.mentions
    first = last = index
    while first and mentions[first].start - mentions[first - 1].end <= 1:
        first -= 1
    while last + 1 < len(mentions) and mentions[last + 1].start - mentions[last].end <= 1:
        last += 1
    key = mentions[index].name.key
    after = [m.start for m in mentions[last + 1 :] if m.name.key != key and not book.owns(m.name.key, key)]
    return _Window(
        begin=mentions[first - 1].end if first else 0,
        start=mentions[first].start,
        end=mentions[last].end,
        stop=after[0] if after else len(place.sentence.tokens.words),
        opening=mentions[0].start,
        closed=bool(after),
    )


def _named(mention: Mention, place: Place, words: VendorWords) -> Scores:
    """A purpose that the name itself says, such as "Google Analytics"."""
    for purpose, element in words.in_names.items():
        if any(mention.start <= low and high <= mention.end for low, high in place.sentence.spans(element)):
            return Counter({purpose: 12})
    return Counter()


def _add(scores: Scores, sentence: Sentence | None, weight: int, words: VendorWords) -> None:
    if sentence is None:
        return
    for purpose, element in words.purposes.items():
        if sentence.spans(element):
            scores[purpose] += weight


def weigh_description(sentence: Sentence, words: VendorWords, weight: int) -> Scores:
    """The purposes named in a sentence that describes the vendor of the heading above it."""
    scores: Scores = Counter()
    _add(scores, sentence, weight, words)
    return scores


def decide(scores: Mapping[PurposeCategory, int], field: str | None) -> PurposeCategory | None:
    """The loudest purpose, or None where none is named loudly enough.

    `field` (what the service is mostly used for) only decides between purposes that are about equally loud.
    """
    if not scores or max(scores.values()) < ENOUGH:
        return None
    top = max(scores.values())
    loudest = [p for p in _PARTICULAR_FIRST if scores.get(p, 0) >= 0.75 * top]
    usual = next((p for p in loudest if p == field), None)
    if usual is not None:
        return usual
    return max(loudest, key=lambda p: (scores.get(p, 0), -_PARTICULAR_FIRST.index(p)))
