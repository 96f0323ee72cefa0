"""`policy`: what a policy declares."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from scanner.cli.console import out
from scanner.cli.options import Browser, ConfigFile, Json
from scanner.config import override, read_config


def policy(
    names: Annotated[list[str], typer.Argument(metavar="URL|FILE...", help="Addresses or files.")],
    config: ConfigFile = None,
    browser: Browser = None,
    as_json: Json = False,
) -> None:
    """Show what a policy declares: cookies, vendors, claims. A file needs no browser."""
    from scanner.cli.tables import declaration_tables
    from scanner.reading import read_policies

    settings = override(read_config(config), {"browser": browser})
    for name, declaration in asyncio.run(read_policies(names, settings)):
        if as_json:
            print(declaration.model_dump_json())
        else:
            for part in declaration_tables(name, declaration):
                out.print(part)
                out.print()
