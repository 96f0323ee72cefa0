"""What the body of a request says, unpacked: scripts that send much pack it first (gzip, deflate), often in base64."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache

_PACKED = re.compile(r"(?<![A-Za-z0-9+/_-])(?:H4sI|eJ|eN|eA)[A-Za-z0-9+/_-]{20,}={0,2}")
"""Base64 of what begins as gzip or zlib do (RFC 1952, section 2.3; RFC 1950, section 2.2)."""
_STARTS = ("\x1f\x8b\x08", "x\x9c", "x\xda", "x\x01", "x\x5e")
_MOST = 400_000
"""Characters of a body, and of what is unpacked from it, that are read."""
_MOST_CHUNKS = 20


@lru_cache(maxsize=256)
def said(body: str) -> str:
    """A body and, on lines of their own, the texts packed in it. One that is cut is unpacked as far as it goes.

    A body of bytes is understood as capture writes it: one character for each byte, or base64 of all.
    """
    body = body[:_MOST]
    return "\n".join((body, *_unpacked(body)))


def _unpacked(body: str) -> Iterator[str]:
    if body.startswith(_STARTS):
        try:
            raw = body.encode("latin-1")
        except UnicodeEncodeError:
            return
        text = _inflated(raw)
        if text is not None:
            yield text
        return
    for chunk in _PACKED.findall(body)[:_MOST_CHUNKS]:
        plain = chunk.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            raw = base64.b64decode(plain + "=" * (-len(plain) % 4) if len(plain) % 4 != 1 else plain[:-1])
        except (binascii.Error, ValueError):
            continue
        text = _inflated(raw)
        if text is not None:
            yield text


def _inflated(raw: bytes) -> str | None:
    try:
        # 32 more than the largest window: gzip and zlib are told apart by their headers.
        return zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(raw, _MOST).decode("utf-8", "replace")
    except zlib.error:
        return None
