"""A window into the browser for Playwright, which shows it the tabs it opened itself and nothing else.

A client that joins a browser over its debugging port attaches to every tab there is, and asks each for its events
once more: most tabs of a scan are only ours, and all that would be paid for twice. So no port is open at all. Where a
scan logs in, Playwright talks to this bridge, and the bridge to a browser session of its own on our pipe
(https://chromedevtools.github.io/devtools-protocol/tot/Target/#method-attachToBrowserTarget).
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from scanner.capture.cdp import Connection

_MOST_BYTES = 256 * 1024 * 1024
_GOODBYE_S = 1.0
Message = dict[str, Any]


@dataclass
class Bridge:
    """One client's side of the pipe. `session` is its browser session; `_shown` are all sessions it knows."""

    connection: Connection
    session: str
    _shown: set[str] = field(default_factory=set)
    _asked: dict[int, Message] = field(default_factory=dict)
    _client: web.WebSocketResponse | None = None
    _outbox: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self._shown.add(self.session)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Carry messages to and fro for as long as the client stays."""
        client = web.WebSocketResponse(compress=False, max_msg_size=_MOST_BYTES, timeout=_GOODBYE_S)
        await client.prepare(request)
        writing = asyncio.create_task(self._write(client))
        hanging_up = asyncio.create_task(self._hang_up(client))
        try:
            async for message in client:
                if message.type is WSMsgType.TEXT:
                    self._ask(json.loads(message.data))
        finally:
            writing.cancel()
            hanging_up.cancel()
        return client

    async def _hang_up(self, client: web.WebSocketResponse) -> None:
        """The browser is gone: whatever the client waits for will not come."""
        await self.connection.closed.wait()
        await client.close()

    async def _write(self, client: web.WebSocketResponse) -> None:
        while True:
            await client.send_str(json.dumps(await self._outbox.get()))

    def _ask(self, message: Message) -> None:
        """A command of the client. That it wants to be attached to everything is heard, and not passed on."""
        if "sessionId" not in message and message["method"] == "Target.setAutoAttach":
            self._outbox.put_nowait({"id": message["id"], "result": {}})
            return
        number = self.connection.pass_on({"sessionId": self.session, **message})
        self._asked[number] = message

    def take(self, message: Message) -> bool:
        """Whether a message of the browser is meant for the client; it is then on its way."""
        if "id" in message:
            asked = self._asked.pop(message["id"], None)
            if asked is not None:
                self._answer(asked, message)
            return asked is not None
        if message.get("sessionId") not in self._shown:
            return False
        if message["method"] == "Target.attachedToTarget":
            self._shown.add(message["params"]["sessionId"])
        elif message["method"] == "Target.detachedFromTarget":
            self._shown.discard(message["params"]["sessionId"])
        self._outbox.put_nowait(self._for_client(message))
        return True

    def _answer(self, asked: Message, answer: Message) -> None:
        """An answer; a tab that the client opened is attached first, for the client expects to know it by then."""
        if asked["method"] == "Target.createTarget" and "result" in answer and "then" not in asked:
            attach = {
                "method": "Target.attachToTarget",
                "params": {"targetId": answer["result"]["targetId"], "flatten": True},
                "sessionId": self.session,
            }
            self._asked[self.connection.pass_on(attach)] = {**asked, "then": answer}
            return
        self._outbox.put_nowait({**self._for_client(asked.get("then", answer)), "id": asked["id"]})

    def _for_client(self, message: Message) -> Message:
        """The client knows its browser session as no session at all."""
        if message.get("sessionId") == self.session:
            return {name: value for name, value in message.items() if name != "sessionId"}
        return message


@asynccontextmanager
async def open_bridge(connection: Connection) -> AsyncIterator[str]:
    """The address at which one client may join the browser; on loopback, and known to nobody else.

    Raises:
        ProtocolError: the browser gives no session.
    """
    answer = await connection.root.send("Target.attachToBrowserTarget")
    bridge = Bridge(connection, answer["sessionId"])
    connection.guest = bridge
    path = f"/{secrets.token_urlsafe(24)}"
    application = web.Application()
    application.router.add_get(path, bridge.serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}{path}"
    finally:
        connection.guest = None
        await runner.cleanup()
