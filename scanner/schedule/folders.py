"""Where runs are made before they lie in the place of reports, and what killed processes left behind there.

All of it is in one folder of this machine: beneath the folder of reports, or, where reports are in a store elsewhere,
beneath the user's state. Whoever touches the files of a site holds its lock.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from scanner.errors import EvidenceError, UsageError
from scanner.model.watch import Run
from scanner.schedule.due import location_of
from scanner.schedule.locks import Locks

_WORKING = ".working"
_LOCKS = ".locks"
_CLAIM = ".host"
_DRAFTS = ".draft-*"


def base_folder(reports: str) -> Path:
    """The folder of this machine in which runs for a place of reports are made."""
    scheme, colon, rest = reports.partition("://")
    if not colon:
        return Path(reports).expanduser()
    if scheme.lower() in ("file", "local"):
        return Path(rest)
    # https://specifications.freedesktop.org/basedir-spec/latest/
    state = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
    return state / "cookie-scanner" / hashlib.sha256(reports.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Claim:
    """The note of a run under way: its host (empty: given back), its due moment, how often it was begun in vain."""

    host: str
    due: str
    starts: int


class Folders:
    """The working folders and the locks for one place of reports."""

    def __init__(self, reports: str) -> None:
        self.base = base_folder(reports)
        self.locks = Locks(self.base / _LOCKS)

    def fresh(self, run: Run, host: str) -> Path:
        """An empty working folder for a run, and a note beside it of the host that it claims (empty: none).

        Raises:
            EvidenceError: the disk refuses.
        """
        folder = self.of(run)
        before = self.claimed(run.site)
        starts = before.starts + 1 if before is not None and before.due == run.due else 1
        self.clear(run)
        try:
            folder.mkdir(parents=True)
            if host:
                self._note(run.site, Claim(host, run.due, starts))
        except OSError as error:
            raise EvidenceError(f"cannot write to {folder}: {error.strerror}; free some space") from error
        return folder

    def claimed(self, site: str) -> Claim | None:
        """What a run of this site was at when its process was killed; null where there is nothing to know."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            facts = json.loads((self.base / _WORKING / site / _CLAIM).read_text(encoding="utf-8"))
            return Claim(str(facts["host"]), str(facts["due"]), int(facts["starts"]))
        return None

    def given_back(self, site: str, claim: Claim) -> None:
        """The host of a killed run is free again; that the run was begun is still noted."""
        with contextlib.suppress(OSError):
            self._note(site, replace(claim, host=""))

    def let_go(self, site: str) -> None:
        """Take the note away: the run has let go of its host by itself."""
        with contextlib.suppress(OSError):
            (self.base / _WORKING / site / _CLAIM).unlink()

    def clear(self, run: Run) -> None:
        """Remove the working folder of a run, where there is one, and its site's where nothing else is in it."""
        folder = self.of(run)
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.parent.rmdir()

    def sweep(self, now: datetime.datetime) -> list[str]:
        """Remove what processes that were killed have left: half-made runs, half-made copies. The sites concerned.

        A site at which somebody works is passed over. The note of its host stays, for the next run to see.
        """
        swept = []
        working = self.base / _WORKING
        drafts = {path.parent.name for path in self.base.glob(f"[!.]*/{_DRAFTS}")}
        for site in sorted({path.name for path in working.glob("*") if path.is_dir()} | drafts):
            with self.locks.take(site, "", now) as mine:
                if not mine:
                    continue
                left = [path for path in (working / site).glob("*") if path.is_dir()]
                left += (self.base / site).glob(_DRAFTS)
                for path in left:
                    shutil.rmtree(path, ignore_errors=True)
                if left:
                    swept.append(site)
        return swept

    def _note(self, site: str, claim: Claim) -> None:
        (self.base / _WORKING / site / _CLAIM).write_text(json.dumps(asdict(claim)), encoding="utf-8")

    def of(self, run: Run) -> Path:
        """The working folder of a run."""
        return self.base / _WORKING / location_of(run)


def check_writable(folders: Folders) -> None:
    """Raises UsageError where nothing can be written to the folder in which runs are made."""
    try:
        folders.base.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder of reports {folders.base} cannot be written: {error.strerror}") from error
    if not os.access(folders.base, os.W_OK):
        raise UsageError(f"the folder of reports {folders.base} cannot be written: permission denied")
