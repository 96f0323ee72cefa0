"""What a flow works with: looking, pressing, and writing down every step with what was seen after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.capture.consent.explain import Pressed, Watcher
from scanner.capture.consent.frames import Document, Remote, call
from scanner.capture.consent.general.reading import PageButton, Place, Seen, Toggle
from scanner.capture.consent.general.scan import Scanner, element
from scanner.capture.consent.general.scoring import SECOND_LAYER, THRESHOLD, named
from scanner.capture.consent.hands import Hands, How
from scanner.capture.consent.method import Pace
from scanner.capture.consent.selectors import selector_of
from scanner.capture.consent.waiting import until
from scanner.capture.consent.words.labels import Role, label
from scanner.model.consent import BannerButton, Step

EFFECT_MS = 1500.0
"""Page time in which a press must show an effect before it is tried again: handlers may be bound late."""

_SIGNED = 400
_SWITCHED = "function () { const e = this; return !e.isConnected ? null : e.matches('input') ? e.checked : (e.getAttribute('aria-checked') || e.getAttribute('aria-pressed')) ? (e.getAttribute('aria-checked') || e.getAttribute('aria-pressed')) === 'true' : /(^|[\\s_-])(on|active|checked|enabled|selected)([\\s_-]|$)/i.test(e.getAttribute('class') || ''); }"  # noqa: E501

Signature = tuple[object, ...]


def signature(place: Place) -> Signature:
    """What a visitor would notice a change of: words, buttons, and how the toggles stand."""
    buttons = tuple((b.words, b.pressed, b.disabled, b.marks if b.row else "") for b in place.buttons)
    return place.text[:_SIGNED], buttons, tuple((t.on, t.visible) for t in place.toggles)


def _weighty(seen: Seen) -> bool:
    """Whether a place may be a layer of a notice: what a press is expected to change."""
    place = seen.place
    return seen.score >= SECOND_LAYER and (place.above or place.framed or named(place) or seen.score >= THRESHOLD)


@dataclass
class Desk:
    """The state of one answer being made. `clicks` counts what a visitor would have to press."""

    scanner: Scanner
    hands: Hands
    pace: Pace
    watcher: Watcher | None = None
    clicks: int = 0
    steps: list[Step] = field(default_factory=list)
    buttons: list[BannerButton] = field(default_factory=list)
    preselected: list[str] = field(default_factory=list)
    _selector: str = ""

    def note(self, did: str, target: str, result: str) -> None:
        """Write down one step, which was done to the thing pressed last."""
        self.steps.append(Step(did=did, target=target[:120], result=result))
        if self.watcher is not None:
            self.watcher.pressed(Pressed(did=did, target=target[:120], result=result, selector=self._selector))
        self._selector = ""

    async def press(self, seen: Seen, button: PageButton, did: str) -> bool:
        """Press a button of a notice until something changes there; false where nothing ever did."""
        before = frozenset(signature(s.place) for s in await self.scanner.scan() if _weighty(s))
        mine = signature(seen.place)
        self.clicks += 1
        for synthetic in (False, False, True):
            target = await element(seen.document, seen.elements, button.el)
            how: How = "missed"
            if target is not None and await self._stands(seen.document, target):
                how = await self.tap(seen.document, target, synthetic=synthetic)
            if target is None or how == "missed":
                self.note(did, button.words, "the button was gone before it could be pressed")
                return False
            if await until(self.pace, lambda: self._changed(mine, before), EFFECT_MS):
                self.note(did, button.words, f"{how} click; the page changed")
                return True
            if not await self._stands(seen.document, target):
                self.note(did, button.words, f"{how} click; the button is gone")
                return True
        self.note(did, button.words, "nothing changed")
        return False

    async def tap(self, document: Document, target: Remote, *, synthetic: bool = False) -> How:
        """Press something once without waiting for an effect. Counts no click."""
        if self.watcher is not None:
            self._selector = await selector_of(document, target)
        return await self.hands.press(document, target, synthetic=synthetic)

    async def _changed(self, mine: Signature, before: frozenset[Signature]) -> bool:
        """Whether the notice stands otherwise than it did, or something new of its kind came up."""
        now = {signature(s.place) for s in await self.scanner.scan() if _weighty(s)}
        return mine not in now or bool(now - before)

    async def _stands(self, document: Document, target: Remote) -> bool:
        return bool(await call(document, "function () { return this.isConnected; }", on=target.id))

    async def gone(self, limit: float) -> bool:
        """Whether no notice stands there any more, within `limit` milliseconds of the page's time."""

        async def nothing() -> bool:
            return await self.scanner.best() is None

        return await until(self.pace, nothing, limit)

    async def switched(self, document: Document, target: Remote) -> bool | None:
        """How a toggle stands this moment; null where it is gone."""
        state = await call(document, _SWITCHED, on=target.id)
        return state if isinstance(state, bool) else None

    def remember(self, seen: Seen, layer: int) -> None:
        """Keep the buttons and the choices switched on beforehand of one layer, each once."""
        place = seen.place
        for button in place.buttons:
            found = button.seen(layer, seen.origin)
            if found is not None and found not in self.buttons:
                self.buttons.append(found)
        for text in preselected(place):
            if layer == 2 and text not in self.preselected:
                self.preselected.append(text)


def preselected(place: Place) -> list[str]:
    """Labels of visible choices that grant something although the visitor has not chosen yet.

    A switch that forbids ("do not sell my data") grants nothing by standing on; of a pair of radio buttons only the one
    that agrees counts, and is named with the words around it, since "yes" alone says nothing.
    """
    switches = [t.words for t in place.choices if t.visible and t.on and t.words and not t.inverted]
    groups: dict[str, list[Toggle]] = {}
    for toggle in place.toggles:
        if toggle.radio and toggle.group:
            groups.setdefault(toggle.group, []).append(toggle)
    for group in groups.values():
        roles = {label(t.text, place.languages).role: t for t in group}
        agrees = roles.get("accept")
        if "reject" in roles and agrees is not None and agrees.on and agrees.visible and not agrees.locked:
            switches.append((agrees.around or agrees.text)[:120])
    return switches


def pick(place: Place, role: Role) -> PageButton | None:
    """The button for a role: the clearest words first, then the larger one. Links away from the page come last."""
    held = place.having(role)
    if not held:
        return None
    return max(held, key=lambda b: (not b.link, b.meaning.everything, b.meaning.strength, b.area))


def second_layer(found: Iterable[Seen], first: Signature | None) -> Seen | None:
    """The place among `found` where choices are made in detail; `first` is the first layer, as it stood."""
    fitting = []
    for seen in found:
        place = seen.place
        if first is not None and signature(place) == first:
            continue
        choices = [t.el for t in place.toggles if t.visible and not t.locked] + [d.el for d in place.dials if d.visible]
        stands = place.above or named(place) or place.framed
        decides = bool(place.roles & {"save", "reject", "object", "next"}) or (bool(choices) and "ack" in place.roles)
        if (decides and (seen.score >= SECOND_LAYER or (choices and stands))) or (choices and seen.score >= THRESHOLD):
            saves = "save" in place.roles
            fitting.append(
                (len(choices), len(place.choices) + len(place.dials), saves, seen.score, -len(place.text), seen)
            )
    if not fitting:
        return None
    return max(fitting, key=lambda item: item[:5])[5]
