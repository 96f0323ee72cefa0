"""The conformance site and its third parties on loopback, with a log of everything asked of them."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import WSMsgType, web

from scanner.demo.answering import Answerer, matches
from scanner.demo.model import Route, SiteHost
from scanner.demo.placeholders import Asked, fill_cookie
from scanner.loopback import serve

HOME = Path(__file__).resolve().parents[2] / "fixtures" / "conformance"
START = "https://www.conformance.test/"
SCANNERS_OWN = ("/robots.txt", "/sitemap.xml", "/favicon.ico")
"""Paths that a scanner or browser may ask for by itself: no page of the site does, and they are not counted."""

_PARALLEL_CHUNK_S = 0.05


class ConformanceRoute(Route):
    """A route as the demonstration sites have them, and two more ways to answer: a socket, a stream of events.

    A `socket` takes messages until the page goes; a `stream` sends one event and stays open.
    """

    socket: bool = False
    stream: bool = False


@dataclass(frozen=True)
class Asking:
    """One request as the server got it. `cookies` are the names in its `Cookie` header, in order, with repetition.

    `set_cookies` are the lines of the answer. `said` is the body, or a socket's messages, one a line.
    """

    method: str
    url: str
    host: str
    path: str
    cookies: tuple[str, ...]
    set_cookies: tuple[str, ...]
    said: str
    status: int


@dataclass
class ConformanceServer:
    """A running site: where it is, and what was asked of it so far."""

    host_rules: str
    log: list[Asking] = field(default_factory=list)


def areas() -> list[Path]:
    """The files that declare the site, one for each area, in a fixed order."""
    return sorted((HOME / "areas").glob("*.toml"))


@asynccontextmanager
async def serve_conformance() -> AsyncIterator[ConformanceServer]:
    """Serve the site; every host name is answered here."""
    routes: list[ConformanceRoute] = []
    for path in areas():
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        routes += [ConformanceRoute.model_validate(route, strict=False) for route in table.get("routes", ())]
    desk = _Desk(tuple(routes))
    hosts = {route.host for route in routes if route.host} | {"www.conformance.test"}
    async with serve(desk.answer, sorted(hosts)) as loopback:
        desk.server = ConformanceServer(loopback.host_rules)
        yield desk.server
        desk.closing.set()


class _Desk:
    def __init__(self, routes: tuple[ConformanceRoute, ...]) -> None:
        self.server = ConformanceServer("")
        self.closing = asyncio.Event()
        self._routes = routes
        self._answerer = Answerer(routes, HOME, SiteHost(name="www.conformance.test", folder="site"))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.host.lower().rpartition(":")[0] or request.host.lower()
        asked = Asked(host, request.path, request.query_string, dict(request.query), dict(request.cookies))
        route = next((one for one in self._routes if one.socket | one.stream and _is_for(one, asked)), None)
        if route is not None and route.socket:
            return await self._socket(request, asked, route)
        if route is not None:
            return await self._stream(request, asked, route)
        body = (await request.read()).decode("utf-8", "replace")
        response = await self._answerer.answer(request, asked)
        self._note(request, asked, response, body)
        return response

    async def _socket(self, request: web.BaseRequest, asked: Asked, route: Route) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        for line in route.set_cookies:
            socket.headers.add("Set-Cookie", fill_cookie(line, asked))
        await socket.prepare(request)
        said: list[str] = []
        number = self._note(request, asked, socket, "")
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said.append(message.data)
                before = self.server.log[number]
                self.server.log[number] = Asking(**{**before.__dict__, "said": "".join(f"{one}\n" for one in said)})
        return socket

    async def _stream(self, request: web.BaseRequest, asked: Asked, route: Route) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        for line in route.set_cookies:
            stream.headers.add("Set-Cookie", fill_cookie(line, asked))
        for name, value in route.headers.items():
            stream.headers[name] = value
        await stream.prepare(request)
        self._note(request, asked, stream, "")
        await stream.write(b"data: hello\n\n")
        while not self.closing.is_set() and request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(_PARALLEL_CHUNK_S)
        return stream

    def _note(self, request: web.BaseRequest, asked: Asked, response: web.StreamResponse, body: str) -> int:
        scheme = {"https": "wss", "http": "ws"}[request.scheme] if _is_socket(request) else request.scheme
        self.server.log.append(
            Asking(
                method=request.method,
                url=f"{scheme}://{asked.host}{request.raw_path}",
                host=asked.host,
                path=asked.path,
                cookies=_cookie_names(request.headers.get("Cookie", "")),
                set_cookies=tuple(response.headers.getall("Set-Cookie", [])),
                said=body,
                status=response.status,
            )
        )
        return len(self.server.log) - 1


def _is_for(route: Route, asked: Asked) -> bool:
    return route.host in (None, asked.host) and matches(route.path, asked.path)


def _is_socket(request: web.BaseRequest) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _cookie_names(header: str) -> tuple[str, ...]:
    return tuple(pair.partition("=")[0].strip() for pair in header.split(";") if pair.strip())
