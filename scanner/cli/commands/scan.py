"""`scan`: the main job."""

from __future__ import annotations

import asyncio
import datetime
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import FINISHED, SITE_FAILED, err, fail
from scanner.cli.options import (
    Baseline,
    Browser,
    CatalogueDirs,
    ConfigFile,
    FailOn,
    Formats,
    HostRules,
    IgnoreHttpsErrors,
    IgnoreRobots,
    Jobs,
    Out,
    Pages,
    Policy,
    Profile,
    ReportLanguage,
    States,
    Urls,
)
from scanner.cli.progress import ProgressLines
from scanner.config import Config, override, read_config, watches_sites
from scanner.errors import ScannerError, UsageError

if TYPE_CHECKING:
    from scanner.capture.consent.explain import Explanation
    from scanner.judging import Done
    from scanner.recording import Progress


def scan(
    urls: Urls = None,
    out: Out = None,
    policy: Policy = None,
    pages: Pages = None,
    states: States = None,
    config: ConfigFile = None,
    host_rules: HostRules = None,
    ignore_https_errors: IgnoreHttpsErrors = None,
    ignore_robots: IgnoreRobots = None,
    format: Formats = None,
    fail_on: FailOn = None,
    jobs: Jobs = None,
    browser: Browser = None,
    catalogue: CatalogueDirs = None,
    profile: Profile = None,
    baseline: Baseline = None,
    language: ReportLanguage = None,
    explain: Annotated[
        bool, typer.Option("--explain-consent", help="Tell step by step what was seen and pressed on the banner.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line of summary per site.")] = False,
) -> None:
    """Visit each site in every consent state, record evidence, read the policy, compare, write the report."""
    given = {name: value for name, value in locals().items() if name in Config.model_fields}
    settings = override(read_config(config), {name: _several(value) for name, value in given.items()})
    raise typer.Exit(_scan(_targets(settings, config), settings, explain=explain, quiet=quiet, as_json=as_json))


def _several(value: object) -> object:
    """An option that was not given changes nothing; one that may be given several times comes as a list."""
    return (tuple(value) or None) if isinstance(value, list) else value


def _targets(settings: Config, file: Path | None) -> list[str]:
    """The addresses to scan, each once. Whatever can be found wrong is found before a browser starts."""
    from scanner.config.address import target_url

    if not settings.urls:
        watched = "; the sites that scan.toml watches are scanned by cookie-scanner schedule run"
        raise UsageError(
            "give the address of a site to scan: cookie-scanner scan https://www.example.com/"
            + (watched if watches_sites(file) else "")
        )
    if settings.policy:
        from scanner.given import policy_files

        policy_files(settings.policy)
    if settings.catalogue:
        from scanner.classify import load_catalogue

        load_catalogue(tuple(Path(name) for name in settings.catalogue))
    if settings.baseline is not None:
        from scanner.report import load_scan

        load_scan(Path(settings.baseline))
    return list(dict.fromkeys(target_url(url) for url in settings.urls))


def _scan(targets: list[str], settings: Config, *, explain: bool, quiet: bool, as_json: bool) -> int:
    from scanner.pipeline import scan_sites

    folders = _folders(targets, settings.out)
    if settings.out is not None:
        for folder in folders.values():
            if folder.exists():
                from scanner.store import clear

                clear(folder)
    statuses: list[int] = []

    def done(_url: str, result: Done | ScannerError) -> None:
        from scanner.cli.result import tell

        if isinstance(result, ScannerError):
            statuses.append(fail(result, SITE_FAILED))
        else:
            statuses.append(tell(result.scan, result.folder, settings, quiet=quiet, as_json=as_json))

    def explained(url: str, state: str, explanation: Explanation) -> None:
        from scanner.walkthrough import walkthrough

        for line in walkthrough(url, state, explanation):
            err.print(line, soft_wrap=True)

    async def run(progress: Progress) -> None:
        # Whoever stops a service or a container sends this one: it, too, keeps what was seen.
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is not None:
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
        listener = explained if explain else None
        await scan_sites(targets, settings, folders.__getitem__, progress, done, listener)

    with ProgressLines(quiet=quiet or as_json) as progress:
        try:
            asyncio.run(run(progress))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
    return SITE_FAILED if SITE_FAILED in statuses else max(statuses, default=FINISHED)


def _folders(targets: Iterable[str], chosen: str | None) -> dict[str, Path]:
    """The folder of each target; two targets on one host get folders of their own."""
    from scanner.site import host_of

    targets = list(targets)
    moment = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    folders: dict[str, Path] = {}
    for url in targets:
        host = host_of(url).replace(":", "_")
        if chosen is not None:
            base = Path(chosen) if len(targets) == 1 else Path(chosen) / host
        else:
            base = Path("reports") / host / moment
        folder, number = base, 2
        while folder in folders.values() or (chosen is None and folder.exists()):
            folder, number = base.with_name(f"{base.name}-{number}"), number + 1
        folders[url] = folder
    return folders
