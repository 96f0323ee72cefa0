"""One look at everything that stands on the screen: all frames, open and closed shadow roots."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from scanner.capture.consent.explain import ButtonRead, CandidateWeighed, ChoiceRead, Looked, Watcher
from scanner.capture.consent.frames import Document, Documents, Remote, call, closed_roots
from scanner.capture.consent.general.reading import Seen, read_place
from scanner.capture.consent.general.scoring import THRESHOLD, weigh
from scanner.capture.consent.page import Page
from scanner.capture.consent.selectors import selectors_of
from scanner.capture.consent.words.labels import why
from scanner.capture.consent.words.topics import hints, topic

TEXT_LIMIT = 6000
"""Characters of a place's text that are read."""

_DEEPEST_FRAME = 3
_MOST_FRAMES = 16


@lru_cache(maxsize=1)
def _probe() -> str:
    source = files("scanner.capture.consent.general").joinpath("probe.js").read_text("utf-8")
    return source[source.index("(hints") :].rstrip().rstrip(";")


class Scanner:
    """Looks at one page as often as asked. Nothing in the page is changed by looking."""

    def __init__(self, page: Page, watcher: Watcher | None = None) -> None:
        self.documents = Documents(page)
        self._watcher = watcher

    async def scan(self) -> list[Seen]:
        """All places worth a thought, best first. Closed shadow roots are opened where nothing else was found."""
        found = await self._frames(closed=False)
        if not any(seen.score >= THRESHOLD for seen in found):
            found = await self._frames(closed=True) or found
        found = sorted(found, key=_order)
        if self._watcher is not None:
            self._watcher.looked(await _told(found))
        return found

    async def best(self) -> Seen | None:
        """The consent notice that stands there now, or null."""
        found = await self.scan()
        return found[0] if found and found[0].score >= THRESHOLD else None

    async def _frames(self, *, closed: bool) -> list[Seen]:
        top = await self.documents.main()
        if top is None:
            return []
        found: list[Seen] = []
        waiting: list[tuple[Document, int, tuple[float, float]]] = [(top, 0, (0.0, 0.0))]
        read = 0
        while waiting and read < _MOST_FRAMES:
            document, depth, origin = waiting.pop(0)
            read += 1
            elements, info = await self._read(document, closed=closed)
            if elements is None or info is None:
                continue
            document = replace(document, url=info["url"])
            found += _weighed(document, elements, info, origin)
            if depth < _DEEPEST_FRAME:
                for frame in info["frames"]:
                    inner = await self._inside(document, elements, frame["el"])
                    if inner is not None:
                        at = [origin[n] + frame["rect"][n] + frame["inset"][n] for n in (0, 1)]
                        waiting.append((inner, depth + 1, (at[0], at[1])))
        return found

    async def _read(self, document: Document, *, closed: bool) -> tuple[str | None, dict[str, Any] | None]:
        roots = await closed_roots(document) if closed else []
        handle = await call(document, _probe(), hints(), TEXT_LIMIT, *roots, handle=True)
        if handle is None:
            return None, None
        info = await call(document, "function () { return this.info; }", on=handle)
        elements = await call(document, "function () { return this.elements; }", on=handle, handle=True)
        return elements, info

    async def _inside(self, document: Document, elements: str, el: int) -> Document | None:
        owner = await element(document, elements, el)
        return await self.documents.child(document, owner.id) if owner is not None else None


_MOST_TOLD = 5
_TEXT_TOLD = 300


async def _told(found: list[Seen]) -> Looked:
    """A look as data: the likeliest places, each with how its buttons were read and why."""
    return Looked(
        threshold=THRESHOLD,
        candidates=tuple([await _candidate(seen, taken=n == 0) for n, seen in enumerate(found[:_MOST_TOLD])]),
    )


async def _candidate(seen: Seen, *, taken: bool) -> CandidateWeighed:
    place = seen.place
    numbers = [place.el, *(b.el for b in place.buttons)]
    paths = await selectors_of(seen.document, seen.elements, numbers)
    return CandidateWeighed(
        score=seen.score,
        reasons=seen.reasons,
        taken=taken and seen.score >= THRESHOLD,
        selector=paths.get(place.el, ""),
        frame_url=None if seen.document.main else seen.document.url or None,
        text=place.text[:_TEXT_TOLD],
        buttons=tuple(
            ButtonRead(
                words=b.text,
                name=b.name,
                role=b.meaning.role,
                strength=b.meaning.strength,
                why=why(b.words, place.languages, b.meaning),
                selector=paths.get(b.el, ""),
                disabled=b.disabled,
                link=b.link,
            )
            for b in place.buttons
        ),
        choices=tuple(
            ChoiceRead(
                words=t.words, category=t.category, on=t.on, locked=t.locked, visible=t.visible, forbids=t.inverted
            )
            for t in place.toggles
        ),
    )


async def element(document: Document, elements: str, el: int) -> Remote | None:
    """The remote object of one element of a probe's list."""
    handle = await call(document, "function (el) { return this[el]; }", el, on=elements, handle=True)
    return Remote(handle) if handle else None


def _weighed(document: Document, elements: str, info: dict[str, Any], origin: tuple[float, float]) -> list[Seen]:
    found = []
    for raw in info["candidates"]:
        languages = topic(raw["text"], raw["lang"]).languages
        place = read_place(raw, info, languages)
        score, reasons = weigh(place)
        found.append(Seen(document, elements, place, score, reasons, origin))
    return found


def _order(seen: Seen) -> tuple[float, int, int]:
    """Best score first; of equals, the one with more to decide, then the tighter one."""
    decisive = len(seen.place.roles & {"accept", "reject", "settings", "save", "ack", "pay"})
    return (-seen.score, -decisive, len(seen.place.text))
