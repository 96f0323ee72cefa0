"""Postal addresses: whoever gives one below "Contact" says who runs the site."""

from __future__ import annotations

import re
from typing import Final

_TOWN = r"[A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]{2,40}"
_POSTAL: Final = re.compile(
    r"(?<![\w-])(?:"
    rf"(?:[A-Z]{{1,2}}[- ])?\d{{4,5}}\s{_TOWN}"  # 1010 Wien, D-10115 Berlin, 19162 Pioz
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?!\w)"  # SW1A 2AA
    rf"|\d{{4}}\s?[A-Z]{{2}},?\s{_TOWN}"  # 3511 AB Utrecht
    rf"|\d{{2}}-\d{{3}}\s{_TOWN}"  # 00-950 Warszawa
    rf"|\d{{4}}-\d{{3}}\s{_TOWN}"  # 1100-148 Lisboa
    r"|[A-Z]{2}\s\d{5}(?!\d)"  # CA 94043
    r")"
)

MAX_LENGTH: Final = 400
"""Longest text taken for an address: longer ones only mention one."""


def has_postal_address(text: str) -> bool:
    """Whether a short text contains a post code with its town, in one of the usual European and American forms."""
    return len(text) <= MAX_LENGTH and _POSTAL.search(text) is not None
