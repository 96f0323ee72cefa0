"""Name patterns: literals plus `<n> <hex> <id> <uuid> *`, anchored at both ends and case-sensitive."""

from __future__ import annotations

import re

_TOKENS = {
    "<n>": "[0-9]+",
    "<hex>": "[0-9a-fA-F]+",
    "<id>": "[A-Za-z0-9_-]+",
    "<uuid>": "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    "*": ".*",
}
_SPLIT = re.compile(r"(<n>|<hex>|<id>|<uuid>|\*)")


class PatternError(ValueError):
    """A name pattern that cannot be used; the text says why."""


def parse(pattern: str) -> tuple[str, ...]:
    """The parts of a pattern, literals and tokens alternating; raises `PatternError` for an unknown token."""
    parts = tuple(part for part in _SPLIT.split(pattern) if part)
    for part in parts:
        if part not in _TOKENS and ("<" in part or ">" in part):
            raise PatternError(f"{pattern!r} holds a token other than <n>, <hex>, <id>, <uuid> and *")
    if not any(part not in _TOKENS for part in parts):
        raise PatternError(f"{pattern!r} has no literal part")
    return parts


def is_literal(pattern: str) -> bool:
    """Whether a pattern matches one name only."""
    return _SPLIT.search(pattern) is None


def prefix(pattern: str) -> str:
    """The literal characters that every matching name begins with."""
    parts = parse(pattern)
    return "" if parts[0] in _TOKENS else parts[0]


def literal_length(pattern: str) -> int:
    """How many characters of a pattern are literal: the measure of `longest pattern`."""
    return sum(len(part) for part in parse(pattern) if part not in _TOKENS)


def longest_literal(part: str) -> str:
    """The longest run of literal characters in a part of a pattern; empty where it has none."""
    return max((text for text in _SPLIT.split(part) if text not in _TOKENS), key=len, default="")


def to_regex(pattern: str) -> str:
    """The regular expression of a pattern, to be used with `fullmatch`."""
    return "".join(_TOKENS.get(part) or re.escape(part) for part in parse(pattern))


def example(pattern: str) -> str:
    """A name that the pattern matches, to find patterns that overlap."""
    samples = {"<n>": "7", "<hex>": "7a", "<id>": "X7-q", "<uuid>": "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", "*": "~"}
    return "".join(samples.get(part, part) for part in parse(pattern))
