"""Visitors whom Playwright drives: those who log in, and those who begin with what a login brought.

A login's steps want what Playwright does best (waiting until a field can be filled and a button pressed), and what a
login brings (cookies, storage, databases of many origins) only Playwright puts into a fresh context. A scan without a
login never starts it: its driver alone costs a second of processor time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scanner.capture.cdp import ProtocolError
from scanner.capture.contexts import Hub, VisitorContext
from scanner.capture.manners import GPC_HEADER, GPC_SCRIPT, Manners, manners, place
from scanner.capture.plan import BrowserOptions
from scanner.capture.tab import Tab

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, StorageState

_JOIN_MS = 30_000


class Driver:
    """Playwright, joined to our browser when somebody first asks for it; `stack` ends it."""

    def __init__(self, hub: Hub, options: BrowserOptions, stack: AsyncExitStack) -> None:
        self._hub = hub
        self._options = options
        self._stack = stack
        self._starting = asyncio.Lock()
        self._browser: Browser | None = None

    @asynccontextmanager
    async def visitor(self, *, gpc: bool = False, state: StorageState | None = None) -> AsyncIterator[DrivenVisitor]:
        """A fresh context, gone at the end with everything in it. `gpc`: this visitor sends Global Privacy Control.

        `state` is what the visitor has beforehand, as one who is logged in.

        Raises:
            ProtocolError: the browser does not open one, or cannot be driven.
        """
        browser = await self._joined()
        from playwright.async_api import Error  # noqa: PLC0415 - loaded by `_joined`

        width, height = self._options.viewport
        where = self._options.geolocation
        terms: dict[str, Any] = {"geolocation": place(where), "permissions": ["geolocation"]} if where else {}
        try:
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                locale=self._options.locale,
                timezone_id=self._options.timezone,
                accept_downloads=False,
                extra_http_headers=GPC_HEADER if gpc else None,
                storage_state=state,
                **terms,
            )
            if gpc:
                await context.add_init_script(GPC_SCRIPT)
        except Error as error:
            # Of a state that it cannot take, the browser's words may hold values.
            reason = "what the login brought cannot be loaded" if state is not None else error.message
            raise ProtocolError(f"no new context: {reason}") from None
        own = DrivenVisitor(self._hub, context, manners(self._options, gpc=gpc))
        try:
            yield own
        finally:
            own.forget()
            with suppress(Error):
                await context.close()

    async def _joined(self) -> Browser:
        async with self._starting:
            if self._browser is None:
                self._browser = await self._join()
            return self._browser

    async def _join(self) -> Browser:
        playwright = await asyncio.to_thread(import_module, "playwright.async_api")
        bridge = await asyncio.to_thread(import_module, "scanner.capture.bridge")
        try:
            driver = await self._stack.enter_async_context(playwright.async_playwright())
            endpoint = await self._stack.enter_async_context(bridge.open_bridge(self._hub.connection))
            browser: Browser = await driver.chromium.connect_over_cdp(endpoint, timeout=_JOIN_MS)
        except playwright.Error as error:
            raise ProtocolError(f"the browser cannot be driven: {error.message}") from error

        async def leave() -> None:
            with suppress(playwright.Error):
                await browser.close()

        self._stack.push_async_callback(leave)
        return browser


@dataclass(frozen=True)
class OpenTab:
    """A tab as capture sees it, and the same tab as Playwright sees it."""

    tab: Tab
    page: Page


class DrivenVisitor(VisitorContext):
    """A visitor whose first tab Playwright opens; the others are ours alone.

    Playwright does not say under which id the browser knows a context: its first tab does.
    """

    def __init__(self, hub: Hub, context: BrowserContext, how: Manners) -> None:
        super().__init__(hub, "")
        self._context = context
        self._how = how
        self._opening = asyncio.Lock()

    async def new_tab(self) -> Tab:
        """Open a tab in a window of its own.

        Raises:
            ProtocolError: the browser does not open one.
        """
        async with self._opening:
            if not self._id:
                return (await self._new_page()).tab
        return await super().new_tab()

    async def first_page(self) -> OpenTab:
        """Open the context's first tab, known to Playwright too.

        Raises:
            ProtocolError: the browser does not open one.
        """
        async with self._opening:
            return await self._new_page()

    async def stored(self) -> StorageState:
        """The visitor's cookies, and what all origins keep for it.

        Raises:
            ProtocolError: the browser does not say.
        """
        from playwright.async_api import Error  # noqa: PLC0415 - loaded by the driver

        try:
            return await self._context.storage_state(indexed_db=True)
        except Error as error:
            raise ProtocolError(error.message.splitlines()[0]) from error

    def forget(self) -> None:
        """The visitor has gone."""
        self._hub.manners.pop(self._id, None)

    async def _new_page(self) -> OpenTab:
        from playwright.async_api import Error  # noqa: PLC0415 - loaded by the driver

        try:
            page = await self._context.new_page()
            session = await self._context.new_cdp_session(page)
            info = await session.send("Target.getTargetInfo")
            await session.detach()
        except Error as error:
            raise ProtocolError(f"no new tab: {error.message}") from error
        tab = await self._hub.tab_of(info["targetInfo"]["targetId"])
        self._id = tab.state.context_id
        self._hub.manners[self._id] = self._how
        return OpenTab(tab, page)
