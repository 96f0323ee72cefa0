"""Lists of cookies as consent platforms deliver them to their own dialogues, read as what the site declares.

A reader of one more platform is one module with a function from text to rows, and one line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.model.declaration import DeclaredCookie
from scanner.model.recorded import Document
from scanner.policy.durations import parse_duration
from scanner.policy.names import tidy
from scanner.policy.platforms.cookiebot import read_cookiebot
from scanner.policy.platforms.disclosures import read_disclosures
from scanner.policy.platforms.onetrust import read_onetrust
from scanner.policy.platforms.osano import read_osano
from scanner.policy.platforms.records import read_records
from scanner.policy.platforms.rows import MAX_ROWS, PlatformRow
from scanner.policy.platforms.termly import read_termly

READERS: tuple[Callable[[str], Iterator[PlatformRow]], ...] = (
    read_cookiebot,
    read_onetrust,
    read_disclosures,
    read_termly,
    read_osano,
    read_records,
)
"""Tried in this order; the first that finds a row reads the whole list."""

_TYPES = frozenset(
    {"application/json", "text/json", "application/javascript", "text/javascript", "application/x-javascript"}
)
MAX_QUOTE = 600


def is_list(document: Document) -> bool:
    """Whether a document is a platform's list rather than a text."""
    return document.media_type.partition(";")[0].strip().lower() in _TYPES


def read_list(document: Document) -> tuple[DeclaredCookie, ...]:
    """The cookies that a list declares, each once; empty where nothing in it is a list of cookies."""
    for reader in READERS:
        found: dict[DeclaredCookie, None] = {}
        for row in reader(document.text):
            name = tidy(row.name)
            if name:
                found.setdefault(_declared(row, name, document.url))
            if len(found) >= MAX_ROWS:
                break
        if found:
            return tuple(found)
    return ()


def _declared(row: PlatformRow, name: str, source: str) -> DeclaredCookie:
    duration = row.duration
    if duration is None and row.duration_text:
        duration = parse_duration(row.duration_text)
    said = (name, row.provider, row.purpose, row.duration_text)
    return DeclaredCookie(
        name=name,
        provider=row.provider,
        category=row.label.first if row.label is not None else None,
        purpose=row.purpose,
        duration=duration,
        duration_text=row.duration_text,
        party=row.party,
        quote=" | ".join(text for text in said if text)[:MAX_QUOTE],
        source=source,
    )
