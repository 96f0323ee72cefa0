"""What every reader of a platform's list gives, and how a list is taken apart: JSON, or JSON within a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from scanner.model.base import Party
from scanner.policy.categories import Label

MAX_DEPTH = 24
"""Levels of a list that are looked into; real ones have about eight."""
MAX_ROWS = 20_000

JSON = dict[str, Any] | list[Any] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class PlatformRow:
    """One storage item of a platform's list. `duration` is in seconds or one of the two words; `duration_text` is
    what the list says, and is parsed where `duration` is None."""

    name: str
    provider: str | None = None
    purpose: str | None = None
    duration: int | Literal["session", "persistent"] | None = None
    duration_text: str | None = None
    label: Label | None = None
    party: Party | None = None


def parse_json(text: str) -> JSON:
    """The value of a JSON text, with or without a function call or an assignment around it; None for anything else."""
    body = text.strip().removeprefix("\ufeff")
    if not body.startswith(("{", "[")):
        wrapped = re.match(r"^[\w$.\s=]{0,80}[(=]\s*(?=[\[{])", body)
        body = body[wrapped.end() :].rstrip().rstrip(";)") if wrapped else ""
    try:
        value: JSON = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value


@dataclass(frozen=True, slots=True)
class Found:
    """An object within a list; `around` are the objects that hold it and `keys` the keys that lead to it, outermost
    first."""

    item: dict[str, Any]
    around: tuple[dict[str, Any], ...]
    keys: tuple[str, ...]


def objects(value: JSON) -> Iterator[Found]:
    """Every object within a value, in order, without recursion."""
    stack: list[tuple[JSON, tuple[dict[str, Any], ...], tuple[str, ...]]] = [(value, (), ())]
    while stack:
        item, above, keys = stack.pop()
        if len(above) > MAX_DEPTH:
            continue
        if isinstance(item, dict):
            yield Found(item, above, keys)
            stack.extend((inner, (*above, item), (*keys, key)) for key, inner in reversed(list(item.items())))
        elif isinstance(item, list):
            stack.extend((inner, above, keys) for inner in reversed(item))


def text_in(value: Any, language: str | None = None) -> str | None:
    """A text, or that of one language where a list gives it in several (`{"en": "2 years", "de": "2 Jahre"}`)."""
    if isinstance(value, dict):
        texts = {key: text for key, text in value.items() if isinstance(text, str) and len(key) <= 5}
        value = texts.get(language or "") or texts.get("en") or next(iter(texts.values()), None)
    if not isinstance(value, str):
        return None
    cleaned = " ".join(re.sub(r"<[^<>]{0,400}>", " ", value).split())
    return cleaned or None
