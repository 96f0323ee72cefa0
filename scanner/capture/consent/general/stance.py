"""How a notice stands on its page: where, how large, what it leaves usable, where its links lead."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urljoin

from scanner.capture.consent.frames import Document, call
from scanner.capture.consent.general.reading import Seen
from scanner.capture.consent.words.labels import speaks
from scanner.capture.consent.words.topics import topic
from scanner.model.consent import BannerStance

Position = Literal["top", "bottom", "left", "right", "centre", "full", "in-flow"]

_GRID = 6
_MOSTLY = 0.5
_MOST_LINKS = 5

# Whether the page answers to the pointer beside the notice, and whether it scrolls. Nothing is touched.
_BEHIND = """(x, y, width, height, steps) => {
  const modal = document.querySelector(":modal") !== null;
  let free = 0, asked = 0;
  for (let i = 0; i < steps; i++) for (let j = 0; j < steps; j++) {
    const px = innerWidth * (i + 0.5) / steps, py = innerHeight * (j + 0.5) / steps;
    if (px >= x && px <= x + width && py >= y && py <= y + height) continue;
    asked++;
    let over = false;
    for (let e = document.elementFromPoint(px, py), n = 0; e && n < 40; e = e.parentElement || (e.getRootNode().host ?? null), n++) {
      if (e.inert) over = true;
      const look = getComputedStyle(e);
      if (look.position !== "fixed" && !(look.position === "absolute" && (parseInt(look.zIndex) || 0) >= 10)) continue;
      const r = e.getBoundingClientRect();
      if (r.width * r.height >= innerWidth * innerHeight * 0.5) over = true;
    }
    if (!over) free++;
  }
  const root = document.scrollingElement || document.documentElement;
  const stuck = [document.documentElement, document.body].some(e => e && /hidden|clip/.test(getComputedStyle(e).overflowY));
  const pinned = document.body && getComputedStyle(document.body).position === "fixed";
  return {
    modal, asked, free, language: document.documentElement.lang || null, viewport: [innerWidth, innerHeight],
    locked: root.scrollHeight > innerHeight + 2 || pinned ? stuck || pinned : null,
  };
}"""  # noqa: E501


async def stance(seen: Seen, top: Document) -> BannerStance | None:
    """The facts of one notice; null where the page went away meanwhile."""
    x, y, width, height = seen.place.rect
    left, upper = x + seen.origin[0], y + seen.origin[1]
    asked = await call(top, _BEHIND, left, upper, width, height, _GRID)
    if not isinstance(asked, dict):
        return None
    screen = (float(asked["viewport"][0]), float(asked["viewport"][1]))
    rect = (left, upper, width, height)
    links = [(urljoin(seen.document.url or "", b.href), b) for b in seen.place.buttons if b.link]
    languages = seen.place.languages
    return BannerStance(
        rect=rect,
        viewport=screen,
        covers=round(_shown(rect, screen), 3),
        position=_position(rect, screen, above=seen.place.above or seen.place.framed),
        behind=_behind(asked),
        scroll_locked=asked["locked"],
        language=languages[0] if languages else None,
        page_language=asked["language"],
        policy=_addresses([url for url, b in links if _about_policy(b.words, languages)]),
        imprint=_addresses([url for url, b in links if speaks("imprint", b.words, languages)]),
    )


def _behind(asked: dict[str, int | bool]) -> Literal["usable", "blocked"] | None:
    if asked["modal"]:
        return "blocked"
    if not asked["asked"]:
        return "blocked"  # the notice is all that can be seen
    return "usable" if asked["free"] / asked["asked"] >= _MOSTLY else "blocked"


def _shown(rect: tuple[float, float, float, float], screen: tuple[float, float]) -> float:
    """The part of the screen that a rectangle covers."""
    width = min(rect[0] + rect[2], screen[0]) - max(rect[0], 0.0)
    height = min(rect[1] + rect[3], screen[1]) - max(rect[1], 0.0)
    return max(width, 0.0) * max(height, 0.0) / (screen[0] * screen[1]) if screen[0] and screen[1] else 0.0


def _position(rect: tuple[float, float, float, float], screen: tuple[float, float], *, above: bool) -> Position:
    if not above:
        return "in-flow"
    if _shown(rect, screen) > 0.85:
        return "full"
    x, y = rect[0] + rect[2] / 2, rect[1] + rect[3] / 2
    wide = rect[2] > 0.8 * screen[0]
    if not wide and 0.35 < x / screen[0] < 0.65 and 0.35 < y / screen[1] < 0.65:
        return "centre"
    if wide or 0.35 < x / screen[0] < 0.65:
        return "top" if y < screen[1] / 2 else "bottom"
    if rect[3] > 0.8 * screen[1]:
        return "left" if x < screen[0] / 2 else "right"
    return "top" if y < screen[1] / 2 else "bottom"


def _about_policy(words: str, languages: tuple[str, ...]) -> bool:
    said = topic(words, languages[0] if languages else "")
    return said.cookie or said.privacy > 0 or speaks("information", words, languages)


def _addresses(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(url for url in found if url.startswith("http")))[:_MOST_LINKS]
