"""Is a declared lifetime the one that was observed?"""

from __future__ import annotations

import re
from typing import Literal

from scanner.audit.message import Message
from scanner.model.declaration import DeclaredCookie
from scanner.model.inventory import Cookie

Comparison = Literal["same", "longer", "shorter", "unknown"]
"""What the observed lifetime is, set against the declared one."""

MINUTE, HOUR, DAY = 60, 3600, 86400
MONTH, YEAR = 30 * DAY, 365 * DAY
BROWSER_CAP = 400 * DAY
"""Chromium keeps no cookie longer than this (RFC 6265bis, section 5.5), whatever the site asks for."""

_CAP_SLACK = 2 * DAY
"""What a policy may miss the cap by, as `1.1 years` does."""

TOLERANCE = 0.03
"""Of the longer one: 13 months are 390 to 396 days, 12 months 360 to 366."""

_UNITS = (
    (YEAR, Message("{count} year", "{count} years")),
    (DAY, Message("{count} day", "{count} days")),
    (HOUR, Message("{count} hour", "{count} hours")),
    (MINUTE, Message("{count} minute", "{count} minutes")),
)
_SECONDS = Message("{count} second", "{count} seconds")
_SLACK_SECONDS = 5
_LONGEST_MONTH = 31 * DAY
_SHORTEST_MONTH = 28 * DAY
_UP_TO = re.compile(
    r"\b(up to|at most|max(?:imum|imal)?\.?|no(?:t)? (?:more|longer) than|less than|bis zu|höchstens|jusqu|au plus|"
    r"maximum|massimo|fino a|al máximo|hasta|como máximo|tot|maximaal|até|do)\b|^\s*[<≤]",
    re.I,
)


def same_seconds(first: float, second: float) -> bool:
    """Whether two durations are equal within the tolerance."""
    return abs(first - second) <= max(_SLACK_SECONDS, TOLERANCE * max(first, second))


def observed_seconds(cookie: Cookie) -> float | None:
    """The lifetime that the site asked for; what the browser kept where that is unknown and not merely its cap."""
    if cookie.session:
        return None
    if cookie.lifetime_seconds is not None:
        return cookie.lifetime_seconds
    return cookie.kept_seconds


def compare(declared: DeclaredCookie, cookie: Cookie) -> Comparison:
    """The observed lifetime against the declared one."""
    said = declared.duration
    if said is None:
        return "unknown"
    if cookie.session:
        return "same" if said == "session" else "shorter"
    asked = observed_seconds(cookie)
    if asked is None:
        return "unknown"
    if said == "persistent":
        return "same"
    if said == "session":
        return "longer"
    if _means(said, asked) or _is_cap(said, cookie):
        return "same"
    if asked > said:
        return "longer"
    if cookie.lifetime_seconds is None and same_seconds(asked, BROWSER_CAP):
        return "unknown"
    return "same" if _is_ceiling(declared, said) else "shorter"


def words(seconds: float) -> str:
    """A duration for a reader: `30 minutes`, `90 days`, `2 years`."""
    for unit, counted in _UNITS:
        count = seconds / unit
        whole = abs(count - round(count)) < 0.01
        if round(count) >= 1 and (whole or (unit != YEAR and count >= 2)):
            return counted(round(count))
    return _SECONDS(round(seconds))


def _means(said: int, asked: float) -> bool:
    if same_seconds(said, asked):
        return True
    # A declared month is a calendar month of 28 to 31 days.
    months, rest = divmod(said, MONTH)
    return (
        rest == 0
        and 0 < months <= 24
        and months * _SHORTEST_MONTH <= asked <= months * _LONGEST_MONTH
        and (months == 1 or asked >= said * (1 - TOLERANCE))
    )


def _is_cap(said: int, cookie: Cookie) -> bool:
    """A policy may state what the browser keeps: 400 days for a cookie that asks for more.

    The figure itself, and not one near it: 13 months for a cookie that asks for two years are a wrong lifetime.
    """
    asked = cookie.lifetime_seconds
    capped = asked is None or asked >= BROWSER_CAP
    return (
        capped
        and cookie.kept_seconds is not None
        and abs(said - BROWSER_CAP) <= _CAP_SLACK
        and same_seconds(cookie.kept_seconds, BROWSER_CAP)
    )


def _is_ceiling(declared: DeclaredCookie, said: int) -> bool:
    """`up to 13 months` is kept by a shorter life; lists write `1 day` for anything below one."""
    return said == DAY or bool(declared.duration_text and _UP_TO.search(declared.duration_text))
