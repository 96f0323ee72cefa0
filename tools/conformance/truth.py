"""What the conformance site does, as its areas declare it: one row for each thing that a scan must say.

An area's file has the `routes` of the server and then the truth about them. A row names the thing by the fields that
tell it from all others (`IDENTITY`), gives it an `id` and says in words what the site `does`; every other field is
compared with the entry of `scan.json`. What is not written is not compared. `defaults` hold for all rows of a list in
the area. A value of the truth is compared as it is, but for these:

`"null"` is JSON's null; a table is compared field by field; `{between = [low, high]}` takes a number within;
`{like = "glob"}` a text; `{contains = [...]}` a list that has these, in this order; `{some = true}` anything but null.

`absent` rows name what must not stand in a list; a scan that is right about everything else reports it nowhere
anyhow, so they serve to say by name what was got wrong. A row with a `known_limit` tells what no means of the browser
shows, and how that was found out; it is printed, and not counted. So do `invisible` requests, whose cookies the
server's log alone can tell.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

IDENTITY: Mapping[str, tuple[str, ...]] = {
    "cookies": ("name", "domain", "path", "partition_key"),
    "storage": ("kind", "origin", "key", "partition_key"),
    "service_workers": ("scope", "partition_key"),
    "beacons": ("url", "kind", "event", "account"),
}
"""The lists of `scan.json` that are compared, with the fields that tell an entry from all others."""

_WORDS = frozenset({"id", "does", "list", "known_limit"})
_OPERATORS = frozenset({"between", "like", "contains", "some"})


@dataclass(frozen=True)
class Row:
    """One thing that a scan must say, in one of the lists of `scan.json`."""

    id: str
    area: str
    does: str
    table: str
    fields: Mapping[str, object]
    known_limit: str = ""

    def names(self, entry: Mapping[str, object]) -> bool:
        """Whether an entry is the thing that this row speaks of."""
        return all(
            not differences(self.fields[name], entry.get(name)) for name in IDENTITY[self.table] if name in self.fields
        )

    def wrong(self, entry: Mapping[str, object]) -> list[str]:
        """What an entry says otherwise, in words."""
        found: list[str] = []
        for name, wanted in self.fields.items():
            found += differences(wanted, entry.get(name), name)
        return found


@dataclass(frozen=True)
class Absent:
    """Something that must not stand in a list: entries that have all these fields."""

    id: str
    area: str
    does: str
    table: str
    fields: Mapping[str, object]

    def is_broken_by(self, entry: Mapping[str, object]) -> bool:
        """Whether an entry says what must not be said."""
        return all(not differences(wanted, entry.get(name)) for name, wanted in self.fields.items())


@dataclass(frozen=True)
class Invisible:
    """Requests whose cookies the browser does not show, by a glob over their addresses, and how that is known."""

    id: str
    url: str
    known_limit: str

    def hides(self, url: str) -> bool:
        """Whether the cookies of a request are hidden."""
        return fnmatchcase(url, self.url)


@dataclass(frozen=True)
class Truth:
    """Everything that all areas declare. `pages` gives for each area the address of its page."""

    rows: tuple[Row, ...]
    absent: tuple[Absent, ...]
    pages: Mapping[str, str]
    titles: Mapping[str, str]
    invisible: tuple[Invisible, ...]


def read_truth(files: list[Path]) -> Truth:
    """Read the areas' files. Raises ValueError for a row that says nothing or that stands twice."""
    rows: list[Row] = []
    absent: list[Absent] = []
    pages: dict[str, str] = {}
    titles: dict[str, str] = {}
    invisible: list[Invisible] = []
    for path in files:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        area = path.stem
        pages[area], titles[area] = table["page"], table["title"]
        rows += _rows(area, table)
        absent += [
            Absent(row["id"], area, row["does"], row["list"], _without_words(row)) for row in table.get("absent", ())
        ]
        invisible += [Invisible(**row) for row in table.get("invisible", ())]
    ids = [row.id for row in rows] + [row.id for row in absent]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"declared twice: {', '.join(twice)}")
    return Truth(tuple(rows), tuple(absent), pages, titles, tuple(invisible))


def _rows(area: str, table: Mapping[str, object]) -> Iterator[Row]:
    defaults = table.get("defaults", {})
    assert isinstance(defaults, Mapping)
    for name in IDENTITY:
        given = table.get(name, ())
        assert isinstance(given, list | tuple)
        for row in given:
            fields = {**defaults.get(name, {}), **_without_words(row)}
            yield Row(row["id"], area, row["does"], name, fields, row.get("known_limit", ""))


def _without_words(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in _WORDS}


def differences(wanted: object, found: object, where: str = "") -> list[str]:
    """How a value differs from the truth, in words; empty where it does not."""
    if isinstance(wanted, Mapping) and _OPERATORS & wanted.keys():
        right = _holds(wanted, found)
    elif isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            return [f"{where}: {found!r} instead of {dict(wanted)!r}"]
        return [
            text for name, value in wanted.items() for text in differences(value, found.get(name), f"{where}.{name}")
        ]
    elif wanted == "null":
        right = found is None
    else:
        right = type(wanted) is type(found) and wanted == found if isinstance(wanted, bool) else wanted == found
    return [] if right else [f"{where}: {found!r} instead of {wanted!r}"]


def _holds(wanted: Mapping[str, object], found: object) -> bool:
    for operator, argument in wanted.items():
        match operator, argument, found:
            case "between", [int() | float() as low, int() | float() as high], int() | float() as number:
                right = low <= number <= high
            case "like", str(), str():
                right = fnmatchcase(found, argument)
            case "contains", list(), list():
                rest = iter(found)
                right = all(any(one == part for one in rest) for part in argument)
            case "some", bool(), _:
                right = (found is not None) is argument
            case _:
                right = False
        if not right:
            return False
    return True
