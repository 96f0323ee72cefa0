"""The slots of a cadence: the moments at which a site is due, by the clock of a time zone, all through its changes.

Cron expressions are asked for times on the wall, in a calendar without a time zone; which moments these are is decided
here. A time that the clock jumps over is due at the moment after the jump. A time that comes twice is due the first
time; only what runs in every hour (`*/15 * * * *`) runs in both. So a day has its run, and has it once, whatever the
clock does.
"""

from __future__ import annotations

import datetime
import hashlib
import zoneinfo
from collections.abc import Iterator

from cronsim import CronSim

from scanner.config.fleet import Cadence

_UTC = datetime.UTC
_WIDEST = datetime.timedelta(hours=26)
"""More than any zone's clock has ever been moved at once: a whole day, at the date line."""
_SECOND = datetime.timedelta(seconds=1)


def latest_slot(cadence: Cadence, name: str, now: datetime.datetime) -> datetime.datetime | None:
    """The last slot of a site at or before `now` (aware), in UTC; null where there never was one."""
    shift = _shift(cadence, name)
    found = _Slots(cadence).latest(now.astimezone(_UTC) - shift)
    return found + shift if found is not None else None


def next_slot(cadence: Cadence, name: str, now: datetime.datetime) -> datetime.datetime | None:
    """The first slot of a site after `now` (aware), in UTC; null where there will be none."""
    shift = _shift(cadence, name)
    found = _Slots(cadence).next(now.astimezone(_UTC) - shift)
    return found + shift if found is not None else None


def slots_between(
    cadence: Cadence, name: str, after: datetime.datetime, until: datetime.datetime, *, limit: int
) -> int:
    """How many slots lie after one moment and up to another, counted no further than `limit`."""
    count, moment = 0, next_slot(cadence, name, after)
    while moment is not None and moment <= until and count < limit:
        count, moment = count + 1, next_slot(cadence, name, moment)
    return count


def _shift(cadence: Cadence, name: str) -> datetime.timedelta:
    """How far this site's slots are moved: whole seconds, the same for ever, spread evenly over the names."""
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
    return datetime.timedelta(seconds=int(share * cadence.jitter_s))


class _Slots:
    """The slots of a cadence that is not moved. Moments are in UTC."""

    def __init__(self, cadence: Cadence) -> None:
        self._cron = cadence.cron
        self._zone = zoneinfo.ZoneInfo(cadence.timezone)
        self._every_hour = self._cron.split()[1] == "*"

    def latest(self, now: datetime.datetime) -> datetime.datetime | None:
        """The last slot at or before `now`."""
        wall, unrest = self._wall(now), self._unrest(now)
        best: datetime.datetime | None = None
        # From the second after: a slot that is now counts.
        for time in self._times(wall + unrest + _SECOND, back=True):
            best = max((moment for moment in (*self._at(time), best) if moment and moment <= now), default=None)
            if best is not None and time <= wall - unrest:
                break
        return best

    def next(self, now: datetime.datetime) -> datetime.datetime | None:
        """The first slot after `now`."""
        wall, unrest = self._wall(now), self._unrest(now)
        best: datetime.datetime | None = None
        for time in self._times(wall - unrest, back=False):
            best = min((moment for moment in (*self._at(time), best) if moment and moment > now), default=None)
            if best is not None and time >= wall + unrest:
                break
        return best

    def _times(self, wall: datetime.datetime, *, back: bool) -> Iterator[datetime.datetime]:
        """Times on the wall after (or before) a given one, in order."""
        return (time.replace(tzinfo=None) for time in CronSim(self._cron, wall.replace(tzinfo=_UTC), reverse=back))

    def _wall(self, moment: datetime.datetime) -> datetime.datetime:
        return moment.astimezone(self._zone).replace(tzinfo=None, microsecond=0)

    def _unrest(self, moment: datetime.datetime) -> datetime.timedelta:
        """By how much the zone's clock is moved around a moment: the order of times may differ from that of moments."""
        around = (moment - _WIDEST, moment, moment + _WIDEST)
        offsets = [one.astimezone(self._zone).utcoffset() or datetime.timedelta() for one in around]
        return max(offsets) - min(offsets)

    def _at(self, time: datetime.datetime) -> tuple[datetime.datetime, ...]:
        """The moments at which a time on the wall is a slot: one, or two where the clock shows it twice."""
        first, second = (time.replace(tzinfo=self._zone, fold=fold).astimezone(_UTC) for fold in (0, 1))
        if first < second:
            return (first, second) if self._every_hour else (first,)
        # Where the time is jumped over, the jump lies between what the clocks before and after make of it.
        return (first,) if first == second else (self._jump(second, first),)

    def _jump(self, before: datetime.datetime, after: datetime.datetime) -> datetime.datetime:
        """The first moment of the new clock, between one of the old and one of the new."""
        old = before.astimezone(self._zone).utcoffset()
        while after - before > _SECOND:
            middle = before + datetime.timedelta(seconds=(after - before) // _SECOND // 2)
            if middle.astimezone(self._zone).utcoffset() == old:
                before = middle
            else:
                after = middle
        return after
