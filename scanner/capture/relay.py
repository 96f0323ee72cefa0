"""A connection of the browser's and the one behind it: SOCKS5's few words, then bytes both ways.

https://www.rfc-editor.org/rfc/rfc1928
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

SUCCEEDED, NOT_ALLOWED, UNREACHABLE, NOT_UNDERSTOOD = 0, 2, 4, 7
"""Reply codes, RFC 1928, section 6."""

Connect = Callable[[str, int], Awaitable[socket.socket]]


class RefusedError(Exception):
    """No connection is made; the text is the reason, `code` what SOCKS says for it."""

    def __init__(self, reason: str, code: int = UNREACHABLE) -> None:
        super().__init__(reason)
        self.code = code


class _End(asyncio.Protocol):
    """One end of a relayed connection: what comes in here goes out there, no faster than the other end takes it."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self.finished = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        self.finished = True
        other = self.other
        if other is None or other.transport is None or other.finished:
            return False
        if other.transport.can_write_eof():
            other.transport.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        other, self.other = self.other, None
        if other is not None and other.transport is not None:
            other.other = None
            if exc is None:
                other.transport.close()
            else:
                other.transport.abort()

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()


class Client(_End):
    """The browser's end: greeting, request, then the relay. It is one of `clients` for as long as it lives."""

    def __init__(self, connect: Connect, clients: set[Client]) -> None:
        super().__init__()
        self._connect_to = connect
        self._clients = clients
        self._buffer = b""
        self._greeted = False
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._clients.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.discard(self)
        if self._connecting is not None:
            self._connecting.cancel()
        super().connection_lost(exc)

    def end(self) -> None:
        """The gate closes."""
        if self._connecting is not None:
            self._connecting.cancel()
        for end in (self, self.other):
            if end is not None and end.transport is not None:
                end.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            super().data_received(data)
            return
        self._buffer += data
        if not self._greeted and len(self._buffer) >= 2 and len(self._buffer) >= 2 + self._buffer[1]:
            self._buffer = self._buffer[2 + self._buffer[1] :]
            self._greeted = True
            self._write(b"\x05\x00")
        if self._greeted and self._connecting is None:
            try:
                request = _request(self._buffer)
            except ValueError:
                self._answer(NOT_UNDERSTOOD)
                return
            if request is not None:
                host, port, used = request
                self._buffer = self._buffer[used:]
                self._connecting = asyncio.get_running_loop().create_task(self._connect(host, port))

    async def _connect(self, host: str, port: int) -> None:
        try:
            connected = await self._connect_to(host, port)
        except RefusedError as refused:
            self._answer(refused.code)
            return
        upstream = _End()
        try:
            # Nothing that comes back may overtake our own answer.
            self._answer(SUCCEEDED)
            upstream.other = self
            await asyncio.get_running_loop().create_connection(lambda: upstream, sock=connected)
        except BaseException:
            connected.close()
            raise
        self.other = upstream
        if self._buffer and upstream.transport is not None:
            upstream.transport.write(self._buffer)
            self._buffer = b""

    def _answer(self, code: int) -> None:
        self._write(b"\x05" + bytes([code]) + b"\x00\x01\x00\x00\x00\x00\x00\x00")
        if code != SUCCEEDED and self.transport is not None:
            self.transport.close()

    def _write(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)


def _request(data: bytes) -> tuple[str, int, int] | None:
    """Host, port and length of a CONNECT request; null while it is incomplete. Raises ValueError for any other."""
    if len(data) < 5:
        return None
    if data[0] != 5 or data[1] != 1 or data[3] not in (1, 3, 4):
        raise ValueError("only CONNECT is understood")
    start = 5 if data[3] == 3 else 4
    end = start + {1: 4, 3: data[4], 4: 16}[data[3]]
    if len(data) < end + 2:
        return None
    raw = data[start:end]
    if data[3] == 3:
        host = raw.decode("ascii").lower().strip("[]").rstrip(".")
    else:
        host = socket.inet_ntop(socket.AF_INET if data[3] == 1 else socket.AF_INET6, raw)
    return host, struct.unpack_from("!H", data, end)[0], end + 2
