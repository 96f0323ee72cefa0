"""Rows that are answered one by one: "agree" and "disagree" beside each purpose, kept when all are saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from scanner.capture.consent.general.desk import Desk
from scanner.capture.consent.general.reading import PageButton, Place, Seen, Toggle
from scanner.capture.consent.general.toggles import Wanted
from scanner.capture.consent.words.topics import category_of

_ONE_LINE = 90.0
_LONGEST = 60
_MOST = 80


@dataclass(frozen=True)
class Pair:
    """One row: the button that grants, the one that refuses, and how it stands (null: the page does not say)."""

    grant: PageButton
    refuse: PageButton
    granted: bool | None
    topic: Toggle
    """The row as if it were a switch, so that the same question can be asked of both."""


def pairs(place: Place) -> list[Pair]:
    """The rows of a place, in its order."""
    found: list[Pair] = []
    used: set[int] = set()
    for one, other in zip(place.buttons, place.buttons[1:], strict=False):
        if one.el in used or {one.meaning.role, other.meaning.role} != {"accept", "reject"}:
            continue
        if not (_of_a_row(one) and _of_a_row(other)) or abs(one.rect[1] - other.rect[1]) > _ONE_LINE:
            continue
        used |= {one.el, other.el}
        grant, refuse = (one, other) if one.meaning.role == "accept" else (other, one)
        found.append(Pair(grant, refuse, _state(grant, refuse), _as_toggle(grant, refuse, place)))
    return found


def _of_a_row(button: PageButton) -> bool:
    """Whether a button is one of a row: it shows a state, or others are called the same. "Refuse all" never is."""
    if button.link or button.meaning.everything or len(button.words) > _LONGEST:
        return False
    return bool(button.pressed or button.row)


def _state(grant: PageButton, refuse: PageButton) -> bool | None:
    if not grant.pressed and not refuse.pressed:
        return None
    if grant.pressed == "true":
        return True
    return False if refuse.pressed == "true" else None


def _as_toggle(grant: PageButton, refuse: PageButton, place: Place) -> Toggle:
    around = grant.row or refuse.row or grant.name
    category = category_of("", around, f"{grant.names} {refuse.names}", place.languages)
    return Toggle(grant.el, False, False, "", False, True, "", around, category)


async def answer_all(
    desk: Desk, seen: Seen, wanted: Wanted, again: Callable[[Seen], Awaitable[Seen]]
) -> tuple[list[str], Seen]:
    """Answer every row as wanted. Returns the words of rows that the page shows otherwise, and the place read last."""
    current = seen
    for number in range(min(len(pairs(seen.place)), _MOST)):
        rows = pairs(current.place)
        if number >= len(rows):
            break
        row = rows[number]
        goal = wanted(row.topic)
        if row.granted is goal or (goal and row.grant.disabled) or (not goal and row.refuse.disabled):
            continue
        await desk.press(current, row.grant if goal else row.refuse, "granted one" if goal else "refused one")
        current = await again(current)
    wrong = [r for r in pairs(current.place) if r.granted is not None and r.granted is not wanted(r.topic)]
    return [row.topic.words for row in wrong], current
