"""What a named vendor is there for, in the words of the policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from scanner.model.declaration import PurposeCategory
from scanner.policy.claims.pattern import Sentence
from scanner.policy.vendors.context import Place
from scanner.policy.vendors.names import Mention
from scanner.policy.vendors.words import VendorWords

AFTER: Final = 18
"""Words after a name that may say its purpose."""

BEFORE: Final = 12

ENOUGH: Final = 2.0
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


def weigh(place: Place, index: int, words: VendorWords) -> Scores:
    """How loudly each purpose is named around mention number `index` of a place."""
    mention = place.mentions[index]
    scores: Scores = Counter()
    start = place.mentions[index - 1].end if index else 0
    stop = place.mentions[index + 1].start if index + 1 < len(place.mentions) else len(place.sentence.tokens.words)
    clauses = place.sentence.tokens.clauses
    for purpose, element in words.purposes.items():
        best = 0.0
        for low, high in place.sentence.spans(element):
            if low < mention.end and high > mention.start:
                continue
            best = max(best, _weight(mention, low, high, start, stop))
            if clauses[low] != clauses[mention.start] and best > 3:
                best = 3.0
        if best:
            scores[purpose] = best
    scores.update(_named(mention, place, words))
    _add(scores, place.row, 3.0, words)
    _add(scores, place.lead_in, 2.0, words)
    for depth, heading in enumerate(reversed(place.headings)):
        _add(scores, heading, 3.0 if depth == 0 else 1.0, words)
        if depth == 1:
            break
    return scores


def _weight(mention: Mention, low: int, high: int, start: int, stop: int) -> float:
    if mention.end <= low < stop:
        distance = low - mention.end
        return 4.0 if distance <= 4 else 3.0 if distance <= AFTER else 1.0
    if start <= low and high <= mention.start:
        distance = mention.start - high
        return 3.5 if distance <= 4 else 2.5 if distance <= BEFORE else 1.0
    return 1.0


def _named(mention: Mention, place: Place, words: VendorWords) -> Scores:
    """A purpose that the name itself says, such as "Google Analytics"."""
    for purpose, element in words.in_names.items():
        if any(mention.start <= low and high <= mention.end for low, high in place.sentence.spans(element)):
            return Counter({purpose: 6.0})
    return Counter()


def _add(scores: Scores, sentence: Sentence | None, weight: float, words: VendorWords) -> None:
    if sentence is None:
        return
    for purpose, element in words.purposes.items():
        if sentence.spans(element):
            scores[purpose] += weight


def weigh_description(sentence: Sentence, words: VendorWords, weight: float) -> Scores:
    """The purposes named in a sentence that describes the vendor of the heading above it."""
    scores: Scores = Counter()
    _add(scores, sentence, weight, words)
    return scores


def decide(scores: Mapping[PurposeCategory, float], field: str | None) -> PurposeCategory | None:
    """The loudest purpose, or None where none is named loudly enough.

    `field` (what the service is mostly used for) only decides between purposes that are about equally loud.
    """
    if not scores or max(scores.values()) < ENOUGH:
        return None
    top = max(scores.values())
    loudest = [p for p in _PARTICULAR_FIRST if scores.get(p, 0) >= 0.75 * top]
    return next((p for p in loudest if p == field), None) or max(
        loudest, key=lambda p: (scores[p], -_PARTICULAR_FIRST.index(p))
    )
