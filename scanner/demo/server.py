"""The demonstration sites and the third parties they use, on loopback, with a log of everything asked of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote

from aiohttp import web

from scanner.demo.answering import Answerer, matches
from scanner.demo.loading import Site, check_hosts, read_site, site_names
from scanner.demo.model import DemoSite
from scanner.demo.placeholders import Asked
from scanner.loopback import serve
from scanner.site import host_of, party_of

_BODY_LIMIT = 65_536

Choice = Literal["before", "accept", "reject", "other"]


@dataclass(frozen=True)
class Hit:
    """One request as the server got it, in the order of arrival.

    `site` is the demonstration site whose own host was asked, null for a third party's. `state` is the visitor's
    choice as the site's own consent cookie on this request says it (`other` where the cookie says neither yes nor
    no), and null where no such cookie can be: the host is not of the start page's domain, or the site keeps none.
    `status` is what was answered; `served` is false for a host or a path that nobody here answers.
    """

    scheme: str
    method: str
    host: str
    path: str
    query: Mapping[str, str]
    cookies: Mapping[str, str]
    referer: str
    body: str
    site: str | None
    state: Choice | None
    status: int
    served: bool


@dataclass(frozen=True)
class DemoServer:
    """A running demonstration: how a browser is led to it, which sites it has, and what was asked of it so far.

    `arrived` is set whenever a request has been answered.
    """

    host_rules: str
    port: int
    plain_port: int
    sites: tuple[DemoSite, ...]
    log: list[Hit] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def hits(self, host: str = "*", path: str = "*") -> tuple[Hit, ...]:
        """The requests to hosts and paths that match two globs, oldest first."""
        return tuple(hit for hit in self.log if matches(host, hit.host) and matches(path, hit.path))

    async def quiet(self, seconds: float) -> None:
        """Wait until nothing has been asked for this long."""
        while True:
            self.arrived.clear()
            try:
                await asyncio.wait_for(self.arrived.wait(), seconds)
            except TimeoutError:
                return


@asynccontextmanager
async def serve_demo(names: Iterable[str] | None = None, folder: Path | None = None) -> AsyncIterator[DemoServer]:
    """Serve demonstration sites (all of them by default) and their third parties on loopback.

    Start the browser with the server's `host_rules` and let it accept the throw-away certificate: then every host of
    a page, real third parties' names included, is answered here, and nothing leaves the machine. A host that no
    site knows is answered 404. Raises UsageError for an unknown site or a mistake in a site's files.
    """
    sites = tuple(read_site(name, folder) for name in (site_names(folder) if names is None else names))
    check_hosts(sites)
    desk = _Desk(sites)
    async with serve(desk.answer, desk.hosts()) as loopback:
        yield DemoServer(
            host_rules=loopback.host_rules,
            port=loopback.port,
            plain_port=loopback.plain_port,
            sites=tuple(site.described() for site in sites),
            log=desk.log,
            arrived=desk.arrived,
        )


class _Desk:
    """Takes every request, finds who answers it, and writes it down."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self.log: list[Hit] = []
        self.arrived = asyncio.Event()
        self._answerers: dict[str, Answerer] = {}
        self._sites: dict[str, Site] = {}
        for site in sites:
            self._add(site)

    def hosts(self) -> tuple[str, ...]:
        return tuple(self._answerers)

    def _add(self, site: Site) -> None:
        parties = {party.name: party for party in site.parties}
        variables = {"site_title": site.file.title, "language": site.file.language}
        for name in site.file.third_parties:
            for host in parties[name].file.hosts:
                self._answerers[host] = Answerer(parties[name].file.routes, parties[name].folder)
        for entry in site.file.hosts:
            self._sites[entry.name] = site
            if entry.party is not None:
                party = parties[entry.party]
                # On a first party's subdomain the routes answer whatever host they name.
                routes = tuple(route.model_copy(update={"host": None}) for route in party.file.routes)
                self._answerers[entry.name] = Answerer(routes, party.folder)
            else:
                self._answerers[entry.name] = Answerer(site.file.routes, site.folder, entry, variables)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        host = _host_of(request)
        asked = Asked(host, request.path, request.query_string, dict(request.query), dict(request.cookies))
        body = (await request.read())[:_BODY_LIMIT].decode("utf-8", "replace")
        answerer = self._answerers.get(host)
        if answerer is None:
            response = web.Response(status=404, text=f"No demonstration site answers for {host}\n")
        else:
            response = await answerer.answer(request, asked)
        self._note(request, asked, body, response.status, answerer is not None)
        self.arrived.set()
        return response

    def _note(self, request: web.BaseRequest, asked: Asked, body: str, status: int, known: bool) -> None:
        site = self._sites.get(asked.host)
        self.log.append(
            Hit(
                scheme=request.scheme,
                method=request.method,
                host=asked.host,
                path=asked.path,
                query=MappingProxyType(dict(asked.query)),
                cookies=MappingProxyType(dict(asked.cookies)),
                referer=request.headers.get("Referer", ""),
                body=body,
                site=site.name if site else None,
                state=_state(site, asked) if site else None,
                status=status,
                served=known and status != 404,
            )
        )


def _host_of(request: web.BaseRequest) -> str:
    name, colon, port = request.host.lower().rpartition(":")
    return name if colon and port.isdigit() else request.host.lower()


def _state(site: Site, asked: Asked) -> Choice | None:
    record = site.file.consent
    if record is None or party_of(asked.host, host_of(site.file.start)) != "first":
        return None
    value = asked.cookies.get(record.cookie)
    if value is None:
        return "before"
    plain = unquote(value)
    if matches(record.accept, plain):
        return "accept"
    if record.reject is not None and matches(record.reject, plain):
        return "reject"
    return "other"
