"""Starting a scan, and watching it: progress is streamed into the page as it happens, which needs no script."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from scanner.dashboard.entrance import form_of, reader_of
from scanner.dashboard.guard import visit_of
from scanner.dashboard.links import Links
from scanner.dashboard.rendering import Reader, environment, line, render_around
from scanner.dashboard.sessions import Sessions
from scanner.dashboard.starting import Started, Starts, TooManyError


class Runs:
    """Handlers of requests about scans that are started here."""

    def __init__(self, starts: Starts, sessions: Sessions, links: Links) -> None:
        self._starts = starts
        self._sessions = sessions
        self._links = links

    async def start(self, request: Request) -> Response:
        """Start a scan of a site of the configuration, and go to its progress."""
        await form_of(request, self._sessions)
        try:
            started = self._starts.start(request.path_params["name"], visit_of(request).session.user)
        except KeyError as error:
            raise HTTPException(404, "no-site") from error
        except TooManyError as error:
            raise HTTPException(503, "busy") from error
        return RedirectResponse(f"/runs/{started.id}", 303)

    async def show(self, request: Request) -> Response:
        """The progress of a scan, until it has ended."""
        started = self._starts.get(request.path_params["id"])
        if started is None:
            raise HTTPException(404)
        reader = reader_of(request, self._sessions)
        # Servers in between would gather the parts otherwise.
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self._told(started, reader), media_type="text/html; charset=utf-8", headers=headers)

    async def _told(self, started: Started, reader: Reader) -> AsyncIterator[str]:
        before, after = render_around("progress.html.j2", self._links, reader, here="progress", started=started)
        yield before
        async for told in self._starts.follow(started):
            yield line(told) if told is not None else "\n"
        ending, closing = after.split("</ol>", 1)
        ended = environment().get_template("ended.html.j2").render(links=self._links, started=started)
        yield f"{ending}</ol>\n{ended}{closing}"
