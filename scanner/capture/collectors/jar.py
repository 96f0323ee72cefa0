"""The cookie jar: every cookie of the context with its partition, at the end of each phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from scanner.capture.cdp import ProtocolError
from scanner.capture.collectors.base import Collector
from scanner.capture.hops import partition_of
from scanner.capture.log import VisitLog, now
from scanner.model.evidence import JarCookie, JarSnapshot

_MOST_COOKIES = 10_000


class Jar(Collector):
    """Asks the browser for the whole jar of the context."""

    moment = "after-page"

    async def snapshot(self, log: VisitLog) -> None:
        phase = log.phase
        try:
            answer = await self.tab.root.send("Storage.getCookies", {"browserContextId": self.tab.context_id})
        except ProtocolError as error:
            log.gap("cookies", f"the cookie jar could not be read: {error}")
            return
        cookies = answer["cookies"]
        if len(cookies) > _MOST_COOKIES:
            log.gap("cookies", f"{len(cookies)} cookies in the jar: {_MOST_COOKIES} are recorded")
        log.emit(
            JarSnapshot(
                visit=log.visit,
                context=log.context,
                phase=phase,
                taken=now(),
                cookies=tuple(
                    sorted(
                        (_cookie(raw) for raw in cookies[:_MOST_COOKIES]),
                        key=lambda c: (c.domain, c.name, c.path, c.partition_key or ""),
                    )
                ),
            )
        )


def _cookie(raw: Mapping[str, Any]) -> JarCookie:
    expires = float(raw.get("expires", -1))
    return JarCookie(
        name=raw["name"],
        value=raw["value"],
        domain=raw["domain"],
        host_only=not raw["domain"].startswith("."),
        path=raw["path"],
        partition_key=partition_of(raw),
        secure=bool(raw.get("secure")),
        http_only=bool(raw.get("httpOnly")),
        same_site=cast(
            'Literal["strict", "lax", "none", "unset"]',
            {"Strict": "strict", "Lax": "lax", "None": "none"}.get(raw.get("sameSite", ""), "unset"),
        ),
        expires=None if raw.get("session") or expires < 0 else expires,
    )
