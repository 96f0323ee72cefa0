"""`alerts`: what is about to be told to whom; sent only where it is asked for."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import FINISHED, SITE_FAILED, err, out
from scanner.cli.options import ConfigFile
from scanner.errors import UsageError


def alerts(
    config: ConfigFile = None,
    send: Annotated[bool, typer.Option("--send", help="Send what may be sent now, instead of showing it.")] = False,
    site: Annotated[
        str | None, typer.Option("--site", metavar="NAME", help="What the last scan of a site would say; nothing sent.")
    ] = None,
    test: Annotated[
        str | None, typer.Option("--test", metavar="TARGET", help="Send a test message to one [notify.TARGET].")
    ] = None,
) -> None:
    """Show the messages that wait to be sent, with their targets and times. Nothing is sent without --send."""
    if sum((send, site is not None, test is not None)) > 1:
        raise UsageError("alerts: give one of --send, --site and --test")
    if test is not None:
        raise typer.Exit(_test(test, config))
    if site is not None:
        raise typer.Exit(_preview(site, config))
    raise typer.Exit(_send(config) if send else _show(config))


def _show(config: Path | None) -> int:
    from scanner.config.fleet import read_fleet
    from scanner.schedule.telling import parcels
    from scanner.store.history import open_history

    fleet = read_fleet(config)
    history = open_history(fleet.history.address())
    try:
        pending = history.pending()
    finally:
        history.close()
    if not pending:
        out.print("no message waits to be sent")
    moments = {waiting.id: moment for waiting, moment in pending}
    for parcel in parcels([waiting for waiting, _ in pending]):
        first = min(moments[waiting.id] for waiting in parcel.waiting)
        out.print(f"to {parcel.target}, not before {first}", soft_wrap=True, markup=False)
        out.print(f"{parcel.title}\n{parcel.text}\n", soft_wrap=True, markup=False, highlight=False)
    return FINISHED


def _send(config: Path | None) -> int:
    from scanner.config.fleet import read_fleet
    from scanner.schedule.telling import deliver
    from scanner.store.history import open_history
    from scanner.store.places import open_place

    fleet = read_fleet(config)
    history = open_history(fleet.history.address())
    try:
        place = open_place(fleet.history.reports)
        told = deliver(history, fleet.notify, fleet.alerts, place, datetime.datetime.now(datetime.UTC))
    finally:
        history.close()
    for problem in told.problems:
        err.print(f"cookie-scanner: {problem}", soft_wrap=True, markup=False)
    out.print(f"messages sent: {told.arrived}; to be tried again: {told.waiting}; given up: {told.lost}")
    return SITE_FAILED if told.problems else FINISHED


def _preview(name: str, config: Path | None) -> int:
    from scanner.alerts import Message, messages, text, title
    from scanner.config.fleet import read_fleet
    from scanner.model.watch import Recorded
    from scanner.store.history import open_history

    fleet = read_fleet(config)
    site = fleet.site(name)
    if site is None:
        raise UsageError(f"{name}: no [[site]] of that name in the configuration")
    history = open_history(fleet.history.address())
    try:
        row = history.site(name)
        if row is None or row.last is None:
            out.print(f"{name}: never scanned")
            return FINISHED
        changes = history.changes(name, scan=row.last.id, limit=1000)
    finally:
        history.close()
    recorded = Recorded(
        row=row.last, fresh=True, previous=None, failures=row.failures, changes=tuple(reversed(changes))
    )
    # Who hears of it does not matter here: one reader stands for all.
    everyone = site.model_copy(update={"notify": ("everyone",)})
    made = messages(everyone, recorded, fleet.alerts, datetime.datetime.now(datetime.UTC))
    if not made:
        out.print(f"{name}: nothing in its last scan would be told")
        return FINISHED
    message = Message.model_validate(made[0].message, strict=False)
    out.print(f"{title([message])}\n{text([message])}", soft_wrap=True, markup=False, highlight=False)
    out.print(f"to: {', '.join(site.notify) or 'nobody (the site has no `notify`)'}", markup=False)
    return FINISHED


def _test(target: str, config: Path | None) -> int:
    from scanner.alerts import send
    from scanner.config.fleet import read_fleet

    fleet = read_fleet(config)
    if target not in fleet.notify:
        known = ", ".join(fleet.notify) or "none"
        raise UsageError(f"{target}: no [notify.{target}] in the configuration; known are: {known}")
    send(
        fleet.notify[target].address(),
        "cookie-scanner: a test",
        "This message shows that changes of watched sites can reach you here. Nothing has changed.",
        "news",
    )
    out.print(f"sent to {target}")
    return FINISHED
