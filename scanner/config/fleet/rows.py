"""Sites from a table: a CSV file whose header names keys of `[[site]]`, and whose rows are sites."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from scanner.config.fleet.tables import SiteTable
from scanner.config.mistakes import Mistake, mistakes_of, unknown
from scanner.config.source import read_text

SEPARATORS = (",", ";", "\t")
"""Between columns; spreadsheets of several countries write the second."""

_WORDS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Declared:
    """A site as it was declared somewhere: the table, and where it stands."""

    table: SiteTable
    file: str
    lines: dict[str, int]
    """The line of each key; under the empty key, that of the whole."""

    def mistake(self, key: str, message: str) -> Mistake:
        """A mistake about one key of this site."""
        return Mistake(self.file, self.lines.get(key, self.lines[""]), key, message)


def read_rows(path: Path, mistakes: list[Mistake]) -> list[Declared]:
    """The sites of a CSV file; a comma, a semicolon or a tab is between columns, and empty cells say nothing.

    A cell that begins with `[` or `{` is a value as TOML has it. What is wrong is added to `mistakes`. Raises
    UsageError for a file that cannot be read.
    """
    text = read_text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    rows = _rows(text, separator, str(path), mistakes)
    start, header = next(rows, (1, []))
    columns = [name.strip() for name in header]
    wrong = _wrong_columns(columns)
    if wrong:
        mistakes += [Mistake(str(path), start, key, message) for key, message in wrong]
        return []
    return [
        site
        for line, cells in rows
        if any(cell.strip() for cell in cells) and (site := _site(str(path), line, columns, cells, mistakes))
    ]


def _rows(text: str, separator: str, file: str, mistakes: list[Mistake]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            if cells:
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        mistakes.append(Mistake(file, before + 1, "", f"the row cannot be read: {error}"))


def _wrong_columns(columns: list[str]) -> list[tuple[str, str]]:
    """What is wrong with the header row: each column, and the message."""
    found: list[tuple[str, str]] = []
    for number, name in enumerate(columns):
        if not name:
            found.append((name, f"column {number + 1} of the header row has no name"))
        elif _annotation(name) is None:
            found.append((name, _unknown_column(name)))
        elif name in columns[:number]:
            found.append((name, f"column {name!r} is there twice"))
    if not found and "url" not in columns:
        found.append(("url", "the header row needs a column 'url'"))
    return found


def _unknown_column(name: str) -> str:
    top, _, rest = name.partition(".")
    inner = _models(SiteTable.model_fields[top].annotation) if rest and top in SiteTable.model_fields else []
    if inner:
        return unknown(rest, f"[{top}] (column {name!r})", inner[0].model_fields)
    return unknown(name, "the header row", SiteTable.model_fields)


def _site(file: str, line: int, columns: list[str], cells: list[str], mistakes: list[Mistake]) -> Declared | None:
    if any(cell.strip() for cell in cells[len(columns) :]):
        mistakes.append(Mistake(file, line, "", f"{len(cells)} cells, but the header row has {len(columns)} columns"))
        return None
    values: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=False):
        if cell.strip():
            _put(values, name.split("."), _value(cell.strip(), _annotation(name)))
    try:
        table = SiteTable.model_validate(values)
    except ValidationError as error:
        mistakes += mistakes_of(error, SiteTable, values, file, lambda _: line, ("site", 0))
        return None
    return Declared(table, file, {"": line})


def _put(values: dict[str, Any], place: list[str], value: Any) -> None:
    for part in place[:-1]:
        values = values.setdefault(part, {})
    values[place[-1]] = value


@cache
def _annotation(column: str) -> Any:
    """What a column's cells become; null for a column that is no key."""
    models: list[type[BaseModel]] = [SiteTable]
    annotation: Any = None
    for part in column.split("."):
        fields = [one.model_fields[part] for one in models if part in one.model_fields]
        if not fields:
            return None
        annotation = fields[0].annotation
        models = _models(annotation)
    return annotation


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is tuple:
        return []
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _value(cell: str, annotation: Any) -> Any:
    """A cell as the kind of value that its column holds; what it cannot be stays text, and the model says so."""
    if cell[0] in "[{":
        try:
            return _frozen(tomllib.loads(f"cell = {cell}")["cell"])
        except tomllib.TOMLDecodeError:
            return cell
    kinds = [annotation, *get_args(annotation)]
    several = next((kind for kind in kinds if get_origin(kind) is tuple), None)
    if several is not None:
        item = get_args(several)[0]
        return tuple(_value(part, item) for part in cell.replace(",", " ").replace(";", " ").split())
    try:
        if bool in kinds:
            return _WORDS.get(cell.lower(), cell)
        if int in kinds:
            return int(cell)
        return float(cell) if float in kinds and not cell[-1].isalpha() else cell
    except ValueError:
        return cell


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
