"""Any other list in JSON: objects whose keys name a cookie and what is said of it, below objects that name a kind.

CookieYes, Cookie-Script, Complianz, Klaro and home-made lists differ in their keys only, and the keys say what they
hold in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.policy.categories import Label, label_of
from scanner.policy.fields import FieldName, exact_field_of
from scanner.policy.names import is_identifier, is_token
from scanner.policy.platforms.rows import Found, PlatformRow, objects, parse_json, text_in

_KEYS: dict[str, FieldName] = {
    "cookieid": "name",
    "cookiename": "name",
    "identifier": "name",
    "key": "name",
    "cookieduration": "duration",
    "retentionperiod": "duration",
    "lifespan": "duration",
    "ttl": "duration",
    "domain": "provider",
    "host": "provider",
    "vendor": "provider",
    "cookiefunction": "purpose",
    "cookiedescription": "purpose",
}
_LABELS = ("category", "categoryname", "slug", "title", "name", "label", "group", "type")
_FEWEST = 2
"""Fields beside the name that an object needs to be taken for a cookie, one of them its duration or its purpose."""


def read_records(text: str) -> Iterator[PlatformRow]:
    """Every object that describes a cookie, in order."""
    for found in objects(parse_json(text)):
        fields = {field: value for key, value in found.item.items() if (field := _field(key)) is not None}
        name = text_in(fields.get("name"))
        if name is None or not is_token(name) or not ({"duration", "purpose"} & set(fields)):
            continue
        if len(fields) < _FEWEST or not ("duration" in fields or is_identifier(name)):
            continue
        yield PlatformRow(
            name=name,
            provider=text_in(fields.get("provider")),
            purpose=text_in(fields.get("purpose")),
            duration_text=text_in(fields.get("duration")),
            label=_label(found),
        )


def _field(key: str) -> FieldName | None:
    squeezed = re.sub(r"[^a-z]", "", key.lower())
    if squeezed in _KEYS:
        return _KEYS[squeezed]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", key)
    found = exact_field_of(words)
    return found.field if found is not None else None


def _label(found: Found) -> Label | None:
    """The nearest label of a kind: the object's own, those of the objects around it, the keys that lead to it."""
    for holder in (found.item, *reversed(found.around)):
        for own, value in holder.items():
            named = own.lower().replace("_", "")
            if named not in _LABELS or (holder is found.item and named in ("name", "title", "label")):
                continue
            text = text_in(value)
            label = label_of(text) if text else None
            if label is not None:
                return label
    labels = (label_of(re.sub(r"[_-]", " ", key)) for key in reversed(found.keys))
    return next((label for label in labels if label is not None), None)
