"""Osano: the disclosures of a site (`disclosure.api.osano.com/customer/<id>/config/<id>`).

A list of objects with `name`, `provider`, `purpose`, `expiry` and `classification`, as its own customers read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.model.base import DeclaredCategory
from scanner.policy.categories import Label, label_of
from scanner.policy.platforms.rows import PlatformRow, objects, parse_json, text_in

_CLASSES: Mapping[str, tuple[DeclaredCategory, ...]] = {
    "essential": ("necessary",),
    "personalization": ("functional",),
    "analytics": ("analytics",),
    "marketing": ("marketing",),
}


def read_osano(text: str) -> Iterator[PlatformRow]:
    """Every disclosed item in order; nothing where the text discloses none."""
    if '"classification"' not in text or '"expiry"' not in text:
        return
    for found in objects(parse_json(text)):
        item = found.item
        name, kind = text_in(item.get("name")), text_in(item.get("classification"))
        if name is None or kind is None or "expiry" not in item:
            continue
        known = _CLASSES.get(kind.lower())
        yield PlatformRow(
            name=name,
            provider=text_in(item.get("provider")),
            purpose=text_in(item.get("purpose")),
            duration_text=text_in(item.get("expiry")),
            label=Label(known) if known is not None else label_of(kind),
        )
