"""`serve`: the dashboard over the history, or the same pages in a folder."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.console import FINISHED, out
from scanner.cli.options import ConfigFile
from scanner.errors import SiteError, UsageError

if TYPE_CHECKING:
    from scanner.config.fleet import Fleet
    from scanner.dashboard import Guard, Parts
    from scanner.schedule.opening import Watch
    from scanner.schedule.running import Runner

    Begin = Callable[[str, Callable[[str], None]], Awaitable[int | None]]

_GRACE_S = 3
"""How long open connections may take when the dashboard is ended; a progress page would go on for minutes."""


def serve(
    config: ConfigFile = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Listen here; default: 127.0.0.1, or [serve] host.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65_535, help="Default: 8484, or [serve] port.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="HOST", help="A host name under which it is reached besides.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="DIR", help="Write the pages into DIR, serve nothing.")
    ] = None,
    reports: Annotated[
        int, typer.Option("--reports", min=0, help="With --export: how many reports of each site to bring along.")
    ] = 1,
    hash_password: Annotated[
        bool, typer.Option("--hash-password", help="Ask for a password, print its hash for [serve.users], and end.")
    ] = False,
) -> None:
    """Show the history of the watched sites in a browser: who stands how, what changed, who loads what."""
    if hash_password:
        _print_hash()
        return
    from scanner.config.fleet import read_fleet
    from scanner.schedule.opening import PATIENCE_S, open_watch

    fleet = read_fleet(config)
    if export is not None:
        with open_watch(fleet) as watch:
            _export(watch, export, reports)
        return
    changes = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    names = tuple(name or ())
    from scanner.schedule.logs import configure_log

    configure_log()
    with open_watch(fleet, wait_s=PATIENCE_S) as watch:
        asyncio.run(_serve(watch, {**fleet.serve.model_dump(include={"host", "port"}), **changes}, names))
    raise typer.Exit(FINISHED)


def _print_hash() -> None:
    """The hash of a password that is typed, or of the first line of standard input."""
    import getpass

    from scanner.dashboard import Password

    plain = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if len(plain) < 8:
        raise UsageError("a password of 8 characters or more is needed")
    if sys.stdin.isatty() and getpass.getpass("Again: ") != plain:
        raise UsageError("the two are not the same")
    print(Password.of(plain).text, flush=True)


def _export(watch: Watch, folder: Path, reports: int) -> None:
    from scanner.dashboard import Export, Shown
    from scanner.schedule.running import utc_now

    written = utc_now().strftime("%Y-%m-%dT%H:%M:%SZ")
    done = Export(Shown(watch.fleet, watch.history, watch.place), folder, written=written, kept=reports).write()
    out.print(f"{done.index}: {done.sites} sites, {done.reports} reports", soft_wrap=True)


async def _serve(watch: Watch, where: dict[str, Any], names: tuple[str, ...]) -> None:
    from scanner.dashboard import Parts, build_app
    from scanner.schedule.metrics import Metrics
    from scanner.schedule.running import open_runner

    fleet = watch.fleet
    metrics = Metrics(watch.history, fleet.sites)
    async with AsyncExitStack() as stack:
        begin = None
        if fleet.serve.scans:
            runner = await stack.enter_async_context(open_runner(fleet, watch.history, watch.place, tell=watch.tell))
            begin = _beginner(watch, runner, metrics)
        parts = Parts(
            fleet,
            watch.history,
            watch.place,
            begin=begin,
            metrics=metrics.text,
            healthy=lambda: metrics.health().state == "ok",
            names=(*names, *_linked(fleet)),
            host=where["host"],
            port=where["port"],
        )
        await _listen(parts, build_app(parts))


def _linked(fleet: Fleet) -> tuple[str, ...]:
    """The name in the links of alerts, where strangers must log in anyway."""
    from scanner.site import host_of

    host = host_of(fleet.alerts.link or "")
    return (host,) if host and fleet.serve.users else ()


def _beginner(
    watch: Watch, runner: Runner, metrics: Any
) -> Callable[[str, Callable[[str], None]], Awaitable[int | None]]:
    """How the dashboard scans a site now: as a run that is due at this moment, with the runner of all others."""
    from scanner.capture import Progress
    from scanner.schedule.running import utc_now

    async def begin(name: str, tell: Callable[[str], None]) -> int | None:
        site = watch.fleet.site(name)
        if site is None:
            raise SiteError("unknown", f"no site of the configuration is called {name!r}")

        def progress(_: str, step: Progress) -> None:
            tell(" ".join(part for part in (step.state, step.doing, step.url) if part))

        end = await runner.run(site, utc_now(), by_hand=True, progress=progress)
        metrics.run_ended(end)
        if end.recorded is None:
            raise SiteError(end.result, end.message or "the scan was not recorded")
        await asyncio.to_thread(watch.deliver, utc_now())
        return end.recorded.row.id

    return begin


async def _listen(parts: Parts, app: Guard) -> None:
    """Answer until a signal comes."""
    import signal
    from contextlib import nullcontext

    import uvicorn

    class Server(uvicorn.Server):
        def capture_signals(self) -> Any:
            """Nothing: the signals are heard below, and do not end the program a second time."""
            return nullcontext()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """End the scans that were started here first: pages that show their progress wait for it."""
            await app.ending()
            await super().shutdown(sockets)

    host, port = parts.host or "", parts.port or 0
    listening = _bound(host, port)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=15,
        limit_concurrency=200,
    )
    server = Server(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    shown = f"[{host}]" if ":" in host else host
    out.print(f"dashboard: http://{shown}:{listening.getsockname()[1]}/  (Ctrl+C ends it)", soft_wrap=True)
    await server.serve(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        # Whoever reads the address that is printed next may ask at once.
        made.listen()
        return made
    except OSError as error:
        raise UsageError(f"serve: cannot listen on {host} port {port}: {error.strerror or error}") from error
