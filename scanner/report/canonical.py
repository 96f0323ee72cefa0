"""`scan.json`: one text for one scan, and the JSON Schema that it keeps."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from scanner.model.scan import Scan

SCHEMA_FILE = "scan.schema.json"
"""The committed schema beside this module, for programs that read `scan.json` without Python."""


def scan_json(scan: Scan) -> str:
    """The canonical text of a scan: keys sorted, two spaces, UTF-8 as it is, one newline at the end.

    Lists keep their order, because findings point into them by index. A number that JSON cannot carry (infinity)
    becomes null.
    """
    return canonical(json.loads(scan.model_dump_json(by_alias=True)))


def scan_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `scan.json`, generated from the models."""
    schema = Scan.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cookie-scanner scan.json",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def packaged_schema() -> str:
    """The schema as it ships, byte for byte."""
    return resources.files("scanner.report").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")


def canonical(value: object) -> str:
    """JSON with sorted keys, an indent of two and a newline at the end, so that two of them compare as text."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
