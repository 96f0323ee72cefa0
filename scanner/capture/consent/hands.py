"""Pressing things the way a visitor does: a trusted mouse click where the element really stands.

Where something covers the element, or it draws nothing of its own, a synthetic click is the fallback, and says so.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from scanner.capture.consent.frames import Document, Documents, Remote, call, send
from scanner.capture.consent.method import Pace
from scanner.capture.consent.page import Wire
from scanner.capture.together import meanwhile

How = Literal["mouse", "synthetic", "missed"]

# Where the element stands in its frame, and whether a click there would reach it. Scrolls it into view if asked.
_AIM = """function (scroll) {
  const e = this;
  if (!e.isConnected) return null;
  const first = () => [...e.getClientRects()].find(r => r.width >= 2 && r.height >= 2);
  let r = first();
  if (!r) return {shown: false};
  const outside = r.top < 0 || r.left < 0 || r.bottom > innerHeight || r.right > innerWidth;
  if (outside && scroll) {
    e.scrollIntoView({block: "center", inline: "nearest", behavior: "instant"});
    r = first() || r;
  }
  const up = n => n.assignedSlot || n.parentNode || n.host || null;
  const reaches = (x, y) => {
    let hit = e.getRootNode().elementFromPoint(x, y);
    const owners = new Set([e, ...(e.labels || [])]);
    for (let n = hit, i = 0; n && i < 60; n = up(n), i++) if (owners.has(n)) return true;
    return false;
  };
  const spots = [[0.5, 0.5], [0.2, 0.5], [0.8, 0.5], [0.5, 0.25], [0.5, 0.8]];
  for (const [fx, fy] of spots) {
    const x = r.left + r.width * fx, y = r.top + r.height * fy;
    if (x >= 0 && y >= 0 && x < innerWidth && y < innerHeight && reaches(x, y))
      return {shown: true, clear: true, fx, fy, rect: [r.left, r.top, r.width, r.height]};
  }
  return {shown: true, clear: false, fx: 0.5, fy: 0.5, rect: [r.left, r.top, r.width, r.height]};
}"""

_SYNTHETIC = "function () { if (!this.isConnected) return false; this.click ? this.click() : this.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, composed: true})); return true; }"  # noqa: E501

_STEADY_GRANTS = 10
_STEADY_MS = 40.0


@dataclass
class Hands:
    """Presses elements of one page. `marked` says whether the choice has begun."""

    documents: Documents
    pace: Pace
    marked: bool = False

    async def press(self, document: Document, target: Remote, *, synthetic: bool = False) -> How:
        """Press an element once. `missed` where it is gone or draws nothing and could not be pressed at all."""
        await self.begin()
        if not synthetic:
            spot = await self._aim(document, target)
            if spot is not None:
                await self._click(*spot)
                return "mouse"
        done = await self._in_page_time(call(document, _SYNTHETIC, on=target.id))
        return "synthetic" if done is not False else "missed"

    async def begin(self) -> None:
        """The choice begins: to be called before anything in the page is changed."""
        if not self.marked:
            self.marked = True
            await self.pace.mark_choice()

    async def _aim(self, document: Document, target: Remote) -> tuple[float, float] | None:
        """Where to click in the page's viewport, once the element stands still; null where a click would not reach."""
        before: Any = None
        found: Any = None
        for _ in range(_STEADY_GRANTS):
            found = await call(document, _AIM, True, on=target.id)
            if not found or not found.get("shown"):
                return None
            if before is not None and _same(before, found["rect"]):
                break
            before = found["rect"]
            await self.pace.live(_STEADY_MS)
        if not found or not found.get("clear"):
            return None
        quads = await send(document.wire, "DOM.getContentQuads", objectId=target.id)
        for quad in (quads or {}).get("quads", ()):
            left, top = min(quad[0::2]), min(quad[1::2])
            width, height = max(quad[0::2]) - left, max(quad[1::2]) - top
            if width >= 2 and height >= 2:
                x = document.offset[0] + left + width * found["fx"]
                return x, document.offset[1] + top + height * found["fy"]
        return None

    async def _click(self, x: float, y: float) -> None:
        await self._in_page_time(_mouse(self.documents.page.wire, x, y))

    async def _in_page_time(self, act: Any) -> Any:
        """Run something that the page must live for to end, such as input that its frames acknowledge."""
        async with meanwhile(act) as task:
            for grant in (0.0, 5.0, 20.0, 50.0, 100.0, 200.0, 500.0):
                if grant:
                    await self.pace.live(grant)
                if (await asyncio.wait({task}, timeout=0.4 if not grant else 0.1))[0]:
                    break
        return None if task.cancelled() else task.result()


def _same(one: list[float], other: list[float]) -> bool:
    return all(abs(a - b) < 1.0 for a, b in zip(one, other, strict=True))


async def _mouse(wire: Wire, x: float, y: float) -> bool:
    at = {"x": x, "y": y}
    await send(wire, "Input.dispatchMouseEvent", type="mouseMoved", button="none", **at)
    await send(wire, "Input.dispatchMouseEvent", type="mousePressed", button="left", buttons=1, clickCount=1, **at)
    await send(wire, "Input.dispatchMouseEvent", type="mouseReleased", button="left", clickCount=1, **at)
    return True
