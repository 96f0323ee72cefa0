"""The words around a vendor's name, from `scanner/policy/data/vendors_words.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import get_args

from scanner.model.declaration import PurposeCategory
from scanner.policy.claims.pattern import Element, Vocabulary, interned, shape


@dataclass(frozen=True, slots=True)
class VendorWords:
    """Purposes and signs as elements of the pattern language, and the vocabulary that reads sentences for them."""

    purposes: dict[PurposeCategory, Element]
    in_names: dict[PurposeCategory, Element]
    signs: dict[str, Element]
    vocabulary: Vocabulary
    ordinary: frozenset[str]


@lru_cache(maxsize=1)
def vendor_words() -> VendorWords:
    """The one lexicon of vendor words, for all languages."""
    path = resources.files("scanner.policy").joinpath("data", "vendors_words.toml")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    codes = get_args(PurposeCategory)
    purposes = {code: _element(data["purposes"][code]) for code in codes if code in data["purposes"]}
    in_names = {code: _element(words) for name, words in data["names"].items() for code in codes if code == name}
    signs = {name: _element(words) for name, words in data["context"].items()}
    elements = [*purposes.values(), *in_names.values(), *signs.values()]
    return VendorWords(purposes, in_names, signs, Vocabulary(elements), frozenset(data["lists"]["ordinary"]))


def _element(phrases: Iterable[str]) -> Element:
    cleaned = (phrase.replace("-", " ").replace("/", " ").replace("'", " ").split() for phrase in phrases)
    return Element(interned(frozenset(tuple(shape(part) for part in phrase) for phrase in cleaned if phrase)))
