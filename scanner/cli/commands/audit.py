"""`audit`: judge again, offline."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import Baseline, Browser, CatalogueDirs, ConfigFile, Json, Profile, ReportLanguage
from scanner.config import override, read_config


def audit(
    evidence: Annotated[Path, typer.Argument(metavar="EVIDENCE", help="Folder of a scan.")],
    policy: Annotated[list[str] | None, typer.Option("--policy", metavar="FILE", help="Another policy.")] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Default: the scan's own folder.")
    ] = None,
    config: ConfigFile = None,
    formats: Annotated[str | None, typer.Option("--format", metavar="LIST", help="Further outputs.")] = None,
    fail_on: Annotated[str | None, typer.Option("--fail-on", metavar="LEVEL", help="high, medium or low.")] = None,
    browser: Browser = None,
    catalogue: CatalogueDirs = None,
    profile: Profile = None,
    baseline: Baseline = None,
    language: ReportLanguage = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="One line only.")] = False,
    as_json: Json = False,
) -> None:
    """Judge recorded evidence again, offline, without a browser: new rules, or a new policy."""
    from scanner.classify import load_catalogue
    from scanner.cli.result import tell
    from scanner.judging import audit as run

    changes = {
        "format": formats,
        "fail_on": fail_on,
        "catalogue": tuple(catalogue) if catalogue else None,
        "profile": profile,
        "baseline": baseline,
        "language": language,
        "browser": browser,
    }
    settings = override(read_config(config), changes)
    known = load_catalogue(tuple(Path(name) for name in settings.catalogue))
    if "pdf" in settings.format:
        from scanner.capture.printing import printer

        printer(settings.browser)
    result = run(evidence, settings, known, out=out_dir, policy=tuple(policy or ()))
    if "pdf" in settings.format:
        from scanner.printing import print_report

        asyncio.run(print_report(result, settings))
    raise typer.Exit(tell(result.scan, result.folder, settings, quiet=quiet, as_json=as_json))
