"""Files that a configuration names: they lie beside it, wherever the program is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from scanner.config.login import Login
from scanner.config.secret import Secret
from scanner.model.base import Model

_T = TypeVar("_T")


def beside(base: Path, value: _T) -> _T:
    """The same value with every file of a secret or a login in it as seen from the folder `base`."""
    moved: Any = _moved(base, value)
    return moved  # type: ignore[no-any-return]


def _moved(base: Path, value: Any) -> Any:
    if isinstance(value, Secret):
        return value if value.file is None else Secret(file=str(base / value.file))
    if isinstance(value, Model):
        changes = {}
        for name in type(value).model_fields:
            old = getattr(value, name)
            new = _moved(base, old)
            if new is not old:
                changes[name] = new
        if isinstance(value, Login) and value.storage_state is not None:
            changes["storage_state"] = str(base / value.storage_state)
        return value.model_copy(update=changes) if changes else value
    if isinstance(value, tuple):
        items = tuple(_moved(base, item) for item in value)
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        pairs = {name: _moved(base, item) for name, item in value.items()}
        return pairs if any(pairs[name] is not item for name, item in value.items()) else value
    return value


def file_beside(base: Path, name: str) -> str:
    """A file's name as seen from `base`; a web address stays what it is."""
    return name if name.startswith(("http://", "https://")) else str(base / name)
