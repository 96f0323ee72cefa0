"""Cookiebot: the tables that its dialogue is filled from (`cc.js` on consent.cookiebot.com).

One assignment for each category, each a list of rows: name, provider, purpose, expiry, kind of storage and more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from scanner.model.base import DeclaredCategory
from scanner.policy.categories import Label
from scanner.policy.platforms.rows import PlatformRow, text_in

_TABLE = re.compile(r"cookieTable(Necessary|Preference|Statistics|Advertising|Unclassified)\s*=\s*(?=\[)")
_CATEGORIES: dict[str, tuple[DeclaredCategory, ...]] = {
    "Necessary": ("necessary",),
    "Preference": ("functional",),
    "Statistics": ("analytics",),
    "Advertising": ("marketing",),
    "Unclassified": (),
}
_LEAST = 4
"""Cells that a row has at least."""


def read_cookiebot(text: str) -> Iterator[PlatformRow]:
    """The rows of all five tables; nothing where the text has none of them."""
    decoder = json.JSONDecoder()
    for match in _TABLE.finditer(text):
        try:
            rows, _ = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, list) and len(row) >= _LEAST and isinstance(row[0], str) and row[0].strip():
                yield PlatformRow(
                    name=row[0].strip(),
                    provider=text_in(row[1]),
                    purpose=text_in(row[2]),
                    duration_text=text_in(row[3]),
                    label=Label(_CATEGORIES[match.group(1)]),
                )
