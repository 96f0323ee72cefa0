"""What one run keeps for the next, under the user's cache folder. Losing it costs time, and nothing else.

https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def kept_in(*names: str) -> Path:
    """Where something of these names is kept. For a user without a home it is a place where nothing can be."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        folder = Path(base).expanduser()
    except RuntimeError:
        folder = Path(os.devnull)
    return folder.joinpath("cookie-scanner", *names)


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; that it cannot be written is no loss today."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_bytes(data)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
