"""The lexicons: one TOML file for each language in `lexicons/`, read and compiled once.

A file holds `words` (for labels of buttons: `ablehn*` is a stem, `nein` a whole word, `in ordnung` a phrase), `terms`
(for whole texts) and `categories` (for labels of toggles). A new language is a new file; no code knows any language.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

WORD_KEYS = (
    "reject", "accept", "negation", "without", "only", "necessary", "all", "settings", "save", "selection", "pay",
    "acknowledge", "close", "information", "continue", "object", "no", "withdraw", "yes", "next", "previous", "forbid",
    "legitimate", "imprint", "consent",
)  # fmt: skip
TERM_KEYS = ("cookie", "privacy", "usage", "other")
CATEGORY_KEYS: tuple[Literal["necessary", "functional", "analytics", "marketing"], ...] = (
    "necessary",
    "functional",
    "analytics",
    "marketing",
)

_NEVER = re.compile(r"(?!)")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—/_·|,;:.!?()\[\]{}\"“”„«»*+&]+")


@dataclass(frozen=True)
class Lexicon:
    """One language. `words` are compiled patterns for normalised labels; `terms` and `categories` plain stems.

    `unspaced` languages write without spaces, so their words are found anywhere in a text.
    """

    code: str
    name: str
    aliases: tuple[str, ...]
    unspaced: bool
    words: Mapping[str, re.Pattern[str]]
    any_word: re.Pattern[str]
    """Whether a text holds any of the words: where it does not, `words` need not be asked."""
    terms: dict[str, tuple[str, ...]]
    raw_terms: dict[str, tuple[str, ...]]
    """The terms of `cookie` and `privacy` as written in the file, for text that is not normalised."""
    other: re.Pattern[str]
    usage: re.Pattern[str]
    categories: dict[str, tuple[str, ...]]


def normalise(text: str) -> str:
    """Lower case without accents and invisible characters; punctuation and spaces become single spaces.

    Letters of scripts whose marks are letters (Hangul, Devanagari vowels of a syllable) are composed again.
    """
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u200b", "").replace("\u200e", "")
    text = text.replace("\u200f", "").replace("\u200c", "").replace("’", "'").replace("ʼ", "'").casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn" or _indic(c))
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def _indic(mark: str) -> bool:
    """Vowel signs of Devanagari and Thai tell words apart; accents elsewhere do not."""
    return "\u0900" <= mark <= "\u0dff" or "\u0e00" <= mark <= "\u0e7f"


@lru_cache(maxsize=1)
def lexicons() -> tuple[Lexicon, ...]:
    """All languages, sorted by code."""
    folder = files("scanner.capture.consent").joinpath("lexicons")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(_compile(f.name.removesuffix(".toml"), tomllib.loads(f.read_text("utf-8"))) for f in found)


@lru_cache(maxsize=256)
def lexicon_for(tag: str) -> Lexicon | None:
    """The lexicon of a language tag such as `de-AT`, or null."""
    code = tag.strip().lower().replace("_", "-").split("-")[0]
    return next((lexicon for lexicon in lexicons() if code and code in (lexicon.code, *lexicon.aliases)), None)


def _compile(code: str, data: dict[str, Any]) -> Lexicon:
    unspaced = bool(data.get("unspaced", False))
    prefixes = tuple(normalise(p) for p in data.get("prefixes", ()))
    written: dict[str, list[str]] = data["words"]
    unknown = set(written) - set(WORD_KEYS)
    if unknown:
        raise ValueError(f"lexicon {code}: unknown words {sorted(unknown)}")
    words = _Words(written, unspaced, prefixes)
    terms = {key: tuple(normalise(t) for t in data["terms"].get(key, ())) for key in TERM_KEYS}
    categories: dict[str, tuple[str, ...]] = {
        key: tuple(normalise(t) for t in data["categories"].get(key, ())) for key in CATEGORY_KEYS
    }
    return Lexicon(
        code=code,
        name=data["name"],
        aliases=tuple(data.get("aliases", ())),
        unspaced=unspaced,
        words=words,
        any_word=_pattern([w for key in WORD_KEYS for w in written.get(key, ())], unspaced, prefixes),
        terms=terms,
        raw_terms={key: tuple(data["terms"].get(key, ())) for key in ("cookie", "privacy")},
        other=_starts(terms["other"], unspaced),
        usage=_starts(terms["usage"], unspaced),
        categories=categories,
    )


class _Words(Mapping[str, re.Pattern[str]]):
    """The patterns of one language by key, each made when it is first asked for: most languages never are."""

    def __init__(self, written: Mapping[str, list[str]], unspaced: bool, prefixes: tuple[str, ...]) -> None:
        self._written = written
        self._unspaced = unspaced
        self._prefixes = prefixes
        self._made: dict[str, re.Pattern[str]] = {}

    def __getitem__(self, key: str) -> re.Pattern[str]:
        made = self._made.get(key)
        if made is None:
            if key not in WORD_KEYS:
                raise KeyError(key)
            made = self._made[key] = _pattern(self._written.get(key, ()), self._unspaced, self._prefixes)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(WORD_KEYS)

    def __len__(self) -> int:
        return len(WORD_KEYS)


def _pattern(entries: Iterable[str], unspaced: bool, prefixes: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern that finds any of the entries in a normalised label."""
    parts = []
    for entry in entries:
        stem = entry.endswith("*")
        plain = normalise(entry.removesuffix("*"))
        if not plain:
            raise ValueError(f"an entry without letters: {entry!r}")
        parts.append(re.escape(plain) + ("" if stem or (unspaced and not plain.isascii()) else r"(?!\w)"))
    if not parts:
        return _NEVER
    body = "(?:" + "|".join(sorted(set(parts), key=len, reverse=True)) + ")"
    if unspaced:
        return re.compile(body)
    before = "(?:" + "|".join(map(re.escape, prefixes)) + ")?" if prefixes else ""
    return re.compile(r"(?<!\w)" + before + body)


def _starts(terms: tuple[str, ...], unspaced: bool) -> re.Pattern[str]:
    """A pattern for terms at the start of a word."""
    body = "|".join(re.escape(t) for t in sorted(set(terms), key=len, reverse=True) if t)
    if not body:
        return _NEVER
    return re.compile(body if unspaced else rf"(?<!\w)(?:{body})")
