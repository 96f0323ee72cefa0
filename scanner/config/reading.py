"""`scan.toml`: read, checked, and turned into one frozen Config. An unknown key is an error that names it."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scanner.config.recipe import Recipe
from scanner.config.schema import Config
from scanner.errors import UsageError
from scanner.model.finding import Accept


def read_config(path: Path | None) -> Config:
    """Read `scan.toml`; without a path, the one in the working directory, where there is one.

    Raises UsageError with file, line and key.
    """
    if path is None:
        path = Path("scan.toml")
        if not path.is_file():
            return Config()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
    for name in tables:
        if name not in ("scan", "recipe", "accept"):
            raise UsageError(_unknown(path, text, name, "", ("scan", "recipe", "accept")))
    scan, recipes, accepts = tables.get("scan", {}), tables.get("recipe", {}), tables.get("accept", [])
    if not isinstance(accepts, list):
        raise UsageError(f"{path}:{_line(text, 'accept')}: each accepted finding is a table of its own: [[accept]]")
    if not isinstance(scan, dict) or not isinstance(recipes, dict):
        raise UsageError(f'{path}: `scan` and `recipe` are tables: write [scan] and [recipe."host"]')
    if "accept" in scan:
        raise UsageError(f"{path}:{_line(text, 'accept')}: each accepted finding is a table of its own: [[accept]]")
    values = {name: _frozen(value) for name, value in scan.items()}
    return _validate({**values, "recipe": recipes, "accept": tuple(accepts)}, path, text)


def override(config: Config, changes: dict[str, Any]) -> Config:
    """The same configuration with options of the command line on top; options that are null change nothing."""
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Config.model_validate({**config.model_dump(), **given})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        option = str(problem["loc"][0]).replace("_", "-")
        raise UsageError(f"--{option}: {_plain(problem['msg'])}") from error


def _validate(values: dict[str, Any], path: Path, text: str) -> Config:
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        # A key that nobody knows says more than the one that is missing because of it.
        problem = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        place = tuple(str(part) for part in problem["loc"])
        key = place[-1] if not place[-1].isdigit() else place[-2]
        if place[0] == "accept":
            raise UsageError(_accept_problem(path, text, place, problem)) from error
        table = "recipe" if place[0] == "recipe" else "scan"
        if problem["type"] == "extra_forbidden":
            known = Recipe.model_fields if table == "recipe" else Config.model_fields
            raise UsageError(_unknown(path, text, key, table, tuple(known))) from error
        raise UsageError(f"{path}:{_line(text, key)}: {key}: {_plain(problem['msg'])}") from error


def _accept_problem(path: Path, text: str, place: tuple[str, ...], problem: Any) -> str:
    """What is wrong with one `[[accept]]`, and the line: that of the key, or of the table where a key is missing."""
    tables = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*accept\s*\]\]", line)]
    position = int(place[1]) if len(place) > 1 and place[1].isdigit() else 0
    start = tables[position] if position < len(tables) else 1
    end = tables[position + 1] - 1 if position + 1 < len(tables) else None
    key = place[-1]
    inside = "\n".join(text.splitlines()[start - 1 : end])
    line = start - 1 + _line(inside, key)
    if problem["type"] == "extra_forbidden":
        known = tuple(Accept.model_fields)
        near = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        return f"{path}:{line}: unknown key {key!r} in [[accept]]; {hint}"
    if problem["type"] == "missing":
        return f"{path}:{line}: [[accept]] needs {key!r}: each has {', '.join(Accept.model_fields)}"
    return f"{path}:{line}: {key}: {_plain(problem['msg'])}"


def _frozen(value: Any) -> Any:
    """Lists of TOML as tuples; a single string is welcome where several are allowed."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").replace("valid tuple", "list").replace("valid dictionary", "table")


def _unknown(path: Path, text: str, key: str, table: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    where = f" in [{table}]" if table else ""
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"{path}:{_line(text, key)}: unknown key {key!r}{where}; {hint}"


def _line(text: str, key: str) -> int:
    """The line on which a key first stands, counted from 1; the file's first line where it cannot be told."""
    pattern = re.compile(rf"""^\s*\[*\s*(?:[\w.-]+\.)?["']?{re.escape(key)}["']?\s*(?:=|\.|\]|$)""")
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.match(line):
            return number
    return 1
