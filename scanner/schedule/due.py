"""Which runs are due: a pure function of the sites, their recorded runs, and the present moment."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scanner.config.fleet import WatchedSite
from scanner.model.watch import Run
from scanner.schedule.cadence import latest_slot, next_slot, slots_between

_MISSED_COUNTED = 100
"""No more missed slots than this are counted: the figure is for the log."""


@dataclass(frozen=True)
class Due:
    """A run that a site's cadence asks for now. `missed`: earlier slots that passed since its last run."""

    site: WatchedSite
    moment: datetime.datetime
    missed: int

    @property
    def run(self) -> Run:
        """The identity of the run."""
        return run_of(self.site.name, self.moment)


def run_of(site: str, due: datetime.datetime) -> Run:
    """The run of a site at a due moment (aware); parts of a second do not count."""
    return Run(site=site, due=due.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def moment_of(run: Run) -> datetime.datetime:
    """The due moment of a run, in UTC."""
    return datetime.datetime.fromisoformat(run.due)


def location_of(run: Run) -> str:
    """Where a run's files lie in the place of reports: `<site>/<due as 20261122T093000Z>`."""
    return f"{run.site}/{moment_of(run):%Y%m%dT%H%M%SZ}"


def due_runs(
    sites: Iterable[WatchedSite],
    last: Mapping[str, datetime.datetime],
    now: datetime.datetime,
    recorded: Callable[[Run], bool],
) -> tuple[Due, ...]:
    """What is due at `now` (aware), longest due first.

    `last` has the latest due moment recorded of each site. A site is due at its latest slot, where nothing has been
    recorded for that or a later moment: slots that passed meanwhile are one run. A record of later than `now` says
    that the clock was ahead. Less than one slot ahead, that record stands for the slot before it. Further ahead, slots
    would be left out until the clock has caught up: then the latest slot is due unless it is itself `recorded`.
    """
    found = []
    for site in sites:
        if not site.enabled or site.cadence is None:
            continue
        slot = latest_slot(site.cadence, site.name, now)
        if slot is None:
            continue
        before = last.get(site.name)
        if before is None:
            found.append(Due(site, slot, 0))
        elif before <= now:
            if before < slot:
                passed = slots_between(site.cadence, site.name, before, slot, limit=_MISSED_COUNTED)
                found.append(Due(site, slot, max(0, passed - 1)))
        elif _leaves_out(site, now, before) and not recorded(run_of(site.name, slot)):
            found.append(Due(site, slot, 0))
    return tuple(sorted(found, key=lambda due: (due.moment, due.site.name)))


def next_moment(sites: Iterable[WatchedSite], now: datetime.datetime) -> datetime.datetime | None:
    """When the next slot of any site comes after `now`; null where none ever will."""
    moments = (next_slot(site.cadence, site.name, now) for site in sites if site.enabled and site.cadence is not None)
    return min((moment for moment in moments if moment is not None), default=None)


def _leaves_out(site: WatchedSite, now: datetime.datetime, recorded: datetime.datetime) -> bool:
    """Whether a slot lies after now and before a moment recorded of the future."""
    coming = next_slot(site.cadence, site.name, now) if site.cadence is not None else None
    return coming is not None and coming < recorded
