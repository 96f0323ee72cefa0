"""How the watching stands: what runs now, what is due, what failed last, and where everything is kept."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from scanner.config.fleet import Fleet, WatchedSite
from scanner.schedule.cadence import next_slot
from scanner.schedule.due import Due, due_runs
from scanner.schedule.folders import Folders
from scanner.schedule.locks import Held
from scanner.schedule.retrying import again_at
from scanner.store.history import History


@dataclass(frozen=True)
class Waiting:
    """A run that is due. `attempts` of it have failed; `again` is when the next may be made, null: at once."""

    due: Due
    attempts: int
    again: datetime.datetime | None


@dataclass(frozen=True)
class Failing:
    """A site whose last scan failed: how many in a row did, when the last was, and why."""

    site: str
    failures: int
    at: str
    problem: str


@dataclass(frozen=True)
class Coming:
    """The next slot of a site, and whether a run is due for it already."""

    site: WatchedSite
    slot: datetime.datetime
    due: Due | None


@dataclass(frozen=True)
class Status:
    """Everything at one moment. `sites` counts those that are watched by themselves."""

    now: datetime.datetime
    sites: int
    running: tuple[Held, ...]
    waiting: tuple[Waiting, ...]
    coming: Coming | None
    failing: tuple[Failing, ...]
    history: str
    reports: str


def status_of(fleet: Fleet, history: History, now: datetime.datetime) -> Status:
    """How it stands. Nothing is changed."""
    running = Folders(fleet.history.reports).locks.held()
    busy = {held.site for held in running}
    due = due_runs(fleet.sites, history.last_dues(), now, history.is_recorded)
    upcoming = coming(fleet, history, now)
    return Status(
        now=now,
        sites=sum(site.enabled and site.cadence is not None for site in fleet.sites),
        running=running,
        waiting=tuple(_waiting(one, fleet, history, now) for one in due if one.site.name not in busy),
        coming=min(upcoming, key=lambda one: one.slot, default=None),
        failing=_failing(fleet, history),
        history=history.name,
        reports=fleet.history.reports,
    )


def coming(fleet: Fleet, history: History, now: datetime.datetime) -> tuple[Coming, ...]:
    """The next slot of every site that is watched, those that are due first, then the nearest first."""
    due = {one.site.name: one for one in due_runs(fleet.sites, history.last_dues(), now, history.is_recorded)}
    found = []
    for site in fleet.sites:
        slot = next_slot(site.cadence, site.name, now) if site.enabled and site.cadence is not None else None
        if slot is not None:
            found.append(Coming(site, slot, due.get(site.name)))
    return tuple(
        sorted(found, key=lambda one: (one.due is None, one.due.moment if one.due else one.slot, one.site.name))
    )


def _waiting(due: Due, fleet: Fleet, history: History, now: datetime.datetime) -> Waiting:
    attempts, last = history.attempts(due.run)
    again = again_at(due.run, attempts, last, now, fleet.worker) if last is not None else None
    return Waiting(due, attempts, again if again is not None and again > now else None)


def _failing(fleet: Fleet, history: History) -> tuple[Failing, ...]:
    """The sites whose last scan failed, the latest first."""
    watched = {site.name for site in fleet.sites if site.enabled}
    failing = [site.name for site in history.glances() if site.failures and site.name in watched]
    found = [
        Failing(row.name, row.failures, row.last.started, row.last.problem or "no reason is known")
        for row in history.sites(names=failing)
        if row.last is not None
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))
