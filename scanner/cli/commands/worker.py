"""`worker`: one of any number of machines that scan a fleet together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.commands.schedule import Log
from scanner.cli.console import FINISHED
from scanner.cli.options import ConfigFile
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.config.fleet import Fleet

EXTRA = "the queue for many machines needs its extra: pip install 'cookie-scanner[fleet]'"


def worker(
    config: ConfigFile = None,
    slots: Annotated[int | None, typer.Option("--slots", min=1, max=64, help="How many sites at once.")] = None,
    grace: Annotated[
        float, typer.Option("--grace", min=0.0, metavar="SECONDS", help="Told to stop: how long runs may still take.")
    ] = 60.0,
    tick: Annotated[
        int,
        typer.Option("--tick", min=1, max=60, metavar="SECONDS", help="How often to look what is due (divides 60)."),
    ] = 30,
    metrics: Annotated[
        int | None,
        typer.Option("--metrics", min=0, max=65535, metavar="PORT", help="Serve /metrics and /healthz on loopback."),
    ] = None,
    log: Log = None,
) -> None:
    """Take due sites from the queue on PostgreSQL and scan them, beside any number of other workers.

    SIGTERM or SIGINT: take nothing new, and end when what runs has ended, or goes back into the queue after the grace;
    a second signal gives it back at once.
    """
    from scanner.config.fleet import read_fleet
    from scanner.schedule.logs import configure_log

    if 60 % tick:
        raise UsageError(f"--tick {tick}: a number of seconds that divides 60, such as 5, 10, 30")
    configure_log(log.value if log is not None else None)
    fleet = read_fleet(config)
    if slots is not None:
        fleet = fleet.model_copy(update={"worker": fleet.worker.model_copy(update={"slots": slots})})
    asyncio.run(_work(fleet, grace, tick, metrics))
    raise typer.Exit(FINISHED)


async def _work(fleet: Fleet, grace_s: float, tick_s: int, port: int | None) -> None:
    if missing := [name for name in ("procrastinate", "psycopg", "psycopg_pool") if find_spec(name) is None]:
        raise UsageError(f"{missing[0]} is not installed: {EXTRA}")
    from scanner.schedule.metrics import Metrics, serve
    from scanner.schedule.opening import PATIENCE_S, open_watch
    from scanner.schedule.queue.connection import conninfo
    from scanner.schedule.queue.engine_log import forward_engine_log
    from scanner.schedule.queue.worker import QueueWorker
    from scanner.schedule.running import open_runner

    conninfo(fleet.history.address())
    forward_engine_log()
    with open_watch(fleet, wait_s=PATIENCE_S) as watch:
        figures = Metrics(watch.history, fleet.sites, tick_s=tick_s)
        serving = contextlib.nullcontext(None) if port is None else serve(figures, port)
        opened = open_runner(
            fleet, watch.history, watch.place, tell=watch.tell, browser_replaced=figures.browser_replaced
        )
        async with opened as runner, serving:
            queue = QueueWorker(
                fleet,
                watch.history,
                runner.run,
                grace_s=grace_s,
                tick_s=tick_s,
                errands=watch.errands(),
                metrics=figures,
            )
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, queue.stop)
            await queue.serve()
