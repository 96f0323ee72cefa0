"""What every request passes first: is it meant for this server, does it come from one of its own pages, and from whom.

And what every answer gets: the headers that keep a browser from doing anything but show it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.dashboard.attempts import Attempts
from scanner.dashboard.hosts import Hosts
from scanner.dashboard.passwords import LONGEST, Users
from scanner.dashboard.sessions import LASTS_S, Session, Sessions

LOG = structlog.get_logger("scanner.dashboard")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content policy of the dashboard's pages: no script at all, and no style in the page."""

_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With `no-referrer` a browser would send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
_OPEN = ("/login", "/healthz")
_SAFE = ("GET", "HEAD")
_LONGEST_COOKIE = 4096

_KEY = "scanner.dashboard.visit"


class Visit:
    """Who asks: a user's session, or that of somebody who has not logged in. `met` says that a form was given out."""

    def __init__(self, session: Session, *, fresh: bool) -> None:
        self.session = session
        self.fresh = fresh
        self.met = False


def visit_of(connection: HTTPConnection) -> Visit:
    """Who asks, as the guard found out."""
    visit: Visit = connection.scope[_KEY]
    return visit


class Guard:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Hosts,
        users: Users,
        sessions: Sessions,
        attempts: Attempts,
        cookie: str,
        ending: Callable[[], Awaitable[None]],
    ) -> None:
        """`cookie` is the name of the cookie of those who have logged in; it tells servers on one host apart.

        `ending` lets answers that would go on for long come to their end; call it before waiting for them.
        """
        self.ending = ending
        self._app = app
        self._hosts = hosts
        self._users = users
        self._sessions = sessions
        self._attempts = attempts
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        visit = self._visit(headers)
        scope[_KEY] = visit

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(message, visit, secure=scope["scheme"] == "https")
            await send(message)

        refusal = self._refused(scope, headers) or await self._stranger(scope, headers, visit)
        await (refusal or self._app)(scope, receive, dressed)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to what does not come from one of our own pages, or is not meant for us; null for all else."""
        named = headers.getlist("host")
        if len(named) != 1 or not self._hosts.answers(named[0]):
            LOG.warning("request for another host refused", host=", ".join(named)[:200])
            return PlainTextResponse("This server does not answer under that name.\n", 421)
        from_where = headers.get("sec-fetch-site", "")
        if scope["method"] in _SAFE:
            # Another site may link here; it may not load our pages as pictures, frames or scripts.
            foreign = from_where in ("cross-site", "same-site")
            plain = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
            return PlainTextResponse("Refused.\n", 403) if foreign and not plain else None
        origin = headers.get("origin")
        same = origin is not None and _netloc(origin) == named[0].lower()
        if not same or from_where not in ("", "same-origin"):
            LOG.warning("form of another site refused", origin=str(origin)[:200])
            return PlainTextResponse("Refused: this did not come from a page of this server.\n", 403)
        return None

    async def _stranger(self, scope: Scope, headers: Headers, visit: Visit) -> Response | None:
        """The answer to somebody who must log in first; null for all others."""
        path: str = scope["path"]
        if not self._users or visit.session.user is not None or path in _OPEN or path.startswith("/static/"):
            return None
        if path == "/metrics":
            return await self._basic(scope, headers)
        if scope["method"] not in _SAFE:
            return PlainTextResponse("Please sign in.\n", 403)
        query = scope["query_string"].decode("latin-1")
        wanted = quote(path) + (f"?{query}" if query else "")
        return RedirectResponse("/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}", 303)

    async def _basic(self, scope: Scope, headers: Headers) -> Response | None:
        """Programs that read figures send name and password with each request (RFC 7617)."""
        name, plain = _credentials(headers.get("authorization", ""))
        address = client_of(scope)
        if name and self._attempts.wait_s(address, name) == 0:
            self._attempts.failed(address, name)
            if await run_in_threadpool(self._users.admits, name, plain):
                self._attempts.succeeded(address, name)
                return None
        return PlainTextResponse("Please sign in.\n", 401, {"www-authenticate": 'Basic realm="cookie-scanner"'})

    def _visit(self, headers: Headers) -> Visit:
        cookies = _cookies(headers)
        session = self._sessions.read(cookies.get(self._cookie))
        if session is not None and session.user is not None and self._users:
            return Visit(session, fresh=False)
        visitor = self._sessions.read(cookies.get(f"{self._cookie}_visit"))
        if visitor is not None and visitor.user is None:
            return Visit(visitor, fresh=False)
        return Visit(self._sessions.visitor(), fresh=True)

    def _dress(self, message: MutableMapping[str, Any], visit: Visit, *, secure: bool) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if visit.fresh and visit.met:
            # Lax: it proves nothing but that a form and its answer belong together, and with `Strict` each link from
            # elsewhere would make a new one and spoil the forms that are open.
            value = self._sessions.cookie(visit.session)
            headers.append("set-cookie", cookie_line(f"{self._cookie}_visit", value, secure=secure, same_site="Lax"))


def cookie_line(name: str, value: str, *, secure: bool, same_site: str = "Strict", lasts_s: float | None = None) -> str:
    """A `Set-Cookie` line that no script can read; without a time it goes when the browser is closed."""
    parts = [f"{name}={value}", "Path=/", "HttpOnly", f"SameSite={same_site}"]
    if lasts_s is not None:
        parts.append(f"Max-Age={int(min(lasts_s, LASTS_S))}")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)


def client_of(scope: Scope) -> str:
    """The address that a request comes from, empty where it is not known."""
    return str(scope["client"][0]) if scope.get("client") else ""


def _cookies(headers: Headers) -> dict[str, str]:
    text = headers.get("cookie", "")
    if len(text) > _LONGEST_COOKIE * 4:
        return {}
    found: dict[str, str] = {}
    for part in text.split(";"):
        try:
            jar: SimpleCookie = SimpleCookie(part.strip())
        except CookieError:
            continue
        found |= {name: morsel.value for name, morsel in jar.items()}
    return found


def _netloc(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in ("http", "https") and not parts.path else None


def _credentials(header: str) -> tuple[str, str]:
    kind, _, packed = header.partition(" ")
    if kind.lower() != "basic" or len(packed) > 4 * LONGEST:
        return "", ""
    try:
        name, _, plain = base64.b64decode(packed.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, plain
