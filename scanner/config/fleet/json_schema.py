"""The JSON Schema of scan.toml, for editors: what can be written where, and what it means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scanner.config.fleet.meanings import MEANINGS
from scanner.config.fleet.tables import ScanToml

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}
_ELSEWHERE = ("accept", "recipe")
"""Options of a scan that stand in tables of their own, not in `[scan]`."""

_LAYERED = ("DefaultsTable", "SiteTable")
"""Tables that lie over another one: their own defaults say nothing."""

# By the name of the definition and of the key: what is understood besides the type that the model keeps.
_ALSO = {
    ("DefaultsTable", "cadence"): _TEXT,
    ("SiteTable", "cadence"): _TEXT,
    ("CadenceTable", "jitter"): {"type": "string", "pattern": r"^\d+(\.\d+)?\s*[smhd]$"},
}


def toml_schema() -> dict[str, Any]:
    """The schema of the whole file, as JSON values."""
    schema = ScanToml.model_json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    for name in _ELSEWHERE:
        del definitions["Config"]["properties"][name]
    for table, definition in ((None, schema), *definitions.items()):
        definition.pop("title", None)
        for key, value in definition.get("properties", {}).items():
            definition["properties"][key] = _property(table or "", key, value)
    return {
        "$schema": _DIALECT,
        "title": "scan.toml of cookie-scanner",
        **schema,
    }


def schema_text() -> str:
    """The schema as the file that is shipped."""
    return json.dumps(toml_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _property(table: str, key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A key as TOML can have it: there is no null, and what is left out of a site's table stands beneath it."""
    rest = {name: part for name, part in value.items() if name not in ("title", "description", "default", "anyOf")}
    forms = [form for form in value.get("anyOf", [rest]) if form.get("type") != "null"]
    also = _ALSO.get((table, key)) or (_TEXT if _of_texts(value) else None)
    if also is not None:
        forms.insert(0, also)
    result = dict(forms[0]) if len(forms) == 1 else {"anyOf": forms}
    if value.get("default") is not None and table not in _LAYERED:
        result["default"] = value["default"]
    meaning = MEANINGS.get((table, key)) or MEANINGS.get(("", key))
    return {**result, "description": meaning} if meaning else result


def _of_texts(value: Mapping[str, Any]) -> bool:
    """Whether a key holds a list of texts: one text alone will do then."""
    items = value.get("items")
    return value.get("type") == "array" and isinstance(items, Mapping) and items.get("type") == "string"
