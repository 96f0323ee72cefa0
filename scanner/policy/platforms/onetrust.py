"""OneTrust and CookiePro: the domain data of a language (`<language>.json` beside the consent script).

`DomainData.Groups` holds the categories; each has `FirstPartyCookies` and `Hosts` (third parties) with `Cookies`.
`Length` is in days.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from scanner.model.base import Party
from scanner.policy.categories import Label, label_of
from scanner.policy.platforms.rows import PlatformRow, objects, parse_json, text_in

_DAY = 86_400


def read_onetrust(text: str) -> Iterator[PlatformRow]:
    """The cookies of every group; nothing where the text is no such list."""
    if '"FirstPartyCookies"' not in text:
        return
    for found in objects(parse_json(text)):
        group = found.item
        if "FirstPartyCookies" not in group:
            continue
        label = label_of(text_in(group.get("GroupName")) or "")
        for cookie in _dicts(group.get("FirstPartyCookies")):
            yield from _row(cookie, label, "first", None)
        for host in _dicts(group.get("Hosts")):
            company = text_in(host.get("DisplayName")) or text_in(host.get("HostName"))
            for cookie in _dicts(host.get("Cookies")):
                yield from _row(cookie, label, "third", company)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _row(cookie: dict[str, Any], label: Label | None, party: Party, company: str | None) -> Iterator[PlatformRow]:
    name = text_in(cookie.get("Name"))
    if name is None:
        return
    length, duration = text_in(cookie.get("Length")) or str(cookie.get("Length", "")), None
    seconds: int | Literal["session"] | None = None
    if cookie.get("IsSession") is True:
        seconds, duration = "session", "session"
    elif length.isdecimal() and 0 < int(length) < 10**8:
        seconds, duration = int(length) * _DAY, f"{length} days"
    description = text_in(cookie.get("description")) or text_in(cookie.get("thirdPartyDescription"))
    yield PlatformRow(name, company or text_in(cookie.get("Host")), description, seconds, duration, label, party)
