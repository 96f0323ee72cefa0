"""Controls that choose a level of consent: lists, range inputs, drawn sliders. Set only where their words are clear."""

from __future__ import annotations

from typing import Literal

from scanner.capture.consent.frames import Remote, call, send
from scanner.capture.consent.general.desk import Desk
from scanner.capture.consent.general.reading import Dial, Place, Seen
from scanner.capture.consent.general.scan import element
from scanner.capture.consent.words.labels import label, says_all
from scanner.capture.consent.words.topics import categories_named

Aim = Literal["all", "none"]

_SETTLE_MS = 60.0
_ENDS = (("Home", 36), ("End", 35))

# What a control says of its value: its own words, those of an output bound to it or beside it, or its list's.
_SAYS = """function () {
  const e = this;
  if (!e.isConnected) return null;
  if (e.tagName === "SELECT") return e.selectedOptions[0] ? e.selectedOptions[0].text.trim() : "";
  const own = e.getAttribute("aria-valuetext");
  if (own) return own;
  const root = e.getRootNode();
  const bound = [...root.querySelectorAll("output")].find((o) => o.htmlFor && o.htmlFor.contains(e.id));
  const near = bound || [...(e.parentElement ? e.parentElement.querySelectorAll("output,[aria-live]") : [])][0];
  if (near && near.textContent.trim()) return near.textContent.trim();
  const named = e.list ? [...e.list.options].find((o) => o.value === e.value) : null;
  return named ? (named.label || named.text).trim() : "";
}"""
_SELECT = """function (index) {
  if (!this.isConnected || this.selectedIndex === index) return false;
  this.selectedIndex = index;
  this.dispatchEvent(new Event("input", {bubbles: true}));
  this.dispatchEvent(new Event("change", {bubbles: true}));
  return true;
}"""
_FOCUS = "function () { this.focus({preventScroll: true}); return true; }"


def means(text: str, aim: Aim, languages: tuple[str, ...]) -> bool:
    """Whether the words of a level grant everything (`all`) or nothing but what is necessary (`none`)."""
    if not text:
        return False
    role, named = label(text, languages).role, categories_named(text, languages)
    if aim == "all":
        return says_all(text, languages) and role != "reject"
    if says_all(text, languages) and role != "reject":
        return False
    return named <= {"necessary"} and (role == "reject" or bool(named))


def offers(place: Place) -> list[Dial]:
    """The levels of a place that a visitor may choose."""
    return [d for d in place.dials if d.visible and (d.kind != "select" or len(d.options) > 1)]


async def turn_all(desk: Desk, seen: Seen, aim: Aim) -> list[str]:
    """Set every level of a place to one end; returns the labels of those whose words never said so."""
    stuck = []
    for dial in offers(seen.place):
        target = await element(seen.document, seen.elements, dial.el)
        if target is None or not await _turn(desk, seen, dial, target, aim):
            stuck.append(dial.label or "a level without a name")
    return stuck


async def _turn(desk: Desk, seen: Seen, dial: Dial, target: Remote, aim: Aim) -> bool:
    languages = seen.place.languages

    async def stands() -> bool:
        said = await call(seen.document, _SAYS, on=target.id)
        return isinstance(said, str) and means(said, aim, languages)

    if await stands():
        return True
    await desk.hands.begin()
    desk.clicks += 1
    if dial.kind == "select":
        fitting = [n for n, option in enumerate(dial.options) if means(option, aim, languages)]
        if len(fitting) != 1:
            return False
        await call(seen.document, _SELECT, fitting[0], on=target.id)
    else:
        await call(seen.document, _FOCUS, on=target.id)
        for key, code in _ENDS:
            for kind in ("rawKeyDown", "keyUp"):
                await send(
                    seen.document.wire, "Input.dispatchKeyEvent", type=kind, key=key, code=key,
                    windowsVirtualKeyCode=code,
                )  # fmt: skip
            await desk.pace.live(_SETTLE_MS)
            if await stands():
                break
    await desk.pace.live(_SETTLE_MS)
    done = await stands()
    desk.note("set the level", dial.label, "to the end that was wanted" if done else "its words did not say so")
    return done
