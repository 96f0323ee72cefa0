"""A tab as those see it who answer a banner (`consent/page.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.capture.consent.page import Wire
from scanner.capture.tab import Tab


@dataclass(frozen=True)
class TabPage:
    """The page of one tab, over the wires that its evidence is taken from."""

    tab: Tab

    @property
    def url(self) -> str:
        """The address at which the page is now."""
        return self.tab.main_url

    @property
    def wire(self) -> Wire:
        """The page's own process."""
        return self.tab.page

    async def frames(self) -> Mapping[str, Wire]:
        """The frames that have a process of their own now, by their id, those higher up first."""
        return self.tab.frames

    async def cookies(self) -> dict[str, str]:
        """The visitor's cookies of all sites. Raises ProtocolError where the browser does not say."""
        state = self.tab.state
        answer = await state.root.send("Storage.getCookies", {"browserContextId": state.context_id})
        return {cookie["name"]: cookie["value"] for cookie in answer["cookies"]}
