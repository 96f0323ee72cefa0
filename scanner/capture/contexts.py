"""Consent states as browser contexts: each a visitor who has never been here, with tabs of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from scanner.capture.cdp import Connection, Params, ProtocolError, Session
from scanner.capture.collectors.workers import SharedWorkers
from scanner.capture.manners import Manners, manners
from scanner.capture.plan import BrowserOptions
from scanner.capture.tab import Tab

_ATTACH_S = 10.0


class Hub:
    """Knows every tab of the browser from its first instruction on."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # Made up for each browser: a page must not be able to know the channel's name beforehand.
        self.binding = "_" + secrets.token_hex(8)
        self.manners: dict[str, Manners] = {}
        """How the pages of each context present themselves, by its id."""
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
            own = self.manners.get(session.target.get("browserContextId", ""))
            tab = Tab(root, session, self.binding, self._shared, own)
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
    """One isolated visitor. `context_id` is the browser context's id in the browser."""

    def __init__(self, hub: Hub, context_id: str) -> None:
        self._hub = hub
        self._id = context_id

    async def new_tab(self) -> Tab:
        """Open a tab in a window of its own: a tab behind another one is hidden, and draws and observes nothing.

        Raises:
            ProtocolError: the browser does not open one.
        """
        answer = await self._hub.connection.root.send(
            "Target.createTarget", {"url": "about:blank", "browserContextId": self._id, "newWindow": True}
        )
        return await self._hub.tab_of(answer["targetId"])


@asynccontextmanager
async def visitor(hub: Hub, options: BrowserOptions, *, gpc: bool = False) -> AsyncIterator[VisitorContext]:
    """A fresh context, gone at the end with everything in it. `gpc`: this visitor sends Global Privacy Control.

    Raises:
        ProtocolError: the browser does not open one.
    """
    root = hub.connection.root
    context_id: str = (await root.send("Target.createBrowserContext", {"disposeOnDetach": True}))["browserContextId"]
    hub.manners[context_id] = manners(options, gpc=gpc)
    try:
        terms = {"browserContextId": context_id}
        await root.send("Browser.setDownloadBehavior", {"behavior": "deny", **terms})
        if options.geolocation:
            await root.send("Browser.grantPermissions", {"permissions": ["geolocation"], **terms})
        yield VisitorContext(hub, context_id)
    finally:
        del hub.manners[context_id]
        with suppress(ProtocolError):
            await root.send("Target.disposeBrowserContext", {"browserContextId": context_id})
