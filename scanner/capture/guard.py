"""Which addresses the browser may speak to, and which hosts lead where: decisions only, no connection is made here.

Whether an address is public is decided on the address that a connection would go to, never on a name: a name says
nothing about where it leads, and may lead elsewhere a second later.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from scanner.errors import UsageError
from scanner.site import host_of, site_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
GuardMode = Literal["off", "given", "public"]
"""`off`: any address. `given`: public addresses, and hosts that the user named. `public`: public addresses only."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # https://www.iana.org/assignments/ipv6-address-space/
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052, 2.1
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")  # RFC 7526: no longer in use


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet: neither special by IANA's registries nor a disguise of one.

    An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4) is judged by what it carries.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved and address not in _RELAYS
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if inner is not None:
        return is_public(inner)
    return address in _GLOBAL_UNICAST and address.is_global and address.teredo is None


def parse_address(text: str) -> Address | None:
    """An address from its canonical text, with or without the brackets of a URL; null for a name."""
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


@dataclass(frozen=True)
class HostRules:
    """The browser's host mapping, `MAP pattern replacement` and `EXCLUDE pattern`, separated by commas.

    https://source.chromium.org/chromium/chromium/src/+/main:net/base/host_mapping_rules.cc
    """

    maps: tuple[tuple[re.Pattern[str], str, int | None], ...] = ()
    excluded: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def read(cls, text: str | None) -> HostRules:
        """Raises UsageError for a rule that the browser would not understand."""
        maps: list[tuple[re.Pattern[str], str, int | None]] = []
        excluded: list[re.Pattern[str]] = []
        for rule in filter(None, (part.strip() for part in (text or "").split(","))):
            words = rule.split()
            if len(words) == 2 and words[0].upper() == "EXCLUDE":
                excluded.append(_wildcards(words[1]))
            elif len(words) == 3 and words[0].upper() == "MAP":
                host, port = _host_and_port(words[2], rule)
                maps.append((_wildcards(words[1]), host, port))
            else:
                raise UsageError(f'host rule {rule!r}: write "MAP shop.example 10.0.0.7" or "EXCLUDE shop.example"')
        return cls(tuple(maps), tuple(excluded))

    def target(self, host: str, port: int) -> tuple[str, int, bool]:
        """Where a host and port lead, and whether a rule says so. `~NOTFOUND` leads nowhere."""
        shown = f"[{host}]" if ":" in host else host
        for pattern, replacement, new_port in self.maps:
            if pattern.fullmatch(host) or pattern.fullmatch(f"{shown}:{port}"):
                if any(other.fullmatch(host) for other in self.excluded):
                    break
                return replacement, new_port or port, True
        return host, port, False


def _wildcards(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _host_and_port(text: str, rule: str) -> tuple[str, int | None]:
    if text.upper() == "~NOTFOUND":
        return "~NOTFOUND", None
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise UsageError(f"host rule {rule!r}: {text!r} is no host, nor host:port")
    return host, port


def _networks(allow: Iterable[str]) -> tuple[list[Network], list[re.Pattern[str]]]:
    networks: list[Network] = []
    names: list[re.Pattern[str]] = []
    for entry in allow:
        try:
            networks.append(ipaddress.ip_network(entry.strip("[]"), strict=False))
        except ValueError:
            names.append(_wildcards(entry))
    return networks, names


@dataclass
class Guard:
    """Decides for each connection. `allow` holds networks (`10.0.0.0/8`) and names (`*.corp.example`) allowed anyway.

    In the mode `given`, a host that the user named may be anywhere, and so may other hosts of its site. But one that
    was found at a public address stays with public addresses: a site of the internet that lets its name lead into the
    user's own network, or redirects there, has no business there.
    """

    mode: GuardMode = "given"
    allow: Sequence[str] = ()
    _named: set[str] = field(default_factory=set)
    _at_home: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._networks, self._names = _networks(self.allow)

    def name(self, url: str) -> None:
        """The user named this address: in the mode `given` its host may be anywhere."""
        host = host_of(url)
        if host:
            self._named.add(host.strip("[]").rstrip("."))

    def permitted(self, host: str, addresses: Sequence[Address]) -> list[Address]:
        """The addresses of a host to which a connection may be made, in the order given."""
        if self.mode == "off" or any(pattern.fullmatch(host) for pattern in self._names):
            return list(addresses)
        if self.mode == "given" and self._is_at_home(host, addresses):
            return list(addresses)
        return [address for address in addresses if is_public(address) or self._allowed(address)]

    def _is_at_home(self, host: str, addresses: Sequence[Address]) -> bool:
        """Whether a host is one the user named, or of the site of one, and was not public when it was first met."""
        if host in self._named:
            return self._at_home.setdefault(host, not all(is_public(address) for address in addresses))
        site = site_of(host)
        return any(home and site_of(named) == site for named, home in self._at_home.items())

    def _allowed(self, address: Address) -> bool:
        plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return any(candidate in network for network in self._networks for candidate in (address, plain or address))
