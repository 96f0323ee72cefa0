"""One browser and one server for all tests that need them; every test puts up pages of its own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from aiohttp import web

from scanner.capture import BrowserOptions, Plan, open_instrument
from scanner.capture.instrument import Instrument
from scanner.loopback import serve
from scanner.model.evidence import JarCookie, JarSnapshot, Link, Record, Request, Visit

FIRST = "www.shop.test"
THIRD = "ads.example"
OTHER = "metrics.invalid"
HOSTS = ("shop.test", FIRST, THIRD, OTHER, "elsewhere.example", "consent.shop.test", "www.iubenda.com")
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")

Answer = web.StreamResponse | Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
R = TypeVar("R")


@dataclass
class Records:
    """What a visit or a scan wrote down, ready to be asked."""

    all: list[Record] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def record(self, record: Record) -> None:
        """As a sink."""
        self.all.append(record)

    def file(self, name: str, data: bytes) -> None:
        """As a sink."""
        self.files[name] = data

    def of(self, kind: type[R]) -> list[R]:
        """All records of a kind, in order."""
        return [record for record in self.all if isinstance(record, kind)]

    def request(self, part: str) -> Request:
        """The one request whose address contains `part`."""
        found = [request for request in self.of(Request) if part in request.url]
        assert len(found) == 1, [(request.url, request.redirect_of) for request in found]
        return found[0]

    def jar(self) -> dict[str, JarCookie]:
        """The last jar by cookie name."""
        return {cookie.name: cookie for cookie in self.of(JarSnapshot)[-1].cookies}

    @property
    def visit(self) -> Visit:
        """The first visit."""
        return self.of(Visit)[0]


@dataclass
class Site:
    """A server that answers what tests put up, under every host name, and keeps a log of what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    log: list[tuple[str, str, str]] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    host_rules: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer by path; what is not put up is an empty answer."""
        self.log.append((request.method, request.host, request.path))
        if request.body_exists:
            self.bodies[request.path] = (await request.read()).decode("utf-8", "replace")
        answer = self.answers.get(request.path)
        if answer is None:
            return web.Response(status=404 if request.path == "/favicon.ico" else 204)
        if isinstance(answer, web.Response):
            again = web.Response(body=answer.body, status=answer.status, headers=answer.headers)
            return again
        assert callable(answer)
        return await answer(request)

    def put(self, path: str, body: str | bytes = b"", *cookies: str, status: int = 200, **headers: str) -> str:
        """Answer a path; cookies are raw `Set-Cookie` lines, header names have underscores. Returns the path."""
        media = "image/gif" if isinstance(body, bytes) and body == GIF else "text/html; charset=utf-8"
        response = web.Response(
            body=body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"),
            status=status,
            headers={"Content-Type": media} | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        for cookie in cookies:
            response.headers.add("Set-Cookie", cookie)
        self.answers[path] = response
        return path

    def call(self, path: str, answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> str:
        """Answer a path by a function."""
        self.answers[path] = answer
        return path

    def page(self, body: str, *cookies: str, title: str = "Test", status: int = 200, **headers: str) -> str:
        """A new page of the first host. Returns its address."""
        path = f"/page-{next(self._numbers)}"
        self.put(path, f"<!doctype html><title>{title}</title><body>{body}", *cookies, status=status, **headers)
        return f"https://{FIRST}{path}"

    def asked(self, path: str) -> bool:
        """Whether anybody asked for a path."""
        return any(asked == path for _, _, asked in self.log)


@pytest.fixture(scope="session")
async def site() -> AsyncIterator[Site]:
    """The one server."""
    running = Site()
    async with serve(running.answer, HOSTS) as server:
        running.host_rules = f"MAP nowhere.test ~NOTFOUND, MAP refused.test:443 127.0.0.1:1, {server.host_rules}"
        yield running


@pytest.fixture(scope="session")
async def instrument(site: Site) -> AsyncIterator[Instrument]:
    """The one browser."""
    options = BrowserOptions(host_rules=site.host_rules, ignore_https_errors=True)
    async with open_instrument(options, calibrate=False) as running:
        yield running


Look = Callable[[str], Awaitable[Records]]


@pytest.fixture
def look(instrument: Instrument) -> Look:
    """Visit one address as a fresh visitor and return what was recorded."""

    async def visit(url: str) -> Records:
        records = Records()
        await instrument.visit_once(url, records.record)
        return records

    return visit


Scan = Callable[..., Awaitable[Records]]


@pytest.fixture
def scan(instrument: Instrument) -> Scan:
    """Scan one address and return what was recorded."""

    async def run(
        url: str,
        states: tuple[str, ...] = ("before",),
        pages: int = 1,
        documents: Callable[[Sequence[Link]], Sequence[tuple[str, str]]] = lambda _: (),
        **more: object,
    ) -> Records:
        records = Records()
        plan = Plan(url=url, states=states, pages=pages, tool_version="0", **more)  # type: ignore[arg-type]
        await instrument.scan(plan, records, progress=lambda _: None, choose_documents=documents)
        return records

    return run
