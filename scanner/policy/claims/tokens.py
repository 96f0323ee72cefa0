"""Words of a sentence, folded so that a lexicon can be written in plain letters.

Every word keeps the character span it had in the text, so that what is found can be quoted verbatim.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

EMAIL: Final = "<email>"
URL: Final = "<url>"
NUMBER: Final = "<number>"

MAX_TOKENS: Final = 400
"""Longest run of words looked at as one sentence; a longer one is cut into pieces of this size."""

# Every quantifier that could meet itself again is bounded: the cost stays linear on any input.
_TOKEN = re.compile(
    r"(?P<email>[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
    r"|(?P<url>(?:https?://|www\.)[^\s<>()\[\]\"]{1,2000}"
    r"|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:com|org|net|eu|info|io|biz|de|fr|it|es|nl|pt|pl|uk|at|ch|be|dk|se|cz)\b"
    r"(?:/[^\s<>()\[\]\"]{0,2000})?)"
    r"|(?P<number>\d{1,12}(?:[.,]\d{1,3}){0,4}(?![^\W_]))"
    r"|(?P<word>[^\W_]+)"
    r"|(?P<stop>[;!?]|\.(?=\s|$)|:(?=\s|$))"
    r"|(?P<comma>,|\s[-–—]\s)",
    re.IGNORECASE,
)
_PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'"}
)


_CONTRACTED = {"ca": "can", "wo": "will", "sha": "shall"}


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Lower case without diacritics: `Größe` and `GROSSE` are the same word; `ł` is `l`, `ø` is `o`."""
    lowered = unicodedata.normalize("NFKC", word).casefold().translate(_PLAIN_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of one sentence, folded; `spans` are character offsets into `text`.

    `clauses` number the clauses, which end at a full stop, a semicolon, a colon, an exclamation or a question mark;
    `parts` number the parts between commas and dashes too.
    """

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    clauses: tuple[int, ...]
    parts: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """The text from word `start` up to and including word `end - 1`, verbatim."""
        return self.text[self.spans[start][0] : self.spans[end - 1][1]]


def tokenise(text: str) -> Tokens:
    """Split `text` into folded words; addresses and numbers become `<email>`, `<url>` and `<number>`.

    Only the first `MAX_TOKENS` words are kept; use `pieces` where the text may be longer.
    """
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    clauses: list[int] = []
    parts: list[int] = []
    clause = part = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind in ("stop", "comma"):
            clause += kind == "stop"
            part += 1
            continue
        word = _folded(kind, match, words, text)
        words.append(word)
        spans.append(match.span())
        clauses.append(clause)
        parts.append(part)
        if len(words) >= MAX_TOKENS:
            break
    return Tokens(text, tuple(words), tuple(spans), tuple(clauses), tuple(parts))


def _folded(kind: str | None, match: re.Match[str], words: list[str], text: str) -> str:
    if kind == "email":
        return EMAIL
    if kind == "url":
        return URL + fold(match.group())
    if kind == "number":
        return NUMBER
    word = fold(match.group())
    # "don't" is written as two words by the pattern above: don + t.
    if word == "t" and words and words[-1].endswith("n") and text[match.start() - 1 : match.start()] in ("'", "’"):
        verb = words[-1][:-1]
        words[-1] = _CONTRACTED.get(verb, verb) or words[-1]
        return "not"
    return word


def pieces(text: str, size: int = 2000) -> tuple[str, ...]:
    """`text` cut at spaces into parts of at most about `size` characters (one part in all ordinary cases)."""
    if len(text) <= size:
        return (text,)
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = min(start + size, len(text))
        if end < len(text):
            space = text.rfind(" ", start + size // 2, end)
            end = space if space > start else end
        parts.append(text[start:end])
        start = end
    return tuple(parts)
