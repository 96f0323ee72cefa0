"""Text for a terminal: what a site wrote made safe to show, and the words for consent states. Nothing here prints."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_STATE_WORDS = {"before": "before choosing", "accept": "after accepting", "reject": "after refusing"}


def clean(text: str, limit: int = 300) -> str:
    """Text that a site controls, made safe for a terminal: no control or direction characters, and cut to size."""
    safe = _CONTROL.sub(" ", text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def state_words(state: str) -> str:
    """A consent state in words for a table's head."""
    return _STATE_WORDS.get(state, state)
