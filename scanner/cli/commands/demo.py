"""`demo`: the built-in sites, scanned on loopback."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import FINISHED, SITE_FAILED, out
from scanner.cli.options import Browser
from scanner.cli.progress import ProgressLines
from scanner.terminal import clean


def demo(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE...", help="Default: all of them.")] = None,
    out_dir: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the reports go.")] = Path("reports"),
    browser: Browser = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=16, help="How many sites at once.")] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    open_index: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the index in a browser at the end.")
    ] = True,
) -> None:
    """Serve the built-in sites on loopback, scan them all, write their reports. No network is needed."""
    from scanner.cli.tables import outcome_line
    from scanner.demonstration import Outcome, run_demo

    def tell(outcome: Outcome) -> None:
        out.print(f"{outcome.site}: {outcome_line(outcome.scan)}", soft_wrap=True)
        for line in outcome.differences:
            out.print(f"  {clean(line)}", soft_wrap=True)

    with ProgressLines(quiet=quiet) as progress:
        index, outcomes = asyncio.run(run_demo(tuple(sites or ()), out_dir, browser, jobs, progress, tell))
    wrong = sum(bool(outcome.differences) for outcome in outcomes)
    out.print(f"{len(outcomes) - wrong} of {len(outcomes)} sites gave exactly the expected findings")
    out.print(f"index: {index}", soft_wrap=True)
    if open_index and out.is_terminal:
        typer.launch(str(index))
    raise typer.Exit(SITE_FAILED if wrong else FINISHED)
