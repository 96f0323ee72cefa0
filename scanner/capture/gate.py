"""The gate between the browser and the network: a SOCKS5 proxy on loopback that connects where the guard permits.

The browser hands over names, the gate resolves them, asks the guard about each address, and connects to the very
address it asked about. So neither a redirect, a DNS answer that changes between check and use, nor an address written
in an unusual way leads past it; and it holds for every kind of connection that a page can make over TCP.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import aiohappyeyeballs

from scanner.capture.guard import Address, Guard, HostRules, parse_address
from scanner.capture.plan import BrowserOptions
from scanner.capture.relay import NOT_ALLOWED, Client, RefusedError
from scanner.errors import UsageError

REFUSED = "guard:"
"""How the reason begins where it was the guard that said no."""

_CONNECT_S = 30.0
_ATTEMPT_DELAY_S = 0.25  # RFC 8305, section 5
_REMEMBER_S = 60.0
_MOST_REMEMBERED = 4096
_RESOLVERS = 16
_NOT_FOUND = "net::ERR_NAME_NOT_RESOLVED"
K = TypeVar("K")
V = TypeVar("V")


class Gate:
    """Resolves, asks the guard, connects; remembers why a connection failed and which address it went to."""

    def __init__(self, guard: Guard, rules: HostRules) -> None:
        self.guard = guard
        self.port = 0
        self._rules = rules
        self._pool = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")
        self._answers: dict[str, tuple[float, asyncio.Future[list[Address]]]] = {}
        self._reasons: dict[tuple[str, int], str] = {}
        self._reached: dict[tuple[str, int], str] = {}
        self._clients: set[Client] = set()

    @property
    def own_address(self) -> str:
        """Where the gate itself listens: what the browser takes for the address of every host."""
        return f"127.0.0.1:{self.port}"

    def reason(self, url: str) -> str | None:
        """Why the last connection for a URL's host failed, in the browser's own words; null where it did not."""
        return self._reasons.get(_endpoint(url))

    def address_of(self, url: str) -> str | None:
        """The address and port to which the last connection for a URL's host went."""
        return self._reached.get(_endpoint(url))

    async def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket.

        Raises:
            RefusedError: the guard does not permit it, or nobody answers there.
        """
        key = (host, port)
        try:
            connected = await self._connect(host, port)
        except RefusedError as refused:
            _remember(self._reasons, key, str(refused))
            raise
        self._reasons.pop(key, None)
        _remember(self._reached, key, _shown(connected.getpeername()))
        return connected

    async def _connect(self, host: str, port: int) -> socket.socket:
        to_host, to_port, by_rule = self._rules.target(host, port)
        addresses = await self._resolve(to_host)
        # What a rule of the user's says is the user's word; a mere name as its target is resolved all the same.
        permitted = addresses if by_rule else self.guard.permitted(host, addresses)
        if not permitted:
            raise RefusedError(f"{REFUSED} {addresses[0]} is not a public address", NOT_ALLOWED)
        try:
            async with asyncio.timeout(_CONNECT_S):
                return await aiohappyeyeballs.start_connection(
                    [_info(address, to_port) for address in permitted],
                    happy_eyeballs_delay=_ATTEMPT_DELAY_S,
                    interleave=1,
                )
        except TimeoutError:
            raise RefusedError("net::ERR_CONNECTION_TIMED_OUT") from None
        except ConnectionRefusedError:
            raise RefusedError("net::ERR_CONNECTION_REFUSED") from None
        except OSError as error:
            raise RefusedError(f"net::ERR_ADDRESS_UNREACHABLE ({error.strerror or error})") from error

    async def _resolve(self, host: str) -> list[Address]:
        """The addresses of a host, asked for once a minute; the system's resolver knows its own order."""
        address = parse_address(host)
        if address is not None:
            return [address]
        if host == "~NOTFOUND":
            raise RefusedError(_NOT_FOUND)
        kept = self._answers.get(host)
        if kept is None or kept[0] < time.monotonic():
            asked = asyncio.ensure_future(self._ask(host))
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
            kept = (time.monotonic() + _REMEMBER_S, asked)
            _remember(self._answers, host, kept)
        try:
            return await asyncio.shield(kept[1])
        except OSError as error:
            self._answers.pop(host, None)
            raise RefusedError(_NOT_FOUND) from error

    async def _ask(self, host: str) -> list[Address]:
        if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3: never asked of a name server
            return [a for a in (parse_address("127.0.0.1"), parse_address("::1")) if a is not None]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._pool, _look_up, host)
        except UnicodeError as error:
            raise OSError(str(error)) from error
        addresses = [a for a in (parse_address(text) for text in found) if a is not None]
        if not addresses:
            raise OSError("no address")
        return addresses

    def _serve(self) -> asyncio.Protocol:
        return Client(self.connect, self._clients)

    async def close(self) -> None:
        """End every connection."""
        for client in list(self._clients):
            client.end()
        for _, asked in self._answers.values():
            asked.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)


@asynccontextmanager
async def open_gate(guard: Guard, host_rules: str | None) -> AsyncIterator[Gate]:
    """A gate that stands open on a port of loopback.

    Raises:
        UsageError: a host rule cannot be read.
    """
    gate = Gate(guard, HostRules.read(host_rules))
    server = await asyncio.get_running_loop().create_server(gate._serve, "127.0.0.1", 0, backlog=1024)
    gate.port = server.sockets[0].getsockname()[1]
    try:
        yield gate
    finally:
        server.close()
        await gate.close()


@asynccontextmanager
async def gate_for(options: BrowserOptions) -> AsyncIterator[Gate | None]:
    """The gate that these options ask for, or null.

    Raises:
        UsageError: the options contradict each other, or a host rule cannot be read.
    """
    if options.guard == "public" and options.proxy:
        raise UsageError('guard = "public" and a proxy: behind a proxy no address can be checked; take one of them')
    if options.guard == "off" or options.proxy:
        yield None
        return
    async with open_gate(Guard(options.guard, options.allow), options.host_rules) as gate:
        yield gate


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _info(address: Address, port: int) -> aiohappyeyeballs.AddrInfoType:
    if address.version == 4:
        return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port)
    return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port, 0, 0)


def _shown(peer: Sequence[object]) -> str:
    host, port = str(peer[0]), peer[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _endpoint(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
    except ValueError:
        return "", 0
    return (parts.hostname or "").rstrip("."), port


def _remember(memory: dict[K, V], key: K, value: V) -> None:
    memory.pop(key, None)
    memory[key] = value
    if len(memory) > _MOST_REMEMBERED:
        del memory[next(iter(memory))]
