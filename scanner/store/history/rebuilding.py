"""The history made again from the reports: their folders say which run each was for, their `scan.json` the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import ValidationError

from scanner.errors import EvidenceError
from scanner.model.scan import Scan
from scanner.model.watch import Run
from scanner.store.history.book import History
from scanner.store.places import SEAL, Place

_MOMENT = "%Y%m%dT%H%M%SZ"
_LOCATION = re.compile(r"(?P<site>[^/]+)/(?P<due>\d{8}T\d{6}Z)")


def run_at(location: str) -> Run | None:
    """The run whose files lie at a location, `SITE/20261122T093000Z`; null where it is no run's."""
    found = _LOCATION.fullmatch(location)
    if found is None:
        return None
    try:
        due = datetime.strptime(found["due"], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Run(site=found["site"], due=due.strftime("%Y-%m-%dT%H:%M:%SZ"))


def rebuild(
    history: History,
    place: Place,
    *,
    owner: Callable[[str], str | None] = lambda _: None,
    sentences: Callable[[str], Mapping[str, Sequence[str]] | None] = lambda _: None,
    skipped: Callable[[str, str], None] = lambda _location, _why: None,
) -> int:
    """Record every run whose files lie in a place and that the history does not know, the first due first.

    `owner` is asked with a site's name and `sentences` with a location, as `History.record` takes them; `skipped`
    hears of each location that could not be read, and why. Returns how many were recorded. What changed from scan to
    scan comes out as it was where the history was empty; into one that knows newer scans, older ones come late.
    """
    number = 0
    for run, location in sorted(_runs(place), key=lambda found: (found[0].due, found[0].site)):
        if history.is_recorded(run):
            continue
        try:
            with place.open(location, SEAL) as file:
                scan = Scan.model_validate_json(file.read())
        except (FileNotFoundError, EvidenceError) as error:
            skipped(location, str(error) or "it has gone")
            continue
        except ValidationError as error:
            skipped(location, f"{SEAL} is not the result of a scan: {error.errors(include_url=False)[0]['msg']}")
            continue
        recorded = history.record(
            scan,
            run=run,
            url=scan.target.url,
            location=location,
            owner=owner(run.site),
            sentences=sentences(location),
        )
        number += recorded.fresh
    return number


def _runs(place: Place) -> Iterator[tuple[Run, str]]:
    for location in place.locations():
        run = run_at(location)
        if run is not None:
            yield run, location
