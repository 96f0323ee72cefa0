"""Host to site: the registrable domain (eTLD+1) that decides first and third party.

The only importer of tldextract, and never over the network: the list that the library ships is used.
"""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scanner.model.base import Party

if TYPE_CHECKING:
    from tldextract import TLDExtract


# Private suffixes (github.io, ...) separate unrelated sites; the reserved names of RFC 2606 and RFC 6761 have no
# entry in the list, so that `shop.test` would have no site of its own.
@cache
def _extract() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - it loads what it could fetch its list with: a tenth of a second

    return TLDExtract(
        suffix_list_urls=(),
        cache_dir=None,
        include_psl_private_domains=True,
        extra_suffixes=("test", "example", "invalid"),
    )


@lru_cache(maxsize=16_384)
def site_of(host: str) -> str:
    """The registrable domain of a host; an address, a bare name or a public suffix is its own site.

    A leading dot (as in a cookie's domain), a trailing dot and capital letters make no difference.
    """
    name = host.strip().strip(".").lower()
    bare = name.strip("[]")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        pass
    else:
        return bare
    return _extract().extract_str(name).top_domain_under_public_suffix or name


@lru_cache(maxsize=16_384)
def host_of(url: str) -> str:
    """The host of an address in lower case, without brackets; an empty string where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def party_of(host: str, page_host: str) -> Party:
    """Whether a host belongs to the same site as the page in the address bar."""
    return "first" if site_of(host) == site_of(page_host) else "third"
