"""When a message may go out: quiet hours by the clock of a place, and patience with a target that does not answer."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from scanner.config.fleet import Alerts

_FIRST_PAUSE = datetime.timedelta(minutes=1)
_LONGEST_PAUSE = datetime.timedelta(hours=6)
_MOST_TRIES = 10
"""Over these the pauses add up to about a day and a half."""


def not_before(moment: datetime.datetime, settings: Alerts) -> datetime.datetime:
    """The first moment from `moment` on that is not in the quiet hours; both are aware, the result is in UTC."""
    hours = settings.quiet_hours
    if hours is None:
        return moment.astimezone(datetime.UTC)
    start, end = hours
    zone = ZoneInfo(settings.timezone)
    local = moment.astimezone(zone)
    time = local.time()
    quiet = start <= time < end if start < end else time >= start or time < end
    if not quiet:
        return moment.astimezone(datetime.UTC)
    day = local.date() if time < end else local.date() + datetime.timedelta(days=1)
    return datetime.datetime.combine(day, end, zone).astimezone(datetime.UTC)


def again(failures: int, moment: datetime.datetime, settings: Alerts) -> datetime.datetime | None:
    """When to try a message again that has now failed this many times; null: it is given up."""
    if failures >= _MOST_TRIES:
        return None
    pause = min(_FIRST_PAUSE * 4 ** (failures - 1), _LONGEST_PAUSE)
    return not_before(moment + pause, settings)
