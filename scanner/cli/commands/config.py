"""`config`: is scan.toml right, and what does it come to?"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.console import FINISHED, WRONG_USAGE, out
from scanner.cli.options import ConfigFile
from scanner.errors import UsageError
from scanner.terminal import clean

if TYPE_CHECKING:
    from scanner.config.fleet import WatchedSite
    from scanner.config.fleet.reading import Inspection
    from scanner.config.mistakes import Mistake

config = typer.Typer(name="config", help="Check scan.toml, or print its schema for editors.")

_SHOWN = 3
"""How many of a site's next moments are shown."""
_WIDE = 110
"""Columns from which all of them fit beside the rest; on less only the next one is shown."""


@config.command()
def check(
    file: ConfigFile = None,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="See too whether each secret and each recorded login can be had here.")
    ] = False,
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch sitemap indexes that are web addresses.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Check scan.toml: every mistake with its line, or the sites, how often, and when next. Exit 2 on mistakes."""
    from scanner.config.fleet.index import fetch_index
    from scanner.config.fleet.reading import inspect_fleet
    from scanner.config.fleet.surroundings import missing_files, missing_secrets
    from scanner.config.source import DEFAULT

    path = file or DEFAULT
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    now = datetime.datetime.now(datetime.UTC)
    inspection = inspect_fleet(path, fetch_index if fetch else None)
    problems = list(inspection.mistakes)
    if not problems:
        problems += missing_files(inspection)
        problems += missing_secrets(inspection) if secrets else []
    if as_json:
        out.print_json(json.dumps(_as_json(inspection, problems, now)), indent=None, highlight=False)
    elif problems:
        for problem in problems:
            out.print(clean(str(problem), 2000), soft_wrap=True)
    else:
        _tell(inspection, path, now)
    raise typer.Exit(WRONG_USAGE if problems else FINISHED)


@config.command()
def schema() -> None:
    """Print the JSON Schema of scan.toml, for editors and other programs."""
    from scanner.config.fleet.json_schema import schema_text

    typer.echo(schema_text(), nl=False)


def _tell(inspection: Inspection, path: Path, now: datetime.datetime) -> None:
    from rich.table import Table

    fleet = inspection.fleet
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("site", "address", "cadence"):
        table.add_column(title, overflow="fold")
    table.add_column("next (UTC)", no_wrap=True)
    for site in fleet.sites:
        table.add_row(site.name, clean(site.url), _rhythm(site), _times(site, now, few=out.width < _WIDE))
    if fleet.sites:
        out.print(table)
    for name in inspection.unfetched:
        out.print(f"{clean(name)}: its sites are not shown; --fetch fetches it", soft_wrap=True)
    sites = f"{len(fleet.sites)} site{'' if len(fleet.sites) == 1 else 's'}"
    out.print(f"{path}: nothing wrong; {sites}", soft_wrap=True)


def _rhythm(site: WatchedSite) -> str:
    if not site.enabled:
        return "switched off"
    if site.cadence is None:
        return "none"
    zone = "" if site.cadence.timezone == "UTC" else f" {site.cadence.timezone}"
    return f"{site.cadence.expression}{zone}"


def _times(site: WatchedSite, now: datetime.datetime, *, few: bool) -> str:
    moments = list(_next(site, now))[: 1 if few else None]
    return ", ".join(
        moment.strftime("%m-%d %H:%M" if number else "%Y-%m-%d %H:%M") for number, moment in enumerate(moments)
    )


def _next(site: WatchedSite, now: datetime.datetime) -> Iterable[datetime.datetime]:
    from scanner.schedule.cadence import next_slot

    moment: datetime.datetime | None = now
    for _ in range(_SHOWN if site.enabled else 0):
        moment = next_slot(site.cadence, site.name, moment) if site.cadence is not None and moment is not None else None
        if moment is not None:
            yield moment


def _as_json(inspection: Inspection, problems: Iterable[Mistake], now: datetime.datetime) -> dict[str, Any]:
    return {
        "problems": [{"file": one.file, "line": one.line, "key": one.key, "message": one.message} for one in problems],
        "sites": [_site(site, now) for site in inspection.fleet.sites],
        "unfetched": list(inspection.unfetched),
    }


def _site(site: WatchedSite, now: datetime.datetime) -> dict[str, Any]:
    return {
        "name": site.name,
        "urls": list(site.urls),
        "enabled": site.enabled,
        "owner": site.owner,
        "notify": list(site.notify),
        "cadence": site.cadence.model_dump() if site.cadence is not None else None,
        "next": [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in _next(site, now)],
    }
