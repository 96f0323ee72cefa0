"""What docs/how-to/configure.md shows is read, and nothing that can be said is missing there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scanner.config.fleet import read_fleet
from scanner.config.fleet.rows import read_rows
from scanner.config.fleet.tables import ScanToml
from scanner.config.mistakes import Mistake

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/configure.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def _keys(value: Any) -> set[str]:
    items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    own = set(value) if isinstance(value, dict) else set()
    return own.union(*map(_keys, items))


@pytest.mark.parametrize("block", _blocks("toml"))
def test_each_example_is_read(block: str, tmp_path: Path) -> None:
    path = tmp_path / "scan.toml"
    path.write_text(block, encoding="utf-8")
    assert len(read_fleet(path).sites) == block.count("[[site]]\n")


def test_the_table_is_read(tmp_path: Path) -> None:
    (block,) = _blocks("csv")
    path = tmp_path / "clients.csv"
    path.write_text(block, encoding="utf-8")
    mistakes: list[Mistake] = []
    rows = read_rows(path, mistakes)
    assert (mistakes, [row.table.name for row in rows]) == ([], ["a", "b", "c"])


def test_every_key_is_explained() -> None:
    shown = set[str]().union(*(_keys(tomllib.loads(block)) for block in _blocks("toml")))
    shown |= set(re.findall(r"`([a-z_]+)(?: =|`)", PAGE))
    known = {
        key
        for schema in (ScanToml.model_json_schema(), *ScanToml.model_json_schema()["$defs"].values())
        for key in schema.get("properties", {})
    }
    elsewhere = {"banner", "settings", "save", "withdraw"}  # of a recipe: docs/how-to/banners.md
    assert known - shown - elsewhere == set()
