"""`status`: how the watching stands on this machine and in its history."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import out
from scanner.cli.options import ConfigFile
from scanner.terminal import clean

if TYPE_CHECKING:
    from scanner.schedule.status import Status

_SHOWN = 10


def status(
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """What runs now, what is due, which sites failed last, and where history and reports are."""
    from scanner.config.fleet import read_fleet
    from scanner.schedule.opening import open_watch
    from scanner.schedule.status import status_of

    fleet = read_fleet(config)
    with open_watch(fleet) as watch:
        found = status_of(fleet, watch.history, datetime.datetime.now(datetime.UTC))
    if as_json:
        print(json.dumps(_as_json(found)), flush=True)
        return
    for line in _lines(found):
        out.print(clean(line, 400), soft_wrap=True)


def _lines(found: Status) -> list[str]:
    lines = [f"watched sites: {found.sites}; history: {found.history}; reports: {found.reports}"]
    lines += [f"runs now: {len(found.running)}"]
    for held in found.running:
        since = f"since {held.since:%Y-%m-%d %H:%M:%S} UTC" if held.since is not None else "since an unknown moment"
        lines.append(f"  {held.site}  process {held.pid if held.pid is not None else 'unknown'}, {since}")
    lines += [f"due: {len(found.waiting)}"]
    for one in found.waiting[:_SHOWN]:
        tried = f", {one.attempts} captures failed" if one.attempts else ""
        again = f", again at {one.again:%H:%M:%S} UTC" if one.again is not None else ""
        lines.append(f"  {one.due.site.name}  since {one.due.moment:%Y-%m-%d %H:%M} UTC{tried}{again}")
    lines += _more(len(found.waiting))
    if found.coming is not None:
        lines.append(f"next: {found.coming.site.name} at {found.coming.slot:%Y-%m-%d %H:%M} UTC")
    lines += [f"failed last: {len(found.failing)}"]
    for failing in found.failing[:_SHOWN]:
        times = f", {failing.failures} times in a row" if failing.failures > 1 else ""
        lines.append(f"  {failing.site}  at {failing.at}{times}: {failing.problem}")
    return lines + _more(len(found.failing))


def _more(count: int) -> list[str]:
    return [f"  and {count - _SHOWN} more"] if count > _SHOWN else []


def _as_json(found: Status) -> dict[str, object]:
    return {
        "now": _text(found.now),
        "sites": found.sites,
        "running": [
            {"site": held.site, "pid": held.pid, "since": _text(held.since), "due": held.due} for held in found.running
        ],
        "due": [
            {
                "site": one.due.site.name,
                "due": one.due.run.due,
                "missed": one.due.missed,
                "attempts": one.attempts,
                "again": _text(one.again),
            }
            for one in found.waiting
        ],
        "next": {"site": found.coming.site.name, "at": _text(found.coming.slot)} if found.coming is not None else None,
        "failing": [
            {"site": one.site, "failures": one.failures, "at": one.at, "problem": one.problem} for one in found.failing
        ],
        "history": found.history,
        "reports": found.reports,
    }


def _text(moment: datetime.datetime | None) -> str | None:
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}" if moment is not None else None
