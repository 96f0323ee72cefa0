"""Host and tail of an address, quickly: a scan may hold a hundred thousand of them."""

from __future__ import annotations

import re

from scanner.site import host_of

_PLAIN = re.compile(r"(?:https?|wss?)://([A-Za-z0-9._-]+)(?::[0-9]+)?(?=[/?#]|$)")


def quick_host(url: str) -> str:
    """The same as `host_of`; plain addresses do not pass through the full parser."""
    found = _PLAIN.match(url)
    return found[1].lower() if found else host_of(url)


def tail_of(url: str) -> str:
    """What follows the host of an address: path and query, without the fragment."""
    at = url.find("/", url.find("://") + 3)
    return url[at:].partition("#")[0] if at >= 0 else "/"
