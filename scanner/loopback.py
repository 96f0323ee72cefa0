"""A TLS server on loopback that answers under any number of host names.

For calibration, the demonstration sites and the tests. The browser is told by host rules that every host is here, so
nothing leaves the machine.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Loopback:
    """A running server: its TLS port, its plain port, and the browser's host rules that lead every host to it."""

    port: int
    plain_port: int

    @property
    def host_rules(self) -> str:
        """Value for the browser's `--host-resolver-rules`."""
        return f"MAP *:443 127.0.0.1:{self.port}, MAP *:80 127.0.0.1:{self.plain_port}"


def _port(site: web.BaseSite) -> int:
    server = site._server
    sockets = getattr(server, "sockets", None)
    if not sockets:
        raise RuntimeError("the loopback server has no socket")
    port: int = sockets[0].getsockname()[1]
    return port


@asynccontextmanager
async def serve(handler: Handler, hosts: Iterable[str]) -> AsyncIterator[Loopback]:
    """Serve `handler` on 127.0.0.1 over TLS (certificate for `hosts`, thrown away after) and in plain, on free ports.

    A handler tells hosts apart by `request.host`, and the schemes by `request.scheme`.
    """
    import trustme  # noqa: PLC0415 - every scan would wait a tenth of a second for what few of them need

    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*sorted(set(hosts)) or ("localhost",)).configure_cert(tls)
    runner = web.ServerRunner(web.Server(handler, access_log=None))
    await runner.setup()
    try:
        secure = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls, backlog=1024)
        plain = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await secure.start()
        await plain.start()
        yield Loopback(_port(secure), _port(plain))
    finally:
        await runner.cleanup()
