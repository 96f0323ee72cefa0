"""The way back: from a page whose notice was answered to its consent settings, and to a refusal there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.frames import Document, Remote, call, closed_roots, in_main_world
from scanner.capture.consent.general.desk import Desk, second_layer
from scanner.capture.consent.general.flows import Flow
from scanner.capture.consent.general.reading import Seen
from scanner.capture.consent.general.scan import element
from scanner.capture.consent.general.scoring import THRESHOLD
from scanner.capture.consent.method import Answer
from scanner.capture.consent.page import evaluate
from scanner.capture.consent.platform_ways import PLATFORM_WAYS, available, calling
from scanner.capture.consent.waiting import until
from scanner.capture.consent.words.labels import label
from scanner.capture.consent.words.lexicon import lexicons, normalise
from scanner.capture.consent.words.topics import hints, topic

NO_WAY_BACK = "no way to withdraw was found on this page"

_OPEN_MS = 2500.0
_TRAVEL_MS = 6000.0
_MOST_TRIED = 4
_MOST_PAGES = 2
_ENOUGH = 3.0
_NAMED = re.compile(r"cookie|consent|privacy|revoke|cmp|tarteaucitron|klaro|cky|ot-sdk|optanon|iubenda", re.I)
_HERE = "function () { this.removeAttribute('target'); return true; }"


@dataclass(frozen=True)
class Entry:
    """Something on the page that may lead back to the settings. `directly` says that pressing it withdraws at once.

    `page` is the address of a policy that may hold such a thing, where this is only a link to it.
    """

    document: Document
    target: Remote
    words: str
    score: float
    directly: bool
    page: str | None = None


@dataclass
class Withdrawal:
    """Finds the way back and refuses there: on this page, on its policy, or by the platform's own interface."""

    desk: Desk

    async def run(self) -> Answer:
        """Withdraw. The answer's clicks count the whole way from the page."""
        tried: list[str] = []
        answer = await self._here(tried) or await self._on_a_policy(tried) or await self._by_interface()
        if answer is not None:
            return answer
        seen = f" (tried: {', '.join(tried)})" if tried else ""
        return self._answer(None, "", NO_WAY_BACK + seen)

    async def _here(self, tried: list[str]) -> Answer | None:
        """Press what stands on this page and may lead back, likeliest first."""
        for entry in [e for e in await self.entries() if e.page is None][:_MOST_TRIED]:
            self.desk.clicks += 1
            how = await self.desk.tap(entry.document, entry.target)
            tried.append(entry.words)
            opened = await self._opened()
            self.desk.note("opened the way back", entry.words, f"{how} click; {'settings stand' if opened else 'none'}")
            if opened is not None:
                return await self._refuse(opened)
            if entry.directly:
                return self._answer("withdraw", f"pressed {entry.words!r}", None)
            self.desk.clicks -= 1  # a press in vain is no part of the way
        return None

    async def _on_a_policy(self, tried: list[str]) -> Answer | None:
        """Follow links to this site's own pages about cookies and privacy, and look there."""
        page = self.desk.scanner.documents.page
        visited: set[str] = {urldefrag(page.url).url}
        for _ in range(_MOST_PAGES):
            links = [e for e in await self.entries() if e.page is not None and e.page not in visited]
            if not links:
                return None
            visited.add(links[0].page or "")
            tried.append(links[0].words)
            there = await self._follow(links[0])
            opened = await self._opened(standing=there)
            answer = await self._refuse(opened) if opened is not None else await self._here(tried)
            if answer is not None and answer.made is not None:
                return answer
        return None

    async def _follow(self, entry: Entry) -> bool:
        """Press a link and wait until its page has loaded."""
        page = self.desk.scanner.documents.page
        before = page.url
        await call(entry.document, _HERE, on=entry.target.id)
        self.desk.clicks += 1
        how = await self.desk.tap(entry.document, entry.target)

        async def arrived() -> bool:
            try:
                return page.url != before and await evaluate(page.wire, "document.readyState") == "complete"
            except ProtocolError:
                return False

        there = await until(self.desk.pace, arrived, _TRAVEL_MS)
        self.desk.note("went to a policy", entry.words, f"{how} click; {page.url if there else 'nothing loaded'}")
        return there

    async def _by_interface(self) -> Answer | None:
        """Ask the platform to show its settings. No visitor can do that, and the answer says so."""
        document = await self.desk.scanner.documents.main()
        if document is None:
            return None
        for way in PLATFORM_WAYS:
            if await in_main_world(document, available(way)) is not True:
                continue
            await self.desk.hands.begin()
            await in_main_world(document, calling(way))
            opened = await self._opened()
            self.desk.note("called the platform", way.call, "settings stand" if opened else "nothing opened")
            if opened is not None:
                return replace(await self._refuse(opened), via_api=True)
        return None

    async def _refuse(self, opened: Seen) -> Answer:
        self.desk.remember(opened, 1)
        answer = await Flow(self.desk).reject(opened)
        return answer if answer.made is None else replace(answer, made="withdraw")

    def _answer(self, made: Any, how: str, error: str | None) -> Answer:
        return Answer(
            made=made,
            clicks=self.desk.clicks or None,
            how=how,
            steps=tuple(self.desk.steps),
            error=error,
            buttons=tuple(self.desk.buttons),
        )

    async def entries(self) -> list[Entry]:
        """What may lead back, likeliest first."""
        document = await self.desk.scanner.documents.main()
        if document is None:
            return []
        roots = await closed_roots(document)
        handle = await call(document, _source(), f"{hints()}|{_withdraw_hints()}", *roots, handle=True)
        if handle is None:
            return []
        info = await call(document, "function () { return this.info; }", on=handle) or []
        elements = await call(document, "function () { return this.elements; }", on=handle, handle=True)
        found = []
        for raw in info:
            score, directly = _likely(raw)
            policy = _policy(raw, self.desk.scanner.documents.page.url)
            if policy is None and (score < _ENOUGH or raw["link"]):
                continue
            target = await element(document, elements, raw["el"])
            if target is not None:
                words = raw["text"] or raw["name"] or raw["names"]
                found.append(Entry(document, target, words, score, directly, policy))
        return sorted(found, key=lambda entry: -entry.score)

    async def _opened(self, *, standing: bool = False) -> Seen | None:
        """The settings, once they stand. `standing` looks once, for settings that are part of a page."""
        found: list[Seen] = []

        async def stands() -> bool:
            found.clear()
            scan = await self.desk.scanner.scan()
            best = scan[0] if scan and scan[0].score >= THRESHOLD else None
            best = best or second_layer([s for s in scan if s.place.above or s.place.framed], None)
            if best is not None:
                found.append(best)
            return bool(found)

        if standing:
            await stands()
        else:
            await until(self.desk.pace, stands, _OPEN_MS)
        return found[0] if found else None


@lru_cache(maxsize=1)
def _source() -> str:
    source = files("scanner.capture.consent.general").joinpath("entries.js").read_text("utf-8")
    return source[source.index("(hints") :].rstrip().rstrip(";")


@lru_cache(maxsize=1)
def _withdraw_hints() -> str:
    return "revoke|withdraw|widerruf|preferences|tarteaucitron|klaro|iubenda"


def _policy(raw: dict[str, Any], here: str) -> str | None:
    """The address of a policy of the same site that a link leads to, or null."""
    if not raw["link"]:
        return None
    there = urldefrag(urljoin(here, raw["href"])).url
    if urlsplit(there).hostname != urlsplit(here).hostname or there == urldefrag(here).url:
        return None
    said = topic(" ".join(w for w in (raw["text"], raw["name"]) if w))
    return there if said.cookie or said.privacy > 0 else None


def _likely(raw: dict[str, Any]) -> tuple[float, bool]:
    """How likely an element leads back, and whether it withdraws by itself."""
    words = [w for w in (raw["text"], raw["name"]) if w]
    said = topic(" ".join(words))
    about = said.cookie or said.privacy > 0
    technical = bool(_NAMED.search(raw["names"]))
    plain = normalise(" ".join(words))
    spoken = (lexicon for lexicon in lexicons() if lexicon.any_word.search(plain))
    withdraws = any(lexicon.words["withdraw"].search(plain) for lexicon in spoken)
    roles = {label(w, said.languages).role for w in words}
    if not about and not technical and not withdraws:
        return 0.0, False
    score = 1.0 * about + 1.0 * technical + 2.0 * raw["fixed"] + 4.0 * ("settings" in roles) + 4.0 * withdraws
    score += 0.5 * raw["footer"] - 4.0 * bool(roles & {"accept", "reject"} and not withdraws)
    if raw["link"]:
        score -= 3.0
    return score, withdraws and not raw["link"]
