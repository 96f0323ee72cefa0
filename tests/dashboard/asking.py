"""A dashboard on a socket, and a visitor who sends exactly what is asked for: no path is tidied, no header added."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import uvicorn

from scanner.dashboard import Password

ORIGIN = {"origin": "http://127.0.0.1:8484", "sec-fetch-site": "same-origin"}
PASSWORD = "correct horse battery"
HASH = Password.of(PASSWORD, cost=16, lanes=1).text
"""What a secret of the tests holds: as a user's, but quick to check."""


class Served:
    """A server on a free port of loopback, in a thread of its own."""

    def __init__(self, app: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app, access_log=False, log_config=None, server_header=False, ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def close(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def set_cookies(self) -> list[str]:
        """Every `Set-Cookie` line."""
        return self.headers.get_all("set-cookie") or []


@dataclass
class Visitor:
    """Somebody who asks, and keeps cookies as a browser does. The host is the one that the dashboard was told of."""

    served: Served
    host: str = "127.0.0.1:8484"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request and read its answer to the end."""
        sent = {"host": self.host} | {name.lower(): value for name, value in (headers or {}).items()}
        if self.cookies and "cookie" not in sent:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = HTTPConnection("127.0.0.1", self.served.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            connection.putheader(name, value.encode("utf-8"))
        if body is not None:
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body)
        got = connection.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        connection.close()
        for line in answer.set_cookies:
            name, _, rest = line.partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = rest.split(";")[0]
        return answer

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path, headers)

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form as a browser sends it from a page of the dashboard, or with other headers."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, kind | dict(ORIGIN if headers is None else headers), urlencode(form).encode())

    def login(self, *, name: str = "ada", password: str = PASSWORD, next_: str = "/") -> Answer:
        """Load the form and send it."""
        token = token_in(self.get(f"/login?{urlencode({'next': next_})}").text)
        return self.post("/login", {"token": token, "next": next_, "name": name, "password": password})


def token_in(page: str) -> str:
    """The token of the first form of a page."""
    match = re.search(r'name="token" value="([^"]+)"', page)
    assert match is not None
    return match.group(1)
