"""Scans that need not be kept any more: forgotten by the history first, then removed from the place of reports."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import structlog

from scanner.config.fleet import Fleet
from scanner.errors import ScannerError
from scanner.model.watch import Retention
from scanner.schedule.folders import base_folder
from scanner.store.history import History
from scanner.store.places import Place

_EVERY = datetime.timedelta(days=1)
_log = structlog.get_logger("scanner.schedule")


def tidying(fleet: Fleet, history: History, place: Place) -> Callable[[datetime.datetime], datetime.datetime | None]:
    """An errand that clears what is older than the configuration keeps, once a day."""
    keep = Retention(days=fleet.history.keep_days, scans=fleet.history.keep_scans)
    due: datetime.datetime | None = None

    def tidy(now: datetime.datetime) -> datetime.datetime:
        nonlocal due
        if due is None or now >= due or due - now > _EVERY:
            clear_old(history, place, keep, now=now, protected=baselines(fleet))
            due = now + _EVERY
        return due

    return tidy


def clear_old(
    history: History, place: Place, keep: Retention, *, now: datetime.datetime, protected: frozenset[str] = frozenset()
) -> int:
    """Forget scans, then remove their files; how many are gone. One that cannot be removed is tried the next time."""
    gone = []
    for location in history.prune(keep, now=now, protected=protected):
        try:
            place.delete(location)
            gone.append(location)
        except ScannerError as error:
            _log.error("old files cannot be removed", location=location, error=str(error))
    if gone:
        history.removed(gone)
        _log.info("old scans removed", scans=len(gone))
    return len(gone)


def baselines(fleet: Fleet) -> frozenset[str]:
    """Locations of scans that are the baseline of a site: they stay, however old."""
    base = base_folder(fleet.history.reports).resolve()
    found = set()
    for site in fleet.sites:
        path = Path(site.config.baseline).resolve() if site.config.baseline is not None else None
        if path is not None and path.is_relative_to(base):
            folder = path.parent if path.name == "scan.json" else path
            found.add(folder.relative_to(base).as_posix())
    return frozenset(found)
