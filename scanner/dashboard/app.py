"""The dashboard as an application: which address is answered by whom, and what happens where nobody can."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from scanner.config.fleet import Fleet
from scanner.dashboard.attempts import Attempts
from scanner.dashboard.entrance import Entrance
from scanner.dashboard.guard import Guard, visit_of
from scanner.dashboard.hosts import Hosts
from scanner.dashboard.links import ServedLinks
from scanner.dashboard.pages import Pages, Shown
from scanner.dashboard.passwords import Users
from scanner.dashboard.rendering import Reader, render, static, style, version, warm
from scanner.dashboard.runs import Runs
from scanner.dashboard.seams import Begin, Past, Reports
from scanner.dashboard.sessions import Sessions
from scanner.dashboard.starting import Starts
from scanner.errors import EvidenceError, ScannerError, UsageError

LOG = structlog.get_logger("scanner.dashboard")

_KEPT = {"cache-control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Parts:
    """What the dashboard is put together from. `metrics` gives what `/metrics` answers (without it, there is no such
    page), `healthy` whether all is well (without it, whether the history answers). Both may ask the database.

    `begin` scans a site now, and is asked only where `[serve] scans` allows it. `names` are host names besides the
    one that is listened on under which a visitor may ask.
    """

    fleet: Fleet
    past: Past
    reports: Reports
    begin: Begin | None = None
    metrics: Callable[[], bytes] | None = None
    healthy: Callable[[], bool] | None = None
    names: tuple[str, ...] = ()
    host: str | None = None
    port: int | None = None
    clock: Callable[[], float] = time.monotonic


def build_app(parts: Parts) -> Guard:
    """The application. Raises UsageError where strangers could reach it and nobody would have to log in."""
    serve = parts.fleet.serve
    host, port = parts.host or serve.host, parts.port or serve.port
    hosts = Hosts(host, parts.names)
    users = Users({name: secret.value() for name, secret in serve.users.items()})
    if hosts.open and not users:
        raise UsageError(
            f"serve: {host} can be reached by others, so somebody must be named under [serve.users] of scan.toml "
            '(NAME = { env = "PASSWORD" }); or serve on 127.0.0.1'
        )
    sessions, attempts = Sessions(parts.clock), Attempts(parts.clock)
    cookie = f"cookie_watch_{port}"
    links = ServedLinks(version())
    warm()
    starts = None
    if serve.scans and parts.begin is not None:
        starts = Starts(parts.begin, [site.name for site in parts.fleet.sites if site.enabled])
    entrance = Entrance(users, sessions, attempts, links, cookie)
    pages = Pages(Shown(parts.fleet, parts.past, parts.reports), sessions, starts, links)

    async def ending() -> None:
        if starts is not None:
            await starts.close()

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await ending()

    app = Starlette(
        routes=[*_routes(pages, entrance), *_run_routes(starts, sessions, links), *_operations(parts), *_statics()],
        exception_handlers=_problems(links, sessions),
        lifespan=life,
    )
    # Outermost, so that the page of a defect has its headers too.
    return Guard(app, hosts=hosts, users=users, sessions=sessions, attempts=attempts, cookie=cookie, ending=ending)


def _routes(pages: Pages, entrance: Entrance) -> list[Route]:
    return [
        Route("/", pages.overview),
        Route("/sites.csv", pages.sites_table),
        Route("/sites/{name}", pages.site),
        Route("/sites/{name}/compare", pages.compare),
        Route("/sites/{name}/{table}.csv", pages.site_table),
        Route("/search", pages.search),
        Route("/search.csv", pages.search_table),
        Route("/scans/{scan}/{file}", pages.file),
        Route("/login", entrance.page),
        Route("/login", entrance.login, methods=["POST"]),
        Route("/logout", entrance.logout, methods=["POST"]),
    ]


def _run_routes(starts: Starts | None, sessions: Sessions, links: ServedLinks) -> list[Route]:
    if starts is None:
        return []
    runs = Runs(starts, sessions, links)
    return [Route("/sites/{name}/scan", runs.start, methods=["POST"]), Route("/runs/{id}", runs.show)]


def _operations(parts: Parts) -> list[Route]:
    def health(_: Request) -> Response:
        """Whether all is well; anybody may ask, so no more than that is said."""
        try:
            well = parts.healthy() if parts.healthy is not None else parts.past.sites(names=()) is not None
        except ScannerError:
            well = False
        return JSONResponse({"status": "ok" if well else "failing"}, 200 if well else 503)

    routes = [Route("/healthz", health)]
    if (figures := parts.metrics) is not None:

        def metrics(_: Request) -> Response:
            """Figures for Prometheus, in its text format."""
            return Response(figures(), media_type="text/plain; version=0.0.4; charset=utf-8")

        routes.append(Route("/metrics", metrics))
    return routes


def _statics() -> list[Route]:
    async def sheet(_: Request) -> Response:
        return Response(style(), media_type="text/css", headers=_KEPT)

    async def icon(_: Request) -> Response:
        return Response(static("icon.svg"), media_type="image/svg+xml", headers=_KEPT)

    return [Route("/static/style.css", sheet), Route("/static/icon.svg", icon)]


_TOLD: Mapping[int, tuple[str, str]] = {
    400: ("This cannot be understood", "The request is damaged."),
    403: (
        "This form is too old",
        "It was made before the dashboard was started, or before you signed in. Load the page again and repeat.",
    ),
    404: ("Nothing here", "There is no page at this address."),
    405: ("Nothing here", "There is no page at this address."),
    413: ("This is too long", "The request is larger than anything that is expected here."),
    415: ("This cannot be understood", "The request is not what a page of this dashboard sends."),
    503: ("Not now", "The history cannot be read at this moment. Try again shortly; the log has the reason."),
}
_TOLD_MORE: Mapping[str, tuple[str, str]] = {
    "no-site": ("No such site", "Neither the configuration nor the history knows a site of this name."),
    "no-file": (
        "This file is gone",
        "The scan is recorded, but this file of its report is no longer kept, or never was.",
    ),
    "busy": ("Not now", "Many scans are waiting already. Try again when some of them have ended."),
    "no-comparison": ("These scans cannot be compared", "The files of one of them are no longer kept."),
}


def _problems(
    links: ServedLinks, sessions: Sessions
) -> dict[int | type[Exception], Callable[[Request, Exception], Response]]:
    def page(request: Request, status: int, title: str, told: str) -> Response:
        visit = visit_of(request)
        reader = Reader(visit.session.user, sessions.token(visit.session)) if visit.session.user else Reader()
        text = render(
            "problem.html.j2",
            links,
            reader,
            here="problem",
            title=title,
            told=told,
            back=links.overview(),
            back_words="All sites",
        )
        return HTMLResponse(text, status)

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else ""
        title, told = _TOLD_MORE.get(detail) or _TOLD.get(status) or _TOLD[404]
        return page(request, status, title, told)

    def failed(request: Request, error: Exception) -> Response:
        if isinstance(error, EvidenceError | UsageError):
            return page(request, 404, *_TOLD_MORE["no-comparison"])
        LOG.error("page failed", error=str(error), path=request.url.path[:200])
        return page(request, 503, *_TOLD[503])

    def defect(request: Request, error: Exception) -> Response:
        LOG.error("a defect", exc_info=error, path=request.url.path[:200])
        return page(request, 500, "A defect in this program", "The log has the details.")

    return {HTTPException: refused, ScannerError: failed, Exception: defect}
