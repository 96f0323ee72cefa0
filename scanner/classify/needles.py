"""A value that is looked for in requests, in every form in which scripts usually pass such a value on."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from scanner.classify.identifiers import unquoted

Form = Literal["plain", "base64", "hex", "md5", "sha1", "sha256", "sha512"]

PREFIX = 8
"""Characters of an invented value that cannot stand anywhere by chance."""

_DIGESTS: tuple[Form, ...] = ("md5", "sha1", "sha256", "sha512")
_HEX = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{128}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})(?![0-9A-Fa-f])"
)
_BINARY = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{22,86}={0,2}(?![A-Za-z0-9+/_=-])")
_LETTERS = re.compile(r"""[=:\[,]\s?["']?([A-Za-z0-9])(?=["'&,;}\]\s]|$)""")
_NAME = re.compile(r"""([\w$-]+)["']?$""")
_KEY_CODES = re.compile(r"\b(?:Key([A-Z])|Digit([0-9]))\b")
_MOST_TEXT = 400_000
"""Characters of one request that are searched."""


class Found(NamedTuple):
    """How a value was found: in which form, and how many of its characters (all of them in a digest)."""

    form: Form
    length: int


class Needle:
    """One value. `whole` demands all of it: for values that nobody invented, a part proves nothing."""

    def __init__(self, value: str, *, whole: bool = False) -> None:
        self.value = value
        self._lower = value.lower()
        start = self._lower if whole else self._lower[:PREFIX]
        self._start = start
        self._encoded = tuple(dict.fromkeys(
            text for way in (start, value[: len(start)]) for text in _in_base64(way)
        ))  # fmt: skip
        self._hex = start.encode().hex()
        self._digests = dict(_digests(value))

    def find(self, plain: str, lower: str, digests: frozenset[str]) -> Found | None:
        """The value in a text as `searchable` prepares it; null where it is not there."""
        at = lower.find(self._start)
        if at >= 0:
            longest = 0
            while at >= 0:
                longest = max(longest, _common(self._lower, lower, at))
                at = lower.find(self._start, at + 1)
            return Found("plain", longest)
        for digest in digests:
            form = self._digests.get(digest)
            if form is not None:
                return Found(form, len(self.value))
        if any(text in plain for text in self._encoded):
            return Found("base64", len(self.value))
        if self._hex in lower:
            return Found("hex", len(self.value))
        return None

    def spelt(self, letters: Iterable[str]) -> bool:
        """Whether texts of single letters, in order, spell the beginning of the value."""
        return any(self._start in row or self._start in _without_doubles(row) for row in letters)


def searchable(text: str) -> tuple[str, str, frozenset[str]]:
    """A text with its percent-encoding undone, the same in lower case, and the digests in it (as hexadecimal)."""
    plain = unquoted(text[:_MOST_TEXT])
    digests = {one.lower() for one in _HEX.findall(plain)}
    for chunk in _BINARY.findall(plain):
        raw = _decoded(chunk)
        if raw is not None and len(raw) in (16, 20, 32, 64):
            digests.add(raw.hex())
    return plain, plain.lower(), frozenset(digests)


def letters_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Single letters told one by one, in order: one row for each name under which they stand, and one of key codes."""
    rows: dict[str, list[str]] = {}
    for text in texts:
        plain = unquoted(text[:_MOST_TEXT])
        for found in _LETTERS.finditer(plain):
            at = found.start()
            name = _NAME.search(plain[max(0, at - 40) : at]) if plain[at] in "=:" else None
            rows.setdefault(name[1] if name else "", []).append(found[1])
        for letter, digit in _KEY_CODES.findall(plain):
            rows.setdefault("\0", []).append(letter or digit)
    return tuple("".join(row).lower() for row in rows.values() if len(row) >= PREFIX)


def _common(value: str, text: str, at: int) -> int:
    length = 0
    while length < len(value) and at + length < len(text) and value[length] == text[at + length]:
        length += 1
    return length


def _without_doubles(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=512)
def _in_base64(text: str) -> tuple[str, ...]:
    """What a text looks like inside longer base64, wherever it begins: the characters that depend on it alone."""
    found = []
    for offset, lead in ((0, 0), (1, 2), (2, 3)):
        raw = b"\0" * offset + text.encode()
        encoded = base64.b64encode(raw).decode()
        found.append(encoded[lead : len(raw) * 8 // 6])
    # The alphabet for addresses differs in two characters.
    return tuple(dict.fromkeys(one for text in found for one in (text, text.replace("+", "-").replace("/", "_"))))


def _digests(value: str) -> Iterator[tuple[str, Form]]:
    for way in dict.fromkeys((value, value.lower(), value.upper(), value.strip().lower())):
        for name in _DIGESTS:
            yield hashlib.new(name, way.encode(), usedforsecurity=False).hexdigest(), name


def _decoded(chunk: str) -> bytes | None:
    text = chunk.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None
