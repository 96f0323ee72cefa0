"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
