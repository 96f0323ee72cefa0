"""Policy documents: loaded like any page, in a context of their own, and kept as they read once all is there."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag

from scanner.capture.cdp import ProtocolError
from scanner.capture.collectors.frames import WORLD
from scanner.capture.contexts import VisitorContext
from scanner.capture.log import now
from scanner.capture.plan import Progress
from scanner.capture.states import Desk
from scanner.capture.tab import Tab
from scanner.capture.visit import VisitRun, VisitSpec
from scanner.model.evidence import DocumentKept, Record, Visit

MOST_DOCUMENTS = 6
"""How many documents of one site are kept."""

_MOST_TRIED = 16
_TABS = 3
_LIFE_MS = 10_000.0
_TIMEOUT_S = 20.0
_MOST_BYTES = 20_000_000
_ANSWER_S = 10.0
_READABLE = ("application/pdf", "text/plain", "text/markdown")

# The page as it stands, with the contents of open shadow roots and of frames of the same origin in their places.
_MARKUP = """(() => {
  const copy = document.documentElement.cloneNode(true);
  const fill = (from, to) => {
    const a = [from, ...from.querySelectorAll("*")], b = [to, ...to.querySelectorAll("*")];
    for (let i = a.length - 1; i >= 0; i--) {
      let inner = a[i].shadowRoot;
      if (!inner && a[i].localName === "iframe") {
        try { inner = a[i].contentDocument && a[i].contentDocument.body; } catch {}
      }
      if (!inner || !b[i]) continue;
      const place = document.createElement("div");
      for (const child of inner.childNodes) place.append(child.cloneNode(true));
      if (a[i].localName === "iframe") b[i].replaceWith(place); else b[i].append(place);
    }
  };
  fill(document.documentElement, copy);
  return "<!doctype html>" + copy.outerHTML;
})()"""


@dataclass
class Documents:
    """Fetches candidates in order until enough are kept."""

    desk: Desk
    visitor: VisitorContext
    kept: int = 0

    async def fetch(self, candidates: Sequence[tuple[str, str]]) -> None:
        """Fetch `(address, why)` candidates, best first; those that are no document are simply not kept."""
        unique = {urldefrag(url).url: (url, why) for url, why in reversed(candidates)}
        queue = list(unique.values())[-_MOST_TRIED:]

        async def work() -> None:
            tab: Tab | None = None
            while queue and self.kept < MOST_DOCUMENTS:
                url, why = queue.pop()
                async with self.desk.tabs:
                    if tab is None or tab.gone or tab.time.worn:
                        tab = await self.visitor.new_tab()
                    await self._one(tab, url, why)

        await asyncio.gather(*(work() for _ in range(min(_TABS, len(queue)))))

    async def _one(self, tab: Tab, url: str, why: str) -> None:
        self.desk.progress(Progress("before", url, "reading the policy"))
        run = VisitRun(
            tab,
            VisitSpec(
                id=self.desk.next_id(),
                url=url,
                context="before",
                emit=self._only_the_visit,
                life_ms=_LIFE_MS,
                timeout_s=_TIMEOUT_S,
                viewport=self.desk.viewport,
                purpose="policy",
            ),
        )
        loaded = await run.open()
        data: bytes | None = None
        media = "text/html"
        final = tab.main_url
        if loaded:
            data = await _markup(tab)
        elif run.error_kind == "not-html":
            media, final, data = await _raw(tab, url)
        visit = await run.close()
        if data and self.kept < MOST_DOCUMENTS:
            self._keep(visit, data, media, final if final.startswith("http") else url, why)

    def _only_the_visit(self, record: Record) -> None:
        """What a policy page sets is no evidence of the site's pages: only that it was read is written down."""
        if isinstance(record, Visit):
            self.desk.emit(record)

    def _keep(self, visit: Visit, data: bytes, media: str, final: str, why: str) -> None:
        self.kept += 1
        ending = {"text/html": "html", "application/pdf": "pdf"}.get(media, "txt")
        name = f"documents/{self.kept}.{ending}"
        self.desk.keep_file(f"evidence/{name}", data)
        self.desk.emit(
            DocumentKept(
                url=visit.url,
                final_url=final,
                title=visit.title,
                language=visit.language,
                media_type=media,
                retrieved=now(),
                sha256=hashlib.sha256(data).hexdigest(),
                file=name,
                found_by=why,
            )
        )


async def _markup(tab: Tab) -> bytes | None:
    try:
        world = await tab.page.send("Page.createIsolatedWorld", {"frameId": tab.id, "worldName": WORLD})
        answer = await tab.page.send(
            "Runtime.evaluate",
            {"expression": _MARKUP, "contextId": world["executionContextId"], "returnByValue": True},
            timeout_s=_ANSWER_S,
        )
    except ProtocolError:
        return None
    value = answer.get("result", {}).get("value")
    return value.encode("utf-8")[:_MOST_BYTES] if isinstance(value, str) else None


async def _raw(tab: Tab, url: str) -> tuple[str, str, bytes | None]:
    """Media type, address and bytes of something that is no page, fetched by the browser without showing it."""
    media = ""
    try:
        answer = await tab.page.send(
            "Network.loadNetworkResource",
            {"frameId": tab.id, "url": url, "options": {"disableCache": False, "includeCredentials": False}},
            timeout_s=_ANSWER_S,
        )
        resource = answer["resource"]
        headers = {name.lower(): str(value) for name, value in resource.get("headers", {}).items()}
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if not resource.get("success") or media not in _READABLE:
            return media, url, None
        return media, url, await _stream(tab, resource["stream"])
    except (ProtocolError, KeyError):
        return media, url, None


async def _stream(tab: Tab, handle: str) -> bytes:
    data = bytearray()
    while len(data) < _MOST_BYTES:
        part = await tab.page.send("IO.read", {"handle": handle, "size": 1_000_000}, timeout_s=_ANSWER_S)
        data += base64.b64decode(part["data"]) if part.get("base64Encoded") else part["data"].encode("utf-8")
        if part.get("eof"):
            break
    tab.page.post("IO.close", {"handle": handle})
    return bytes(data)
