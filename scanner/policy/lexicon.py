"""Word lists from readable data files, and the one way in which words are compared.

Every list is folded when it is loaded and every text before it is looked up, so that a contributor writes words as
they are spelt, with accents and capitals.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

# Letters that carry no combining mark and yet are variants of a basic one.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_SPACES = re.compile(r"[\s_\-–—/|.:;,()\[\]'’\"“”„«»*#+]+")


def fold(text: str) -> str:
    """Case folded, without accents, compatibility forms resolved; the length may change."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)


def fold_words(text: str) -> str:
    """Folded words with single blanks between, and no punctuation at all."""
    return _SPACES.sub(" ", fold(text)).strip()


@cache
def load(name: str) -> Mapping[str, Any]:
    """A data file of this package by name, without its suffix."""
    return tomllib.loads(resources.files("scanner.policy").joinpath(f"data/{name}.toml").read_text("utf-8"))


def all_words(entry: Mapping[str, Iterable[str]] | Iterable[str]) -> tuple[str, ...]:
    """Every word of an entry, whether it is one list or a list for each language."""
    if isinstance(entry, Mapping):
        return tuple(word for words in entry.values() for word in words)
    return tuple(entry)


def phrase_pattern(phrases: Iterable[str], *, prefix: str = r"(?<![^\W_])", suffix: str = r"(?![^\W_])") -> re.Pattern[str]:
    """A pattern that finds any of the phrases as whole words in folded text; a `*` stands for any rest of a word.

    Longer phrases win. A blank in a phrase matches any run of blanks, hyphens and the like. Scripts that are written
    without blanks between words are found anywhere.
    """
    parts: dict[str, None] = {}
    for phrase in sorted({fold(p.strip()) for p in phrases}, key=lambda p: (-len(p), p)):
        words = [re.escape(word).replace(r"\*", r"[^\W_]*") for word in re.split(r"[\s\-]+", phrase) if word]
        body = r"[\s\-–/]*".join(words) if _unspaced(phrase) else r"[\s\-–/’']+".join(words)
        if _unspaced(phrase):
            parts[body] = None
        else:
            parts[f"{prefix}{body}{suffix}"] = None
    return re.compile("|".join(f"(?:{part})" for part in parts) or r"(?!)")


def _unspaced(phrase: str) -> bool:
    """Whether a phrase is in a script that sets no blanks between words (Han, kana, Thai) or agglutinates (Hangul)."""
    return any("\u3040" <= char <= "\u9fff" or "\u0e00" <= char <= "\u0e7f" or "\u1100" <= char <= "\ud7af" for char in phrase)
