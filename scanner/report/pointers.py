"""JSON pointers (RFC 6901) from a finding into the lists of its scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.model.base import Model
from scanner.model.scan import Scan


@dataclass(frozen=True, slots=True)
class Target:
    """What a pointer leads to: the pointer, the list or field it enters by, and the thing itself."""

    pointer: str
    root: str
    item: object


def resolve(scan: Scan, pointer: str) -> Target | None:
    """The thing that a pointer such as `/cookies/3` names; null where it leads nowhere."""
    if not pointer.startswith("/"):
        return None
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    item: object = scan
    for step in steps:
        found, item = _step(item, step)
        if not found:
            return None
    return Target(pointer, steps[0], item)


def resolve_all(scan: Scan, pointers: Iterable[str]) -> tuple[Target, ...]:
    """All things that pointers lead to, in their order; those that lead nowhere are left out."""
    return tuple(target for pointer in pointers if (target := resolve(scan, pointer)) is not None)


def _step(item: object, step: str) -> tuple[bool, object]:
    if isinstance(item, Model):
        for name, field in type(item).model_fields.items():
            if step == (field.alias or name):
                return True, getattr(item, name)
        return False, None
    if isinstance(item, Mapping):
        return (True, item[step]) if step in item else (False, None)
    if isinstance(item, tuple | list) and step.isascii() and step.isdigit() and int(step) < len(item):
        return True, item[int(step)]
    return False, None
