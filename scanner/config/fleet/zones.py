"""Names of time zones, as the IANA database has them."""

from __future__ import annotations

import difflib
import zoneinfo


def known_zone(name: str) -> str:
    """The name itself. Raises ValueError, with the nearest known name, where it is none."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else "it is written as in 'Europe/Berlin'"
        raise ValueError(f"{name!r} is no time zone; {hint}") from None
    return name
