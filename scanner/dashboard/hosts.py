"""Under which names the dashboard answers: against pages that point a name of their own at this machine.

A page of `evil.example` may have its name resolve to 127.0.0.1 and then read what a server there says, as one of its
own ("DNS rebinding"). The browser still sends the page's name as `Host`, by which such a request is known.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

_HOST = re.compile(r"^(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$")


def is_local(name: str) -> bool:
    """Whether a name or address means this very machine, and nothing that a name server could change."""
    bare = name.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    found = _address(bare)
    return found is not None and found.is_loopback


def name_of(header: str) -> str | None:
    """The name in a `Host` header, in lower case and without port; null where it is no name."""
    match = _HOST.match(header)
    return match["name"].rstrip(".").lower() if match else None


class Hosts:
    """The names that are answered.

    On loopback: those that mean this machine. Beyond: also the given names, and any address, for an address cannot
    be pointed elsewhere.
    """

    def __init__(self, bound: str, names: Iterable[str] = ()) -> None:
        """`bound` is the address that is listened on, `names` those under which a visitor may ask besides."""
        self._names = frozenset(name.rstrip(".").lower() for name in names)
        self.open = not is_local(bound) or any(not is_local(name) for name in self._names)
        if not is_local(bound) and _address(bound.strip("[]")) is None:
            self._names |= {bound.rstrip(".").lower()}

    def answers(self, header: str) -> bool:
        """Whether a request with this `Host` header is answered."""
        name = name_of(header)
        if name is None:
            return False
        if is_local(name) or name in self._names:
            return True
        return self.open and _address(name.strip("[]")) is not None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
