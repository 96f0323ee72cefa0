"""Policy documents: pages that are visited anyway, or loaded in a context of their own; kept as they read at last."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urldefrag, urlsplit

from lxml import etree, html  # type: ignore[import-untyped]

from scanner.capture.cdp import ProtocolError, Session
from scanner.capture.collectors.frames import WORLD, Frames, frames_of
from scanner.capture.contexts import VisitorContext
from scanner.capture.leads import IN_BANNER, banner_links
from scanner.capture.log import now
from scanner.capture.plan import Progress
from scanner.capture.resources import load
from scanner.capture.states import Desk
from scanner.capture.tab import Tab
from scanner.capture.together import together
from scanner.capture.visit import VisitRun, VisitSpec
from scanner.model.evidence import DocumentKept, Link, Record, Visit

MOST_DOCUMENTS = 6
"""How many documents of one site are kept."""

GUESSED = "well-known path"
"""How the reason of a candidate begins that no link names."""

UNSURE = (GUESSED, "legal page")
"""How the reasons of candidates begin that are not called a cookie or privacy policy by anybody."""

_MOST_TRIED = 16
_TABS = 3
_LIFE_MS = 10_000.0
_TIMEOUT_S = 20.0
_MOST_BYTES = 20_000_000
_ANSWER_S = 10.0
_LOOK_S = 5.0
_MOST_OF_A_LOOK = 1
_ALIKE = 0.9
"""Part of the words of two pages that both have where one is the other once more: a name, a date may differ."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_READABLE = ("application/pdf", "text/plain", "text/markdown")

MOST_LISTS = 4
"""How many lists of consent platforms are kept beside the documents."""

_LIST_BYTES = 8_000_000
_LIST_TYPES = {
    "application/json": "json",
    "text/json": "json",
    "application/javascript": "js",
    "text/javascript": "js",
    "application/x-javascript": "js",
}
# Where consent platforms load the list of cookies from that their dialogue shows.
_LIST_ADDRESS = re.compile(
    r"^https?://(?:"
    r"consent(?:cdn)?\.cookiebot\.(?:com|eu)/[\w-]{36}/cc\.js"
    r"|(?:cdn\.cookielaw\.org|cookie-cdn\.cookiepro\.com|[\w.-]+)/consent/[\w-]{36}(?:-test)?/[\w-]{36}/[a-z]{2}[\w-]{0,8}\.json"
    r"|aggregator\.(?:service|eu)\.usercentrics\.eu/aggregate/"
    r"|cdn-cookieyes\.com/client_data/\w+/audit-table/[\w-]+\.json"
    r"|app\.termly\.io/api/v1/snippets/websites/[\w-]{36}/documents/[\w-]{36}/cookies"
    r"|disclosure\.api\.osano\.com/customer/\w+/config/[\w-]{36}"
    r"|[^/?#]+/[^?#]*(?:device-?storage|storage-?disclosure)[^/?#]*\.json"
    r")",
    re.I,
)
_LOADED = "performance.getEntriesByType('resource').map(entry => entry.name)"

# A document as it stands, with the contents of open shadow roots and of frames of the same origin in their places.
_DOCUMENT = """((whole) => {
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
  if (!whole) {
    const shown = innerWidth >= %(width)d && innerHeight >= %(height)d;
    if (!shown || !document.body || document.body.innerText.trim().length < %(letters)d) return "";
  }
  fill(document.documentElement, copy);
  return whole ? "<!doctype html>" + copy.outerHTML : copy.querySelector("body").innerHTML;
})(%(whole)s)"""
# A frame of another origin is read only where it is large enough to hold a text, and holds one: policies of Termly and
# others stand in frames, but so do maps, films and advertisements.
_FRAME = {"width": 280, "height": 160, "letters": 500}
_MARKUP = _DOCUMENT % {"whole": "true", **_FRAME}
_FRAME_MARKUP = _DOCUMENT % {"whole": "false", **_FRAME}
_MOST_FRAMES = 12


@dataclass
class Documents:
    """The documents of one site: taken from pages that are visited anyway, and the others fetched afterwards."""

    desk: Desk
    kept: int = 0
    lists: int = 0
    _wanted: dict[str, str] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _absent: set[str] = field(default_factory=set)
    _where: dict[str, str] = field(default_factory=dict)
    _home: frozenset[str] = frozenset()
    """The words of the start page, where an address that nobody named answers."""

    def want(self, candidates: Sequence[tuple[str, str]]) -> None:
        """Name `(address, why)` candidates; a page among them that is visited is kept by `take`."""
        self._wanted = {_key(url): why for url, why in reversed(candidates)}

    async def from_banner(self, visitor: VisitorContext, url: str) -> tuple[Link, ...]:
        """The links within the banner of a page, its settings included; the lists that these load are kept.

        Raises:
            ProtocolError: the browser failed.
        """
        self.desk.progress(Progress("before", url, "looking for the policy in the banner"))
        async with self.desk.tabs:
            links = await banner_links(visitor, self._spec(url), next_id=self.desk.next_id, also=self._lists)
        self.name(links, IN_BANNER)
        return links

    def name(self, links: Sequence[Link], where: str) -> None:
        """Say where links were found that are no links of the site's pages: it is told of what they lead to."""
        for link in links:
            self._where.setdefault(_key(link.url), where)

    async def look(self, tab: Tab) -> None:
        """Ask for the addresses among those wanted that nobody named, from a tab where the site's page stands."""
        guessed = [url for url, why in self._wanted.items() if why.startswith(GUESSED)]
        there = await together(*(_answers(tab, url) for url in guessed))
        self._absent |= {url for url, answers in zip(guessed, there, strict=True) if not answers}
        if any(there):
            self._home = _words(await _markup(tab) or b"")

    def left(self, candidates: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The candidates that were neither taken nor found to be nothing, each once, best first."""
        first = {_key(url): (url, why) for url, why in reversed(candidates)}
        return [first[key] for key in reversed(first) if key not in self._done | self._absent]

    async def take(self, run: VisitRun) -> None:
        """Keep the page on which a visit stands, if it is one of those wanted, and the lists that it loaded."""
        await self._lists(run)
        why = self._wanted.get(_key(run.spec.url))
        if why is None or _key(run.spec.url) in self._done or self.kept >= MOST_DOCUMENTS:
            return
        data = await _markup(run.tab)
        if data:
            self._done |= {_key(run.spec.url), _key(run.tab.main_url)}
            self._keep(run, data, "text/html", run.tab.main_url, why)

    async def fetch(self, visitor: VisitorContext, candidates: Sequence[tuple[str, str]]) -> None:
        """Fetch those of `(address, why)` candidates that are left, best first; what is no document is not kept."""
        queue = self.left(candidates)[:_MOST_TRIED][::-1]

        async def work() -> None:
            tab: Tab | None = None
            while queue and self.kept < MOST_DOCUMENTS:
                url, why = queue.pop()
                async with self.desk.tabs:
                    if tab is None or tab.gone or tab.time.worn:
                        tab = await visitor.new_tab()
                    await self._one(tab, url, why)

        await together(*(work() for _ in range(min(_TABS, len(queue)))))

    async def _one(self, tab: Tab, url: str, why: str) -> None:
        self.desk.progress(Progress("before", url, "reading the policy"))
        run = VisitRun(tab, self._spec(url))
        loaded = await run.open()
        if not loaded and run.error_kind == "redirected-away" and not why.startswith(UNSURE):
            loaded = True  # the site itself calls it its policy, wherever it sends its visitors for it
        data: bytes | None = None
        media = "text/html"
        final = tab.main_url
        if loaded:
            data = await _markup(tab)
        elif run.error_kind == "not-html":
            media, final, data = await _raw(tab, url)
        if loaded:
            await self._lists(run)
        await run.close()
        if data and why.startswith(GUESSED) and self._is_home(data, url):
            data = None
        if data and self.kept < MOST_DOCUMENTS and _key(final) not in self._done:
            self._done |= {_key(url), _key(final)}
            self._keep(run, data, media, final if final.startswith("http") else url, why)

    def _is_home(self, data: bytes, url: str) -> bool:
        """Whether a page is the start page once more, with which many applications answer every address.

        Some write the address on it: its words do not count.
        """
        asked = frozenset(_WORD.findall(urlsplit(url).path.casefold()))
        words, home = _words(data) - asked, self._home - asked
        return len(words & home) >= _ALIKE * len(words | home)

    def _spec(self, url: str) -> VisitSpec:
        return VisitSpec(
            id=self.desk.next_id(),
            url=url,
            context="before",
            emit=self._only_the_visit,
            life_ms=_LIFE_MS,
            timeout_s=_TIMEOUT_S,
            viewport=self.desk.viewport,
            purpose="policy",
        )

    async def _lists(self, run: VisitRun) -> None:
        """Keep the lists of cookies that the page's consent platform loaded, fetched again as they came."""
        for url in await _loaded(run.tab):
            if self.lists >= MOST_LISTS:
                return
            if _LIST_ADDRESS.match(url) is None or _key(url) in self._done:
                continue
            self._done.add(_key(url))
            answer = await load(run.tab, url, most_bytes=_LIST_BYTES, timeout_s=_ANSWER_S)
            media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if answer.data and media in _LIST_TYPES and answer.status == HTTPStatus.OK:
                self.lists += 1
                name = f"documents/list-{self.lists}.{_LIST_TYPES[media]}"
                self._write(run, answer.data, media, url, "list loaded by the page", name)

    def _only_the_visit(self, record: Record) -> None:
        """What a policy page sets is no evidence of the site's pages: only that it was read is written down."""
        if isinstance(record, Visit):
            self.desk.emit(record)

    def _keep(self, run: VisitRun, data: bytes, media: str, final: str, why: str) -> None:
        self.kept += 1
        ending = {"text/html": "html", "application/pdf": "pdf"}.get(media, "txt")
        self._write(run, data, media, final, why, f"documents/{self.kept}.{ending}")

    def _write(self, run: VisitRun, data: bytes, media: str, final: str, why: str, name: str) -> None:
        self.desk.keep_file(f"evidence/{name}", data)
        self.desk.emit(
            DocumentKept(
                url=run.spec.url,
                final_url=final,
                title=run.title,
                language=run.language,
                media_type=media,
                retrieved=now(),
                sha256=hashlib.sha256(data).hexdigest(),
                file=name,
                found_by=f"{why}, {where}" if (where := self._where.get(_key(run.spec.url))) else why,
            )
        )


def is_named(candidates: Sequence[tuple[str, str]]) -> bool:
    """Whether somebody calls one of `(address, why)` candidates a cookie or privacy policy."""
    return any(not why.startswith(UNSURE) for _, why in candidates)


def _key(url: str) -> str:
    """An address for telling documents apart: a fragment and a final slash make no difference."""
    return urldefrag(url).url.rstrip("/")


async def _answers(tab: Tab, url: str) -> bool:
    """Whether there is anything at an address that nobody named: asked without loading a page."""
    answer = await load(tab, url, most_bytes=_MOST_OF_A_LOOK, timeout_s=_LOOK_S)
    return answer.status is not None and answer.status < HTTPStatus.BAD_REQUEST


async def _loaded(tab: Tab) -> list[str]:
    """Addresses of everything that the page loaded, as far as the page itself knows."""
    try:
        answer = await tab.page.send(
            "Runtime.evaluate", {"expression": _LOADED, "returnByValue": True}, timeout_s=_ANSWER_S
        )
    except ProtocolError:
        return []
    value = answer.get("result", {}).get("value")
    return [url for url in value if isinstance(url, str)] if isinstance(value, list) else []


def _words(markup: bytes) -> frozenset[str]:
    """What stands on a page: its words, without those of scripts and styles and without tags."""
    root = html.document_fromstring(markup or b"<p></p>", parser=html.HTMLParser(encoding="utf-8"))
    etree.strip_elements(root, "script", "style", "template", etree.Comment, with_tail=False)
    return frozenset(_WORD.findall(" ".join(root.itertext()).casefold()))


async def _markup(tab: Tab) -> bytes | None:
    """The page as a visitor has it before him, with what frames of other sites hold; null where it is gone."""
    page = await _evaluate(tab.page, tab.id, _MARKUP)
    if page is None:
        return None
    framed = [await _evaluate(session, frame, _FRAME_MARKUP) for session, frame in await _foreign_frames(tab)]
    return "\n".join([page, *(f"<section>{text}</section>" for text in framed if text)]).encode("utf-8")[:_MOST_BYTES]


async def _foreign_frames(tab: Tab) -> list[tuple[Session, str]]:
    """The frames that the page itself cannot look into, each with the process that holds it."""
    found: list[tuple[Session, str]] = []
    own: str | None = None
    for session in next((c.sessions for c in tab.collectors if isinstance(c, Frames)), ()):
        for frame in await frames_of(session):
            if frame["id"] == tab.id:
                own = frame.get("securityOrigin")
            elif frame.get("securityOrigin") != own and str(frame.get("url", "")).startswith("http"):
                found.append((session, str(frame["id"])))
    return found[:_MOST_FRAMES]


async def _evaluate(session: Session, frame: str, expression: str) -> str | None:
    try:
        world = await session.send(
            "Page.createIsolatedWorld", {"frameId": frame, "worldName": WORLD}, timeout_s=_ANSWER_S
        )
        answer = await session.send(
            "Runtime.evaluate",
            {"expression": expression, "contextId": world["executionContextId"], "returnByValue": True},
            timeout_s=_ANSWER_S,
        )
    except ProtocolError:
        return None
    value = answer.get("result", {}).get("value")
    return value if isinstance(value, str) else None


async def _raw(tab: Tab, url: str) -> tuple[str, str, bytes | None]:
    """Media type, address and bytes of something that is no page, fetched by the browser without showing it."""
    answer = await load(tab, url, most_bytes=_MOST_BYTES, timeout_s=_ANSWER_S)
    media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media, url, answer.data if answer.data and media in _READABLE else None
