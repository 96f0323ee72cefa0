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

# Letters that carry no combining mark and yet are variants of a basic one, and marks that printers write otherwise: a
# class of characters beyond the first 256 costs Python's compiler of patterns fifty times that of one within.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_LETTERS |= str.maketrans({"’": "'", "‘": "'", "–": "-", "‐": "-", "‑": "-"})
# Combining accents of the European scripts, points of Hebrew and vowel signs of Arabic.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u0652]+")
_SPACES = re.compile(r"[\s_\-–—/|.:;,()\[\]'’\"“”„«»*#+]+")


def fold(text: str) -> str:
    """Case folded, without accents, compatibility forms resolved, dashes and apostrophes plain.

    The length may change.
    """
    folded = text.casefold()
    if folded.isascii():
        return folded
    return _MARKS.sub("", unicodedata.normalize("NFKD", folded)).translate(_LETTERS)


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


def phrase_pattern(
    phrases: Iterable[str], *, prefix: str = r"(?<![^\W_])", suffix: str = r"(?![^\W_])"
) -> re.Pattern[str]:
    """A pattern that finds any of the phrases as whole words in folded text; a `*` stands for any rest of a word.

    Longer phrases win. A blank in a phrase matches any run of blanks, hyphens and the like. Scripts that are written
    without blanks between words are found anywhere.
    """
    spaced: _Trie = {}
    unspaced: _Trie = {}
    for phrase in {fold(p.strip()) for p in phrases} - {""}:
        _insert(unspaced if _unspaced(phrase) else spaced, _atoms(phrase))
    parts = [f"{prefix}{_render(spaced)}{suffix}"] if spaced else []
    if unspaced:
        parts.append(_render(unspaced))
    return re.compile("|".join(parts) or r"(?!)")


# A tree of the phrases' common beginnings: at each position of a text a pattern made of it looks at one branch, where
# a plain list of hundreds of alternatives would be tried one after the other.
_Trie = dict[str, "_Trie"]
_END = ""


def _atoms(phrase: str) -> list[str]:
    """A folded phrase as pieces of a pattern, one for each character, gap or `*`."""
    gap = r"[\s\-/]*" if _unspaced(phrase) else r"[\s\-/']+"
    words = [word for word in re.split(r"[\s\-]+", phrase) if word]
    pieces = [[r"[^\W_]*" if char == "*" else re.escape(char) for char in word] for word in words]
    atoms = pieces[0] if pieces else []
    for piece in pieces[1:]:
        atoms = [*atoms, gap, *piece]
    return atoms


def _insert(trie: _Trie, atoms: list[str]) -> None:
    for atom in atoms:
        trie = trie.setdefault(atom, {})
    trie[_END] = {}


def _render(trie: _Trie) -> str:
    """The pattern of a tree; a phrase that goes on is tried before one that ends."""
    branches = [atom + _render(trie[atom]) for atom in sorted(trie, key=_branch_order) if atom != _END]
    if not branches:
        return ""
    if len(branches) == 1 and _END not in trie:
        return branches[0]
    return f"(?:{'|'.join(branches)})" + ("?" if _END in trie else "")


def _branch_order(atom: str) -> tuple[bool, str]:
    # Letters before gaps and wildcards: the branch that says more is tried first.
    return (atom.startswith("["), atom)


def _unspaced(phrase: str) -> bool:
    """Whether a phrase is in a script that sets no blanks between words (Han, kana, Thai) or agglutinates (Hangul)."""
    return any(
        "\u3040" <= char <= "\u9fff" or "\u0e00" <= char <= "\u0e7f" or "\u1100" <= char <= "\ud7af" for char in phrase
    )
