"""Which field of a cookie a column's head or a label before a colon announces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from scanner.policy.lexicon import all_words, fold_words, load

FieldName = Literal["name", "provider", "service", "purpose", "duration", "category", "type", "party", "other"]

_ORDER: tuple[FieldName, ...] = (
    "duration",
    "party",
    "category",
    "type",
    "provider",
    "service",
    "purpose",
    "name",
    "other",
)
_COOKIE = re.compile(
    r"\b(?:cookies?|cooky|tracker|trackers|traceurs?|kolacic\w*|piskot\w*|slapuk\w*|sikdatn\w*|kupsis\w*|evaste\w*|suti\w*"
    r"|ciastecz\w*|galet\w*|kak(?:a|or|ans)|informasjonskapsl?\w*"
    r"|cerez\w*|testemunho|temoin|storage key|key|pixel|plik\w*)\b"
)
_MAX_WORDS = 6


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """A recognised label. `strong` says that it speaks of cookies by word; `exact` that it is nothing but the label."""

    field: FieldName
    strong: bool = False
    exact: bool = True


@cache
def _exact() -> dict[str, FieldName]:
    data = load("fields")
    known: dict[str, FieldName] = {}
    for field in ("name", *(f for f in _ORDER if f != "name")):
        for word in all_words(data[field]):
            known.setdefault(fold_words(word), field)  # type: ignore[arg-type]
    return known


@cache
def _contained() -> tuple[tuple[FieldName, re.Pattern[str]], ...]:
    data = load("fields")
    patterns: list[tuple[FieldName, re.Pattern[str]]] = []
    for field in _ORDER:
        words = sorted({fold_words(word) for word in all_words(data[field])} - {""}, key=len, reverse=True)
        words = [word for word in words if len(word) > 3 or not word.isascii()]
        body = "|".join(re.escape(word) for word in words)
        patterns.append((field, re.compile(rf"(?<!\w)(?:{body})(?!\w)")))
    return tuple(patterns)


@lru_cache(maxsize=8192)
def _lookup(words: str) -> FieldLabel | None:
    if not words:
        return None
    strong = _COOKIE.search(words) is not None
    if words in _exact():
        return FieldLabel(_exact()[words], strong)
    if len(words.split()) > _MAX_WORDS:
        return None
    for field, pattern in _contained():
        if pattern.search(words):
            return FieldLabel(field, strong, exact=False)
    return None


@lru_cache(maxsize=8192)
def field_of(text: str) -> FieldLabel | None:
    """The field that a head or label names, also where it is only contained in it; None for anything else."""
    if not text or len(text) > 60:
        return None
    return _lookup(fold_words(text))


@lru_cache(maxsize=8192)
def exact_field_of(text: str) -> FieldLabel | None:
    """The field that a label names, where it is nothing but the label."""
    if not text or len(text) > 48:
        return None
    words = fold_words(text)
    field = _exact().get(words)
    return FieldLabel(field, _COOKIE.search(words) is not None) if words and field is not None else None
