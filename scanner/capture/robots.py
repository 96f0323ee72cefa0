"""What a site's robots.txt permits and names, as RFC 9309 reads it.

Only pages that the scanner chooses by itself ask for permission; what the user named is the user's own decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

PRODUCT = "cookie-scanner"
"""The product token by which a robots.txt may speak to this program (RFC 9309, section 2.2.1)."""

MOST_BYTES = 512_000
"""How much of a robots.txt is read; section 2.5 asks for 500 KiB at least."""

_MOST_SITEMAPS = 50


@dataclass(frozen=True)
class Robots:
    """One host's rules. `problem` says why they forbid everything, where no answer could be had."""

    rules: Protego | None = None
    problem: str | None = None

    @classmethod
    def read(cls, status: int | None, data: bytes) -> Robots:
        """Rules from an answer: none for a status of 4xx, everything forbidden for 5xx and for no answer at all.

        https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1
        """
        if status is None:
            return cls(problem="robots.txt could not be fetched")
        if status >= 500:
            return cls(problem=f"robots.txt was answered with status {status}")
        if status >= 300:
            return cls()
        return cls(Protego.parse(data[:MOST_BYTES].decode("utf-8-sig", "replace").replace("\0", "")))

    def permits(self, url: str) -> bool:
        """Whether this program may fetch an address of the host."""
        if self.problem is not None:
            return False
        return self.rules is None or self.rules.can_fetch(url, PRODUCT)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that it names."""
        named = [] if self.rules is None else list(self.rules.sitemaps)[:_MOST_SITEMAPS]
        return tuple(dict.fromkeys(url for url in named if url.startswith(("http://", "https://"))))


def robots_url(url: str) -> str:
    """Where the robots.txt for an address lies: each scheme, host and port has its own."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
