"""Names behind the site's own hosts: where a subdomain leads by CNAME, asked of a name server while the scan runs.

Only hosts of the scanned site are asked for, each once, and never one that is reserved or has no dot: what a test or
an intranet calls its machines does not leave the house.
"""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass, field

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver, Nameserver
from dns.resolver import NXDOMAIN, NoNameservers, NoResolverConfiguration
from dns.resolver import Timeout as DNSTimeout

from scanner.capture.log import Emit
from scanner.errors import UsageError
from scanner.model.evidence import Record, Request
from scanner.model.probes import NameResolved
from scanner.site import host_of, site_of

SYSTEM = "system"
"""The name servers that this machine uses."""
OFF = "off"
"""Ask nobody."""

_MOST_HOSTS = 50
_MOST_NAMES = 10
_HOST_S = 3.0
_LAST_WAIT_S = 2.0
_RESERVED = ("localhost", "local", "internal", "test", "example", "invalid", "onion", "arpa", "home.arpa", "alt")
"""RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476; `internal` by a resolution of ICANN of 2024."""


@dataclass
class Names:
    """Asks for the names of one site's hosts as they are seen. `server`: `system`, `off`, or `address[:port]`.

    Hosts that are reserved are asked for only where a server is named: then somebody wants it so.
    """

    site: str
    server: str
    emit: Emit
    _resolver: Resolver | None = field(default=None, init=False)
    _asked: dict[str, asyncio.Task[NameResolved]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._resolver = _resolver_for(self.server)

    def see(self, record: Record) -> None:
        """A record of the scan: if it is a request to a host of the site, its names are asked for at once."""
        if self._resolver is None or not isinstance(record, Request):
            return
        host = host_of(record.url).rstrip(".")
        if host in self._asked or len(self._asked) >= _MOST_HOSTS or not self._is_wanted(host):
            return
        self._asked[host] = asyncio.create_task(_resolve(self._resolver, host))

    def _is_wanted(self, host: str) -> bool:
        if site_of(host) != self.site or "." not in host or _is_address(host):
            return False
        return self.server != SYSTEM or not host.endswith(tuple(f".{name}" for name in _RESERVED))

    async def close(self) -> None:
        """Wait a little for what is still to come, and write down all answers."""
        if self._asked:
            await asyncio.wait(self._asked.values(), timeout=_LAST_WAIT_S)
        self.drop()

    def drop(self) -> None:
        """Write down all answers that are there; what has none is told as such."""
        asked, self._asked = self._asked, {}
        self._resolver = None
        for host, task in sorted(asked.items()):
            if task.done() and not task.cancelled() and task.exception() is None:
                self.emit(task.result())
            else:
                task.cancel()
                self.emit(NameResolved(host=host, server=_shown(self.server), error="no answer in time"))


async def _resolve(resolver: Resolver, host: str) -> NameResolved:
    """The chain of names of one host. An answer without addresses still tells its names."""
    server = ", ".join(str(one) for one in resolver.nameservers[:3]) or None
    chain: tuple[str, ...] = ()
    error: str | None = None
    try:
        answer = await resolver.resolve(f"{host}.", "A", raise_on_no_answer=False, lifetime=_HOST_S)
        names = [str(one[0].target) for one in answer.chaining_result.cnames]
        chain = tuple(name.rstrip(".").lower() for name in names[:_MOST_NAMES])
    except NXDOMAIN as missing:
        # A name that leads to nothing is worth telling: whoever registers the target speaks for the site.
        last = str(missing.canonical_name).rstrip(".").lower()
        chain = (last,) if last and last != host else ()
        error = "there is no such name"
    except DNSTimeout:
        error = "no answer in time"
    except NoNameservers:
        error = "the name server gave no usable answer"
    except (DNSException, OSError, ValueError) as problem:
        error = str(problem)[:200] or type(problem).__name__
    return NameResolved(host=host, chain=chain, server=server, error=error)


def _resolver_for(server: str) -> Resolver | None:
    """The resolver; null where there is to be none, or this machine has none.

    Raises:
        UsageError: `server` is no address.
    """
    if server == OFF:
        return None
    if server == SYSTEM:
        try:
            return Resolver()
        except (NoResolverConfiguration, OSError, DNSException):
            return None
    address, port = server_address(server)
    resolver = Resolver(configure=False)
    servers: list[str | Nameserver] = [Do53Nameserver(address, port)]
    resolver.nameservers = servers
    return resolver


def server_address(text: str) -> tuple[str, int]:
    """Address and port of a name server: `1.1.1.1`, `1.1.1.1:5353`, `[2606:4700::1111]:53` or without brackets.

    Raises:
        UsageError: it is none.
    """
    host, colon, port = text.rpartition(":")
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        port = rest.removeprefix(":") if closed else "none"
    elif not colon or ":" in host:
        host, port = text, ""
    try:
        number = int(port) if port else 53
        address = str(ipaddress.ip_address(host))
    except ValueError:
        number, address = 0, ""
    if not 0 < number < 65536:
        raise UsageError(
            f"{text!r} is no name server: give `system`, `off`, or an address such as 9.9.9.9 or [::1]:5353"
        )
    return address, number


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _shown(server: str) -> str | None:
    return None if server == SYSTEM else server
