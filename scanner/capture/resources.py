"""Fetching what is no page through the browser itself, so that its host rules, certificates and proxy apply.

`Network.loadNetworkResource` follows redirects, shows nothing to the page, and is no part of the page's evidence.
https://chromedevtools.github.io/devtools-protocol/tot/Network/#method-loadNetworkResource
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field

from scanner.capture.cdp import ProtocolError
from scanner.capture.tab import Tab

_PIECE = 1_000_000


@dataclass(frozen=True)
class Resource:
    """What came: `status` null where nothing answered; `headers` with names in lower case; `data` up to the limit."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = b""


async def load(tab: Tab, url: str, *, most_bytes: int, timeout_s: float) -> Resource:
    """Fetch a resource without cookies, in the tab's context. An answer that is late or breaks off is none."""
    try:
        async with asyncio.timeout(timeout_s):
            answer = await tab.page.send(
                "Network.loadNetworkResource",
                {"frameId": tab.id, "url": url, "options": {"disableCache": False, "includeCredentials": False}},
                timeout_s=timeout_s,
            )
            resource = answer["resource"]
            headers = {name.lower(): str(value) for name, value in resource.get("headers", {}).items()}
            status = int(resource["httpStatusCode"]) if resource.get("httpStatusCode") else None
            if status is None or "stream" not in resource:
                return Resource(status, headers)
            return Resource(status, headers, await _read(tab, resource["stream"], most_bytes, timeout_s))
    except (ProtocolError, TimeoutError, KeyError, ValueError):
        return Resource()


async def _read(tab: Tab, handle: str, most_bytes: int, timeout_s: float) -> bytes:
    data = bytearray()
    try:
        while len(data) < most_bytes:
            part = await tab.page.send("IO.read", {"handle": handle, "size": _PIECE}, timeout_s=timeout_s)
            data += base64.b64decode(part["data"]) if part.get("base64Encoded") else part["data"].encode("utf-8")
            if part.get("eof"):
                break
    finally:
        tab.page.post("IO.close", {"handle": handle})
    return bytes(data[:most_bytes])
