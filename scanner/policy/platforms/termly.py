"""Termly: the list behind its preference centre and its cookie policies (`.../documents/<id>/cookies`).

`cookies` maps the names of categories to lists; each cookie has `name`, `domain`, `service`, `expire`, `tracker_type`
and its description in `en_us`. Keys as read by the public CookieBlock consent crawler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from scanner.model.base import DeclaredCategory
from scanner.policy.categories import Label
from scanner.policy.platforms.rows import PlatformRow, parse_json, text_in

_CATEGORIES: Mapping[str, tuple[DeclaredCategory, ...]] = {
    "essential": ("necessary",),
    "performance": ("functional",),
    "analytics": ("analytics",),
    "advertising": ("marketing",),
    "social_networking": ("marketing",),
    "unclassified": (),
}


def read_termly(text: str) -> Iterator[PlatformRow]:
    """The cookies of every category; nothing where the text is no such list."""
    if '"tracker_type"' not in text:
        return
    found = parse_json(text)
    groups = found.get("cookies") if isinstance(found, dict) else None
    for group, cookies in groups.items() if isinstance(groups, dict) else ():
        for cookie in cookies if isinstance(cookies, list) else ():
            name = text_in(cookie.get("name")) if isinstance(cookie, dict) else None
            if name is not None:
                yield _row(name, cookie, group)


def _row(name: str, cookie: dict[str, Any], group: str) -> PlatformRow:
    expiry = text_in(cookie.get("expire"))
    duration: Literal["persistent"] | None = None
    if expiry is None and "local_storage" in (text_in(cookie.get("tracker_type")) or ""):
        duration = "persistent"
    categories = _CATEGORIES.get(text_in(cookie.get("category")) or group, _CATEGORIES.get(group))
    return PlatformRow(
        name=name,
        provider=text_in(cookie.get("service")) or text_in(cookie.get("domain")),
        purpose=text_in(cookie.get("en_us")),
        duration=duration,
        duration_text=expiry,
        label=Label(categories) if categories is not None else None,
    )
