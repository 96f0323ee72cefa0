"""Setting toggles: each is read again just before it is touched, and in the end all are proven.

Pages flip children with their parents, bind handlers late and draw switches over hidden inputs; so nothing that was
read once is believed later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from scanner.capture.consent.frames import Remote, call
from scanner.capture.consent.general.desk import Desk
from scanner.capture.consent.general.dials import Aim, means, offers
from scanner.capture.consent.general.reading import Place, Seen, Toggle
from scanner.capture.consent.general.scan import element
from scanner.capture.consent.waiting import until
from scanner.capture.consent.words.labels import label
from scanner.capture.consent.words.topics import ToggleCategory

_KINDS: tuple[ToggleCategory, ...] = ("functional", "analytics", "marketing", "unknown")

Wanted = Callable[[Toggle], bool]
Again = Callable[[Seen], Awaitable[Seen]]

MOST_ROUNDS = 60
MOST_BY_MOUSE = 40
"""From here on (lists of vendors) switches are set by synthetic clicks."""

_SWITCH_MS = 300.0
_PROXY = """function () {
  const e = this, seen = n => n && n.getClientRects().length > 0 && n.getBoundingClientRect().width > 2;
  const own = [...(e.labels || [])].find(seen);
  if (own) return own;
  for (const n of [e.nextElementSibling, e.previousElementSibling, e.parentElement]) if (seen(n)) return n;
  return null;
}"""


async def wrong(desk: Desk, seen: Seen, wanted: Wanted) -> list[tuple[Toggle, Remote]]:
    """The choices of a place that do not stand as wanted, as the page says this moment."""
    found = []
    for toggle in (*seen.place.choices, *_radios(seen, wanted)):
        target = await element(seen.document, seen.elements, toggle.el)
        if target is None:
            continue
        on = await desk.switched(seen.document, target)
        if on is not None and on != goal(toggle, wanted):
            found.append((toggle, target))
    return found


def goal(toggle: Toggle, wanted: Wanted) -> bool:
    """How a toggle should stand. One that forbids ("do not sell my data") stands on where nothing is granted."""
    return True if toggle.radio else wanted(toggle) != toggle.inverted


def aim(wanted: Wanted) -> Aim | None:
    """Whether everything or nothing is wanted; null for a part."""
    asked = {wanted(Toggle(0, False, False, "", False, True, "", "", category)) for category in _KINDS}
    return None if len(asked) > 1 else "all" if asked.pop() else "none"


def _radios(seen: Seen, wanted: Wanted) -> list[Toggle]:
    """Of each group of radio buttons ("allow" and "deny", or levels of consent), the one that should be chosen."""
    found = [_of_group(group, wanted, seen.place.languages) for group in _groups(seen.place).values()]
    return [toggle for toggle in found if toggle is not None]


def _of_group(group: list[Toggle], wanted: Wanted, languages: tuple[str, ...]) -> Toggle | None:
    roles = {label(t.text, languages).role: t for t in group}
    if len(group) == 2 and "accept" in roles and "reject" in roles:
        return roles["accept"] if wanted(group[0]) else roles["reject"]
    whole = aim(wanted)
    fitting = [t for t in group if whole is not None and means(t.text, whole, languages)]
    return fitting[0] if len(fitting) == 1 else None


def unclear(seen: Seen, wanted: Wanted) -> list[str]:
    """Groups of radio buttons that speak of consent, of which no button clearly says what is wanted."""
    whole = aim(wanted)
    if whole is None:
        return []
    languages = seen.place.languages
    found = []
    for group in _groups(seen.place).values():
        if _of_group(group, wanted, languages) is None and any(means(t.text, "none", languages) for t in group):
            found.append(group[0].words)
    return found


def _groups(place: Place) -> dict[str, list[Toggle]]:
    groups: dict[str, list[Toggle]] = {}
    for toggle in place.toggles:
        if toggle.radio and toggle.group and not toggle.disabled:
            groups.setdefault(toggle.group, []).append(toggle)
    return {name: group for name, group in groups.items() if len(group) > 1}


def choosable(place: Place) -> bool:
    """Whether a visitor can choose something in detail there: switches, radio buttons, levels."""
    if any(t.visible for t in place.choices) or offers(place):
        return True
    return sum(t.radio and t.visible and not t.disabled for t in place.toggles) > 1


async def switch_all(desk: Desk, seen: Seen, wanted: Wanted, again: Again) -> tuple[list[str], Seen]:
    """Set every choice of a place as wanted.

    Returns the labels of those that would not move (empty means proven) and the place as read last. `again` reads the
    place anew: frameworks draw it anew with every change, which takes away what was read before.
    """
    current, left = seen, await wrong(desk, seen, wanted)
    for _ in range(MOST_ROUNDS):
        if not left:
            break
        for number, (toggle, target) in enumerate(left):
            if not await _switch(desk, current, toggle, target, wanted, by_mouse=number < MOST_BY_MOUSE):
                break
        current = await again(current)
        before, left = len(left), await wrong(desk, current, wanted)
        if len(left) >= before:
            break
    return [toggle.words for toggle, _ in left], current


async def _switch(desk: Desk, seen: Seen, toggle: Toggle, target: Remote, wanted: Wanted, *, by_mouse: bool) -> bool:
    want = goal(toggle, wanted)
    # An earlier switch may have moved this one along.
    state = await desk.switched(seen.document, target)
    if state in (want, None):
        return state is not None
    did = "switched on" if want else "switched off"

    async def moved() -> bool:
        return await desk.switched(seen.document, target) in (want, None)

    ways: list[tuple[Remote, bool]] = []
    if by_mouse:
        if toggle.visible:
            ways.append((target, False))
        proxy = await call(seen.document, _PROXY, on=target.id, handle=True)
        if proxy:
            ways.append((Remote(proxy), False))
    ways.append((target, True))
    desk.clicks += 1
    for thing, synthetic in ways:
        how = await desk.tap(seen.document, thing, synthetic=synthetic)
        if await until(desk.pace, moved, _SWITCH_MS):
            desk.note(did, toggle.words, f"{how} click")
            return await desk.switched(seen.document, target) is not None
    desk.note(did, toggle.words, "it would not move")
    return True
