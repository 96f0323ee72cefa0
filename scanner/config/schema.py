"""What can be configured: one frozen model, whose fields are the options of a scan."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from scanner.config.login import Login
from scanner.config.recipe import Recipe
from scanner.messages import Language
from scanner.model.base import Model
from scanner.model.finding import Accept

DEFAULT_STATES = ("before", "accept", "reject")
Level = Literal["high", "medium", "low"]
Format = Literal["csv", "har", "junit", "markdown", "pdf", "sarif"]
STATE = re.compile(r"^(before|accept|reject|withdraw|gpc|category:[a-z][a-z0-9_-]*)$")


class ScanOptions(Model):
    """How a site is scanned: the options that may differ from site to site.

    `page_timeout` and `site_timeout` are seconds; `page_life` is how many seconds of each page's own time are
    observed; `pages` counts pages in each consent state, the given address included. `baseline` is an earlier scan (its
    folder or its `scan.json`) whose findings are known; `accept` stands in tables of its own, `[[accept]]`.
    `guard` says to which addresses the browser may speak: `given` (public ones, and hosts that the user named),
    `public` alone, or `off`; `allow` names networks and hosts besides. `name_server` is asked where the site's own
    names lead: `system`, `off`, or an `address[:port]`. `type_into_forms` lets made-up values be typed into a page's
    fields (never sent), so that scripts that read along are seen. `geolocation` is latitude and longitude in degrees,
    told to pages that ask where the visitor is; `login` is how every visitor comes to be logged in.
    """

    policy: tuple[str, ...] = ()
    pages: int = Field(5, ge=1, le=1000)
    states: tuple[str, ...] = DEFAULT_STATES
    host_rules: str | None = None
    ignore_https_errors: bool = False
    ignore_robots: bool = False
    guard: Literal["off", "given", "public"] = "given"
    allow: tuple[str, ...] = ()
    name_server: str = "system"
    type_into_forms: bool = True
    format: tuple[Format, ...] = ()
    baseline: str | None = None
    language: Language = "en"
    accept: tuple[Accept, ...] = ()
    browser: str | None = None
    tabs: int = Field(6, ge=1, le=32)
    page_timeout: float = Field(45.0, gt=0, le=3600)
    site_timeout: float = Field(600.0, gt=0, le=86400)
    page_life: float = Field(30.0, ge=0, le=600)
    catalogue: tuple[str, ...] = ()
    profile: Literal["eu", "uk", "ch", "us-ca"] = "eu"
    user_agent: str | None = None
    locale: str | None = None
    timezone: str | None = None
    proxy: str | None = None
    viewport: tuple[int, int] = (1366, 900)
    geolocation: tuple[float, float] | None = None
    login: Login | None = None
    recipe: dict[str, Recipe] = Field(default_factory=dict)

    @field_validator("policy", "catalogue", "allow", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("states", "format", mode="before")
    @classmethod
    def _comma_list(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("states")
    @classmethod
    def _known_states(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for state in value:
            if not STATE.match(state):
                raise ValueError(
                    f"{state!r} is no consent state; known are before, accept, reject, withdraw, gpc, category:<name>"
                )
        if not value:
            raise ValueError("name at least one consent state")
        return tuple(dict.fromkeys(value))

    @field_validator("geolocation")
    @classmethod
    def _on_earth(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not (-90 <= value[0] <= 90 and -180 <= value[1] <= 180):
            raise ValueError("latitude is -90 to 90 degrees, longitude -180 to 180, in this order")
        return value


class Config(ScanOptions):
    """Options of a scan. Every field may stand in `[scan]` of `scan.toml`, and on the command line.

    Each of `urls` is a site of its own; `also` are further addresses of each site, visited whatever else is chosen.
    `jobs` is how many sites are scanned at once; `fail_on` the severity from which a scan fails.
    """

    urls: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    out: str | None = None
    fail_on: Level | None = None
    jobs: int = Field(1, ge=1, le=64)

    @field_validator("urls", "also", mode="before")
    @classmethod
    def _one_address(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value
