"""Who is told of what changed, when, and in which words."""

from __future__ import annotations

import datetime

from scanner.alerts.matters import besides, matters
from scanner.alerts.message import Message, compose, text, title, worst
from scanner.alerts.sending import AlertError, send
from scanner.alerts.timing import again, not_before
from scanner.config.fleet import Alerts, WatchedSite
from scanner.model.watch import Outgoing, Recorded

__all__ = ["AlertError", "Message", "again", "messages", "not_before", "send", "text", "title", "worst"]


def messages(site: WatchedSite, recorded: Recorded, settings: Alerts, now: datetime.datetime) -> tuple[Outgoing, ...]:
    """What is to be sent because of one recorded scan, one message for each target of its site. `now` is aware."""
    told = matters(recorded, settings)
    rest = besides(recorded.changes, told)
    start = not_before(now, settings).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    return compose(site, recorded, told, rest, settings, start)
