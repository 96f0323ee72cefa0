"""What the calibration of a browser found, kept for the next scan with the same build of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from scanner import __version__
from scanner.kept import keep, kept_in
from scanner.model.instrument import Browser

_METHOD = "1"
"""To be counted up when the calibration or the browser's flags change: results kept before count no more."""


def kept_result(executable: str) -> Browser | None:
    """The result kept from before for this very build, or null."""
    try:
        return Browser.model_validate_json(_place(executable).read_bytes())
    except (OSError, ValidationError):
        return None


def keep_result(executable: str, browser: Browser) -> None:
    """Keep a result for the next scan; a cache that cannot be written is no loss but of time."""
    with suppress(OSError):
        keep(_place(executable), browser.model_dump_json(indent=1).encode())


def _place(executable: str) -> Path:
    path = Path(executable).resolve()
    facts = path.stat()
    key: Iterable[object] = (str(path), facts.st_mtime_ns, facts.st_size, __version__, _METHOD)
    digest = hashlib.sha256(json.dumps(list(key)).encode()).hexdigest()[:16]
    return kept_in(f"calibration-{digest}.json")
