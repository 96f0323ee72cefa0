"""`doctor`: prove the instrument."""

from __future__ import annotations

import asyncio

import typer

from scanner.cli.console import FINISHED, SITE_FAILED, out
from scanner.cli.options import Browser, ConfigFile, Json
from scanner.config import override, read_config


def doctor(browser: Browser = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Prove the instrument: which browser is used, and does it see what it must."""
    from scanner.cli.tables import calibration_table
    from scanner.pipeline import prove

    settings = override(read_config(config), {"browser": browser})
    instrument = asyncio.run(prove(settings))
    if as_json:
        print(instrument.model_dump_json())
    else:
        out.print(f"{instrument.name} {instrument.version} ({instrument.executable})", soft_wrap=True)
        out.print(calibration_table(instrument))
        blind = sum(not check.passed for check in instrument.calibration.checks)
        out.print("This browser sees all it must." if not blind else f"This browser is blind to {blind} of these.")
    raise typer.Exit(FINISHED if instrument.calibration.passed else SITE_FAILED)
