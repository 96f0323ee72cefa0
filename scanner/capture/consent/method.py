"""The seam for ways to answer a consent banner: one small interface, one file for each way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from scanner.capture.consent.page import Page
from scanner.config.recipe import Recipe
from scanner.model.base import StateName
from scanner.model.consent import BannerButton, Step

__all__ = ["Answer", "Method", "MethodName", "Pace", "Recipe", "Sighting"]

MethodName = Literal["recipe", "heuristic", "rule"]


@dataclass(frozen=True)
class Sighting:
    """A banner as one method sees it right now. `handle` is the method's own, for its later `answer`."""

    method: MethodName
    cmp: str | None = None
    languages: tuple[str, ...] = ()
    text: str = ""
    buttons: tuple[BannerButton, ...] = ()
    preselected: tuple[str, ...] = ()
    frame_url: str | None = None
    notes: tuple[str, ...] = ()
    handle: object = None


@dataclass(frozen=True)
class Answer:
    """What a method did. `made` is null when nothing was pressed; `error` then says why (one line)."""

    made: Literal["accept", "reject", "withdraw", "save", "ack", "close"] | None
    clicks: int | None = None
    via_api: bool = False
    how: str = ""
    steps: tuple[Step, ...] = ()
    error: str | None = None
    buttons: tuple[BannerButton, ...] = field(default=())
    """Buttons found on the way, such as those of a second layer."""
    preselected: tuple[str, ...] = ()
    """Choices found switched on beforehand on a second layer."""
    final: bool = False
    """The site offers no such choice: no other method should try to make it by other means."""


class Pace(Protocol):
    """The page's time and the evidence of its state, as capture controls them.

    Page time may stand still (virtual time) unless somebody lets it run: a method waits only through `live`.
    """

    async def live(self, ms: float) -> None:
        """Let the page, all its frames and their network live `ms` milliseconds of their own time."""

    async def mark_choice(self) -> float | None:
        """To be called right before the first press: all that follows is evidence of the `chosen` phase.

        Returns the moment of the first mark in milliseconds of the page's life, where it is known.
        """

    async def reload(self) -> None:
        """Reload the page and let it settle."""

    async def shoot(self, label: Literal["banner", "settings", "page"]) -> str | None:
        """Keep a screenshot; returns its file name, or null where the browser gave none."""


class Method(Protocol):
    """A way to see and answer a banner. One instance serves one page."""

    name: MethodName

    async def prepare(self, page: Page) -> None:
        """Called once, before the page's first navigation."""

    async def look(self, page: Page) -> Sighting | None:
        """The banner standing there now, or null. Does not wait and does not change the page."""

    async def answer(self, page: Page, sighting: Sighting, wanted: StateName, pace: Pace) -> Answer:
        """Try to make the wanted choice. Never raises for what a page does; the answer says what happened."""
