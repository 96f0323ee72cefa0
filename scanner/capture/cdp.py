"""The browser's own protocol over a pipe: flat sessions, events by name, commands that may be sent without waiting.

Evidence is taken through this connection and not through Playwright's, because it must see every target (frames in
processes of their own, workers, pop-ups) from its first instruction, and every event in the order the browser sent
it. The browser ends when the pipe closes, so no browser outlives this program, however the program ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

Params = Mapping[str, Any]
Handler = Callable[[Params, "Session"], None]

_DEFAULT_TIMEOUT_S = 15.0


class ProtocolError(Exception):
    """The browser refused a command, did not answer in time, or is gone; the text holds its words."""


class ClosedError(ProtocolError):
    """The browser, or the target that the session belonged to, is gone."""


class Session:
    """One target's conversation. Handlers are called at once, in the order in which the browser sent the events."""

    def __init__(self, connection: Connection, session_id: str | None, target: Params) -> None:
        self._connection = connection
        self.id = session_id
        self.target = dict(target)
        self.closed = False
        self._handlers: dict[str, list[Handler]] = defaultdict(list)

    @property
    def kind(self) -> str:
        """The target's type in the browser's words: `page`, `iframe`, `worker`, `service_worker`, ..."""
        return str(self.target.get("type", "browser"))

    def on(self, method: str, handler: Handler) -> None:
        """Call `handler` for each event of that name."""
        self._handlers[method].append(handler)

    def post(self, method: str, params: Params | None = None) -> asyncio.Future[dict[str, Any]]:
        """Send a command now and return its answer to come. An answer that nobody awaits is not an error."""
        return self._connection.post(self, method, params)

    async def send(
        self, method: str, params: Params | None = None, *, timeout_s: float = _DEFAULT_TIMEOUT_S
    ) -> dict[str, Any]:
        """Send a command and wait for its answer.

        Raises:
            ProtocolError: the browser refused, or `timeout_s` passed.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self.post(method, params)
        except TimeoutError:
            raise ProtocolError(f"{method}: no answer in {timeout_s:g} s") from None

    def child(self, session_id: str) -> Session | None:
        """The session of a target that was attached below this one, or null where it is gone again."""
        return self._connection.session(session_id)

    def dispatch(self, method: str, params: Params) -> None:
        """Hand one event to its handlers."""
        for handler in self._handlers.get(method, ()):
            handler(params, self)

    def leave(self) -> None:
        """The target is gone: its handlers are told so, and let go of with all that they know."""
        self.closed = True
        self.dispatch("detached", {})
        self._handlers.clear()


class Guest(Protocol):
    """Somebody else who speaks through the same pipe."""

    def take(self, message: dict[str, Any]) -> bool:
        """Whether a message of the browser was meant for the guest."""


class Connection(asyncio.Protocol):
    """Both ends of the pipe. `root` is the browser's own session; `guest` is asked first whose a message is."""

    def __init__(self) -> None:
        self.root = Session(self, None, {"type": "browser"})
        self.closed = asyncio.Event()
        self._sessions: dict[str, Session] = {}
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[Session, str, asyncio.Future[dict[str, Any]]]] = {}
        self._buffer = bytearray()
        self.guest: Guest | None = None
        self._outbox: list[bytes] = []
        self._write: asyncio.WriteTransport | None = None
        self._read: asyncio.ReadTransport | None = None

    @classmethod
    async def open(cls, read_fd: int, write_fd: int) -> Connection:
        """Take over the two ends of the pipe (both are closed with the connection)."""
        loop = asyncio.get_running_loop()
        connection = cls()
        transport, _ = await loop.connect_read_pipe(lambda: connection, open(read_fd, "rb", 0))  # noqa: SIM115
        connection._read = transport
        writer, _ = await loop.connect_write_pipe(asyncio.Protocol, open(write_fd, "wb", 0))  # noqa: SIM115
        connection._write = writer
        return connection

    def close(self) -> None:
        """Close both ends; the browser ends by itself."""
        for transport in (self._write, self._read):
            if transport is not None:
                transport.close()
        self._fail_all()

    def post(self, session: Session, method: str, params: Params | None) -> asyncio.Future[dict[str, Any]]:
        """Send a command of a session; see `Session.post`."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_retrieve)
        if self.closed.is_set() or session.closed or self._write is None or self._write.is_closing():
            future.set_exception(ClosedError(f"{method}: the target is gone"))
            return future
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": dict(params or {})}
        if session.id is not None:
            message["sessionId"] = session.id
        self._waiting[number] = (session, method, future)
        self._put(message)
        return future

    def pass_on(self, message: dict[str, Any]) -> int:
        """Send a guest's message under a number of ours, which is returned."""
        number = next(self._ids)
        self._put({**message, "id": number})
        return number

    def _put(self, message: dict[str, Any]) -> None:
        """What is sent in one turn of the loop leaves in one piece: each write wakes the browser."""
        if not self._outbox:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outbox.append(json.dumps(message).encode())

    def _flush(self) -> None:
        messages, self._outbox = self._outbox, []
        if self._write is not None and not self._write.is_closing():
            self._write.write(b"\0".join(messages) + b"\0")

    def data_received(self, data: bytes) -> None:
        """Messages are JSON texts that end in a null byte."""
        self._buffer += data
        if b"\0" not in data:
            return
        *messages, rest = bytes(self._buffer).split(b"\0")
        self._buffer = bytearray(rest)
        for raw in messages:
            self._receive(_parse(raw))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The browser is gone: whatever waits is told so."""
        self._fail_all()

    def _receive(self, message: dict[str, Any]) -> None:
        if self.guest is not None and self.guest.take(message):
            return
        number = message.get("id")
        if number is not None:
            _, method, future = self._waiting.pop(number, (None, "", None))
            if future is None or future.done():
                return
            if "error" in message:
                future.set_exception(ProtocolError(f"{method}: {message['error'].get('message', 'refused')}"))
            else:
                future.set_result(message.get("result", {}))
            return
        method = message["method"]
        params = message.get("params", {})
        session = self._sessions.get(message["sessionId"]) if "sessionId" in message else self.root
        if method == "Target.attachedToTarget":
            child = Session(self, params["sessionId"], params["targetInfo"])
            self._sessions[params["sessionId"]] = child
        if session is not None:
            session.dispatch(method, params)
        if method == "Target.detachedFromTarget":
            self._forget(params["sessionId"])

    def session(self, session_id: str) -> Session | None:
        """The session of a target that is attached, or null."""
        return self._sessions.get(session_id)

    def _forget(self, session_id: str) -> None:
        session = self._sessions.pop(session_id, None)
        if session is None:
            return
        session.leave()
        for number, (owner, method, future) in list(self._waiting.items()):
            if owner is session:
                del self._waiting[number]
                if not future.done():
                    future.set_exception(ClosedError(f"{method}: the target is gone"))

    def _fail_all(self) -> None:
        if self.closed.is_set():
            return
        self.closed.set()
        waiting, self._waiting = self._waiting, {}
        for _, method, future in waiting.values():
            if not future.done():
                with contextlib.suppress(RuntimeError):  # the loop may be closing
                    future.set_exception(ClosedError(f"{method}: the browser is gone"))
        for session in list(self._sessions.values()):
            session.leave()


def _retrieve(future: asyncio.Future[dict[str, Any]]) -> None:
    if not future.cancelled():
        future.exception()


def _parse(raw: bytes) -> dict[str, Any]:
    message = json.loads(raw)
    if b"\\ud" in raw or b"\\uD" in raw:
        # Half of a surrogate pair is legal in a page's strings and in JSON, but no text that can be written down.
        message = _without_lone_surrogates(message)
    return cast("dict[str, Any]", message)


def _without_lone_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _without_lone_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    return value
