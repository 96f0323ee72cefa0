"""Is this document a policy at all? Not an empty page, an error, a page about something else."""

from __future__ import annotations

import re
from functools import cache

from scanner.model.recorded import Document
from scanner.policy.lexicon import fold, load, phrase_pattern
from scanner.policy.reading import Reading
from scanner.policy.text import read_blocks

MIN_TEXT = 60
"""Characters below which nothing is a policy."""


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return phrase_pattern(load("policy_words")[name]["all"])


def is_policy(document: Document) -> bool:
    """Whether a document is, or contains, a cookie or privacy policy. Raises `PolicyError` where it cannot be read."""
    return is_policy_reading(read_blocks(document))


def is_policy_reading(reading: Reading) -> bool:
    """Whether a read document is a policy: words of the subject in its headings or all through its text."""
    text = reading.text
    if len(text) < MIN_TEXT:
        return False
    heads = fold(" \n ".join([reading.title, *(b.text for b in reading.blocks if b.kind == "heading")][:60]))
    body = fold(text[:200_000])
    subject = len(_pattern("subject").findall(body))
    titled = _pattern("title").search(heads) or _pattern("title").search(body[:400])
    if len(text) < 2500 and _pattern("error").search(fold(f"{reading.title}\n{text[:600]}")) and subject < 4:
        return False
    words = max(1, len(body.split()))
    if titled:
        return subject >= 2
    return subject >= 4 and subject / words > 0.006
