"""`lookup`: what the catalogue knows."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import CatalogueDirs, Json
from scanner.terminal import clean


def lookup(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME|HOST...", help="Cookie names, NAME@DOMAIN, hosts; -: stdin.")
    ],
    catalogue: CatalogueDirs = None,
    as_json: Json = False,
) -> None:
    """Say what the catalogue knows of a cookie name or a host."""
    from scanner.classify import load_catalogue

    known = load_catalogue(tuple(Path(name) for name in catalogue or ()))
    for name in names:
        for query in (line.strip() for line in sys.stdin) if name == "-" else (name,):
            if not query:
                continue
            match = known.lookup(query)
            if as_json:
                print(json.dumps(match.as_dict(), ensure_ascii=False))
            else:
                print(clean(match.as_text(), 2000))
