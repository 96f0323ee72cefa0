"""The translations: one PO file (GNU gettext) for each language, read when first needed.

The files are what translators' tools write. `tools/messages.py` brings them up to date with the program's texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

_KEYWORD = re.compile(r'(msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s+(".*")')

# Which of the two forms a number takes; French counts 0 like 1 (GNU gettext manual, "Plural forms").
_PLURAL: dict[str, Callable[[int], int]] = {"fr": lambda count: int(count > 1)}


@dataclass(slots=True)
class Entry:
    """One message: its English text or texts, and its translation in one or two forms."""

    one: str = ""
    many: str | None = None
    forms: dict[int, str] = field(default_factory=dict)


def entries(text: str) -> tuple[Entry, ...]:
    """The entries of a PO file; the one with an empty English text is the head of the file and is left out."""
    found: list[Entry] = []
    take: Callable[[str], None] | None = None
    for line in text.splitlines():
        if line.startswith('"') and take is not None:
            take(_unquoted(line))
        elif (keyword := _KEYWORD.match(line)) is not None:
            name, form, value = keyword.groups()
            if name == "msgid":
                found.append(Entry())
            take = _taker(found[-1], name, int(form or 0))
            take(_unquoted(value))
        elif not line.startswith("#"):
            take = None
    return tuple(entry for entry in found if entry.one)


def translation(language: str, text: str, count: int) -> str | None:
    """The translation of an English text for a number of things; null where there is none."""
    forms = _table(language).get(text)
    if forms is None:
        return None
    if len(forms) == 1:
        return forms[0]
    plural = _PLURAL.get(language)
    return forms[int(count != 1) if plural is None else plural(count)]


def packaged(language: str) -> tuple[Entry, ...]:
    """All entries of a language as it ships."""
    file = resources.files("scanner.messages").joinpath("data", f"{language}.po")
    return entries(file.read_text(encoding="utf-8")) if file.is_file() else ()


@cache
def _table(language: str) -> dict[str, tuple[str, ...]]:
    return {
        entry.one: forms
        for entry in packaged(language)
        if (forms := tuple(text for _, text in sorted(entry.forms.items()))) and all(forms)
    }


def _taker(entry: Entry, name: str, form: int) -> Callable[[str], None]:
    """What adds a piece of text to the part of an entry that a keyword opened."""

    def one(piece: str) -> None:
        entry.one += piece

    def many(piece: str) -> None:
        entry.many = (entry.many or "") + piece

    def translated(piece: str) -> None:
        entry.forms[form] = entry.forms.get(form, "") + piece

    return {"msgid": one, "msgid_plural": many, "msgstr": translated}[name]


def _unquoted(literal: str) -> str:
    """The text of a quoted line; the escapes that PO files use are among those of JSON."""
    return str(json.loads(literal.strip(), strict=False))
