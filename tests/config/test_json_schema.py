"""The schema that editors get: the same as the models, and it knows right from wrong."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import scanner.config
from scanner.config.fleet.json_schema import schema_text, toml_schema
from scanner.config.fleet.meanings import MEANINGS
from tests.config.test_fleet import WHOLE

SHIPPED = Path(scanner.config.__file__).with_name("scan.toml.schema.json")


def _tables(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"": schema, **schema["$defs"]}


def test_the_shipped_schema_is_that_of_the_models() -> None:
    """Rewrite it with: cookie-scanner config schema > scanner/config/scan.toml.schema.json"""
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()


def test_every_key_says_what_it_means_and_no_meaning_is_left_over() -> None:
    tables = _tables(toml_schema())
    keys = {(table, key) for table, schema in tables.items() for key in schema.get("properties", {})}
    for table, key in keys:
        assert tables[table]["properties"][key].get("description"), f"{table}.{key}"
    assert {(table, key) for table, key in MEANINGS if table} <= keys
    assert {key for table, key in MEANINGS if not table} <= {key for _, key in keys}


def test_nothing_is_null_in_toml() -> None:
    assert '"null"' not in schema_text()


def _faults(text: str) -> list[str]:
    # An editor compares dates as their text.
    values = json.loads(json.dumps(tomllib.loads(text), default=str))
    return [error.message for error in Draft202012Validator(toml_schema()).iter_errors(values)]


def test_a_right_file_is_right() -> None:
    Draft202012Validator.check_schema(toml_schema())
    assert _faults(WHOLE) == []
    assert _faults('[[site]]\nurl = "a.example"\nstates = "before"\nnotify = "x"\ncadence = "0 4 * * *"') == []
    assert _faults('sites = "a.csv"\nsitemap_index = ["a.xml"]\n[scan]\nformat = "pdf,csv"\nfail_on = "high"') == []


@pytest.mark.parametrize(
    "text",
    [
        '[[site]]\nname = "a"',
        '[[site]]\nurl = "a"\nurls = "b"',
        "[scan]\npages = 0",
        "[scan]\naccept = []",
        '[defaults]\nurl = "a"',
        '[defaults]\ncadence = { every = "hourly" }',
        '[history]\npassword = "geheim"',
        "[notify.a]\nurl = { env = 3 }",
        '[serve]\nport = "80"',
        "[sevre]",
    ],
)
def test_a_wrong_file_is_wrong(text: str) -> None:
    assert _faults(text) != []
