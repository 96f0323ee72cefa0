"""A site to change in tests, and a client that asks a demonstration server under any host name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from scanner.demo import DemoServer, serve_demo

SITE = """
title = "Own"
description = "A site of a test."
language = "en"
start = "https://www.own.example/"
pages = ["/"]

[[hosts]]
name = "www.own.example"
folder = "pages"
"""

WriteSite = Callable[..., Path]


class Client:
    """Asks a demonstration server under any host name."""

    def __init__(self, server: DemoServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self._session = session

    async def __call__(
        self,
        url: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        data: str | None = None,
    ) -> tuple[aiohttp.ClientResponse, str]:
        """One request, without following redirects; the host of the address goes into the Host header."""
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        port = self.server.port if scheme == "https" else self.server.plain_port
        async with self._session.request(
            method,
            f"{scheme}://127.0.0.1:{port}{slash}{path}",
            headers={"Host": host, **(headers or {})},
            data=data,
            ssl=False,
            allow_redirects=False,
        ) as response:
            return response, await response.text(errors="replace")


@asynccontextmanager
async def client_of(folder: Path | None = None, *names: str) -> AsyncIterator[Client]:
    """A server with the sites of a folder, and a client without a cookie jar."""
    async with (
        serve_demo(names or None, folder) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Client(server, session)
