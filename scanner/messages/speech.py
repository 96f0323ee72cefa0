"""Which language is spoken at the moment, and how it writes numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["en", "de", "fr", "it", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""English is the language of the program; the others are translations of it."""

_spoken: ContextVar[Language] = ContextVar("language", default="en")

# Thousands and decimals as CLDR writes them; the space is the narrow one that does not break.
_SIGNS: dict[Language, tuple[str, str]] = {
    "en": (",", "."),
    "de": (".", ","),
    "fr": ("\u202f", ","),
    "it": (".", ","),
    "es": (".", ","),
}


def language() -> Language:
    """The language in which messages are given now."""
    return _spoken.get()


@contextmanager
def speaking(wanted: Language) -> Iterator[None]:
    """Give messages in this language within the block, in this task or thread alone."""
    token = _spoken.set(wanted)
    try:
        yield
    finally:
        _spoken.reset(token)


def number(value: float, decimals: int = 0) -> str:
    """A number as the language writes it: `5,000` or `5.000`, `1.2` or `1,2`."""
    thousands, point = _SIGNS[language()]
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands)
