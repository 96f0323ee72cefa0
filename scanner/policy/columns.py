"""Which column of a table holds what: told by the heads of the columns and by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.policy.categories import cell_label
from scanner.policy.durations import is_duration
from scanner.policy.fields import FieldLabel, FieldName, field_of
from scanner.policy.names import is_code_like, is_identifier, split_names
from scanner.policy.parties import party_label
from scanner.policy.reading import Cell, Reading

_SAMPLE = 80
_HEAD_ROWS = 4

Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column, as shares of its cells with text."""

    filled: int
    names: float
    code: float
    durations: float
    labels: float
    parties: float
    length: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what. `strong` says that the heads speak of cookies, `headed` that there are heads."""

    name: int
    width: int
    fields: tuple[FieldLabel | None, ...] = ()
    duration: int | None = None
    category: int | None = None
    party: int | None = None
    provider: int | None = None
    purpose: int | None = None
    kind: int | None = None
    unit: str | None = None
    strong: bool = False
    headed: bool = False
    first_row: int = 0


def find_head(rows: Sequence[Row]) -> int | None:
    """The row that names the columns: at least two fields, and hardly anything else."""
    for number, row in enumerate(rows[:_HEAD_ROWS]):
        cells = [cell for cell in row if cell.text and not cell.spanned]
        if len(cells) < 2 or any(is_code_like(cell.text) for cell in cells):
            continue
        fields = [found for cell in cells if (found := field_of(cell.text)) is not None]
        if len({found.field for found in fields}) >= 2 and len(fields) >= 0.5 * len(cells):
            return number
    return None


def fields_of(rows: Sequence[Row], head: int | None) -> tuple[FieldLabel | None, ...]:
    """The field of each column by its head, or by the labels that cells carry for narrow screens."""
    width = len(rows[0]) if rows else 0
    if head is not None:
        return tuple(field_of(cell.text) for cell in rows[head])
    found: list[FieldLabel | None] = []
    for column in range(width):
        labels = [row[column].label for row in rows if row[column].label]
        found.append(field_of(labels[0].rstrip(":")) if labels and labels[0] else None)
    return tuple(found)


def describe_column(rows: Sequence[Row], column: int, language: str | None) -> Column:
    """Shares of what a column's cells look like."""
    cells = [row[column] for row in rows if row[column].text and not row[column].spanned][:_SAMPLE]
    count = len(cells)
    if not count:
        return Column(0, 0, 0, 0, 0, 0, 0)
    names = code = durations = labels = parties = 0
    for cell in cells:
        text = cell.text
        coded = False
        if len(text) <= 400:
            parts = split_names(cell.lines)
            names += bool(parts) and all(is_identifier(part) for part in parts)
            coded = any(is_code_like(part) for part in parts)
            code += coded
        # "__Host-session" is a name, not the life of one.
        durations += not coded and (is_duration(text, language) or _all_durations(cell, language))
        labels += cell_label(text) is not None
        parties += party_label(text) is not None
    total = sum(len(cell.text) for cell in cells)
    return Column(count, names / count, code / count, durations / count, labels / count, parties / count, total / count)


def _all_durations(cell: Cell, language: str | None) -> bool:
    parts = [part for line in cell.lines for part in line.split(",") if part.strip()]
    return 1 < len(parts) <= 60 and sum(is_duration(part, language) for part in parts) > 0.5 * len(parts)


def find_layout(
    rows: Sequence[Row], reading: Reading, first_row: int, fields: tuple[FieldLabel | None, ...]
) -> Layout | None:
    """Decide which column is which; None where no column can hold names of cookies."""
    body = rows[first_row:]
    width = len(rows[0])
    columns = [describe_column(body, column, reading.language) for column in range(width)]
    name = _name_column(fields, columns)
    if name is None:
        return None
    by_field = _columns_by_field(fields)
    party = _best(columns, "parties", 0.5, {name}, by_field["party"] + by_field["type"] + by_field["name"])
    category = _category_column(fields, columns, {name, party})
    duration = _duration_column(fields, columns, {name, party, category})
    taken = {name, party, category, duration}
    provider = next((c for c in by_field["provider"] + by_field["service"] if c not in taken), None)
    purpose = next((c for c in by_field["purpose"] if c not in taken | {provider}), None)
    if purpose is None:
        long = [c for c in range(width) if c not in taken | {provider} and columns[c].length > 30]
        purpose = max(long, key=lambda c: columns[c].length, default=None)
    kind = next((c for c in by_field["type"] if c not in taken | {provider, purpose}), None)
    head = fields[name]
    return Layout(
        name=name,
        width=width,
        fields=fields,
        duration=duration,
        category=category,
        party=party,
        provider=provider,
        purpose=purpose,
        kind=kind,
        strong=head is not None and head.strong,
        headed=any(found is not None for found in fields),
        first_row=first_row,
    )


def _columns_by_field(fields: tuple[FieldLabel | None, ...]) -> dict[FieldName, list[int]]:
    names: tuple[FieldName, ...] = (
        "name", "provider", "service", "purpose", "duration", "category", "type", "party", "other",
    )  # fmt: skip
    return {
        name: sorted(
            (c for c, found in enumerate(fields) if found is not None and found.field == name),
            key=lambda c: not (fields[c] or FieldLabel(name)).exact,
        )
        for name in names
    }


def _name_column(fields: tuple[FieldLabel | None, ...], columns: list[Column]) -> int | None:
    """The column of the names: by head, unless what stands in it speaks against it."""
    headed = [c for c, found in enumerate(fields) if found is not None and found.field == "name" and columns[c].filled]
    headed = [c for c in headed if columns[c].durations < 0.5 and columns[c].parties < 0.5]
    other = [
        c
        for c, column in enumerate(columns)
        if c not in headed and column.code >= 0.5 and column.names >= 0.5 and column.durations < 0.5
    ]
    if headed:
        best = max(headed, key=lambda c: (round(columns[c].names, 1), (fields[c] or FieldLabel("name")).strong, -c))
        if columns[best].code < 0.1 and other:
            return max(other, key=lambda c: (columns[c].code, -c))
        return best
    return max(other, key=lambda c: (columns[c].code, -c), default=None)


def _category_column(
    fields: tuple[FieldLabel | None, ...], columns: list[Column], taken: set[int | None]
) -> int | None:
    for wanted, least in (
        ("category", 0.2),
        ("type", 0.3),
        ("party", 0.3),
        ("purpose", 0.95),
        (None, 0.6),
        ("service", 0.6),
        ("other", 0.6),
    ):
        for c, found in enumerate(fields):
            if (
                c not in taken
                and (found.field if found else None) == wanted
                and columns[c].labels >= least
                and columns[c].length < 60
            ):
                return c
    return None


def _duration_column(
    fields: tuple[FieldLabel | None, ...], columns: list[Column], taken: set[int | None]
) -> int | None:
    headed = [c for c, found in enumerate(fields) if found is not None and found.field == "duration" and c not in taken]
    if headed:
        best = max(headed, key=lambda c: (columns[c].durations, -c))
        if columns[best].durations > 0 or not any(column.durations >= 0.6 for column in columns):
            return best
    # "Session" and "Persistent" in a column of kinds are durations only where the headed column has none at all.
    barred = ("name",) if headed else ("name", "type")
    content = [
        c
        for c, (found, column) in enumerate(zip(fields, columns, strict=True))
        if c not in taken and column.durations >= 0.6 and (found is None or found.field not in barred)
    ]
    return max(content, key=lambda c: (columns[c].durations, -c), default=None)


def _best(columns: list[Column], share: str, least: float, taken: set[int | None], allowed: list[int]) -> int | None:
    found = [c for c in range(len(columns)) if c not in taken and getattr(columns[c], share) >= least]
    preferred = [c for c in found if c in allowed]
    return max(preferred or found, key=lambda c: (getattr(columns[c], share), -c), default=None)
