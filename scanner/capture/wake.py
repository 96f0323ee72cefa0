"""Waking what waits for a visitor: the pointer moves, a key is pressed, the page is scrolled to its end and back."""

from __future__ import annotations

import asyncio

from scanner.capture.cdp import ProtocolError, Session

_ANSWER_S = 2.0

# Scrolls by screens so that what loads on coming into view does; a drawn frame between two steps, as observers need.
_SCROLL = """(async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const root = document.scrollingElement || document.documentElement;
  const step = Math.max(200, innerHeight * 0.9);
  for (let y = step, i = 0; i < 12 && y < root.scrollHeight + step; y += step, i++) {
    scrollTo({top: y, behavior: "instant"});
    await frame();
  }
  scrollTo({top: root.scrollHeight, behavior: "instant"});
  await frame();
  scrollTo({top: 0, behavior: "instant"});
})()"""


async def wake(page: Session, viewport: tuple[int, int]) -> None:
    """Do what a visitor does without choosing anything. A page that does not bear it is left as it is."""
    width, height = viewport
    commands = [
        page.post("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y, "button": "none"})
        for x, y in ((width * 0.3, height * 0.3), (width * 0.5, height * 0.4))
    ]
    # Shift alone types nothing and triggers nothing, but it is a key.
    for kind in ("rawKeyDown", "keyUp"):
        commands.append(
            page.post(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": "Shift", "code": "ShiftLeft", "windowsVirtualKeyCode": 16},
            )
        )
    commands.append(page.post("Runtime.evaluate", {"expression": _SCROLL, "awaitPromise": True}))
    done, pending = await asyncio.wait(commands, timeout=_ANSWER_S)
    for future in done:
        error = future.exception()
        if error is not None and not isinstance(error, ProtocolError):
            raise error
    for future in pending:
        future.cancel()
