"""Pictures of a page as it stands."""

from __future__ import annotations

import base64
import binascii

from scanner.capture.cdp import ProtocolError
from scanner.capture.tab import Tab

_TIMEOUT_S = 5.0
_QUALITY = 80


async def picture(tab: Tab) -> bytes | None:
    """What is on the screen now, as JPEG, or null where the browser gives none in time."""
    try:
        answer = await tab.page.send(
            "Page.captureScreenshot",
            {"format": "jpeg", "quality": _QUALITY, "optimizeForSpeed": True},
            timeout_s=_TIMEOUT_S,
        )
        return base64.b64decode(answer["data"])
    except (ProtocolError, KeyError, binascii.Error):
        return None
