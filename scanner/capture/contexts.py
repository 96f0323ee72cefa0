"""Consent states as browser contexts: each a visitor who has never been here, with tabs of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, Error, Geolocation, Page, StorageState

from scanner.capture.cdp import Connection, Params, ProtocolError, Session
from scanner.capture.collectors.workers import SharedWorkers
from scanner.capture.plan import BrowserOptions
from scanner.capture.tab import Tab

_ATTACH_S = 10.0
_ACCURACY_M = 50.0
Command = tuple[str, Params]
# https://www.w3.org/TR/gpc/#the-sec-gpc-header-field-for-http-requests
_GPC_HEADER = {"Sec-GPC": "1"}
_GPC_SCRIPT = (
    "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true, configurable: true})"
)


@dataclass(frozen=True)
class OpenTab:
    """A tab as capture sees it, and the same tab as Playwright sees it."""

    tab: Tab
    page: Page


class Hub:
    """Knows every tab of the browser from its first instruction on."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # Made up for each browser: a page must not be able to know the channel's name beforehand.
        self.binding = "_" + secrets.token_hex(8)
        self.manners: dict[str, tuple[Command, ...]] = {}
        """By context id: the commands that make each new page of a context look like those Playwright opens."""
        self._tabs: dict[str, Tab] = {}
        self._shared = SharedWorkers()
        self._arrivals = asyncio.Condition()
        self._pending: set[asyncio.Task[None]] = set()

    async def watch(self) -> None:
        """Attach to every page, and to workers that no page comes with, that the browser will ever open."""
        root = self.connection.root
        root.on("Target.attachedToTarget", self._on_attached)
        await root.send(
            "Target.setAutoAttach",
            {
                "autoAttach": True,
                "waitForDebuggerOnStart": True,
                "flatten": True,
                # Service workers come with the pages they serve.
                "filter": [{"type": "page"}, {"type": "shared_worker"}],
            },
        )

    def _on_attached(self, params: Params, root: Session) -> None:
        session = root.child(params["sessionId"])
        if session is None:
            return
        if session.kind == "page":
            for method, terms in self.manners.get(session.target.get("browserContextId", ""), ()):
                session.post(method, terms)
            tab = Tab(root, session, self.binding, self._shared)
            self._tabs[tab.id] = tab
            session.on("detached", self._on_detached)
            opener = self._tabs.get(tab.opener or "")
            if opener is not None and opener.log is not None:
                opener.adopt(tab)
            task = asyncio.create_task(self._announce())
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)
        else:
            self._join_worker(session)

    def _on_detached(self, _: Params, session: Session) -> None:
        self._tabs.pop(session.target["targetId"], None)

    def _join_worker(self, session: Session) -> None:
        """A shared worker: its requests belong to whichever visit of its context runs now."""
        for tab in self._tabs.values():
            if tab.state.context_id == session.target.get("browserContextId") and tab.log is not None:
                tab.join(session)
                return
        session.post("Runtime.runIfWaitingForDebugger")

    async def _announce(self) -> None:
        async with self._arrivals:
            self._arrivals.notify_all()

    async def tab_of(self, target_id: str) -> Tab:
        """The tab of a target, as soon as it has attached.

        Raises:
            ProtocolError: it did not.
        """
        try:
            async with asyncio.timeout(_ATTACH_S), self._arrivals:
                await self._arrivals.wait_for(lambda: target_id in self._tabs)
        except TimeoutError:
            raise ProtocolError("a new tab did not open") from None
        return self._tabs[target_id]


class VisitorContext:
    """One isolated visitor."""

    def __init__(self, hub: Hub, context: BrowserContext, manners: tuple[Command, ...]) -> None:
        self._hub = hub
        self._manners = manners
        self._context = context
        self._id: str | None = None
        self._opening = asyncio.Lock()

    async def new_tab(self) -> Tab:
        """Open a tab in a window of its own: a tab behind another one is hidden, and draws and observes nothing.

        Raises:
            ProtocolError: the browser does not open one.
        """
        async with self._opening:
            if self._id is None:
                return (await self._new_page()).tab
            answer = await self._hub.connection.root.send(
                "Target.createTarget", {"url": "about:blank", "browserContextId": self._id, "newWindow": True}
            )
            return await self._hub.tab_of(answer["targetId"])

    async def stored(self) -> StorageState:
        """The visitor's cookies, and what all origins keep for it.

        Raises:
            ProtocolError: the browser does not say.
        """
        try:
            return await self._context.storage_state(indexed_db=True)
        except Error as error:
            raise ProtocolError(error.message.splitlines()[0]) from error

    def forget(self) -> None:
        """The visitor has gone."""
        if self._id is not None:
            self._hub.manners.pop(self._id, None)

    async def first_page(self) -> OpenTab:
        """Open the context's first tab, known to Playwright too.

        Raises:
            ProtocolError: the browser does not open one.
        """
        async with self._opening:
            return await self._new_page()

    async def _new_page(self) -> OpenTab:
        try:
            page = await self._context.new_page()
            session = await self._context.new_cdp_session(page)
            info = await session.send("Target.getTargetInfo")
            await session.detach()
        except Error as error:
            raise ProtocolError(f"no new tab: {error.message}") from error
        tab = await self._hub.tab_of(info["targetInfo"]["targetId"])
        self._id = tab.state.context_id
        self._hub.manners[self._id] = self._manners
        return OpenTab(tab, page)


def _manners(options: BrowserOptions, *, gpc: bool) -> tuple[Command, ...]:
    """What Playwright asks of each page it opens, for the pages that it does not open."""
    width, height = options.viewport
    screen = {"width": width, "height": height, "screenWidth": width, "screenHeight": height}
    commands: list[Command] = [
        ("Emulation.setDeviceMetricsOverride", {**screen, "deviceScaleFactor": 1, "mobile": False}),
        ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
        (
            "Emulation.setEmulatedMedia",
            {
                "media": "",
                "features": [
                    {"name": "prefers-color-scheme", "value": "light"},
                    {"name": "prefers-reduced-motion", "value": "no-preference"},
                ],
            },
        ),
    ]
    if options.locale:
        commands.append(("Emulation.setLocaleOverride", {"locale": options.locale}))
    if options.timezone:
        commands.append(("Emulation.setTimezoneOverride", {"timezoneId": options.timezone}))
    if options.geolocation:
        commands.append(("Emulation.setGeolocationOverride", {**_place(options.geolocation)}))
    if gpc:
        commands.append(("Network.setExtraHTTPHeaders", {"headers": _GPC_HEADER}))
        commands.append(("Page.addScriptToEvaluateOnNewDocument", {"source": _GPC_SCRIPT}))
    return tuple(commands)


def _place(geolocation: tuple[float, float]) -> Geolocation:
    return {"latitude": geolocation[0], "longitude": geolocation[1], "accuracy": _ACCURACY_M}


@asynccontextmanager
async def visitor(
    hub: Hub, browser: Browser, options: BrowserOptions, *, gpc: bool = False, state: StorageState | None = None
) -> AsyncIterator[VisitorContext]:
    """A fresh context, gone at the end with everything in it. `gpc`: this visitor sends Global Privacy Control.

    `state` is what the visitor has beforehand, as one who is logged in.

    Raises:
        ProtocolError: the browser does not open one.
    """
    width, height = options.viewport
    try:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale=options.locale,
            timezone_id=options.timezone,
            accept_downloads=False,
            extra_http_headers=_GPC_HEADER if gpc else None,
            geolocation=_place(options.geolocation) if options.geolocation else None,
            permissions=["geolocation"] if options.geolocation else None,
            storage_state=state,
        )
        if gpc:
            await context.add_init_script(_GPC_SCRIPT)
    except Error as error:
        # Of a state that it cannot take, the browser's words may hold values.
        reason = "what the login brought cannot be loaded" if state is not None else error.message
        raise ProtocolError(f"no new context: {reason}") from None
    own = VisitorContext(hub, context, _manners(options, gpc=gpc))
    try:
        yield own
    finally:
        own.forget()
        with suppress(Error):
            await context.close()
