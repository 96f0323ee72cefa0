"""scan.toml as it is written: one model for each table, and one for the whole file."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from scanner.config.address import target_url
from scanner.config.fleet.cadence import WORDS, CadenceTable
from scanner.config.fleet.schema import Alerts, HistoryPlace, Serve, Target, WorkerSize, site_name
from scanner.config.recipe import Recipe
from scanner.config.schema import Config, ScanOptions
from scanner.errors import UsageError
from scanner.model.base import Model
from scanner.model.finding import Accept


class DefaultsTable(ScanOptions):
    """`[defaults]`: what holds for every site that does not say otherwise. What a scan can be told, and how a site
    is watched.
    """

    cadence: CadenceTable | None = None
    owner: str | None = None
    notify: tuple[str, ...] = ()
    enabled: bool = True

    @field_validator("cadence", mode="before")
    @classmethod
    def _in_a_word(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"every": value} if value in WORDS else {"cron": value}
        return value

    @field_validator("notify", mode="before")
    @classmethod
    def _one_target(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class SiteTable(DefaultsTable):
    """`[[site]]`: one site, with one address or several, and a name where the host's does not do."""

    url: tuple[str, ...] = Field(min_length=1)
    name: str | None = None

    @field_validator("url", mode="before")
    @classmethod
    def _one_url(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("url")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            urls = tuple(dict.fromkeys(target_url(text) for text in value))
        except UsageError as error:
            raise ValueError(str(error)) from error
        if any("@" in url.split("/")[2] for url in urls):
            raise ValueError("an address with a user's name in it would stand in every report: use [site.login]")
        return urls

    @field_validator("name")
    @classmethod
    def _name(cls, value: str | None) -> str | None:
        return site_name(value) if value is not None else None


class ScanToml(Model):
    """The whole file. `[scan]` lies beneath `[defaults]`, which lies beneath each `[[site]]`."""

    sites: tuple[str, ...] = ()
    sitemap_index: tuple[str, ...] = ()
    scan: Config = Field(default_factory=Config)
    recipe: dict[str, Recipe] = Field(default_factory=dict)
    accept: tuple[Accept, ...] = ()
    defaults: DefaultsTable = Field(default_factory=DefaultsTable)
    site: tuple[SiteTable, ...] = ()
    history: HistoryPlace = Field(default_factory=HistoryPlace)
    worker: WorkerSize = Field(default_factory=WorkerSize)
    notify: dict[str, Target] = Field(default_factory=dict)
    alerts: Alerts = Field(default_factory=Alerts)
    serve: Serve = Field(default_factory=Serve)

    @field_validator("sites", "sitemap_index", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


def options_said(table: ScanOptions) -> dict[str, Any]:
    """The options of a scan that a table names, and nothing that it leaves out."""
    return {name: getattr(table, name) for name in ScanOptions.model_fields if name in table.model_fields_set}
