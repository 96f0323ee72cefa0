"""scan.toml as a text, as tables, and as lines: what every reader of it begins with."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scanner.config.mistakes import Mistake, mistakes_of
from scanner.config.positions import Place, Positions
from scanner.errors import UsageError

DEFAULT = Path("scan.toml")

_M = TypeVar("_M", bound=BaseModel)
_WHERE = re.compile(r"at line (\d+), column \d+")


@dataclass(frozen=True)
class Source:
    """One file, read. Arrays are tuples in `tables`, as the models want them."""

    path: Path
    tables: Mapping[str, Any]
    positions: Positions

    def mistake(self, place: Place, message: str) -> Mistake:
        """A mistake about what stands at a place."""
        key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
        return Mistake(str(self.path), self.positions.line(place), key, message)

    def part(self, model: type[_M], values: Mapping[str, Any], mistakes: list[Mistake], root: Place = ()) -> _M | None:
        """A model of what stands at `root`; null where there are mistakes, which are added to the list."""
        try:
            return model.model_validate(values)
        except ValidationError as error:
            mistakes += mistakes_of(error, model, values, str(self.path), self.positions.line, root)
            return None


def find_source(path: Path | None) -> Source | None:
    """The file given, or else the one in the working directory; null where neither is there.

    Raises UsageError for a file that cannot be read, or that is not TOML.
    """
    if path is None:
        return read_source(DEFAULT) if DEFAULT.is_file() else None
    return read_source(path)


def read_source(path: Path) -> Source:
    """Read a file. Raises UsageError, with the line, for one that cannot be read or is not TOML."""
    text = read_text(path)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _WHERE.search(str(error))
        line = int(where[1]) if where is not None else text.count("\n") + 1
        raise UsageError(f"{path}:{line}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{path}: not valid TOML: nested too deep") from error
    return Source(path, {name: _frozen(value) for name, value in tables.items()}, Positions(text))


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark. Raises UsageError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").removeprefix("\ufeff")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except ValueError as error:
        raise UsageError(f"{str(path)!r} cannot be the name of a file") from error


def first_of(mistakes: list[Mistake]) -> UsageError:
    """One line for a whole list of mistakes: the first, and how many more there are."""
    more = f" (and {len(mistakes) - 1} more: cookie-scanner config check)" if len(mistakes) > 1 else ""
    return UsageError(f"{min(mistakes)}{more}")


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {name: _frozen(item) for name, item in value.items()}
    return value
