"""What is wrong with a configuration, each with its line and, where it can be told, with the way out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from scanner.config.positions import Place
from scanner.config.secret import Secret

AT_THE_TOP = ("sites", "sitemap_index")
"""Keys of the file itself: behind the first table's header, they would be that table's."""

LineOf = Callable[[Place], int]


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake of a file: its line, counted from 1, the key (empty: the file as a whole), and what is wrong."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def unknown(key: str, table: str, known: Iterable[str]) -> str:
    """What to say of a key that nobody knows."""
    known = tuple(known)
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"unknown key {key!r}{f' in {table}' if table else ''}; {hint}"


def mistakes_of(
    error: ValidationError, model: type[BaseModel], values: Mapping[str, Any], file: str, line: LineOf, root: Place = ()
) -> list[Mistake]:
    """Every mistake that a model found in values that were read from a file, in the order of their lines.

    `line` tells the line of a place; `root` is where the values stand in the file.
    """
    found: dict[Mistake, None] = {}
    problems = [
        (_plain_place(problem["loc"], values, missing=problem["type"] == "missing"), problem["type"], problem["msg"])
        for problem in error.errors(include_url=False, include_context=False)
    ]
    meant = {
        (place[:-1], near[0])
        for place, kind, _ in problems
        if kind == "extra_forbidden"
        and (near := difflib.get_close_matches(str(place[-1]), _fields(model, place[:-1]), n=1))
    }
    for place, kind, message in problems:
        if kind == "missing" and (place[:-1], place[-1]) in meant:
            continue  # the misspelt key, told beside it, is this one
        key = next((str(part) for part in reversed((*root, *place)) if isinstance(part, str)), "")
        said = _said(kind, message, model, root, place)
        found[Mistake(file, line((*root, *place)), key, said)] = None
    return sorted(found)


def _said(kind: str, message: str, model: type[BaseModel], root: Place, place: Place) -> str:
    holder = _table((*root, *place[:-1]))
    name = str(place[-1]) if place else ""
    if kind == "extra_forbidden" and holder and name in AT_THE_TOP:
        return f"{name!r} stands at the top of the file, before the first [table]"
    if kind == "extra_forbidden":
        return unknown(name, holder, _fields(model, place[:-1]))
    if kind == "missing" and isinstance(place[-1], int):
        return f"{_dotted((*root, *place))}: a value is missing: {place[-1] + 1} or more are needed"
    if kind == "missing":
        required = _required(model, place[:-1])
        rest = f": each has {', '.join(required)}" if len(required) > 1 else ""
        return f"{holder or 'the file'} needs {name!r}{rest}"
    if kind == "model_type" and Secret in _models_at(model, place):
        return f'{_dotted((*root, *place))}: a secret is {{ env = "NAME" }} or {{ file = "path" }}'
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{_dotted((*root, *place))}: a table is needed: {_table((*root, *place))}"
    if kind == "tuple_type" and _fields(model, place):
        written = _dotted((*root, *place))
        return f"{written}: each one is a table of its own: [[{written}]]"
    words = message.removeprefix("Value error, ").replace("valid tuple", "list").replace("valid dictionary", "table")
    name = _dotted(place if place else root)
    return f"{name}: {words}" if name else words


def _plain_place(loc: Sequence[str | int], values: Any, *, missing: bool) -> Place:
    """A model's way to a value without the names that it gives to alternatives: only keys and items of the file.

    `missing`: the last part is a key that should be there and is not.
    """
    place: list[str | int] = []
    for number, part in enumerate(loc):
        absent = missing and number == len(loc) - 1
        if isinstance(values, Mapping) and (part in values or absent):
            place.append(part)
            values = values.get(part)
        elif isinstance(values, tuple | list) and isinstance(part, int):
            place.append(part)
            values = values[part] if part < len(values) else None
    return tuple(place)


def _dotted(place: Place) -> str:
    """A place as a user would write it; items of arrays are not counted."""
    return ".".join(part for part in place if isinstance(part, str))


def _table(place: Place) -> str:
    """The header of a table, as TOML has it."""
    if not place:
        return ""
    return f"[[{_dotted(place)}]]" if isinstance(place[-1], int) else f"[{_dotted(place)}]"


def _fields(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in _models_at(model, place) for name in one.model_fields))


def _required(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    models = _models_at(model, place)
    return tuple(name for one in models for name, field in one.model_fields.items() if field.is_required())


def _models_at(model: type[BaseModel], place: Place) -> list[type[BaseModel]]:
    """The models that a value at a place may be."""
    models = [model]
    for part in place:
        if not isinstance(part, str):
            continue
        holders = [one for one in models if part in one.model_fields]
        if holders:
            models = [inner for one in holders for inner in _models_in(one.model_fields[part].annotation)]
    return models


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]
