"""How often somebody may try a password: counted by address and by name, and over everybody."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable

_WINDOW_S = 300.0
_BY_ADDRESS, _BY_NAME, _BY_ALL = 8, 20, 200
_MOST_KEYS = 10_000


class Attempts:
    """Failed attempts within the last five minutes.

    An address may fail 8 times, a name 20 times (from wherever), everybody together 200 times, which also bounds what
    checking passwords costs this machine. Counts are in memory; a restart forgets them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go backwards."""
        self._clock = clock
        self._failed: dict[tuple[str, str], deque[float]] = {}

    def wait_s(self, address: str, name: str) -> float:
        """How long nobody is heard from there or under that name; 0 where an attempt may be made."""
        now = self._clock()
        return max((self._wait(key, most, now) for key, most in _keys(address, name)), default=0.0)

    def failed(self, address: str, name: str) -> None:
        """Count an attempt. It is counted before the password is checked, so that many at once gain nothing."""
        now = self._clock()
        if len(self._failed) > _MOST_KEYS:
            self._failed = {key: seen for key, seen in self._failed.items() if seen and seen[-1] > now - _WINDOW_S}
        for key, most in _keys(address, name):
            self._failed.setdefault(key, deque(maxlen=most)).append(now)

    def succeeded(self, address: str, name: str) -> None:
        """Take back the count of an attempt that was none."""
        for key, _ in _keys(address, name):
            if seen := self._failed.get(key):
                seen.pop()

    def _wait(self, key: tuple[str, str], most: int, now: float) -> float:
        seen = self._failed.get(key)
        if seen is None or len(seen) < most:
            return 0.0
        return max(0.0, seen[0] + _WINDOW_S - now)


def _keys(address: str, name: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return (
        (("address", network_of(address)), _BY_ADDRESS),
        (("name", name[:100].casefold()), _BY_NAME),
        (("all", ""), _BY_ALL),
    )


def network_of(address: str) -> str:
    """What one visitor can speak from: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
