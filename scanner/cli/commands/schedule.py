"""`schedule`: the runner of one machine, and what it will do when."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import FINISHED, INTERRUPTED, SITE_FAILED, out
from scanner.cli.options import ConfigFile
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.config.fleet import Fleet, WatchedSite
    from scanner.schedule.local import LocalSchedule
    from scanner.schedule.status import Coming

schedule = typer.Typer(name="schedule", help="Scan the sites of scan.toml when they are due, on this machine.")


class LogForm(StrEnum):
    """How the log is written."""

    text = "text"
    json = "json"


Log = Annotated[
    LogForm | None, typer.Option("--log", help="Lines for people, or JSON; default: as suits standard error.")
]


@schedule.command()
def run(
    config: ConfigFile = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end: for a line of cron.")] = False,
    site: Annotated[
        list[str] | None, typer.Option("--site", metavar="NAME", help="Scan this site now, whatever is due.")
    ] = None,
    slots: Annotated[int | None, typer.Option("--slots", min=1, max=64, help="How many sites at once.")] = None,
    metrics: Annotated[
        int | None,
        typer.Option("--metrics", min=0, max=65535, metavar="PORT", help="Serve /metrics and /healthz on loopback."),
    ] = None,
    log: Log = None,
) -> None:
    """Wake when a site is due, scan it, record it, go on. One signal ends it after what runs, a second at once."""
    from scanner.config.fleet import read_fleet
    from scanner.schedule.logs import configure_log

    configure_log(log.value if log is not None else None)
    fleet = read_fleet(config)
    if slots is not None:
        fleet = fleet.model_copy(update={"worker": fleet.worker.model_copy(update={"slots": slots})})
    by_hand = named_sites(fleet, site or ())
    if not by_hand and not any(one.enabled and one.cadence is not None for one in fleet.sites):
        raise UsageError("no site of the configuration has a cadence; write [[site]] with url and cadence in scan.toml")
    raise typer.Exit(asyncio.run(_run(fleet, by_hand, metrics, once=once)))


@schedule.command(name="next")
def next_(
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each site.")] = False,
) -> None:
    """What is due when: the sites that are due now first, then the nearest."""
    from scanner.config.fleet import read_fleet
    from scanner.schedule.opening import open_watch
    from scanner.schedule.status import coming

    fleet = read_fleet(config)
    now = datetime.datetime.now(datetime.UTC)
    with open_watch(fleet) as watch:
        found = coming(fleet, watch.history, now)
    for one in found:
        if as_json:
            print(json.dumps(_as_json(one)), flush=True)
        else:
            out.print(_line(one, now), soft_wrap=True)
    if not found and not as_json:
        out.print("no site has a cadence")


def named_sites(fleet: Fleet, names: Iterable[str]) -> list[WatchedSite]:
    """The sites of some names, each once. Raises UsageError for a name that there is not."""
    import difflib

    found = []
    for name in dict.fromkeys(names):
        site = fleet.site(name)
        if site is None:
            near = difflib.get_close_matches(name, [one.name for one in fleet.sites], n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`cookie-scanner config check` shows which there are"
            raise UsageError(f"no site of the configuration is called {name!r}; {hint}")
        found.append(site)
    return found


async def _run(fleet: Fleet, by_hand: list[WatchedSite], port: int | None, *, once: bool) -> int:
    from scanner.schedule.local import LONGEST_WAIT_S, LocalSchedule, stopped_by_signals
    from scanner.schedule.metrics import Metrics, serve
    from scanner.schedule.opening import PATIENCE_S, open_watch
    from scanner.schedule.running import open_runner

    with open_watch(fleet, wait_s=PATIENCE_S) as watch:
        figures = Metrics(watch.history, fleet.sites, tick_s=LONGEST_WAIT_S)
        serving = contextlib.nullcontext(None) if port is None else serve(figures, port)
        opened = open_runner(
            fleet, watch.history, watch.place, tell=watch.tell, browser_replaced=figures.browser_replaced
        )
        async with opened as runner, serving:
            local = LocalSchedule(fleet, watch.history, runner, errands=watch.errands(), figures=figures)
            with stopped_by_signals(local) as at_once:
                if by_hand:
                    await local.scan_now(by_hand)
                else:
                    await local.watch(once=once)
                return INTERRUPTED if at_once() else _status(local, by_hand=bool(by_hand))


def _status(local: LocalSchedule, *, by_hand: bool) -> int:
    """A run that was not possible is a failure; a site that does not answer is one only for who asked for it."""
    failed = local.ends["error"] + (local.ends["failed"] + local.ends["busy"] if by_hand else 0)
    return SITE_FAILED if failed else FINISHED


def _line(one: Coming, now: datetime.datetime) -> str:
    cadence = one.site.cadence
    when = one.slot
    said = f"{when:%Y-%m-%d %H:%M} UTC  {one.site.name}"
    if cadence is not None:
        said += f"  ({cadence.expression}, {cadence.timezone})"
    if one.due is not None:
        hours = (now - one.due.moment).total_seconds() / 3600
        said += f"  due now, since {one.due.moment:%Y-%m-%d %H:%M} UTC ({hours:.1f} h)"
        if one.due.missed:
            said += f", {one.due.missed} earlier slots were missed"
    return said


def _as_json(one: Coming) -> dict[str, object]:
    cadence = one.site.cadence
    return {
        "site": one.site.name,
        "url": one.site.url,
        "next": f"{one.slot:%Y-%m-%dT%H:%M:%SZ}",
        "due": one.due.run.due if one.due is not None else None,
        "missed": one.due.missed if one.due is not None else 0,
        "cadence": cadence.expression if cadence is not None else None,
        "timezone": cadence.timezone if cadence is not None else None,
    }
