"""`scan.json` and its schema."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema
import pytest

from scanner.model.scan import Scan
from scanner.report import scan_json, scan_schema
from scanner.report.canonical import canonical, packaged_schema

from . import samples

SCANS = (samples.shop, samples.clean, samples.failed, samples.hostile)


@pytest.mark.parametrize("make", SCANS)
def test_a_scan_survives_the_way_through_its_file(make: Callable[[], Scan]) -> None:
    """Reading what was written gives an equal scan, and writing that gives the same bytes."""
    scan = make()
    text = scan_json(scan)
    again = Scan.model_validate_json(text)
    assert again == scan
    assert scan_json(again) == text


@pytest.mark.parametrize("make", SCANS)
def test_a_scan_keeps_its_schema(make: Callable[[], Scan]) -> None:
    """The file of every scan is valid by the schema that ships."""
    schema = json.loads(packaged_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(json.loads(scan_json(make())))) == []


def test_the_schema_rejects_what_is_no_scan() -> None:
    """A field that nobody knows and a severity that does not exist are errors."""
    validator = jsonschema.Draft202012Validator(scan_schema())
    value = json.loads(scan_json(samples.shop()))
    value["grade"] = "A"
    value["findings"][0]["severity"] = "dreadful"
    assert len(list(validator.iter_errors(value))) >= 2


def test_the_committed_schema_is_current() -> None:
    """After a change of the models, write `canonical(scan_schema())` to scanner/report/scan.schema.json."""
    assert packaged_schema() == canonical(scan_schema())


def test_the_text_is_canonical() -> None:
    """Keys are sorted, the indent is two, a newline ends the file, and the schema's name stands by its alias."""
    text = scan_json(samples.shop())
    assert text.endswith("}\n") and not text.endswith("\n\n")
    assert text.startswith('{\n  "beacons": [')
    assert json.loads(text)["schema"] == "cookie-scanner/scan/1"
    assert json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n" == text


def test_a_number_that_json_cannot_carry_becomes_null() -> None:
    """An infinite lifetime neither breaks the file nor the schema."""
    cookie = samples.cookie("forever", samples.HOST, "unknown", kept_seconds=float("inf"))
    assert json.loads(scan_json(samples.scan(cookies=(cookie,))))["cookies"][0]["kept_seconds"] is None
