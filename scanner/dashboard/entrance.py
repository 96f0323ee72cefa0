"""Coming in and going out."""

from __future__ import annotations

import asyncio
import re
from math import ceil
from urllib.parse import parse_qs

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanner.dashboard.attempts import Attempts
from scanner.dashboard.guard import client_of, cookie_line, visit_of
from scanner.dashboard.links import Links
from scanner.dashboard.passwords import Users
from scanner.dashboard.rendering import Reader, render
from scanner.dashboard.sessions import LASTS_S, Sessions

LOG = structlog.get_logger("scanner.dashboard")

_MOST_BYTES = 16 * 1024
_MOST_FIELDS = 20
_AT_ONCE = 2
# One slash and not two, no backslash, no colon before the query: nothing that a browser could take for another server.
_INSIDE = re.compile(r"/(?![/\\])[A-Za-z0-9._~!$&'()*+,;=@%/-]*(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?")


def inside(address: str) -> str:
    """The address of one of our own pages; the overview for anything that could lead elsewhere."""
    return address if len(address) <= 2000 and _INSIDE.fullmatch(address) else "/"


async def form_of(request: Request, sessions: Sessions) -> dict[str, str]:
    """The fields of a form that one of our pages has given out to this visitor.

    Raises HTTPException for any other, and for one that is too long.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HTTPException(413)
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (ValueError, UnicodeDecodeError) as error:
        raise HTTPException(400) from error
    form = {name: values[0] for name, values in fields.items()}
    if not sessions.is_token(visit_of(request).session, form.get("token", "")):
        raise HTTPException(403)
    return form


def reader_of(request: Request, sessions: Sessions) -> Reader:
    """Who looks at a page that has a form, with the token for it."""
    visit = visit_of(request)
    visit.met = True
    return Reader(visit.session.user, sessions.token(visit.session))


class Entrance:
    """The pages to log in and out."""

    def __init__(self, users: Users, sessions: Sessions, attempts: Attempts, links: Links, cookie: str) -> None:
        self._users = users
        self._sessions = sessions
        self._attempts = attempts
        self._links = links
        self._cookie = cookie
        # A check takes 32 MiB for a while.
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def page(self, request: Request) -> Response:
        """The form."""
        wanted = inside(request.query_params.get("next", "/"))
        if not self._users or visit_of(request).session.user is not None:
            return RedirectResponse(wanted, 303)
        return self._form(request, wanted, elsewhere=request.headers.get("sec-fetch-site") == "cross-site")

    async def login(self, request: Request) -> Response:
        """Check a name and a password."""
        form = await form_of(request, self._sessions)
        wanted, name = inside(form.get("next", "/")), form.get("name", "")[:200]
        if not self._users:
            return RedirectResponse(wanted, 303)
        address = client_of(request.scope)
        if (wait := self._attempts.wait_s(address, name)) > 0:
            LOG.warning("login refused: too many attempts", user=name, client=address)
            minutes = ceil(wait / 60)
            told = f"Too many attempts. Please try again in {minutes} minute{'s' if minutes > 1 else ''}."
            return self._form(request, wanted, name=name, problem=told, status=429, wait=wait)
        self._attempts.failed(address, name)
        async with self._turn:
            admitted = await run_in_threadpool(self._users.admits, name, form.get("password", ""))
        if not admitted:
            LOG.warning("login refused", user=name, client=address)
            return self._form(
                request, wanted, name=name, problem="This name and this password do not belong together.", status=403
            )
        self._attempts.succeeded(address, name)
        LOG.info("login", user=name, client=address)
        session = self._sessions.login(name)
        answer = RedirectResponse(wanted, 303)
        secure = request.url.scheme == "https"
        answer.headers.append(
            "set-cookie", cookie_line(self._cookie, self._sessions.cookie(session), secure=secure, lasts_s=LASTS_S)
        )
        answer.headers.append("set-cookie", cookie_line(f"{self._cookie}_visit", "", secure=secure, lasts_s=0))
        return answer

    async def logout(self, request: Request) -> Response:
        """End the session."""
        await form_of(request, self._sessions)
        self._sessions.logout(visit_of(request).session)
        answer = RedirectResponse("/login" if self._users else "/", 303)
        secure = request.url.scheme == "https"
        answer.headers.append("set-cookie", cookie_line(self._cookie, "", secure=secure, lasts_s=0))
        return answer

    def _form(
        self,
        request: Request,
        wanted: str,
        *,
        name: str = "",
        problem: str = "",
        status: int = 200,
        wait: float = 0,
        elsewhere: bool = False,
    ) -> Response:
        reader = reader_of(request, self._sessions)
        page = render(
            "login.html.j2",
            self._links,
            Reader(None, reader.token),
            here="login",
            next=wanted,
            name=name,
            problem=problem,
            elsewhere=elsewhere,
        )
        headers = {"retry-after": str(ceil(wait))} if wait else None
        return HTMLResponse(page, status, headers)
