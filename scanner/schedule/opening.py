"""Everything that a service which scans has open, put together in one place for all of them."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from scanner.alerts import messages
from scanner.config.fleet import Fleet
from scanner.model.watch import Outgoing
from scanner.schedule.keeping import tidying
from scanner.schedule.local import Errand
from scanner.schedule.running import Heard, utc_now
from scanner.schedule.telling import deliver
from scanner.store.history import AwayError, History, open_history
from scanner.store.places import Place, open_place

PATIENCE_S = 60.0
"""How long a service that starts waits for its database, which may be starting too."""

_ASK_AGAIN = datetime.timedelta(minutes=1)
_PAUSE_S = 1.0
_log = structlog.get_logger("scanner.schedule")


@dataclass(frozen=True)
class Watch:
    """A fleet with its history and its place of reports."""

    fleet: Fleet
    history: History
    place: Place

    def tell(self, heard: Heard) -> tuple[Outgoing, ...]:
        """The messages about a run that is being recorded."""
        return messages(heard.site, heard.recorded, self.fleet.alerts, utc_now())

    def deliver(self, now: datetime.datetime) -> datetime.datetime | None:
        """An errand: send what may be sent. It asks to be called again in a minute where messages may come up then."""
        if not self.fleet.notify:
            return None
        told = deliver(self.history, self.fleet.notify, self.fleet.alerts, self.place, now)
        for problem in told.problems:
            _log.error("a message could not be sent", error=problem)
        if told.arrived:
            _log.info("messages sent", messages=told.arrived)
        return now + _ASK_AGAIN

    def errands(self) -> tuple[Errand, ...]:
        """What is to be done beside the runs: sending messages, and clearing what is old."""
        return (self.deliver, tidying(self.fleet, self.history, self.place))


@contextmanager
def open_watch(fleet: Fleet, *, wait_s: float = 0.0) -> Iterator[Watch]:
    """Open the history and the place of reports of a fleet.

    A service gives `wait_s`: a database that does not answer yet, or is just being restarted, is waited for that long.

    Raises:
        UsageError: one of them cannot be opened.
    """
    place = open_place(fleet.history.reports)
    history = _waited_for(fleet.history.address(), time.monotonic() + wait_s)
    try:
        yield Watch(fleet, history, place)
    finally:
        history.close()


def _waited_for(address: str, until: float) -> History:
    told = False
    while True:
        try:
            return open_history(address)
        except AwayError as error:
            if time.monotonic() >= until:
                raise
            if not told:
                _log.warning("the database is waited for", error=str(error))
                told = True
        time.sleep(_PAUSE_S)
