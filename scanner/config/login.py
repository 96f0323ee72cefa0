"""How a visitor comes to be logged in: a recorded storage state, or steps that log in."""

from __future__ import annotations

from urllib.parse import urljoin

from pydantic import Field, model_validator

from scanner.config.secret import Hidden
from scanner.model.base import Model

ACTIONS = ("goto", "fill", "click", "wait", "wait_url")


class LoginStep(Model):
    """One thing to do on the way in; exactly one action.

    `goto` is an address; `fill` the CSS selector of a field, into which `value` goes; `click` the selector of what to
    press; `wait` the selector of what must become visible; `wait_url` an address to arrive at, `*` for anything.
    """

    goto: str | None = None
    fill: str | None = None
    value: Hidden | None = Field(None, repr=False)
    click: str | None = None
    wait: str | None = None
    wait_url: str | None = None

    @model_validator(mode="after")
    def _one_action(self) -> LoginStep:
        given = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a login step does exactly one of {', '.join(ACTIONS)}")
        if (self.value is not None) != (self.fill is not None):
            raise ValueError("`fill` and `value` belong together")
        return self

    @property
    def action(self) -> str:
        """The name of what this step does: one of `ACTIONS`."""
        return next(name for name in ACTIONS if getattr(self, name) is not None)

    def __str__(self) -> str:
        """The step in words for a person, without the value that it fills in."""
        return f"{self.action} {getattr(self, self.action)}"


class Login(Model):
    """Either `storage_state`, a file as Playwright records it (cookies, and the localStorage of origins), or `steps`.

    Steps are carried out once, in a visitor of their own; what that visitor then has, every consent state begins with.
    """

    storage_state: str | None = None
    steps: tuple[LoginStep, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Login:
        if (self.storage_state is not None) == bool(self.steps):
            raise ValueError("a login is either `storage_state` or `steps`")
        return self

    def addresses(self, start: str) -> tuple[str, ...]:
        """The addresses that its steps name, for a site that begins at `start`."""
        return tuple(urljoin(start, step.goto) for step in self.steps if step.goto is not None)
