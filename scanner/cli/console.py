"""Standard output, standard error, and the exit statuses of every command."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback

from rich.console import Console

from scanner.errors import ScannerError
from scanner.terminal import clean

_PIPED_WIDTH = 400
"""Columns for a pipe or a file, where none are said: a table that is cut to a terminal's width is no use there."""


def _width() -> int | None:
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH


err = Console(stderr=True, highlight=False, markup=False)
out = Console(highlight=False, markup=False, width=_width())

FINISHED, FAIL_ON_MET, WRONG_USAGE, SITE_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


def defect(error: Exception) -> int:
    """A defect of this program: one line for the user, and the details in a file for whoever mends it."""
    details = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile("w", prefix="cookie-scanner-", suffix=".log", delete=False) as log:
        log.write(details)
    cause = clean(f"{type(error).__name__}: {error}")
    err.print(f"cookie-scanner: a defect in this program ({cause}); please report it with {log.name}", soft_wrap=True)
    return SITE_FAILED


def fail(error: ScannerError, status: int) -> int:
    """One line on standard error; the exit status is handed back."""
    err.print(f"cookie-scanner: {clean(str(error), 2000)}", soft_wrap=True)
    return status
