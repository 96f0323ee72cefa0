"""The demonstration: the built-in sites served on loopback, scanned as any other site, and held against their truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.classify import load_catalogue
from scanner.config import Config
from scanner.demo import DemoSite, compare, serve_demo
from scanner.judging import audit
from scanner.model.scan import Scan
from scanner.pipeline import open_instrument
from scanner.recording import Progress, capture
from scanner.report import render_index
from scanner.store import clear


@dataclass(frozen=True)
class Outcome:
    """One demonstration site as scanned; `differences` from what a scan must find, a sentence each."""

    site: str
    scan: Scan
    folder: Path
    differences: tuple[str, ...]


async def run_demo(
    names: Sequence[str],
    out: Path,
    browser: str | None,
    jobs: int,
    progress: Progress,
    tell: Callable[[Outcome], None],
) -> tuple[Path, tuple[Outcome, ...]]:
    """Scan the named sites (none: all) into folders of `out`, and write the index.

    Returns the path of the index and the outcomes in the order of the sites. Raises UsageError for an unknown name.
    """
    catalogue = load_catalogue()
    gate = asyncio.Semaphore(jobs)
    async with serve_demo(names or None) as server:
        config = Config(host_rules=server.host_rules, ignore_https_errors=True, browser=browser)
        async with open_instrument(config) as instrument:

            async def one(site: DemoSite) -> Outcome:
                async with gate:
                    folder = out / site.name
                    clear(folder)
                    own = config.model_copy(update={"pages": len(site.pages)})
                    await capture(instrument, site.start, own, folder, progress)
                    done = await asyncio.to_thread(audit, folder, config, catalogue)
                    outcome = Outcome(site.name, done.scan, folder, compare(site, done.scan.findings).lines())
                    tell(outcome)
                    return outcome

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(site)) for site in server.sites]
    outcomes = tuple(task.result() for task in tasks)
    index = out / "index.html"
    pages = [(f"{outcome.site}/report.html", outcome.scan) for outcome in outcomes]
    index.write_text(render_index(pages), encoding="utf-8")
    return index, outcomes
