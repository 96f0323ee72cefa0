"""Waiting in the page's own time: in small grants with a ceiling, looking between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.method import Pace
from scanner.capture.consent.page import Page, evaluate

_FIRST_GRANT = 50.0
_LONGEST_GRANT = 400.0


async def until(pace: Pace, holds: Callable[[], Awaitable[bool]], limit: float) -> bool:
    """Whether `holds` became true within `limit` milliseconds of the page's time. It is asked at least twice."""
    spent, grant = 0.0, _FIRST_GRANT
    while True:
        if await holds():
            return True
        if spent >= limit:
            return False
        grant = min(grant, max(1.0, limit - spent))
        await pace.live(grant)
        spent += grant
        grant = min(grant * 2, _LONGEST_GRANT)


DRAWN_S = 0.4
"""Seconds on the wall for a page to draw what happened."""

# Resolves once a frame was drawn and no passing animation runs any more; endless ones and long ones are let be.
_DRAWN = """new Promise(done => requestAnimationFrame(() => {
  const passing = document.getAnimations().filter(a => a.playState === "running"
    && a.effect && a.effect.getComputedTiming().endTime <= 4000);
  Promise.allSettled(passing.map(a => a.finished)).then(() => done(true));
}))"""


async def drawn(page: Page) -> None:
    """Wait until the page has drawn a frame and its passing animations are over, if it draws at all.

    Where the page's timers run in virtual time its frames still come in real time, so a notice that fades away needs
    both. A page that draws nothing is not waited for longer than `DRAWN_S`.
    """
    try:
        await asyncio.wait_for(evaluate(page.wire, _DRAWN, promised=True), DRAWN_S)
    except (ProtocolError, TimeoutError):
        return
