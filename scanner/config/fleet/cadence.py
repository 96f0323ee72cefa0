"""How often a site is scanned: a word or a cron expression, a time zone, and how far its moment may be moved."""

from __future__ import annotations

import datetime
import re
from typing import Any, Literal

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator, model_validator

from scanner.config.fleet.zones import known_zone
from scanner.model.base import Model

WORDS = {"daily": "0 0 * * *", "weekly": "0 0 * * 1", "monthly": "0 0 1 * *"}
"""The cron expression that a word stands for: each begins at midnight, the week on Monday."""

DAY_S = 86_400.0
_FIELDS = 5
_LONGEST = 200
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])", re.ASCII)
_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY_S}

SPREAD_S = {"daily": DAY_S, "weekly": 7 * DAY_S, "monthly": 28 * DAY_S}
"""Over how many seconds the sites of a word are spread, where no jitter is given: all of its period."""


class Cadence(Model):
    """`expression` is `daily`, `weekly`, `monthly` or a cron expression of five fields, by the clock of `timezone`.

    The slot of a site is moved by a fixed number of seconds, derived from its name, of 0 up to `jitter_s`: sites of
    one cadence do not all begin at once.
    """

    expression: str
    timezone: str = "UTC"
    jitter_s: float = Field(0.0, ge=0, le=28 * DAY_S)

    @property
    def cron(self) -> str:
        """The expression as cron of five fields."""
        return WORDS.get(self.expression, self.expression)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value)

    @field_validator("expression")
    @classmethod
    def _understood(cls, value: str) -> str:
        return value if value in WORDS else known_cron(value)


class CadenceTable(Model):
    """`cadence` as scan.toml has it: a word (`every`) or a cron expression, a time zone, and a jitter.

    Each may be left to what stands beneath. `jitter` is seconds, or a text such as `90s`, `30m`, `2h` or `3d`.
    """

    every: Literal["daily", "weekly", "monthly"] | None = None
    cron: str | None = None
    timezone: str | None = None
    jitter: float | None = Field(None, ge=0, le=28 * DAY_S)

    @field_validator("cron")
    @classmethod
    def _cron(cls, value: str | None) -> str | None:
        return known_cron(value) if value is not None else None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return known_zone(value) if value is not None else None

    @field_validator("jitter", mode="before")
    @classmethod
    def _seconds(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = _SPAN.fullmatch(value)
        if match is None:
            raise ValueError(f"{value!r} is no span of time: write seconds, or a text such as '30m', '2h' or '3d'")
        return float(match[1]) * _UNIT_S[match[2]]

    @model_validator(mode="after")
    def _one_rhythm(self) -> CadenceTable:
        if self.every is not None and self.cron is not None:
            raise ValueError("a cadence has either `every` or `cron`")
        return self

    def over(self, beneath: CadenceTable | None) -> CadenceTable:
        """This table, with what it does not say taken from another."""
        if beneath is None:
            return self
        said = {name: getattr(self, name) for name in self.model_fields_set}
        below = {name: getattr(beneath, name) for name in beneath.model_fields_set}
        if self.every is not None or self.cron is not None:
            # A jitter that came with another rhythm goes with it: that of a day would crowd a week's sites together.
            kept = {"timezone", "jitter"} if beneath.every is None and beneath.cron is None else {"timezone"}
            below = {name: value for name, value in below.items() if name in kept}
        return CadenceTable.model_validate(below | said)

    def cadence(self) -> Cadence | None:
        """The cadence; null where the table says no rhythm."""
        expression = self.every or self.cron
        if expression is None:
            return None
        jitter = self.jitter if self.jitter is not None else SPREAD_S.get(expression, 0.0)
        return Cadence(expression=expression, timezone=self.timezone or "UTC", jitter_s=jitter)


def known_cron(expression: str) -> str:
    """The cron expression itself. Raises ValueError where it is none, or names no day that will ever be."""
    if expression.removeprefix("@") in WORDS:
        raise ValueError(f"{expression!r} is no cron expression: write {expression.removeprefix('@')!r}")
    if len(expression.split()) != _FIELDS or len(expression) > _LONGEST:
        raise ValueError(f"{expression!r} is neither daily, weekly, monthly nor a cron expression of five fields")
    try:
        next(CronSim(expression, datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)))
    except CronSimError as error:
        raise ValueError(f"{expression!r} is no cron expression: {str(error).lower()}") from None
    except StopIteration:
        raise ValueError(f"{expression!r} names no day that there will ever be") from None
    return expression
