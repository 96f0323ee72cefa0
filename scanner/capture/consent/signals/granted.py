"""Which kinds of cookies a record grants: names of categories or services, each with a yes or a no."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from scanner.capture.consent.words.topics import category_of

Granted = dict[str, bool]
"""Category or service name to whether it is granted; what is necessary anyway is left out."""


_YES = frozenset(
    ("true", "yes", "1", "allow", "allowed", "accept", "accepted", "granted", "grant", "on", "opt-in", "all")
)
_NO = frozenset(
    ("false", "no", "0", "deny", "denied", "reject", "rejected", "decline", "declined", "refused", "refuse", "revoked",
     "off", "opt-out", "none", "disallow")
)  # fmt: skip


def flag(value: Any) -> bool | None:
    """A yes or a no in one of the usual spellings, also inside an object; null for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return next(
            (f for k in ("status", "consent", "value", "enabled") if (f := flag(value.get(k))) is not None), None
        )
    said = str(value).strip().lower()
    return True if said in _YES else False if said in _NO else None


def pairs(items: Iterable[tuple[str, Any]]) -> Granted:
    """Category names with a yes or a no, without what is necessary anyway and what is no category."""
    found: Granted = {}
    for key, value in items:
        category = category_of(re.sub(r"[_-]", " ", key), "", key, ("en",))
        said = flag(value)
        if category not in ("necessary", "unknown") and said is not None:
            found[key] = said
    return found
