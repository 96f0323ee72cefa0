"""Device storage disclosures, the public form of the IAB's Transparency and Consent Framework, which Usercentrics
uses for its services too: `{"disclosures": [{"identifier", "type", "maxAgeSeconds", ...}]}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from scanner.policy.categories import Label, label_of
from scanner.policy.platforms.rows import PlatformRow, objects, parse_json, text_in

_NAMES = ("dataProcessor", "name", "vendorName", "serviceName")
_CATEGORIES = ("categoryLabel", "categorySlug", "category")
_MOST = 10**13


def read_disclosures(text: str) -> Iterator[PlatformRow]:
    """Every disclosed item, with the service that it belongs to; nothing where the text discloses none."""
    if '"disclosures"' not in text:
        return
    for found in objects(parse_json(text)):
        items = found.item.get("disclosures")
        if not isinstance(items, list):
            continue
        around = (*found.around, found.item)
        provider = next((name for o in reversed(around) for key in _NAMES if (name := text_in(o.get(key)))), None)
        label = next((kind for o in reversed(around) for key in _CATEGORIES if (kind := _label(o.get(key)))), None)
        for item in items:
            if isinstance(item, dict) and (name := text_in(item.get("identifier"))):
                duration = _duration(item)
                yield PlatformRow(name, provider, text_in(item.get("description")), duration, None, label)


def _label(value: Any) -> Label | None:
    text = text_in(value)
    return label_of(text) if text else None


def _duration(item: dict[str, Any]) -> int | Literal["session", "persistent"] | None:
    """Seconds; 0 or nothing is a session for a cookie, and no end for what is stored otherwise."""
    age = item.get("maxAgeSeconds")
    kind = text_in(item.get("type")) or "cookie"
    if isinstance(age, int | float) and not isinstance(age, bool) and 0 < age < _MOST:
        return int(age)
    if "cookie" in kind.lower():
        return "session" if age in (0, -1) else None
    return "session" if "session" in kind.lower() else "persistent"
