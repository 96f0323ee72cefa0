"""Two ways to let a page live, as capture would: in real time, and in virtual time that stands still between grants."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import CDPSession, Error, Page


@dataclass
class RealPace:
    """Time as it passes: a grant is a timer of the page itself."""

    page: Page
    shots: list[str] = field(default_factory=list)
    marks: int = 0
    lived: float = 0.0

    async def live(self, ms: float) -> None:
        self.lived += ms
        try:
            await self.page.evaluate("ms => new Promise(done => setTimeout(done, ms))", ms)
        except Error:
            await self.page.wait_for_load_state("load")

    async def settle(self) -> None:
        await self.live(400)

    async def mark_choice(self) -> None:
        self.marks += 1

    async def reload(self) -> None:
        await self.page.reload(wait_until="load")
        await self.settle()

    async def shoot(self, label: Literal["banner", "settings", "page"]) -> str | None:
        self.shots.append(label)
        return f"screenshots/{label}.png"


@dataclass
class VirtualPace(RealPace):
    """Virtual time: after each grant every timer of the page stands still."""

    sessions: dict[object, CDPSession] = field(default_factory=dict)

    async def settle(self) -> None:
        await self.live(10_000)

    async def live(self, ms: float) -> None:
        self.lived += ms
        await asyncio.gather(*(self._grant(target, ms) for target in (self.page, *self.page.frames[1:])))

    async def _grant(self, target: object, ms: float) -> None:
        session = self.sessions.get(target)
        try:
            if session is None:
                session = await self.page.context.new_cdp_session(target)  # type: ignore[arg-type]
                self.sessions[target] = session
            spent = asyncio.Event()

            def done(_: object) -> None:
                spent.set()

            session.once("Emulation.virtualTimeBudgetExpired", done)
            terms = {"policy": "pauseIfNetworkFetchesPending", "budget": ms, "maxVirtualTimeTaskStarvationCount": 1000}
            await session.send("Emulation.setVirtualTimePolicy", terms)
            await asyncio.wait_for(spent.wait(), 4)
        except Error:
            self.sessions.pop(target, None)
        except TimeoutError:
            return

    async def reload(self) -> None:
        for session in self.sessions.values():  # time runs until the page has loaded, else it never would
            with contextlib.suppress(Error):
                await session.send("Emulation.setVirtualTimePolicy", {"policy": "pauseIfNetworkFetchesPending"})
        await super().reload()


PACES: dict[str, type[RealPace]] = {"real": RealPace, "virtual": VirtualPace}
