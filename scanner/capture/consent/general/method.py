"""Our own way to answer a banner, behind the interface that all ways share."""

from __future__ import annotations

from scanner.capture.consent.explain import Watcher
from scanner.capture.consent.general.desk import Desk, preselected
from scanner.capture.consent.general.flows import Flow
from scanner.capture.consent.general.reading import Seen, Toggle
from scanner.capture.consent.general.scan import Scanner
from scanner.capture.consent.general.stance import stance
from scanner.capture.consent.general.toggles import Wanted
from scanner.capture.consent.general.withdraw import Withdrawal
from scanner.capture.consent.hands import Hands
from scanner.capture.consent.method import Answer, MethodName, Pace, Sighting
from scanner.capture.consent.page import Page
from scanner.capture.consent.words.lexicon import normalise
from scanner.model.base import StateName
from scanner.model.consent import BannerStance

_SAME_CATEGORY = {
    "necessary": "necessary", "essential": "necessary",
    "functional": "functional", "preferences": "functional", "preference": "functional", "comfort": "functional",
    "analytics": "analytics", "statistics": "analytics", "performance": "analytics", "measurement": "analytics",
    "marketing": "marketing", "advertising": "marketing", "targeting": "marketing", "social": "marketing",
}  # fmt: skip


class GeneralMethod:
    """Reads what stands on the screen, in any language of the lexicons, and presses what its words say."""

    name: MethodName = "heuristic"

    def __init__(self, watcher: Watcher | None = None) -> None:
        self._watcher = watcher
        self._scanner: Scanner | None = None

    async def prepare(self, page: Page) -> None:
        """Nothing is put into the page; only the connection is kept."""
        self._scanner = Scanner(page, self._watcher)

    def scanner(self, page: Page) -> Scanner:
        """The eyes of this method on its page."""
        if self._scanner is None or self._scanner.documents.page is not page:
            self._scanner = Scanner(page, self._watcher)
        return self._scanner

    async def look(self, page: Page) -> Sighting | None:
        """The consent notice that stands there now, or null."""
        seen = await self.scanner(page).best()
        return _sighting(seen) if seen is not None else None

    async def stance(self, sighting: Sighting) -> BannerStance | None:
        """How the notice of a sighting of this method stands on its page."""
        top = await self._scanner.documents.main() if self._scanner is not None else None
        return await stance(sighting.handle, top) if isinstance(sighting.handle, Seen) and top is not None else None

    async def answer(self, page: Page, sighting: Sighting, wanted: StateName, pace: Pace) -> Answer:
        """Make the wanted choice, if the notice offers it."""
        scanner = self.scanner(page)
        desk = Desk(scanner, Hands(scanner.documents, pace), pace, self._watcher)
        seen = await scanner.best() or (sighting.handle if isinstance(sighting.handle, Seen) else None)
        if seen is None:
            return Answer(made=None, error="the notice is gone")
        flow = Flow(desk)
        if wanted == "accept":
            return await flow.accept(seen)
        if wanted == "reject":
            return await flow.reject(seen)
        if wanted.startswith("category:"):
            name = wanted.removeprefix("category:")
            return await flow.category(seen, category(name), name)
        return Answer(made=None, error=f"{wanted} is no answer to a notice")

    async def withdraw(self, page: Page, pace: Pace) -> Answer:
        """Take an acceptance back: find the way to the settings that the page keeps, and refuse there."""
        scanner = self.scanner(page)
        return await Withdrawal(Desk(scanner, Hands(scanner.documents, pace), pace, self._watcher)).run()


def category(name: str) -> Wanted:
    """Which toggles belong to a category. A name that is none of ours is looked for in their labels."""
    known = _SAME_CATEGORY.get(name)
    plain = normalise(name)

    def belongs(toggle: Toggle) -> bool:
        if known is not None:
            return toggle.category == known
        return plain in normalise(toggle.words)

    return belongs


def _sighting(seen: Seen) -> Sighting:
    place = seen.place
    found = (button.seen(1, seen.origin) for button in place.buttons)
    notes = [f"score {seen.score:g}: {' '.join(seen.reasons)}"]
    return Sighting(
        method="heuristic",
        languages=place.languages,
        text=place.text,
        buttons=tuple(button for button in found if button is not None),
        preselected=tuple(preselected(place)),
        frame_url=seen.document.url or None if not seen.document.main else None,
        notes=tuple(notes),
        handle=seen,
    )
