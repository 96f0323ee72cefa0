"""Cells as written to a rectangle: rowspan and colspan filled in (the table model of HTML, section 4.9.12)."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.policy.reading import Cell, Span

MAX_COLUMNS = 64
MAX_PLACES = 400_000
"""Places of one grid; spans of a malicious table may not multiply beyond it."""


@dataclass
class RawCell:
    """A cell as written. `rowspan` 0 means: to the end of the table. `label` is a heading repeated in an attribute."""

    text: str = ""
    lines: tuple[str, ...] = ()
    header: bool = False
    rowspan: int = 1
    colspan: int = 1
    label: str | None = None
    spans: tuple[Span, ...] = ()


@dataclass
class RawTable:
    """Rows of cells as written; they need not be of one length."""

    rows: list[list[RawCell]] = field(default_factory=list)


_EMPTY = Cell("", ())


def build_grid(table: RawTable) -> tuple[tuple[Cell, ...], ...]:
    """The rectangle of a table: every place holds a cell, repeated ones marked `spanned`, missing ones empty."""
    count = len(table.rows)
    places: list[dict[int, Cell]] = [{} for _ in range(count)]
    used = 0
    for row_number, row in enumerate(table.rows):
        column = 0
        for raw in row:
            while column in places[row_number]:
                column += 1
            if column >= MAX_COLUMNS:
                break
            width = max(1, min(raw.colspan, MAX_COLUMNS - column))
            height = count - row_number if raw.rowspan == 0 else max(1, min(raw.rowspan, count - row_number))
            if used + width * height > MAX_PLACES:
                width = height = 1
            used += width * height
            cell = Cell(raw.text, raw.lines, raw.header, False, raw.label, raw.spans)
            copy = Cell(raw.text, raw.lines, raw.header, True, raw.label, raw.spans)
            for down in range(height):
                for right in range(width):
                    # Where spans collide, the cell that came first keeps the place.
                    places[row_number + down].setdefault(column + right, cell if down == right == 0 else copy)
            column += width
    width = max((max(row) + 1 for row in places if row), default=0)
    return tuple(tuple(row.get(column, _EMPTY) for column in range(width)) for row in places)
