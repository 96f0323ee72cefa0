"""A folder of this process for everything temporary, so that what is left of a killed process can be told and removed.

Browsers and their drivers put profiles and sockets where `TMPDIR` says. A process that scans for days gets a folder of
its own there, with a lock in it that the kernel opens when the process dies: a folder whose lock is free belongs to
nobody any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "cookie-scanner.own-"
_LOCK = "lock"
_LONGEST = 35
_SHORT = Path("/tmp")
_IN_THE_MAKING_S = 3600.0
"""A folder without a lock is only just being made, or of a process that was killed in that moment."""


@contextmanager
def own_temporary_folder() -> Iterator[Path]:
    """Let this process and its children put all temporary files into one folder, which is removed at the end.

    Folders of processes that were killed are removed at the start.
    """
    around = Path(tempfile.gettempdir())
    if len(str(around)) > _LONGEST and os.access(_SHORT, os.W_OK):
        around = _SHORT  # browsers have sockets in it, whose paths may not be long
    _sweep(around)
    before = os.environ.get("TMPDIR"), tempfile.tempdir
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=around))
    # Under its name only once it is locked: nobody else shall find it free.
    draft = folder / f".{_LOCK}"
    lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        draft.rename(folder / _LOCK)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        yield folder
    finally:
        if before[0] is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before[0]
        tempfile.tempdir = before[1]
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _sweep(around: Path) -> None:
    for folder in around.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # one of another user cannot be opened
            try:
                lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:
                if time.time() - folder.stat().st_mtime > _IN_THE_MAKING_S:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
