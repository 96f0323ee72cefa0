"""The way back: from a page whose notice was answered to its consent settings, and to a refusal there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from scanner.capture.consent.frames import Document, Remote, call, closed_roots
from scanner.capture.consent.general.desk import Desk, second_layer
from scanner.capture.consent.general.flows import Flow
from scanner.capture.consent.general.reading import Seen
from scanner.capture.consent.general.scan import element
from scanner.capture.consent.method import Answer
from scanner.capture.consent.waiting import until
from scanner.capture.consent.words.labels import label
from scanner.capture.consent.words.lexicon import lexicons, normalise
from scanner.capture.consent.words.topics import hints, topic

NO_WAY_BACK = "no way to withdraw was found on this page"

_OPEN_MS = 2500.0
_MOST_TRIED = 4
_ENOUGH = 3.0
_NAMED = re.compile(r"cookie|consent|privacy|revoke|cmp|tarteaucitron|klaro|cky|ot-sdk|optanon|iubenda", re.I)


@dataclass(frozen=True)
class Entry:
    """Something on the page that may lead back to the settings. `directly` says that pressing it withdraws at once."""

    document: Document
    target: Remote
    words: str
    score: float
    directly: bool


@dataclass
class Withdrawal:
    """Finds the way back and refuses there."""

    desk: Desk

    async def run(self) -> Answer:
        """Withdraw. The answer's clicks count the whole way from the page."""
        tried = []
        for entry in (await self.entries())[:_MOST_TRIED]:
            self.desk.clicks += 1
            how = await self.desk.tap(entry.document, entry.target)
            tried.append(entry.words)
            opened = await self._opened()
            self.desk.note("opened the way back", entry.words, f"{how} click; {'settings stand' if opened else 'none'}")
            if opened is not None:
                self.desk.remember(opened.place, 1)
                answer = await Flow(self.desk).reject(opened)
                return answer if answer.made is None else replace(answer, made="withdraw")
            if entry.directly:
                return self._answer("withdraw", f"pressed {entry.words!r}", None)
        seen = f" (tried: {', '.join(tried)})" if tried else ""
        return self._answer(None, "", NO_WAY_BACK + seen)

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
            target = await element(document, elements, raw["el"]) if score >= _ENOUGH else None
            if target is not None:
                found.append(Entry(document, target, raw["text"] or raw["name"] or raw["names"], score, directly))
        return sorted(found, key=lambda entry: -entry.score)

    async def _opened(self) -> Seen | None:
        found: list[Seen] = []

        async def stands() -> bool:
            found.clear()
            scan = await self.desk.scanner.scan()
            best = scan[0] if scan and scan[0].score >= 8 else second_layer([s for s in scan if s.place.above], None)
            if best is not None:
                found.append(best)
            return bool(found)

        await until(self.desk.pace, stands, _OPEN_MS)
        return found[0] if found else None


@lru_cache(maxsize=1)
def _source() -> str:
    source = files("scanner.capture.consent.general").joinpath("entries.js").read_text("utf-8")
    return source[source.index("(hints") :].rstrip().rstrip(";")


@lru_cache(maxsize=1)
def _withdraw_hints() -> str:
    return "revoke|withdraw|widerruf|preferences|tarteaucitron|klaro|iubenda"


def _likely(raw: dict[str, Any]) -> tuple[float, bool]:
    """How likely an element leads back, and whether it withdraws by itself."""
    words = [w for w in (raw["text"], raw["name"]) if w]
    said = topic(" ".join(words))
    about = said.cookie or said.privacy > 0
    technical = bool(_NAMED.search(raw["names"]))
    plain = normalise(" ".join(words))
    withdraws = any(lexicon.words["withdraw"].search(plain) for lexicon in lexicons())
    roles = {label(w, said.languages).role for w in words}
    if not about and not technical and not withdraws:
        return 0.0, False
    score = 1.0 * about + 1.0 * technical + 2.0 * raw["fixed"] + 4.0 * ("settings" in roles) + 4.0 * withdraws
    score += 0.5 * raw["footer"] - 4.0 * bool(roles & {"accept", "reject"} and not withdraws)
    if raw["link"]:
        score -= 3.0
    return score, withdraws and not raw["link"]
