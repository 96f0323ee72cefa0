"""Names of cookies: does a declared name cover an observed one, and are two the same but for an identifier?

Policies write variable parts in many ways (`_ga_*`, `_ga_<container-id>`, `_hjSession_{id}`, `_pk_id.#`, a row of
the letter x), lose the letter case, or show one sample of a name that differs from visitor to visitor.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

_QUOTES = " \t\r\n`\"'“”‘’„«»‹›,;:"
_ESCAPE = re.compile(r"\\([_*#\[\]<>.{}-])")
_REPEAT = re.compile(r"\s*[\[(]\s*[x×]\s*\d+\s*[\])]$", re.I)
_PLACEHOLDER = re.compile(r"<[^<>]*>|\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\)|#+|\*+|…|\.{3,}|%[sd]|x{3,}|n{4,}", re.I)
_SPELLED = re.compile(r"(?<=[_.])(?:container|property|measurement|tracking|web ?site|site)[- ]?id$", re.I)
# `_hjSession_ID`: capitals that stand out from a name in small letters; `USER_ID` is a name of its own.
_CAPITAL_ID = re.compile(r"(?<=[_.])ID$")
_SHORT_PLACEHOLDER = re.compile(r"(?<=[-_.*])[xyn]{1,2}(?=$|[-_.])", re.I)
_COMMENT = re.compile(r"\s+\([^()]*\)$")
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)
_ANY_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"%[0-9A-Fa-f]{2}|[A-Za-z0-9]+")
_HEXADECIMAL = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_TURNS = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_WORDED = re.compile(r"([A-Za-z]{2,})[0-9]{4,}|([A-Z]{2,})(?=[0-9a-f]*[0-9])[0-9a-f]{8,}")
_STARS = re.compile(r"\*(?:[-_.]?(?:\*|(?<=[-_.])\d{1,3}(?![A-Za-z0-9])))+")
_SEPARATORS = "._-"
# Fewer letters than this say nothing: a bare wildcard, or `_*`, would cover every cookie there is.
_MIN_LITERAL = 2
_MIN_STEM = 3
_MIN_CODE = 5
_MIN_HEX = 10


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How well a declared name fits: exactly, by its placeholder, or by the stem of a name with a variable tail.

    Higher `level` and then more `literal` characters win.
    """

    level: int
    literal: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    text: str
    pieces: tuple[str, ...]
    literal: int


def clean(name: str) -> str:
    """A declared name without what only dresses it: quotation marks, Markdown escapes, `[x2]`."""
    text = unicodedata.normalize("NFKC", name).strip(_QUOTES)
    text = _ESCAPE.sub(r"\1", text)
    return _COMMENT.sub("", _REPEAT.sub("", text)).strip(_QUOTES)


def match(declared: str, observed: str, present: Set[str] = frozenset()) -> NameMatch | None:
    """Whether the declared name covers the observed one, and how; null where it does not.

    `present` are all names observed on the site, in lower case. A declared name that is itself present means that
    cookie and no longer one: `_ga` does not cover `_ga_AB12CD34EF` where `_ga` exists.
    """
    return DeclaredNames((declared,)).covering(observed, present).get(0)


class DeclaredNames:
    """The names of a whole list, ready to be asked about many observed ones."""

    def __init__(self, names: Sequence[str]) -> None:
        self._exact: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._samples: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self._wild: list[tuple[int, int, tuple[str, ...]]] = []
        for index, name in enumerate(names):
            for pattern in _patterns(name):
                self._exact[pattern.text].append((index, pattern.literal))
                if pattern.pieces:
                    self._wild.append((index, pattern.literal, pattern.pieces))
                    continue
                stem, tail = _split_tail(pattern.text)
                if tail is not None:
                    self._samples[stem].append((index, pattern.literal, pattern.text))

    def covering(self, observed: str, present: Set[str] = frozenset()) -> dict[int, NameMatch]:
        """The places of all names that cover an observed one, each with its best fit. `present` as for `match`."""
        name = observed.casefold()
        found: dict[int, NameMatch] = {}
        for index, literal in self._exact.get(name, ()):
            _keep(found, index, NameMatch(3, literal))
        for index, literal, pieces in self._wild:
            if _made_of(pieces, name):
                _keep(found, index, NameMatch(2, literal))
        stem, tail = _split_tail(name)
        if tail is None or len(stem.strip(_SEPARATORS)) < _MIN_STEM - 1:
            return found
        if stem not in present:
            for index, literal in self._exact.get(stem, ()):
                _keep(found, index, NameMatch(1, literal))
        for index, literal, text in self._samples.get(stem, ()):
            if text not in present:
                _keep(found, index, NameMatch(1, literal))
        return found

    def best(self, observed: str, present: Set[str] = frozenset()) -> tuple[int, ...]:
        """The places of the names that fit an observed one best, in order; `present` as for `match`."""
        return best(self.covering(observed, present))


def best(fits: Mapping[int, NameMatch]) -> tuple[int, ...]:
    """The places of the best fits: the exact name before the pattern, the longer pattern before the shorter."""
    top = max(((fit.level, fit.literal) for fit in fits.values()), default=None)
    return tuple(sorted(index for index, fit in fits.items() if (fit.level, fit.literal) == top))


def _keep(found: dict[int, NameMatch], index: int, fit: NameMatch) -> None:
    known = found.get(index)
    if known is None or (fit.level, fit.literal) > (known.level, known.literal):
        found[index] = fit


@lru_cache(maxsize=8192)
def _patterns(declared: str) -> tuple[_Pattern, ...]:
    """The names in one declared cell; several are parted by commas, semicolons or line breaks."""
    parts = [clean(part) for part in re.split(r"[,;\n]|\s/\s", declared)]
    return tuple(_compile(part) for part in parts if part)


def _compile(name: str) -> _Pattern:
    marked = _SPELLED.sub("*", _PLACEHOLDER.sub("*", name))
    if any(character.islower() for character in marked):
        marked = _CAPITAL_ID.sub("*", marked)
    if "*" in marked:
        marked = _SHORT_PLACEHOLDER.sub("*", marked)
    marked = marked.casefold()
    if "*" not in marked and len(marked) > _MIN_STEM and marked[-1] in _SEPARATORS:
        # Site generators eat what looks like a tag: `_ga_<id>` arrives as `_ga_`.
        marked += "*"
    literal = len(marked.replace("*", ""))
    if "*" not in marked or sum(character.isalnum() for character in marked) < _MIN_LITERAL:
        return _Pattern(name.casefold(), (), literal)
    return _Pattern(name.casefold(), tuple(re.split(r"\*+", marked)), literal)


def _made_of(pieces: Sequence[str], name: str) -> bool:
    """Whether a name is these pieces in their order with anything between them.

    The search is linear and no regular expression, because both names come from strangers.
    """
    first, *middle, last = pieces
    if len(name) < len(first) + len(last) or not name.startswith(first) or not name.endswith(last):
        return False
    position, end = len(first), len(name) - len(last)
    for piece in middle:
        found = name.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def _split_tail(name: str) -> tuple[str, str | None]:
    """A name as its stem and the variable rest behind a separator, where there is such a rest.

    By it `_hjSession` covers `_hjSession_12345`, and one sample of a variable name covers another.
    """
    cut = len(name)
    found = None
    while (cut := max(name.rfind(mark, 0, cut) for mark in _SEPARATORS)) > 0:
        tail = name[cut + 1 :]
        if not _is_variable(tail):
            break
        found = cut
    return (name, None) if found is None else (name[:found], name[found + 1 :])


def _is_variable(tail: str) -> bool:
    parts = [part for part in re.split(r"[._-]", tail) if part]
    if not parts:
        return False
    if _UUID.fullmatch(tail):
        return True
    return all(_is_code(part) for part in parts)


def _is_code(part: str) -> bool:
    if part.isdigit():
        return True
    has_digit = any(character.isdigit() for character in part)
    if re.fullmatch(r"[0-9a-f]+", part):
        return has_digit or len(part) >= _MIN_HEX
    return has_digit and len(part) >= _MIN_CODE and part.isalnum()


def collapsed(name: str) -> str:
    """A name with its changing identifier as a star: `_ga_8X2K9QL1AB` becomes `_ga_*`.

    An identifier is a UUID, a run of four digits or more, a hexadecimal run with letters and digits, or a run in
    which letters and digits alternate, so that `euconsent-v2` and `__cf_bm` stay as they are. A name that is nothing
    but an identifier stays as it is too.
    """
    starred = _TOKEN.sub(lambda found: _star(found.group(), first=found.start() == 0), _ANY_UUID.sub("*", name))
    starred = _STARS.sub("*", starred)
    return starred if re.search(r"[A-Za-z]{2}", re.sub(r"%[0-9A-Fa-f]{2}", "", starred)) else name


def _star(token: str, *, first: bool) -> str:
    if token.startswith("%"):
        return token
    if token.isdigit():
        return "*" if len(token) >= 4 else token
    if token.isalpha():
        return token
    least = 6 if first else 4
    if len(token) >= least and _HEXADECIMAL.fullmatch(token):
        return "*"
    if worded := _WORDED.fullmatch(token):
        return f"{worded[1] or worded[2]}*"
    return "*" if len(token) >= 6 and len(_TURNS.findall(token)) >= 3 else token
