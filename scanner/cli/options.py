"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Urls = Annotated[list[str] | None, typer.Argument(metavar="URL...", help="The sites to scan.")]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write into DIR; several sites: DIR/<host>/.")]
Policy = Annotated[
    list[str] | None, typer.Option("--policy", metavar="URL|FILE", help="The declared policy; default: found.")
]
Pages = Annotated[int | None, typer.Option("--pages", help="Pages per consent state, the given one included.")]
States = Annotated[
    str | None, typer.Option("--states", metavar="LIST", help="Consent states; default before,accept,reject.")
]
HostRules = Annotated[
    str | None, typer.Option("--host-rules", metavar="RULES", help='Such as "MAP shop.example 10.0.0.7".')
]
IgnoreHttpsErrors = Annotated[
    bool | None, typer.Option("--ignore-https-errors", help="Accept certificates that do not verify.")
]
IgnoreRobots = Annotated[bool | None, typer.Option("--ignore-robots", help="Visit pages that robots.txt forbids too.")]
Formats = Annotated[
    str | None,
    typer.Option("--format", metavar="LIST", help="Further outputs: pdf,csv,har,sarif,junit,markdown."),
]
FailOn = Annotated[
    str | None, typer.Option("--fail-on", metavar="LEVEL", help="Exit 1 at high, medium or low and above.")
]
Jobs = Annotated[int | None, typer.Option("--jobs", help="How many sites at once.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Default: scan.toml in the working directory.")]
Browser = Annotated[str | None, typer.Option("--browser", help="Path of a Chrome, Chromium or Edge.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON line for each argument on standard output.")]
CatalogueDirs = Annotated[
    list[str] | None, typer.Option("--catalogue", help="Folder of your own vendor files; they take precedence.")
]


Profile = Annotated[
    str | None, typer.Option("--profile", metavar="REGION", help="Whose rules apply: eu (default), uk, ch, us-ca.")
]

Baseline = Annotated[
    str | None,
    typer.Option("--baseline", metavar="OLD", help="An earlier scan: only findings that it has not count."),
]
ReportLanguage = Annotated[
    str | None, typer.Option("--language", metavar="LANG", help="Of the report: en (default), de, fr, it, es.")
]
