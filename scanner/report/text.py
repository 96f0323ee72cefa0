"""Foreign text made fit for a page: nothing invisible, and the simple structure that writers give plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

# Control characters, and marks that turn the direction of writing: both make a text look like another one.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BULLET = re.compile(r"^\s*[-*•]\s+")
_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s+")


def visible(value: object) -> object:
    """A template's value with invisible characters spelled out, such as `⟨U+202E⟩`; markup passes as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", value)
    return value


Kind = Literal["paragraph", "list", "steps"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line), or a list or numbered steps (their items)."""

    kind: Kind
    lines: tuple[str, ...]


def blocks(text: str) -> tuple[Block, ...]:
    """Plain text as paragraphs and lists: an empty line ends a paragraph, lines with bullets or numbers are a list."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        for line in part.splitlines():
            kind: Kind = "list" if _BULLET.match(line) else "steps" if _NUMBER.match(line) else "paragraph"
            words = (_NUMBER if kind == "steps" else _BULLET).sub("", line).strip()
            if not words:
                continue
            if found and found[-1].kind == kind != "paragraph":
                found[-1] = Block(kind, (*found[-1].lines, words))
            else:
                found.append(Block(kind, (words,)))
    return tuple(found)
