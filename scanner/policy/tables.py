"""Cookies from tables, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scanner.policy.categories import Label, cell_label, has_cookie_word, label_of, product_label, self_label
from scanner.policy.columns import Layout, Row, describe_column, fields_of, find_head, find_layout
from scanner.policy.durations import is_duration, stated_lifetime, unit_in
from scanner.policy.fields import FieldLabel, exact_field_of, field_of
from scanner.policy.names import is_code_like, is_identifier, split_names
from scanner.policy.parties import party_label, storage_of
from scanner.policy.reading import Cell, Table
from scanner.policy.rows import Draft, Harvest, Timing, accepted_names, durations_for, shorten


@dataclass
class _State:
    """What earlier rows of a table say about later ones."""

    label: Label | None = None
    provider: str | None = None
    category: Label | None = None
    seen: list[int] = field(default_factory=list)


def is_blank(row: Row) -> bool:
    """Whether no cell of a row has any text."""
    return not any(cell.text for cell in row)


def single_text(row: Row) -> str | None:
    """The text of a row with one filled cell only (a heading within the table), or None."""
    texts = {cell.text for cell in row if cell.text}
    own = [cell for cell in row if cell.text and not cell.spanned]
    if len(texts) == 1 and len(own) == 1 and len(row) > 1:
        return own[0].text
    return None


def is_vertical(rows: Sequence[Row]) -> bool:
    """Whether a table's first column holds the labels: one table for one cookie."""
    labels = [exact_field_of(row[0].text.rstrip(" :：")) for row in rows if row[0].text and len(row) > 1]
    found = [label for label in labels if label is not None]
    kinds = {label.field for label in found}
    return len(kinds) >= 2 and "name" in kinds and len(found) >= 0.5 * len(labels)


def read_tables(harvest: Harvest) -> None:
    """Take the cookies of every horizontal table; vertical ones are left to the reader of records."""
    last: Layout | None = None
    for table in harvest.reading.tables:
        rows = [row for row in table.rows if not is_blank(row)]
        if not rows or len(rows[0]) < 2 or is_vertical(rows):
            continue
        if not table.drawn and any(index in harvest.used for index in range(table.first, table.last)):
            continue
        layout = _layout_of(rows, table, harvest, last)
        if layout is None:
            continue
        drafts = list(_read_rows(rows, layout, table, harvest))
        if drafts and _believable(drafts, layout, table, harvest):
            harvest.add(drafts, range(table.first, table.last))
            last = layout


def _layout_of(rows: list[Row], table: Table, harvest: Harvest, last: Layout | None) -> Layout | None:
    head = find_head(rows)
    fields = fields_of(rows, head)
    first_row = head + 1 if head is not None else 0
    if first_row >= len(rows):
        return None
    layout = find_layout(rows, harvest.reading, first_row, fields)
    if head is None and last is not None and last.width == len(rows[0]) and not any(fields):
        # A table that was broken in two: the head stands on the first part.
        column = describe_column(rows, last.name, harvest.language)
        if column.names >= 0.5:
            return replace(last, first_row=0)
    if layout is not None and head is not None and layout.duration is not None:
        layout = replace(layout, unit=unit_in(rows[head][layout.duration].text))
    if layout is not None and not table.drawn and not (head is not None or layout.duration is not None):
        return None
    return layout


def _read_rows(rows: list[Row], layout: Layout, table: Table, harvest: Harvest) -> list[Draft]:
    state = _State(label=label_of(table.caption) if table.caption else None)
    for row in rows[: layout.first_row]:
        _note_heading(row, state)
    blocks = {(b.row, b.column): b.index for b in harvest.reading.blocks[table.first : table.last] if b.kind == "cell"}
    originals = [number for number, row in enumerate(table.rows) if not is_blank(row)]
    drafts: list[Draft] = []
    for number, row in enumerate(rows[layout.first_row :], layout.first_row):
        if single_text(row) is not None and not _is_row(row, layout):
            _note_heading(row, state)
            continue
        if _repeats_head(row):
            continue
        at = blocks.get((originals[number], layout.name), table.first)
        drafts.extend(_read_row(row, layout, state, at, harvest))
    return drafts


def _is_row(row: Row, layout: Layout) -> bool:
    """Whether a row with one filled cell is a cookie all the same."""
    cell = row[layout.name]
    return bool(cell.text) and not cell.spanned and any(is_code_like(name) for name in split_names(cell.lines))


def _note_heading(row: Row, state: _State) -> None:
    text = single_text(row)
    if text is None:
        return
    label = label_of(text)
    if label is not None:
        state.label, state.category, state.provider = label, None, None
    elif len(text) <= 60:
        state.provider = text


def _repeats_head(row: Row) -> bool:
    cells = [cell for cell in row if cell.text and not cell.spanned]
    return (
        len(cells) >= 2
        and all(field_of(cell.text) is not None and not is_code_like(cell.text) for cell in cells)
        and (
            len({(field_of(cell.text) or FieldLabel("other")).field for cell in cells}) >= 2
            and sum(1 for cell in cells if exact_field_of(cell.text)) >= 2
        )
    )


def _cell(row: Row, column: int | None) -> Cell | None:
    return row[column] if column is not None and column < len(row) else None


def strip_label(cell: Cell) -> Cell:
    """A cell without the head that is repeated in it for narrow screens ("Name: _ga")."""
    if not cell.lines:
        return cell
    first, colon, rest = cell.lines[0].partition(":")
    if colon and len(first) <= 40 and exact_field_of(first) is not None:
        lines = ((rest.strip(),) if rest.strip() else ()) + cell.lines[1:]
        return replace(cell, lines=lines, text=" ".join(lines))
    if len(cell.lines) > 1 and exact_field_of(cell.lines[0].rstrip(":")) is not None and cell.label is None:
        return replace(cell, lines=cell.lines[1:], text=" ".join(cell.lines[1:]))
    return cell


_SAME = frozenset({'"', "''", "„", "〃", "ditto", "idem", "same as above", "wie oben", "s.o.", "s. o.", '-"-', "id."})


def _read_row(row: Row, layout: Layout, state: _State, at: int, harvest: Harvest) -> list[Draft]:
    row = tuple(strip_label(cell) for cell in row)
    cell = row[layout.name]
    duration_cell = _cell(row, layout.duration)
    has_duration = duration_cell is not None and is_duration(duration_cell.text, harvest.language)
    names = accepted_names(
        cell.lines,
        strict=not layout.headed,
        phrases=layout.headed and has_duration and not cell.spanned,
        known=harvest.known,
        plain=layout.headed and has_duration and cell.text == cell.text.lower(),
    )
    provider_cell = _cell(row, layout.provider)
    if provider_cell is not None and provider_cell.text and provider_cell.text.strip().lower() not in _SAME:
        state.provider = provider_cell.text
    category_cell = _cell(row, layout.category)
    if category_cell is not None and category_cell.text:
        state.category = cell_label(category_cell.text)
    if not names:
        return []
    purpose_cell, kind_cell, party_cell = (_cell(row, c) for c in (layout.purpose, layout.kind, layout.party))
    kind_text = kind_cell.text if kind_cell is not None else ""
    purpose = purpose_cell.text if purpose_cell is not None and purpose_cell.text else None
    quote = shorten(" | ".join(c.text for c in row if c.text and not c.spanned))
    weak = self_label(purpose) if purpose else None
    if weak is None and state.provider:
        weak = product_label(state.provider)
    drafts = []
    for name, (value, raw) in zip(names, _durations(names, row, layout, harvest), strict=True):
        drafts.append(
            Draft(
                name=name,
                at=at,
                quote=quote,
                provider=state.provider,
                purpose=purpose,
                duration=value,
                duration_text=raw,
                label=(state.category if layout.category is not None else None) or state.label,
                party=party_label(party_cell.text if party_cell is not None and party_cell.text else kind_text),
                storage=storage_of(kind_text) if kind_text else None,
                weak_label=weak,
            )
        )
    return drafts


def _durations(names: list[str], row: Row, layout: Layout, harvest: Harvest) -> list[Timing]:
    """The duration of each name: from the duration column, else from brackets, the type or the description."""
    cell = _cell(row, layout.duration)
    if cell is not None:
        found = durations_for(names, cell.lines, harvest.language, layout.unit)
        moved = _moved_duration(row, layout, harvest) if all(value is None for value, _ in found) else None
        return durations_for(names, moved.lines, harvest.language) if moved is not None else found
    name_cell = row[layout.name]
    beside = stated_lifetime(name_cell.text, harvest.language)
    kind = _cell(row, layout.kind)
    if beside is None and kind is not None and is_duration(kind.text, harvest.language):
        return list(durations_for(names, kind.lines, harvest.language))
    purpose = _cell(row, layout.purpose)
    stated = beside or (stated_lifetime(purpose.text, harvest.language) if purpose is not None else None)
    return [stated if stated is not None else (None, None)] * len(names)


def _moved_duration(row: Row, layout: Layout, harvest: Harvest) -> Cell | None:
    """The duration in a neighbouring column, where an empty cell was lost and the row has moved to the left."""
    if row[-1].text or row[-1].spanned:
        return None
    others = [
        c
        for c in range(len(row))
        if c not in (layout.name, layout.duration) and is_duration(row[c].text, harvest.language)
    ]
    return row[others[0]] if len(others) == 1 and len(row[others[0]].text) <= 40 else None


def _believable(drafts: list[Draft], layout: Layout, table: Table, harvest: Harvest) -> bool:
    """Whether the rows are cookies: by their looks, or by a head or surroundings that say so."""
    code = sum(1 for draft in drafts if is_code_like(draft.name))
    identifiers = sum(1 for draft in drafts if is_identifier(draft.name))
    if code >= 0.3 * len(drafts):
        return True
    above = harvest.reading.blocks[max(0, table.first - 3) : table.first]
    near = [table.caption, *table.section_path[-1:], *(b.text for b in above if b.section_path == table.section_path)]
    timed = sum(1 for draft in drafts if draft.duration is not None)
    if timed >= 0.5 * len(drafts):
        near += [harvest.reading.title, *table.section_path]
    context = layout.strong or has_cookie_word(" ".join(near))
    if not context:
        return False
    return identifiers >= 0.3 * len(drafts) or (layout.strong and layout.headed) or timed >= 0.5 * len(drafts)
