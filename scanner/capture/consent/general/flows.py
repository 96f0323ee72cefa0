"""The ways through a consent notice: accept, refuse on its first layer, refuse through its settings, one category."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scanner.capture.consent.general.desk import Desk, pick, second_layer, signature
from scanner.capture.consent.general.pairs import pairs
from scanner.capture.consent.general.reading import PageButton, Place, Seen, Toggle
from scanner.capture.consent.general.settings import Settings, bare, offered, onward, saving
from scanner.capture.consent.general.toggles import Wanted, choosable
from scanner.capture.consent.method import Answer
from scanner.capture.consent.waiting import until

NO_REFUSAL = "no way to refuse is offered"
PAY_OR_CONSENT = "pay or consent: refusing costs money"

LAYER_MS = 3000.0
"""Page time in which a second layer must have opened."""

GONE_MS = 3000.0
_MOST_ROWS = 60


@dataclass
class Flow:
    """One answer to one notice."""

    desk: Desk

    async def accept(self, seen: Seen) -> Answer:
        """Accept everything that the notice offers; where it only informs, acknowledge it."""
        place = seen.place
        button = pick(place, "accept")
        if button is not None:
            if not button.meaning.everything and bare(place, button):
                return await self._with_everything_on(seen, button.words, "accepted with everything on")
            return await self._pressed(seen, button, "accepted", "accept")
        if choosable(place) and (button := pick(place, "save") or pick(place, "ack")) is not None:
            return await self._with_everything_on(seen, button.words, "saved with everything on")
        for role, did in (("ack", "acknowledged"), ("close", "closed")):
            button = pick(place, "ack" if role == "ack" else "close")
            if button is not None and (role == "ack" or not place.roles & {"settings", "pay"}):
                return await self._pressed(seen, button, did, role)
        opened = await self._open_settings(seen)
        if opened is not None and (button := pick(opened.place, "accept")) is not None:
            return await self._pressed(opened, button, "accepted on the second layer", "accept")
        return self._failed("no way to accept is offered")

    async def reject(self, seen: Seen) -> Answer:
        """Refuse everything that is not necessary, by the shortest way that the notice offers."""
        place = seen.place
        button = pick(place, "reject")
        if button is not None and button not in place.refusals and choosable(place) and "save" in place.roles:
            button = None  # the heading of a category, above choices that can be saved
        if button is not None:
            answer = await self._refuse(seen, button, "refused")
            if answer.made is not None or place.refusals or not place.roles & {"settings", "save"}:
                return answer
        if choosable(place) and pick(place, "save") is not None:
            return await self._save(seen, _all_off, "reject")
        if self._settings_button(place) is not None:
            return await self._reject_in_settings(seen)
        if choosable(place) and (pick(place, "ack") or pick(place, "accept")) is not None:
            return await self._save(seen, _all_off, "reject")
        if "pay" in place.roles:
            return self._failed(PAY_OR_CONSENT, final=True)
        return self._failed(NO_REFUSAL, final=True)

    async def category(self, seen: Seen, wanted: Wanted, name: str) -> Answer:
        """Allow one category alone."""
        place = seen.place
        inner = seen if choosable(place) and pick(place, "save") is not None else None
        inner = inner or await self._open_settings(seen)
        if inner is None:
            return self._failed("the notice offers no settings that could be opened")
        settings = Settings(self.desk, inner)
        if offered(inner.place, wanted) or onward(inner.place) is not None:
            answer = await self._save(inner, wanted, "save", settings)
            if settings.matched:
                return answer
        return self._failed(f"no choice for the category {name} is offered", final=True)

    async def _refuse(self, seen: Seen, button: PageButton, did: str) -> Answer:
        """Press a refusal. Some lead to a second layer, or only switch everything off and want to be saved."""
        before = signature(seen.place)
        if not await self.desk.press(seen, button, did):
            if settable(seen.place) and saving(seen.place, seen.place) is not None:
                return await self._save(seen, _all_off, "reject")  # all was off before: there was nothing to see
            return self._failed("the refusal was pressed, but nothing changed")
        if await self.desk.gone(GONE_MS):
            return self._made("reject", did)
        inner = second_layer(await self.desk.scanner.scan(), before) or await self._unsaved()
        if inner is None:
            return self._made("reject", did)
        self.desk.remember(inner, 2)
        again = _strongest([b for b in inner.place.refusals if b.words != button.words])
        if again is not None and not (settable(inner.place) and saving(inner.place, inner.place) is not None):
            await self.desk.press(inner, again, "refused again")
            return self._made("reject", did)
        saved = await self._save(inner, _all_off, "reject")
        # A list of services keeps each refusal at once; then there may be nothing to save.
        return saved if saved.made is not None or inner.place.choices else self._made("reject", did)

    async def _unsaved(self) -> Seen | None:
        """The notice as it still stands, where its choices wait to be saved."""
        now = await self.desk.scanner.best()
        fits = now is not None and settable(now.place) and saving(now.place, now.place) is not None
        return now if fits else None

    async def _reject_in_settings(self, seen: Seen) -> Answer:
        inner = await self._open_settings(seen)
        if inner is None:
            if "pay" in seen.place.roles:
                return self._failed(PAY_OR_CONSENT, final=True)
            if await self._opened_on_nothing(seen):
                return self._failed(NO_REFUSAL, final=True)
            return self._failed("the settings of the notice could not be opened")
        rows = [b for b in inner.place.refusals if not b.meaning.everything]
        every = _strongest(inner.place.refusals)
        if every is not None and (every.meaning.everything or len(rows) == 1):
            return await self._refuse(inner, every, "refused on the second layer")
        if len(rows) > 1 and not (pairs(inner.place) and "save" in inner.place.roles):
            return await self._refuse_rows(inner, rows)
        return await self._save(inner, _all_off, "reject")

    async def _opened_on_nothing(self, seen: Seen) -> bool:
        """Whether the settings did open, and hold nothing to refuse with: no refusal, no choice, no way further."""
        now = await self.desk.scanner.best()
        if now is None or signature(now.place) == signature(seen.place):
            return False
        place = now.place
        if place.toggles or place.choices or place.roles & {"reject", "save", "settings", "object", "pay"}:
            return False
        self.desk.remember(now, 2)
        await self.desk.pace.shoot("settings")
        return True

    async def _refuse_rows(self, inner: Seen, rows: list[PageButton]) -> Answer:
        """Refuse service by service where there is no refusal for all."""
        for row in rows[:_MOST_ROWS]:
            await self.desk.press(inner, row, "refused one")
        now = await self._inner(None) or inner
        return await self._save(now, _all_off, "reject")

    def _settings_button(self, place: Place) -> PageButton | None:
        """The way to a second layer: a settings button, or else a button (no link) that promises to say more."""
        settings = [b for b in place.having("settings") if not b.link]
        if settings:
            return max(settings, key=lambda b: (b.meaning.strength, b.area))
        more = [b for b in place.having("info") if not b.link and b.tag != "a"]
        return more[0] if more else None

    async def _open_settings(self, seen: Seen) -> Seen | None:
        button = self._settings_button(seen.place)
        if button is None:
            return None
        before = signature(seen.place)
        await self.desk.press(seen, button, "opened the settings")
        inner = await self._inner(before)
        if inner is not None:
            self.desk.remember(inner, 2)
            await self.desk.pace.shoot("settings")
        return inner

    async def _inner(self, first: tuple[object, ...] | None) -> Seen | None:
        """The second layer, once it stands."""
        found: list[Seen] = []

        async def stands() -> bool:
            found.clear()
            layer = second_layer(await self.desk.scanner.scan(), first)
            if layer is not None:
                found.append(layer)
            return bool(found)

        await until(self.desk.pace, stands, LAYER_MS)
        return found[0] if found else None

    async def _with_everything_on(self, seen: Seen, words: str, did: str) -> Answer:
        stuck, now = await Settings(self.desk, seen).arrange(_all_on, objecting=False)
        if stuck:
            return self._failed(stuck)
        button = next((b for b in now.place.buttons if b.words == words), None)
        if button is None:
            return self._failed(f"{words!r} is gone")
        return await self._pressed(now, button, did, "accept")

    async def _save(self, inner: Seen, wanted: Wanted, made: str, settings: Settings | None = None) -> Answer:
        """Set every choice, prove it, save. Nothing is saved while one choice stands otherwise."""
        settings = settings or Settings(self.desk, inner)
        stuck, now = await settings.arrange(wanted, objecting=made == "reject")
        if stuck or (made == "save" and not settings.matched):
            return self._failed(stuck or "nothing that is wanted is offered")
        button = saving(now.place, inner.place)
        if button is None:
            return self._failed("the settings offer no way to save")
        return await self._pressed(now, button, "saved the choices", made)

    async def _pressed(self, seen: Seen, button: PageButton, did: str, made: str) -> Answer:
        if not await self.desk.press(seen, button, did):
            return self._failed(f"{button.words!r} was pressed, but nothing changed")
        return self._made(made, did)

    def _made(self, made: str, how: str) -> Answer:
        answer = self._failed("")
        return replace(answer, made=made, clicks=self.desk.clicks, how=how, error=None)  # type: ignore[arg-type]

    def _failed(self, error: str, *, final: bool = False) -> Answer:
        return Answer(
            made=None,
            clicks=self.desk.clicks or None,
            steps=tuple(self.desk.steps),
            error=error,
            buttons=tuple(self.desk.buttons),
            preselected=tuple(self.desk.preselected),
            final=final,
        )


def _strongest(buttons: list[PageButton]) -> PageButton | None:
    """The refusal of everything before any other, then the clearest."""
    return max(buttons, key=lambda b: (not b.link, b.meaning.everything, b.meaning.strength, b.area), default=None)


def settable(place: Place) -> bool:
    """Whether choices are made there in detail, seen or not."""
    return bool(place.choices or pairs(place) or choosable(place))


def _all_on(_: Toggle) -> bool:
    return True


def _all_off(_: Toggle) -> bool:
    return False
