"""`scan.toml`: read, checked, and turned into one frozen Config. An unknown key is an error that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from scanner.config.mistakes import Mistake, unknown
from scanner.config.places import beside
from scanner.config.recipe import Recipe
from scanner.config.schema import Config
from scanner.config.source import Source, find_source, first_of
from scanner.errors import UsageError
from scanner.model.base import Model
from scanner.model.finding import Accept

FLEET_TABLES = ("sites", "sitemap_index", "defaults", "site", "history", "worker", "notify", "alerts", "serve")
"""The keys of the file that are about watching sites: a single scan does without them."""


class ScanTables(Model):
    """What a single scan is told by scan.toml."""

    scan: Config = Field(default_factory=Config)
    recipe: dict[str, Recipe] = Field(default_factory=dict)
    accept: tuple[Accept, ...] = ()


def read_config(path: Path | None) -> Config:
    """Read `scan.toml`; without a path, the one in the working directory, where there is one.

    Tables about watching sites are passed over here. Raises UsageError with file, line and key.
    """
    source = find_source(path)
    if source is None:
        return Config()
    known = (*ScanTables.model_fields, *FLEET_TABLES)
    mistakes = [source.mistake((name,), unknown(name, "", known)) for name in source.tables if name not in known]
    mistakes += misplaced(source)
    own = {name: value for name, value in source.tables.items() if name in ScanTables.model_fields}
    tables = source.part(ScanTables, own, mistakes)
    if tables is None or mistakes:
        raise first_of(mistakes)
    config = tables.scan.model_copy(update={"recipe": tables.recipe, "accept": tables.accept})
    return beside(source.path.parent, config)


def watches_sites(path: Path | None) -> bool:
    """Whether the file names sites to be watched. Raises UsageError as `read_config` does."""
    source = find_source(path)
    return source is not None and any(name in source.tables for name in ("site", "sites", "sitemap_index"))


def misplaced(source: Source) -> list[Mistake]:
    """Options that `[scan]` cannot hold, because they stand in tables of their own."""
    scan = source.tables.get("scan")
    if not isinstance(scan, dict):
        return []
    forms = {
        "accept": "each accepted finding is a table of its own: [[accept]]",
        "recipe": 'each recipe is a table of its own: [recipe."www.example.com"]',
    }
    return [source.mistake(("scan", name), form) for name, form in forms.items() if name in scan]


def override(config: Config, changes: dict[str, Any]) -> Config:
    """The same configuration with options of the command line on top; options that are null change nothing."""
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Config.model_validate({**config.model_dump(), **given})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        option = str(problem["loc"][0]).replace("_", "-")
        words = problem["msg"].removeprefix("Value error, ").replace("valid tuple", "list")
        raise UsageError(f"--{option}: {words}") from error
