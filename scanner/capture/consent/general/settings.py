"""The second layer of a notice: every choice set and proven, on every tab and page of it, before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.capture.consent.general.desk import Desk, pick, second_layer, signature
from scanner.capture.consent.general.dials import turn_all
from scanner.capture.consent.general.pairs import answer_all, pairs
from scanner.capture.consent.general.reading import PageButton, Place, Seen
from scanner.capture.consent.general.toggles import Wanted, aim, choosable, switch_all, unclear, wrong
from scanner.capture.consent.words.labels import Role, legitimate

_MOST_TABS = 8
_MOST_PAGES = 60
_MOST_ROWS = 60


@dataclass
class Settings:
    """One second layer (or a first one with choices of its own), being set. `first` is how it stood when it opened."""

    desk: Desk
    first: Seen
    matched: bool = False
    """Whether a choice stood there that is wanted on."""

    async def arrange(self, wanted: Wanted, *, objecting: bool) -> tuple[str, Seen]:
        """Set every choice as wanted and prove it. Returns why that failed (empty: it did not) and the place as it is.

        `objecting` goes to the pages for legitimate interest as well and objects there.
        """
        stuck, current = await self._pages(self.first, wanted, objecting=objecting)
        for tab in _tabs(self.first.place):
            if stuck:
                return stuck, current
            opened = await self._open(current, tab, "opened a tab")
            if opened is not None:
                stuck, current = await self._pages(opened, wanted, objecting=objecting)
        if objecting and not stuck:
            stuck, current = await self._object_elsewhere(current, wanted)
        if stuck:
            return stuck, current
        now = await self._again(current)
        if await wrong(self.desk, now, wanted):
            left, now = await switch_all(self.desk, now, wanted, self._again)
            if left:
                return f"some choices moved back: {', '.join(left[:3])}", now
        return "", now

    async def _pages(self, seen: Seen, wanted: Wanted, *, objecting: bool) -> tuple[str, Seen]:
        """Set what stands there, and go on from page to page where there are several, as lists of vendors have."""
        current = seen
        known = set()
        for _ in range(_MOST_PAGES):
            stuck, current = await self._page(current, wanted, objecting=objecting)
            if stuck:
                return stuck, current
            following_button = onward(current.place)
            known.add(signature(current.place)[0])
            if following_button is None or not await self.desk.press(current, following_button, "went on"):
                break
            following = await self._after(current)
            if following is None or signature(following.place)[0] in known:
                current = following or current
                break
            current = following
        return "", current

    async def _page(self, seen: Seen, wanted: Wanted, *, objecting: bool) -> tuple[str, Seen]:
        current = seen
        self.matched = self.matched or offered(seen.place, wanted)
        if objecting:
            await self._object(current)
        whole = aim(wanted)
        if current.place.dials and whole is not None:
            left = await turn_all(self.desk, current, whole)
            if left:
                return f"it is not clear what these levels mean: {', '.join(left[:3])}", current
            current = await self._again(current)
        if left := unclear(current, wanted):
            return f"it is not clear what these choices mean: {', '.join(left[:3])}", current
        left, current = await switch_all(self.desk, current, wanted, self._again)
        if left:
            return f"some choices would not move: {', '.join(left[:3])}", current
        if pairs(current.place):
            left, current = await answer_all(self.desk, current, wanted, self._again)
            if left:
                return f"some rows would not be answered: {', '.join(left[:3])}", current
        return "", current

    async def _again(self, seen: Seen) -> Seen:
        """The same place read anew, since pages redraw their settings while they are being set."""
        found = await self.desk.scanner.scan()
        same = [s for s in found if s.place.chain == seen.place.chain and s.place.tag == seen.place.tag]
        held = len(seen.place.toggles)
        fitting = [s for s in found if len(s.place.toggles) >= held and saving(s.place, s.place) is not None]
        near = [s for s in same if len(s.place.toggles) >= held] or fitting or same
        return max(near, key=lambda s: (len(s.place.choices), s.score), default=seen)

    async def _after(self, seen: Seen) -> Seen | None:
        """The place after something in it was pressed that leads to other choices."""
        found = await self.desk.scanner.scan()
        same = [s for s in found if s.place.chain == seen.place.chain and s.place.tag == seen.place.tag]
        return max(same, key=lambda s: (len(s.place.toggles), s.score), default=None) or second_layer(found, None)

    async def _open(self, seen: Seen, words: str, did: str) -> Seen | None:
        now = await self._after(seen) or seen
        button = next((b for b in now.place.buttons if b.words == words and not b.disabled), None)
        if button is None or not await self.desk.press(now, button, did):
            return None
        return await self._after(now)

    async def _object(self, seen: Seen) -> None:
        """Object to processing for legitimate interest: to all at once where that is offered, else one by one."""
        buttons = seen.place.having("object")
        whole = [b for b in buttons if b.meaning.everything]
        for button in (whole or buttons)[:_MOST_ROWS]:
            await self.desk.press(seen, button, "objected to legitimate interest")

    async def _object_elsewhere(self, seen: Seen, wanted: Wanted) -> tuple[str, Seen]:
        """Go to a page of legitimate interests that is not open yet, object there, come back where saving needs it."""
        ways = [b.words for b in seen.place.buttons if _leads_to_interests(b, seen.place)]
        current = seen
        for words in ways[:2]:
            opened = await self._open(current, words, "opened the legitimate interests")
            if opened is None or not (choosable(opened.place) or opened.place.having("object")):
                current = opened or current
                continue
            stuck, current = await self._pages(opened, wanted, objecting=True)
            if stuck:
                return stuck, current
            if saving(current.place, current.place) is None:
                back = next(iter(current.place.having("previous")), None)
                if back is not None and await self.desk.press(current, back, "went back"):
                    current = await self._after(current) or current
        return "", current


def offered(place: Place, wanted: Wanted) -> bool:
    """Whether a choice of a place, be it a switch or a row, is one that is wanted on."""
    return any(wanted(t) for t in (*place.toggles, *(row.topic for row in pairs(place))))


def _leads_to_interests(button: PageButton, place: Place) -> bool:
    if button.link or button.disabled or button.role == "tab" or button.row:
        return False
    return legitimate(button.words, place.languages) and button.meaning.role not in (
        "accept",
        "reject",
        "save",
        "object",
    )


def onward(place: Place) -> PageButton | None:
    """The button to the next page. A plain "continue" is one only where nothing saves and choices stand there."""
    following = place.having("next")
    if following:
        return following[-1]
    if "save" in place.roles or not (choosable(place) or pairs(place)):
        return None
    return next((b for b in place.having("ack") if b.meaning.onward), None)


def _tabs(place: Place) -> list[str]:
    return [b.words for b in place.buttons if b.role == "tab" and b.selected == "false" and b.words][:_MOST_TABS]


def bare(place: Place, accept: PageButton) -> bool:
    """Whether "accept" stands beside open choices and nothing else saves them: then it may save just those."""
    return choosable(place) and "save" not in place.roles and not accept.meaning.everything


def saving(place: Place, first: Place) -> PageButton | None:
    """What saves the choices just made. A bare "OK" or "done" does where nothing else is called saving."""
    roles: tuple[Role, ...] = ("save", "ack")
    for role in roles:
        button = pick(place, role)
        if button is not None:
            return button
    plain = [b for b in place.having("accept") if not b.meaning.everything and not b.row]
    if len(plain) == 1 and bare(place, plain[0]) and "reject" not in first.roles:
        return plain[0]
    return pick(place, "close")
