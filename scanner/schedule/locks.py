"""One lock a site: of the processes of a machine, only one is at a site at a time.

A lock is a `flock` on a file, so the kernel lets go of it when its holder dies, however it dies; the file itself stays
and says nothing. What is written in it, by whom it was taken and since when, is for people (`cookie-scanner status`).
https://man7.org/linux/man-pages/man2/flock.2.html
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import EvidenceError

_ENDING = ".lock"


@dataclass(frozen=True)
class Held:
    """A lock that somebody holds: which process, since when, and the due moment of the run (null: not known)."""

    site: str
    pid: int | None
    since: datetime.datetime | None
    due: str | None


class Locks:
    """The locks of all sites, as files of one folder (made where missing)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def take(self, site: str, due: str, now: datetime.datetime) -> Iterator[bool]:
        """Try to lock a site for as long as the body lasts; whether it worked. Never waits.

        Raises:
            EvidenceError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._folder / f"{site}{_ENDING}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise EvidenceError(f"cannot lock {site} in {self._folder}: {error.strerror}") from error
        try:
            if not _locked(descriptor):
                yield False
                return
            _write(descriptor, {"pid": os.getpid(), "since": now.isoformat(), "due": due})
            try:
                yield True
            finally:
                _write(descriptor, {})
        finally:
            os.close(descriptor)

    def held(self) -> tuple[Held, ...]:
        """Every lock that is held right now, by any process, in the order of the sites' names."""
        found = []
        for path in sorted(self._folder.glob(f"*{_ENDING}")):
            with contextlib.suppress(OSError), path.open("r", encoding="utf-8", errors="replace") as file:
                text = file.read()
                # Who lets go of a lock leaves its file empty. To try one is to hold it for a moment, in which whoever
                # wants it would find it taken: that is done only where the file says that somebody has it, or died.
                if text and not _locked(file.fileno(), shared=True):
                    found.append(_held(path.name.removesuffix(_ENDING), text))
        return tuple(found)


def _locked(descriptor: int, *, shared: bool = False) -> bool:
    """Whether the lock could be had. One that is only looked at is shared, so that two who look do not meet."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(descriptor: int, facts: dict[str, object]) -> None:
    text = json.dumps(facts).encode() if facts else b""
    with contextlib.suppress(OSError):  # a full disk: the lock holds all the same
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text, 0)


def _held(site: str, text: str) -> Held:
    try:
        facts = json.loads(text)
        since = datetime.datetime.fromisoformat(facts["since"])
        return Held(site, int(facts["pid"]), since, str(facts["due"]))
    except (ValueError, KeyError, TypeError):
        return Held(site, None, None, None)
