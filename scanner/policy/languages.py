"""In which language a text is written, told by its script and its commonest little words."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib import resources

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SAMPLE = 60_000
"""Characters that are looked at: from the beginning, the middle and the end."""


@cache
def _profiles() -> tuple[dict[str, frozenset[str]], tuple[tuple[str, re.Pattern[str]], ...]]:
    data = tomllib.loads(resources.files("scanner.policy").joinpath("data/languages.toml").read_text("utf-8"))
    words = {language: frozenset(entry["words"].split()) for language, entry in data["language"].items()}
    scripts = tuple((language, re.compile(f"[{ranges}]")) for language, ranges in data["script"].items())
    return words, scripts


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language most of a text is in; None where there is too little to tell."""
    sample = text
    if len(text) > _SAMPLE:
        third, middle = _SAMPLE // 3, len(text) // 2
        sample = " ".join((text[:third], text[middle - third // 2 : middle + third // 2], text[-third:]))
    words, scripts = _profiles()
    letters = sum(1 for char in sample if char.isalpha())
    if letters < 20:
        return None
    for language, pattern in scripts:
        if len(pattern.findall(sample)) > 0.3 * letters:
            return language
    counts = Counter(word.casefold().replace("’", "'") for word in _WORD.findall(sample))
    # A word that many languages have says little about any of them.
    shared = Counter(word for known in words.values() for word in known)
    scores = {language: sum(counts[word] / shared[word] for word in known) for language, known in words.items()}
    best = max(sorted(scores), key=lambda language: scores[language], default=None)
    if best is None or scores[best] < 2 or scores[best] < 0.02 * sum(counts.values()):
        return None
    return best
