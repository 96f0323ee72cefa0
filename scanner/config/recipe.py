"""A recipe: how to answer the banner of one site, written down in `scan.toml` by somebody who knows it."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator

from scanner.model.base import Model, StateName

PIERCE = ">>>"
"""Between two selectors: go into the shadow root or the frame of what the first one found."""


class Recipe(Model):
    """CSS selectors for one site, pressed in order. `reject` and `withdraw` may need several steps.

    `settings` then `save` is the way to refuse where `reject` is not given: only right where everything is switched
    off beforehand. `banner` says where the notice stands; without it, it stands where the first step's element does.
    """

    banner: str | None = None
    accept: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    save: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()

    @field_validator("accept", "reject", "settings", "save", "withdraw", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        if isinstance(value, str):
            return (value,)
        return tuple(value) if isinstance(value, list) else value

    def steps(self, wanted: StateName) -> tuple[str, ...]:
        """The selectors to press for a wanted state; empty where the recipe does not say."""
        if wanted == "accept":
            return self.accept
        if wanted == "withdraw":
            return self.withdraw
        if wanted == "reject":
            return self.reject or ((*self.settings, *self.save) if self.settings and self.save else ())
        return ()
