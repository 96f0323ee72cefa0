"""A site on loopback that answers when it is told to, and fleets that watch it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from scanner.config import Config
from scanner.config.fleet import Cadence, WatchedSite
from scanner.loopback import serve

PAGE = "<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1><p>Words.</p></html>"


@dataclass
class Server:
    """Every host is answered here: `/` at once, `/late` once it is `released`; `asked` counts addresses."""

    host_rules: str = ""
    plain_port: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """A page with a cookie, at once or late."""
        address = f"{request.host}{request.path}"
        self.asked[address] = self.asked.get(address, 0) + 1
        self.news.set()
        if request.path == "/robots.txt":
            return web.Response(status=404)
        if request.path == "/late":
            await self.released.wait()
        return web.Response(text=PAGE, content_type="text/html", headers={"Set-Cookie": "visit=1; Max-Age=3600"})

    async def until_asked(self, address: str) -> None:
        """Wait until a host and path have been asked for."""
        async with asyncio.timeout(60):
            while not self.asked.get(address):
                self.news.clear()
                await self.news.wait()

    def config(self, **options: Any) -> Config:
        """The quickest scan there is, allowed to speak to loopback."""
        return Config.model_validate(self.options(guard="off", **options))

    def options(self, **options: Any) -> dict[str, Any]:
        """Options of the quickest scan, which is led here."""
        quick = {"states": ("before",), "pages": 1, "page_life": 0.5, "type_into_forms": False}
        return {**quick, "host_rules": self.host_rules, "ignore_https_errors": True, **options}

    def site(self, name: str, path: str = "/", **options: Any) -> WatchedSite:
        """A site that is watched, at a host of its own."""
        url = f"https://{name}.test{path}"
        return WatchedSite(name=name, urls=(url,), config=self.config(**options), cadence=Cadence(expression="daily"))


HOSTS = tuple(f"{name}.test" for name in ("shop", "one", "two", "three", "late", "dead", "private"))


@asynccontextmanager
async def served() -> AsyncIterator[Server]:
    """The server, while the body lasts."""
    server = Server()
    async with serve(server.answer, HOSTS) as loopback:
        server.host_rules, server.plain_port = loopback.host_rules, loopback.plain_port
        try:
            yield server
        finally:
            server.released.set()
