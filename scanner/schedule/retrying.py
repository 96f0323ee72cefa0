"""When a failed capture is tried again: which failures may pass, and how long is waited."""

from __future__ import annotations

import datetime
import hashlib

from scanner.config.fleet import WorkerSize
from scanner.model.scan import Scan
from scanner.model.watch import Run

PASSING = frozenset({"dns", "timeout", "refused", "reset", "crashed", "offline", "proxy"})
"""Kinds of problems that may be gone in a while; whatever else failed will fail again."""

_LONGEST_S = 86_400.0


def passing_failure(scan: Scan) -> tuple[str, str] | None:
    """Kind and message of the failure of a scan where it may pass; null where the scan is as good as it gets."""
    if scan.outcome != "failed":
        return None
    found = [problem for problem in scan.problems if problem.kind in PASSING]
    return (found[0].kind, found[0].message) if found else None


def again_at(
    run: Run, attempts: int, last: datetime.datetime, now: datetime.datetime, worker: WorkerSize
) -> datetime.datetime:
    """When a run may be tried again that has failed so many times, at last at a moment.

    The wait doubles with each failure, and is longer or shorter by up to a quarter, by chance that is the same for
    whoever asks: a hundred sites that failed together do not come back together. A last failure of later than now
    (the clock was moved) counts as of now.
    """
    digest = hashlib.sha256(f"{run.site} {run.due} {attempts}".encode()).digest()
    chance = 0.75 + int.from_bytes(digest[:4], "big") / 2**32 / 2
    wait = min(worker.retry_after_s * 2.0 ** min(attempts - 1, 30), _LONGEST_S) * chance
    return min(last, now) + datetime.timedelta(seconds=wait)
