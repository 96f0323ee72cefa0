"""Sentences that evidence holds in English because they were written down at the time: what they read in a report."""

from __future__ import annotations

from scanner.messages.message import mark

CALIBRATION: tuple[str, ...] = (
    mark("first-party cookie by HTTP"),
    mark("cookie by script"),
    mark("cookie by cookieStore"),
    mark("third-party cookie from an image"),
    mark("third-party cookie from a frame"),
    mark("third-party cookie by script in a frame"),
    mark("partitioned cookie"),
    mark("refused cookie with its reason"),
    mark("storage of a third-party frame"),
    mark("late script"),
    mark("faster life of the page"),
    mark("beacon: pixel"),
    mark("beacon: sendBeacon"),
    mark("beacon: ping"),
    mark("beacon: keep-alive fetch"),
    mark("beacon: fetch"),
    mark("beacon: css"),
    mark("beacon: socket"),
    mark("hit sent on leaving"),
    mark("automation not visible to the page"),
)
"""What the instrument is shown before a scan."""

CHOICES: tuple[str, ...] = (
    mark("no banner was found"),
    mark("no way to refuse is offered"),
    mark("pay or consent: refusing costs money"),
    mark("no way to withdraw was found on this page"),
    mark("no rule recognises this banner"),
    mark("the notice is gone"),
)
"""Why a choice could not be made."""
