"""Cookies from labelled values: definition blocks, cards, one table for each cookie, "Name: _ga" and its neighbours.

Whatever the layout, the document is seen as a stream of labelled values. A record begins with a field that it has
already (or with a name), and ends at a heading or where the labels stop.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from scanner.policy.categories import cell_label, has_cookie_word
from scanner.policy.durations import is_duration
from scanner.policy.fields import FieldLabel, FieldName, exact_field_of
from scanner.policy.names import is_code_like, is_domain, is_identifier, split_names
from scanner.policy.parties import party_label, storage_of
from scanner.policy.reading import Block, Cell, Table
from scanner.policy.rows import Draft, Harvest, accepted_names, beside, durations_for, shorten
from scanner.policy.tables import is_blank, is_vertical

_LABELLED = re.compile(r"^[\W_]{0,4}(?P<label>[^\W\d_][^:：\n]{0,44}?)\s*[:：]\s*(?P<value>.*)$", re.S)
_INLINE = re.compile(r"(?:^|(?<=[\s.;,|(•–-]))(?P<label>[^\W\d_][^:：.;,|()]{1,40}?)\s*[:：]\s+")
Slot = FieldName | Literal["title"]
_MAX_GAP = 4
"""Blocks without a label that may stand between two fields of one record."""


@dataclass(frozen=True, slots=True)
class Event:
    """One labelled value, or (label None) a boundary that no record crosses.

    `at` is the block of the value; `start` that of the label, where it stands in a block of its own before it.
    """

    label: FieldLabel | None
    lines: tuple[str, ...]
    at: int
    text: str = ""
    start: int = 1 << 60


@dataclass
class _Record:
    fields: dict[Slot, Event] = field(default_factory=dict)
    first: int = 0
    last: int = 0

    def text(self) -> str:
        ordered = sorted(self.fields.values(), key=lambda event: event.at)
        return shorten(" | ".join(dict.fromkeys(event.text for event in ordered)))


def read_records(harvest: Harvest) -> None:
    """Take every record of labelled values that names cookies."""
    for record in _records(list(_events(harvest))):
        drafts = _drafts(record, harvest)
        if drafts:
            harvest.add(drafts, (event.at for event in record.fields.values()))
            harvest.labels.update(range(record.first, record.last + 1))


# -- the stream ---------------------------------------------------------------------------------------------------


def _events(harvest: Harvest) -> Iterator[Event]:
    """The whole document as labelled values and boundaries."""
    tables = {table.first: table for table in harvest.reading.tables if table.drawn}
    blocks = harvest.reading.blocks
    index = 0
    pending: tuple[FieldLabel, str, int] | None = None
    gap = 0
    while index < len(blocks):
        table = tables.get(index)
        if table is not None and table.last > index:
            yield from _table_events(table, harvest)
            pending, index = None, table.last
            continue
        block = blocks[index]
        index += 1
        if block.index in harvest.used:
            pending = None
            yield Event(None, (), block.index)
            continue
        found = list(_block_events(block))
        # A detail is the value of its term, even where it is a word for a field ("Type": "Cookie").
        is_value = pending is not None and block.kind == "detail" and not found
        alone = exact_field_of(block.text.rstrip(" :：")) if not found and not is_value else None
        if alone is not None:
            if pending is not None:
                yield Event(pending[0], (), pending[2], pending[1])
            pending = (alone, block.text, block.index)
        elif found:
            pending, gap = None, 0
            for event in found:
                if event.lines:
                    yield event
                else:
                    pending = (event.label or FieldLabel("other"), event.text, block.index)
        elif pending is not None:
            yield Event(pending[0], block.lines, block.index, f"{pending[1].rstrip(' :')}: {block.text}", pending[2])
            pending, gap = None, 0
        elif block.kind == "heading" or gap >= _MAX_GAP:
            gap = 0
            yield Event(None, (), block.index)
        else:
            gap += 1


def _block_events(block: Block) -> list[Event]:
    """The labelled values of one block: line by line, or several in one line."""
    if len(block.text) > 3000:
        return []
    events: list[Event] = []
    for line in block.lines:
        inline = _inline(line, block.index)
        if inline:
            events.extend(inline)
            continue
        match = _LABELLED.match(line)
        label = exact_field_of(match["label"]) if match else None
        if match and label is not None:
            value = match["value"].strip()
            events.append(Event(label, (value,) if value else (), block.index, line))
        elif len(block.lines) > 1 and (bare := exact_field_of(line)) is not None and not _value_expected(events):
            events.append(Event(bare, (), block.index, line))
        elif events and _continues(events[-1], line):
            last = events[-1]
            events[-1] = Event(last.label, (*last.lines, line), last.at, f"{last.text} {line}".strip())
        elif not events and len(block.lines) > 1:
            continue
    return events


def _value_expected(events: list[Event]) -> bool:
    return bool(events) and not events[-1].lines


def _continues(event: Event, line: str) -> bool:
    """Whether a line without a label belongs to the value before: always to a purpose, to a name only as a name."""
    if event.label is None:
        return False
    if not event.lines:
        return True
    if event.label.field == "name":
        return all(is_identifier(name) for name in split_names((line,)))
    return event.label.field in ("purpose", "other")


def _inline(line: str, at: int) -> list[Event]:
    """Several labelled values in one line: "Name: _ga, Duration: 2 years, Purpose: ..."."""
    found: list[tuple[int, int, FieldLabel]] = []
    for match in _INLINE.finditer(line):
        words = match["label"].split()
        # The label may have been preceded by the end of the value before: take its last words.
        for take in range(min(4, len(words)), 0, -1):
            label = exact_field_of(" ".join(words[-take:]))
            if label is not None:
                start = match.end("label") - len(" ".join(words[-take:]))
                found.append((max(start, match.start("label")), match.end(), label))
                break
    if len({label.field for _, _, label in found}) < 2:
        return []
    events = []
    for position, (_, end, label) in enumerate(found):
        stop = found[position + 1][0] if position + 1 < len(found) else len(line)
        value = line[end:stop].strip(" \t,;|.•–-(") if label.field != "name" else line[end:stop].strip(" \t,;|•–(")
        if value:
            events.append(Event(label, (value,), at, line))
    return events


def _table_events(table: Table, harvest: Harvest) -> Iterator[Event]:
    """The values of a table with labels in its first column; each further column is a record of its own."""
    if any(index in harvest.used for index in range(table.first, table.last)):
        yield Event(None, (), table.first)
        return
    rows = [row for row in table.rows if not is_blank(row)]
    if not rows or len(rows[0]) < 2 or not is_vertical(rows):
        yield from _cell_events(table, harvest)
        return
    for column in range(1, len(rows[0])):
        yield Event(None, (), table.first)
        at = table.first
        for row in rows:
            at = min(at + sum(1 for cell in row if cell.text and not cell.spanned), table.last - 1)
            label = exact_field_of(row[0].text.rstrip(" :："))
            value: Cell = row[column]
            if value.spanned and column > 1 and len({cell.text for cell in row[1:]}) == 1:
                value = row[1]
            if label is not None and value.text and value is not row[0]:
                yield Event(label, value.lines, at, f"{row[0].text.rstrip(' :')}: {value.text}")
    yield Event(None, (), table.last - 1)


def _cell_events(table: Table, harvest: Harvest) -> Iterator[Event]:
    """Labelled values within the cells of a table that is no list of cookies (a table used for its looks)."""
    for block in harvest.reading.blocks[table.first : table.last]:
        for event in _block_events(block):
            if event.lines:
                yield event
    yield Event(None, (), table.last - 1)


# -- records ------------------------------------------------------------------------------------------------------


def _records(events: list[Event]) -> Iterator[_Record]:
    """Group the stream: runs between boundaries, each cut at its names."""
    run: list[Event] = []
    for event in [*events, Event(None, (), 0)]:
        if event.label is not None:
            run.append(event)
            continue
        yield from _cut(run)
        run = []


def _cut(run: list[Event]) -> Iterator[_Record]:
    """The records of one run. They begin at their names, or at the field that stands before every name."""
    slots = [_slot(event.label) for event in run if event.label is not None]
    anchor: Slot = "name" if "name" in slots else "title"
    names = [position for position, slot in enumerate(slots) if slot == anchor]
    if not names:
        return
    starts = names
    lead = slots[0]
    if names[0] > 0:
        between = [slots[a + 1 : b] for a, b in itertools.pairwise(names)]
        if all(lead in fields for fields in between) and lead not in slots[names[-1] + 1 :]:
            ahead = [a + 1 + _last(slots[a + 1 : b], lead) for a, b in itertools.pairwise(names)]
            starts = [0, *ahead]
    for start, stop in itertools.pairwise([*starts, len(run)]):
        record = _Record(first=min(run[start].start, run[start].at))
        for position in range(start, stop):
            record.fields.setdefault(slots[position], run[position])
            record.last = run[position].at
        yield record


def _last(slots: list[Slot], wanted: Slot) -> int:
    return len(slots) - 1 - slots[::-1].index(wanted)


def _slot(label: FieldLabel) -> Slot:
    """Where a value goes: "Name" beside "Cookie name" is the title of the service."""
    return "title" if label.field == "name" and not label.strong else label.field


def _drafts(record: _Record, harvest: Harvest) -> list[Draft]:
    fields = record.fields
    strong = fields.get("name")
    event = strong or fields.get("title")
    if event is None or event.label is None:
        return []
    context = has_cookie_word(_surroundings(event.at, harvest)) or (event.label.strong and len(fields) > 1)
    aside = [beside(name, " ".join(event.lines), harvest.language) for name in split_names(event.lines)]
    timed = (bool(aside) and all(value is not None for value, _ in aside)) or (
        "duration" in fields and is_duration(" ".join(fields["duration"].lines), harvest.language)
    )
    names = accepted_names(
        event.lines,
        strict=not (context and (timed or ("duration" in fields and _identifiers(event)))),
        phrases=bool(event.label.strong and timed),
        known=harvest.known,
        plain=timed,
    )
    if len(names) < 0.6 * len(split_names(event.lines)):
        return []
    if not names or (len(fields) == 1 and not all(is_code_like(name) for name in names)):
        return []
    if len(fields) == 1 and len(names) == 1 and not event.label.strong and not context:
        return []
    return _fill(record, event, names, harvest)


_LINK_WORDS = re.compile(r"\s*\bView (?:Service )?Privacy Policy\s*$", re.I)


def _provider(provider: str | None, service: str | None) -> str | None:
    """Who provides a cookie: the company, where a service is named beside the host that sets it."""
    named = _LINK_WORDS.sub("", service).strip() if service else ""
    if named and (not provider or is_domain(provider)) and not is_domain(named) and re.search(r"[^\W_]", named):
        return named
    return provider or named or None


def _identifiers(event: Event) -> bool:
    return all(is_identifier(name) for name in split_names(event.lines))


def _surroundings(at: int, harvest: Harvest) -> str:
    block = harvest.reading.blocks[at]
    before = harvest.reading.blocks[max(0, at - 6) : at]
    return " ".join((harvest.reading.title, *block.section_path, *(b.text[:300] for b in before)))


def _fill(record: _Record, event: Event, names: list[str], harvest: Harvest) -> list[Draft]:
    fields = record.fields

    def words(name: Slot) -> str | None:
        return " ".join(fields[name].lines) if name in fields and fields[name] is not event else None

    kind, category, party = words("type") or "", words("category"), words("party") or ""
    durations = (
        durations_for(names, fields["duration"].lines, harvest.language)
        if "duration" in fields
        else [(None, None)] * len(names)
    )
    if "duration" not in fields:
        durations = [beside(name, " ".join(event.lines), harvest.language) for name in names]
    if "duration" not in fields and kind and is_duration(kind, harvest.language):
        durations = durations_for(names, (kind,), harvest.language)
    label = cell_label(category) if category else None
    if label is None and kind:
        label = cell_label(kind)
    return [
        Draft(
            name=name,
            at=event.at,
            quote=record.text(),
            provider=_provider(words("provider"), words("service")) or words("title"),
            purpose=words("purpose"),
            duration=value,
            duration_text=raw,
            label=label,
            party=party_label(party) or party_label(kind),
            storage=storage_of(kind) if kind else None,
        )
        for name, (value, raw) in zip(names, durations, strict=True)
    ]
