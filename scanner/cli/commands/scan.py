"""`scan`: the main job."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import FINISHED, SITE_FAILED, fail
from scanner.cli.options import Baseline, Browser, CatalogueDirs, ConfigFile, Profile, ReportLanguage
from scanner.cli.progress import ProgressLines
from scanner.cli.result import tell
from scanner.config import Config, override, read_config
from scanner.errors import ScannerError, UsageError


def scan(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL...", help="The sites to scan.")] = None,
    out_dir: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write into DIR; several sites: DIR/<host>/.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option("--policy", metavar="URL|FILE", help="The declared policy; default: found.")
    ] = None,
    pages: Annotated[
        int | None, typer.Option("--pages", help="Pages per consent state, the given one included.")
    ] = None,
    states: Annotated[
        str | None, typer.Option("--states", metavar="LIST", help="Consent states; default before,accept,reject.")
    ] = None,
    config: ConfigFile = None,
    host_rules: Annotated[
        str | None, typer.Option("--host-rules", metavar="RULES", help='Such as "MAP shop.example 10.0.0.7".')
    ] = None,
    ignore_https_errors: Annotated[
        bool | None, typer.Option("--ignore-https-errors", help="Accept certificates that do not verify.")
    ] = None,
    ignore_robots: Annotated[
        bool | None, typer.Option("--ignore-robots", help="Visit pages that robots.txt forbids too.")
    ] = None,
    formats: Annotated[
        str | None, typer.Option("--format", metavar="LIST", help="Further outputs: pdf,csv,har,sarif,junit,markdown.")
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", metavar="LEVEL", help="Exit 1 at high, medium or low and above.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", help="How many sites at once.")] = None,
    browser: Browser = None,
    catalogue: CatalogueDirs = None,
    profile: Profile = None,
    baseline: Baseline = None,
    language: ReportLanguage = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line of summary per site.")] = False,
) -> None:
    """Visit each site in every consent state, record evidence, read the policy, compare, write the report."""
    from scanner.pipeline import policy_files, target_url
    from scanner.report import load_scan

    settings = override(
        read_config(config),
        {
            "urls": tuple(urls) if urls else None,
            "out": out_dir,
            "policy": tuple(policy) if policy else None,
            "pages": pages,
            "states": states,
            "host_rules": host_rules,
            "ignore_https_errors": ignore_https_errors,
            "ignore_robots": ignore_robots,
            "format": formats,
            "fail_on": fail_on,
            "jobs": jobs,
            "browser": browser,
            "catalogue": tuple(catalogue) if catalogue else None,
            "profile": profile,
            "baseline": baseline,
            "language": language,
        },
    )
    if not settings.urls:
        raise UsageError("give the address of a site to scan: cookie-scanner scan https://www.example.com/")
    targets = list(dict.fromkeys(target_url(url) for url in settings.urls))
    policy_files(settings.policy)
    if settings.baseline is not None:
        load_scan(Path(settings.baseline))
    raise typer.Exit(_scan(targets, settings, quiet=quiet, as_json=as_json))


def _scan(targets: list[str], settings: Config, *, quiet: bool, as_json: bool) -> int:
    from scanner.pipeline import Done, scan_sites
    from scanner.store import clear

    folders = _folders(targets, settings.out)
    if settings.out is not None:
        for folder in folders.values():
            clear(folder)
    statuses: list[int] = []

    def done(_url: str, result: Done | ScannerError) -> None:
        if isinstance(result, ScannerError):
            statuses.append(fail(result, SITE_FAILED))
        else:
            statuses.append(tell(result.scan, result.folder, settings, quiet=quiet, as_json=as_json))

    with ProgressLines(quiet=quiet or as_json) as progress:
        asyncio.run(scan_sites(targets, settings, folders.__getitem__, progress, done))
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
