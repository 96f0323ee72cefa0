"""Forgotten scans and their files: first the history lets go of them, then the place of reports."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from scanner.errors import EvidenceError
from scanner.model.watch import Retention
from scanner.store.history.book import History
from scanner.store.places import Place


def clear_out(
    history: History,
    place: Place,
    keep: Retention,
    *,
    now: datetime | None = None,
    protected: Collection[str] = (),
) -> tuple[str, ...]:
    """Forget scans that need not stay and delete their files. Returns the locations that are empty now.

    `protected` are locations that stay whatever their age. Killed in between, the next call deletes the rest. Raises
    EvidenceError where files could not be deleted, after all others were.
    """
    gone: list[str] = []
    trouble: EvidenceError | None = None
    for location in history.prune(keep, now=now, protected=protected):
        try:
            place.delete(location)
        except EvidenceError as error:
            trouble = error
            continue
        history.removed((location,))
        gone.append(location)
    if trouble is not None:
        raise trouble
    return tuple(gone)
