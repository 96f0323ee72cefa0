"""`scan.json`: the whole result of one scan, in the shape that other programs rely on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scanner.model.base import Category, Model, StateName, UtcTime
from scanner.model.declaration import Declaration
from scanner.model.finding import Check, Finding, Severity
from scanner.model.instrument import Browser
from scanner.model.inventory import (
    Beacon,
    Cookie,
    Page,
    PersonalData,
    Problem,
    RequestHost,
    ServiceWorker,
    State,
    StorageEntry,
    Target,
    Technique,
)


class Tool(Model):
    """The program that made a scan."""

    name: Literal["cookie-scanner"] = "cookie-scanner"
    version: str


class Summary(Model):
    """Figures of a scan. `score` is 0 to 100, and null where something needed for it was not measured."""

    score: int | None
    findings: dict[Severity, int]
    cookies: dict[StateName, dict[Category, int]]


class Scan(Model):
    """One scan of one site, complete."""

    schema_: Literal["cookie-scanner/scan/1"] = Field("cookie-scanner/scan/1", alias="schema")
    tool: Tool
    browser: Browser | None
    target: Target
    started: UtcTime
    finished: UtcTime | None
    outcome: Literal["complete", "partial", "failed"]
    problems: tuple[Problem, ...]
    states: dict[StateName, State]
    pages: tuple[Page, ...]
    cookies: tuple[Cookie, ...]
    storage: tuple[StorageEntry, ...]
    service_workers: tuple[ServiceWorker, ...] = ()
    requests: tuple[RequestHost, ...]
    beacons: tuple[Beacon, ...]
    techniques: tuple[Technique, ...]
    personal_data: tuple[PersonalData, ...] = ()
    declaration: Declaration
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    summary: Summary
