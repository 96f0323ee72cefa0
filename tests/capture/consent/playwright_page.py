"""A page that Playwright opened, as those see it who answer a banner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession, Error, Frame, Page

from scanner.capture.cdp import ProtocolError


@dataclass(frozen=True)
class PlaywrightWire:
    """One of Playwright's own protocol sessions."""

    session: CDPSession

    async def send(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        try:
            answer: dict[str, Any] = await self.session.send(method, dict(params or {}))
        except Error as error:
            raise ProtocolError(error.message) from error
        return answer


@dataclass
class PlaywrightPage:
    """One page, in a world of its own protocol sessions."""

    page: Page
    wire: PlaywrightWire
    _foreign: dict[Frame, PlaywrightWire] = field(default_factory=dict)

    @classmethod
    async def of(cls, page: Page) -> PlaywrightPage:
        """The page with a session of its own."""
        return cls(page, PlaywrightWire(await page.context.new_cdp_session(page)))

    @property
    def url(self) -> str:
        """The address at which the page is now."""
        return self.page.url

    async def frames(self) -> Mapping[str, PlaywrightWire]:
        """The frames that have a process of their own now. Frames come and go, so each is asked for its id."""
        found = {}
        self._foreign = {frame: wire for frame, wire in self._foreign.items() if frame in self.page.frames}
        for frame in self.page.frames[1:]:
            try:
                frame_id = await self._id(frame)
                found[frame_id] = self._foreign[frame]
            except (Error, ProtocolError):
                self._foreign.pop(frame, None)
        return found

    async def _id(self, frame: Frame) -> str:
        if frame in self._foreign:
            try:
                return await _frame_id(self._foreign[frame])
            except ProtocolError:
                pass  # it moved to another process
        self._foreign[frame] = PlaywrightWire(await self.page.context.new_cdp_session(frame))
        return await _frame_id(self._foreign[frame])

    async def cookies(self) -> dict[str, str]:
        """The visitor's cookies of all sites."""
        return {cookie.get("name", ""): cookie.get("value", "") for cookie in await self.page.context.cookies()}


async def _frame_id(wire: PlaywrightWire) -> str:
    tree = await wire.send("Page.getFrameTree")
    return str(tree["frameTree"]["frame"]["id"])
