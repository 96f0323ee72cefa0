"""`diff`: what changed between two scans of a site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.console import FAIL_ON_MET, FINISHED, out
from scanner.cli.options import ConfigFile, ReportLanguage
from scanner.config import override, read_config
from scanner.errors import UsageError
from scanner.model.finding import SEVERITIES


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Folder of the earlier scan, or its scan.json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Folder of the later scan, or its scan.json.")],
    out_file: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write an HTML page as well.")] = None,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", metavar="LEVEL", help="Exit 1 at a new finding: high, medium or low.")
    ] = None,
    config: ConfigFile = None,
    language: ReportLanguage = None,
    as_json: Annotated[bool, typer.Option("--json", help="The difference as one JSON line.")] = False,
) -> None:
    """Say what changed: cookies, companies, beacons, findings, and the words of the policy."""
    from scanner.cli.tables import diff_lines
    from scanner.judging import difference
    from scanner.messages import speaking
    from scanner.report import render_diff, write_whole

    settings = override(read_config(config), {"fail_on": fail_on, "language": language})
    found, later = difference(old, new)
    with speaking(settings.language):
        if out_file is not None:
            try:
                write_whole(out_file, render_diff(found).encode("utf-8"))
            except OSError as error:
                raise UsageError(f"--out {out_file}: cannot be written: {error.strerror}") from error
        if as_json:
            print(found.model_dump_json(), flush=True)
        else:
            for line in diff_lines(found):
                out.print(line, soft_wrap=True)
            if out_file is not None:
                out.print(f"page: {out_file}", soft_wrap=True)
    levels = SEVERITIES[: SEVERITIES.index(settings.fail_on) + 1] if settings.fail_on is not None else ()
    fresh = (one.finding for one in found.findings.new)
    accepted = {
        (one.rule, one.subject) for one in later.findings if one.accepted is not None and not one.accepted.expired
    }
    met = any(one.severity in levels and (one.rule, one.subject) not in accepted for one in fresh)
    raise typer.Exit(FAIL_ON_MET if met else FINISHED)
