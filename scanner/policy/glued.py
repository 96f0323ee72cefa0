"""Cookies from tables whose cells were pasted together without a blank: "_gaGoogle2 yearsAnalytics".

Only beneath a head that is glued in the same way ("NameProviderDurationType"), and only where the end of the name can
be told: at a known company, at a host, or at a capital letter behind a name without capitals.
"""

from __future__ import annotations

import re

from scanner.policy.categories import Label, cell_label
from scanner.policy.durations import find_lifetimes, parse_duration
from scanner.policy.fields import FieldName, exact_field_of
from scanner.policy.lexicon import fold
from scanner.policy.names import is_code_like, is_identifier, split_names
from scanner.policy.rows import Draft, Harvest, shorten

_LEAST_FIELDS = 3
_CAPITALS = re.compile(r"(?<=[a-zà-ž)])(?=[A-ZÀ-Ž])")
_BOUNDARY = re.compile(r"(?<=[a-z0-9_*\])])(?=[A-Z][a-z])")
_COMPANY = re.compile(r"[A-Z][\w.&-]*(?: [A-Z0-9][\w.&-]*){0,2}")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+(?:com|net|org|io|eu|[a-z]{2})(?=[A-Z])")
_MAX_ROW = 600
_TAIL = 60


def glued_head(line: str) -> tuple[FieldName, ...]:
    """The fields of a head written without blanks between its words; empty where a line is no such head."""
    parts = [part.strip() for part in _CAPITALS.split(line.strip())] if len(line) <= 120 else []
    found = [exact_field_of(part) for part in parts]
    fields = tuple(field.field for field in found if field is not None)
    if len(fields) < _LEAST_FIELDS or len(fields) != len(parts) or fields[0] != "name" or "duration" not in fields:
        return ()
    return fields


def read_glued(harvest: Harvest) -> None:
    """Take the rows beneath every glued head."""
    fields: tuple[FieldName, ...] = ()
    for block in harvest.reading.blocks:
        if block.kind == "cell" or block.index in harvest.used:
            fields = ()
            continue
        for line in block.lines:
            head = glued_head(line)
            if head:
                fields = head
                harvest.used.add(block.index)
            elif fields:
                drafts = _row(line, fields, block.index, harvest)
                if drafts is None:
                    fields = ()
                    continue
                harvest.add(drafts, (block.index,))


def _row(line: str, fields: tuple[FieldName, ...], at: int, harvest: Harvest) -> list[Draft] | None:
    """The cookies of one row; None where the line is no row, which ends the table."""
    rest = line.strip()
    label, rest = _label_at_end(rest) if fields[-1] in ("category", "type") else (None, rest)
    tail = rest[-_TAIL:]
    found = find_lifetimes(_spaced(tail), harvest.language)
    if not found or len(line) > _MAX_ROW:
        return None
    value = parse_duration(_spaced(tail), harvest.language)
    numbers = [item.value for item in found if isinstance(item.value, int)]
    end = _name_end(rest, harvest)
    names = split_names((rest[:end],)) if end else []
    if not names or not all(is_code_like(name) or is_identifier(name) for name in names):
        return []
    return [
        Draft(
            name=name,
            at=at,
            quote=shorten(line),
            rank=1,
            duration=max(numbers) if numbers else value,
            duration_text=None,
            label=label,
        )
        for name in names
    ]


def _spaced(text: str) -> str:
    """Blanks where a number begins behind a letter or a stop, so that a duration stands alone."""
    return re.sub(r"(?<=[A-Za-zÀ-ž.)])(?=\d)", " ", text)


def _label_at_end(text: str) -> tuple[Label | None, str]:
    """The category glued to the end of a row, and the row without it."""
    for match in reversed(list(re.finditer(r"(?<=[a-zà-ž.)\d])(?=[A-ZÀ-Ž])", text[-_TAIL:]))):
        start = max(0, len(text) - _TAIL) + match.start()
        label = cell_label(text[start:])
        if label is not None:
            return label, text[:start]
    return None, text


def _name_end(text: str, harvest: Harvest) -> int | None:
    """Where the names end: before a company or host that follows without a blank."""
    host = _HOST.search(text)
    for match in _BOUNDARY.finditer(text):
        if host and host.start() < match.start():
            return None
        company = _COMPANY.match(text, match.start())
        words = company.group().split(" ") if company else []
        for take in range(len(words), 0, -1):
            name = fold(" ".join(words[:take]))
            plain = (name, fold(re.split(r"(?<=[a-z])(?=[A-Z])", words[0])[0]))
            if any(each in harvest.known for each in plain):
                return match.start()
    first = _BOUNDARY.search(text)
    before = text[: first.start()] if first else ""
    return first.start() if first and "_" in before and not re.search(r"[A-Z]", before) else None
