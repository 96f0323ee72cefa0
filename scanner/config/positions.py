"""Where each key of a TOML text stands: what `tomllib` does not tell, and a message about a key needs.

The text must be valid TOML, as `tomllib` has found it to be: nothing is checked here a second time.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence

Place = tuple[str | int, ...]
"""The way to a value: names of keys, and numbers of items of arrays, counted from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
# Strings end at the quotes that no backslash precedes; those of three quotes may end in five.
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_VALUE = re.compile(r"[^,\]}#\r\n]+")


class Positions:
    """The lines of all keys, tables and items of one text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {(): 1}
        _Reader(text, self._lines).read()

    def line(self, place: Sequence[str | int]) -> int:
        """The line, counted from 1, of what stands at a place; where there is nothing, of what it would stand in."""
        way = tuple(place)
        while way not in self._lines:
            way = way[:-1]
        return self._lines[way]


class _Reader:
    """Goes through the text once, and writes down where each thing begins."""

    def __init__(self, text: str, lines: dict[Place, int]) -> None:
        self._text = text
        self._at = 0
        self._lines = lines
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._tables: dict[Place, int] = {}
        """For each array of tables, how many of it there are so far."""

    def read(self) -> None:
        table: Place = ()
        while self._skip(_BLANK):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Place:
        start = self._at
        several = self._text.startswith("[[", start)
        self._at += 2 if several else 1
        self._skip(_SPACE)
        place = self._inside(self._key(), start)
        self._at = self._text.index("]", self._at) + (2 if several else 1)
        if several:
            number = self._tables.get(place, 0)
            self._tables[place] = number + 1
            self._mark(place, start)
            place = (*place, number)
        self._mark(place, start)
        return place

    def _inside(self, key: tuple[str, ...], start: int) -> Place:
        """The place that a header names: each array of tables on the way means its latest table."""
        place: Place = ()
        for part in key[:-1]:
            place = (*place, part)
            self._mark(place, start)
            if place in self._tables:
                place = (*place, self._tables[place] - 1)
        return (*place, key[-1])

    def _pair(self, table: Place) -> None:
        start = self._at
        key = self._key()
        for length in range(1, len(key) + 1):
            self._mark((*table, *key[:length]), start)
        self._at = self._text.index("=", self._at) + 1
        self._skip(_SPACE)
        self._value((*table, *key))

    def _key(self) -> tuple[str, ...]:
        """A key of one or several parts; the position is behind it afterwards."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            quoted = self._text[self._at] in "\"'"
            match = (_STRING if quoted else _BARE_KEY).match(self._text, self._at)
            assert match is not None, "only valid TOML is read here"
            parts.append(next(iter(tomllib.loads(f"{match[0]} = 0"))) if quoted else match[0])
            self._at = match.end()
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return tuple(parts)
            self._at += 1

    def _value(self, place: Place) -> None:
        first = self._text[self._at]
        if first == "[":
            self._items(place, "]")
        elif first == "{":
            self._items(place, "}")
        else:
            match = (_STRING if first in "\"'" else _PLAIN_VALUE).match(self._text, self._at)
            assert match is not None, "only valid TOML is read here"
            self._at = match.end()

    def _items(self, place: Place, end: str) -> None:
        """The items of an array, or the pairs of an inline table."""
        self._at += 1
        number = 0
        while self._skip(_BLANK) and self._text[self._at] != end:
            if end == "}":
                self._pair(place)
            else:
                self._mark((*place, number), self._at)
                self._value((*place, number))
                number += 1
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1
        self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Go past what matches; whether there is text left."""
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match is not None else self._at
        return self._at < len(self._text)

    def _mark(self, place: Place, at: int) -> None:
        self._lines.setdefault(place, bisect_right(self._breaks, at - 1) + 1)
