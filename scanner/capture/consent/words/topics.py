"""What a text is about: is it a consent notice, in which language, and which category does a toggle stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scanner.capture.consent.words.lexicon import CATEGORY_KEYS, Lexicon, lexicon_for, lexicons, normalise

ToggleCategory = Literal["necessary", "functional", "analytics", "marketing", "unknown"]

_NAMES: tuple[tuple[ToggleCategory, re.Pattern[str]], ...] = (
    ("marketing", re.compile(r"market|advert|targeting|social|(?:^|[^a-z])ads?(?:[^a-z]|$)|C0004|C0005", re.I)),
    ("analytics", re.compile(r"analy|statist|performance|measure|C0002", re.I)),
    ("functional", re.compile(r"functional|preference|C0003", re.I)),
)
_NOT = frozenset(("non", "not", "no", "un", "in", "optional", "nicht", "ikke", "icke", "inte", "niet", "nie", "ne"))
_SYNTAX = re.compile(r"[\\^$.*+?()\[\]{}|/]")
"""What JavaScript wants escaped in a pattern with the `u` flag, and nothing else."""
_AGE = re.compile(r"(?<!\d)(?:16|18|20|21)\s?\+?(?!\d)")


@dataclass(frozen=True)
class Topic:
    """What a text speaks of. Counts are of different terms. `languages` are the likely ones, surest first."""

    languages: tuple[str, ...] = ()
    cookie: bool = False
    privacy: int = 0
    usage: int = 0
    other: int = 0
    """Terms of other kinds of pop-up: newsletters, age gates, sales, chats, choosers of a country or language."""
    age: bool = False


@lru_cache(maxsize=2048)
def topic(text: str, declared: str = "") -> Topic:
    """The topic of a text. `declared` is the language that the page claims for it."""
    plain = normalise(text)
    claimed = lexicon_for(declared)
    english = lexicon_for("en")
    ranked: list[tuple[float, Lexicon]] = []
    for lexicon in lexicons():
        weight = _weight(lexicon, plain) + (1.5 if lexicon is claimed else 0) + (0.25 if lexicon is english else 0)
        ranked.append((weight, lexicon))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].code))
    best = [lexicon for weight, lexicon in ranked[:1] if weight > 0.5]
    spoken = [*best, *([claimed] if claimed is not None and claimed not in best else [])]
    asked = [*spoken, *([english] if english is not None and english not in spoken else [])]
    return Topic(
        languages=tuple(lexicon.code for lexicon in spoken),
        cookie=any(term in plain for lexicon in asked for term in lexicon.terms["cookie"]),
        privacy=max((_count(lexicon.terms["privacy"], plain) for lexicon in asked), default=0),
        usage=max((len(set(lexicon.usage.findall(plain))) for lexicon in asked), default=0),
        other=max((len(set(lexicon.other.findall(plain))) for lexicon in asked), default=0),
        age=bool(_AGE.search(plain)),
    )


def _count(terms: tuple[str, ...], plain: str) -> int:
    return sum(term in plain for term in terms)


def _weight(lexicon: Lexicon, plain: str) -> float:
    """How much a text looks like this language, by the words that consent notices are made of."""
    special = [t for t in lexicon.terms["cookie"] if not t.startswith("cookie")]
    weight = 3.0 * min(1, _count(tuple(special), plain)) + _count(lexicon.terms["privacy"], plain)
    weight += 0.7 * len(set(lexicon.usage.findall(plain)))
    if not lexicon.any_word.search(plain):
        return weight
    return weight + 0.3 * sum(bool(pattern.search(plain)) for pattern in lexicon.words.values())


@lru_cache(maxsize=1)
def hints() -> str:
    """A regular expression, for the page, of words and names without which an in-flow place is no consent notice.

    The page's text keeps its accents, so the terms are given as written in the lexicons.
    """
    terms = {t for lexicon in lexicons() for key in ("cookie", "privacy") for t in lexicon.raw_terms[key]}
    names = ("cookie", "consent", "gdpr", "rgpd", "dsgvo", "cmp", "privacy", "kvkk", "lgpd", "ccpa")
    return "|".join(_SYNTAX.sub(r"\\\g<0>", t) for t in sorted(terms | set(names)))


@lru_cache(maxsize=4096)
def category_of(own: str, around: str, names: str, languages: tuple[str, ...]) -> ToggleCategory:
    """The category that a toggle stands for: by its label, then what stands around it, then its technical name."""
    asked = [lexicon for tag in (*languages, "en") if (lexicon := lexicon_for(tag)) is not None]
    for text in (own, around[:90]):
        found = _category(normalise(text), asked)
        if found != "unknown":
            return found
    for category, pattern in _NAMES:
        if pattern.search(names):
            return category
    return "unknown"


@lru_cache(maxsize=4096)
def categories_named(text: str, languages: tuple[str, ...]) -> frozenset[ToggleCategory]:
    """All categories that a label names, in any order."""
    plain = normalise(text)
    asked = [lexicon for tag in (*languages, "en") if (lexicon := lexicon_for(tag)) is not None]
    return frozenset(k for lexicon in asked for k in CATEGORY_KEYS if any(t in plain for t in lexicon.categories[k]))


def _category(plain: str, asked: list[Lexicon]) -> ToggleCategory:
    """The category named first in a label; "not necessary" names none."""
    first: tuple[int, ToggleCategory] | None = None
    length = 0
    for lexicon in asked:
        for key in CATEGORY_KEYS:
            for term in lexicon.categories[key]:
                at = plain.find(term)
                # Of two terms that begin at one place, the longer says more: "personalised ads" are no mere comfort.
                if at >= 0 and (first is None or (at, -len(term)) < (first[0], -length)):
                    first, length = (at, key), len(term)
    if first is None:
        return "unknown"
    if first[1] == "necessary":
        before = plain[: first[0]].split()
        negated = _NOT.intersection(before) or any(lexicon.words["negation"].search(plain) for lexicon in asked)
        if negated or plain[max(0, first[0] - 2) : first[0]] == "un":
            return "unknown"
    return first[1]
