"""Waking what waits for a visitor: the pointer moves, a key is pressed, the page is scrolled to its end and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

from scanner.capture.cdp import ProtocolError, Session
from scanner.capture.collectors.frames import WORLD
from scanner.capture.together import meanwhile

_SOURCE = files(__package__).joinpath("wake.js").read_text(encoding="utf-8")
_ANSWER_S = 2.0
_SCROLL_S = 4.0
"""Seconds until the end of a page must have been reached; its frames come slowly where the machine is busy."""
_MOST_STEPS = 20
"""Drawn frames that a scroll may take: a frame takes a sixtieth of a second of real time."""


async def wake(page: Session, main_frame: str, viewport: tuple[int, int], tick: Callable[[], Awaitable[None]]) -> bool:
    """Do what a visitor does without choosing anything; whether the page was scrolled to its end.

    A page that does not bear it is left as it is. `tick` lets it do what is due.
    """
    width, height = viewport
    commands = [_move(page, width * 0.3, height * 0.3), _move(page, width * 0.5, height * 0.4)]
    # Shift alone types nothing and triggers nothing, but it is a key.
    for kind in ("rawKeyDown", "keyUp"):
        commands.append(
            page.post(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": "Shift", "code": "ShiftLeft", "windowsVirtualKeyCode": 16},
            )
        )
    async with meanwhile(_scroll(page, main_frame, tick)) as scrolling:
        await _done(commands)
        await asyncio.wait({scrolling}, timeout=_SCROLL_S)
    # Out by the top, towards the address bar. Moves within one drawn frame become one: this is the last of its own.
    await _done([_move(page, width * 0.5, -1)])
    return not scrolling.cancelled() and scrolling.result()


def _move(page: Session, x: float, y: float) -> asyncio.Future[dict[str, Any]]:
    return page.post("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y, "button": "none"})


async def _done(commands: list[asyncio.Future[dict[str, Any]]]) -> None:
    done, pending = await asyncio.wait(commands, timeout=_ANSWER_S)
    for future in done:
        error = future.exception()
        if error is not None and not isinstance(error, ProtocolError):
            raise error
    for future in pending:
        future.cancel()


async def _scroll(page: Session, main_frame: str, tick: Callable[[], Awaitable[None]]) -> bool:
    async def run(expression: str) -> bool:
        terms = {"expression": expression, "contextId": world["executionContextId"], "awaitPromise": True}
        return "exceptionDetails" not in await page.post("Runtime.evaluate", terms)

    try:
        world = await page.post("Page.createIsolatedWorld", {"frameId": main_frame, "worldName": WORLD})
        # On a busy machine it is the first frame of the page's life: observers tell what is in view before the scroll.
        # They must not tell it together with what comes into view, because many pages look at the first entry only.
        await run("new Promise(requestAnimationFrame)")
        await tick()
        return await run(f"({_SOURCE})({_MOST_STEPS})")
    except ProtocolError:
        return False
