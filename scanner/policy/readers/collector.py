"""Where the readers put what they find: text in, blocks, tables and links out."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, field

from scanner.errors import PolicyError
from scanner.policy.readers.grid import RawCell, RawTable, build_grid
from scanner.policy.reading import PSEUDO_HEADING, Block, BlockKind, Cell, ReadLink, Span, SpanKind, Table

# Zero-width space, direction marks and overrides, soft hyphen, byte order mark, other control characters. The
# joiners U+200C and U+200D stay: Persian and emoji need them.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
MAX_TEXT = 600_000
"""Characters of visible text; more than this is a data dump, not a policy."""
MAX_BLOCKS = 25_000
"""Pieces of text; real policies have some hundred, the longest lists of cookies some thousand."""
_PSEUDO_MAX = 120
"""A bold line longer than this is emphasis, not a heading."""


def clean(text: str) -> str:
    """NFC, without characters that nobody sees; line breaks and blanks stay."""
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", _UNSEEN.sub("", text)))


class TextBuffer:
    """Collects the words of one block with single spaces, remembering line breaks and marked stretches."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blank = True
        self._breaks: list[int] = []
        self._open: list[tuple[SpanKind, int, str | None]] = []
        self._spans: list[Span] = []
        self.broken = False

    def add(self, text: str) -> None:
        """Append text; runs of white space become one blank."""
        words = " ".join(text.split())
        if not words:
            if text and not self._blank:
                self._put(" ")
            return
        if text[0].isspace() and not self._blank:
            self._put(" ")
        self._put(words)
        if text[-1].isspace():
            self._put(" ")
        self.broken = False

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        self._blank = text[-1] == " "

    def line_break(self) -> bool:
        """Begin a new line; true where the line before was empty too (a paragraph ends)."""
        if not self._length:
            return False
        again = self.broken
        if not self._blank:
            self._put(" ")
        self._breaks.append(self._length)
        self.broken = True
        return again

    def open(self, kind: SpanKind, url: str | None = None) -> None:
        """Everything from here to the matching `close` is marked."""
        self._open.append((kind, self._length, url))

    def close(self, kind: SpanKind) -> None:
        """End the innermost open stretch of this kind."""
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position][0] == kind:
                _, start, url = self._open.pop(position)
                if self._length > start:
                    self._spans.append(Span(kind, start, self._length, url))
                return

    def clear(self) -> None:
        """Forget what was written; open stretches go on."""
        if self._length:
            self.take()

    def take(self) -> tuple[str, tuple[str, ...], tuple[Span, ...]]:
        """Text, lines and spans so far; the buffer is empty afterwards, open stretches go on."""
        raw = "".join(self._pieces)
        text = raw.rstrip()
        bounds = [0, *self._breaks, len(raw)]
        lines = tuple(line for start, end in itertools.pairwise(bounds) if (line := raw[start:end].strip()))
        spans = [*self._spans, *(Span(k, s, self._length, u) for k, s, u in self._open if self._length > s)]
        spans = [Span(s.kind, s.start, min(s.end, len(text)), s.url) for s in spans if s.start < len(text)]
        self._pieces, self._length, self._blank, self._breaks, self._spans = [], 0, True, [], []
        self._open = [(kind, 0, url) for kind, _, url in self._open]
        self.broken = False
        return text, lines, tuple(sorted(spans, key=lambda s: (s.start, s.end, s.kind)))


@dataclass
class _Frame:
    kind: BlockKind
    level: int = 0
    list_id: int | None = None
    parent_item: int | None = None


@dataclass
class _OpenTable:
    id: int
    raw: RawTable
    first: int
    section_path: tuple[str, ...]
    cells: list[tuple[int, RawCell]] = field(default_factory=list)


class Collector:
    """Takes text and structure in reading order. Readers call `push`/`pop` in pairs and `flush` freely."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._tables: list[Table] = []
        self._headings: list[tuple[int, str]] = []
        self._path: tuple[str, ...] = ()
        self._frames: list[_Frame] = [_Frame("paragraph")]
        self._buffer = TextBuffer()
        self._groups: list[int] = [0]
        self._containers: list[int] = [0]
        self._list_count = 0
        self._table_count = 0
        self._table: _OpenTable | None = None
        self._cell: RawCell | None = None
        self._last_item: int | None = None
        self.chars = 0

    # -- text ---------------------------------------------------------------------------------------------------

    def text(self, text: str) -> None:
        """Add words to the block being written."""
        self.chars += len(text)
        if self.chars > 4 * MAX_TEXT:
            self.expect(self.chars)
        self._buffer.add(text)

    def line_break(self) -> None:
        """A line ends; an empty line ends the paragraph (but not a cell)."""
        if self._buffer.line_break() and self._cell is None:
            self.flush()

    def open_span(self, kind: SpanKind, url: str | None = None) -> None:
        """Mark what follows."""
        self._buffer.open(kind, url)

    def close_span(self, kind: SpanKind) -> None:
        """End of a marked stretch."""
        self._buffer.close(kind)

    def expect(self, chars: int) -> None:
        """Refuse a document whose text is announced to be beyond all measure, before it is read."""
        if chars > MAX_TEXT:
            raise PolicyError(f"too large to be a policy ({chars:,} characters of text)")

    # -- structure ----------------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Index that the next block will have."""
        return len(self._blocks)

    @property
    def in_cell(self) -> bool:
        """Whether text goes into a table's cell."""
        return self._cell is not None

    def enter_group(self) -> None:
        """A container begins (its blocks are siblings)."""
        self.flush()
        self._containers.append(self._groups[-1])
        self._groups.append(len(self._containers) - 1)

    def leave_group(self) -> None:
        """The innermost container ends."""
        self.flush()
        if len(self._groups) > 1:
            self._groups.pop()

    def push(self, kind: BlockKind, level: int = 0, list_id: int | None = None) -> None:
        """Text from here on is of this kind, until `pop`."""
        self.flush()
        top = self._frames[-1]
        parent = None
        if kind == "item":
            parent = self._last_item if top.kind == "item" else None
        elif kind == "paragraph" and top.kind == "heading":
            kind, level = "heading", top.level
        elif kind in ("paragraph", "heading") and top.list_id is not None:
            list_id, parent = top.list_id, top.parent_item
            if kind == "paragraph":
                kind, level = top.kind, top.level
        self._frames.append(_Frame(kind, level, list_id, parent))

    def pop(self) -> None:
        """Back to the kind before the last `push`."""
        self.flush()
        if len(self._frames) > 1:
            self._frames.pop()

    def new_list(self) -> int:
        """The id of a list that begins here."""
        self.flush()
        self._list_count += 1
        return self._list_count

    def flush(self) -> None:
        """End the block being written, where it has any words."""
        if self._cell is not None:
            self._buffer.line_break()
            return
        text, lines, spans = self._buffer.take()
        if text:
            self._emit(self._frames[-1], text, lines, spans)

    def _emit(self, frame: _Frame, text: str, lines: tuple[str, ...], spans: tuple[Span, ...]) -> None:
        kind, level = frame.kind, frame.level
        if kind == "paragraph" and _all_strong(text, spans):
            kind, level = "heading", PSEUDO_HEADING
        if kind == "heading":
            while self._headings and self._headings[-1][0] >= level:
                self._headings.pop()
            self._path = tuple(words for _, words in self._headings)
        self._count()
        block = Block(
            index=len(self._blocks),
            kind=kind,
            text=text,
            lines=lines,
            level=level,
            section_path=self._path,
            list_id=frame.list_id,
            parent_item=frame.parent_item,
            group=self._groups[-1],
            spans=spans,
        )
        self._blocks.append(block)
        if kind == "item":
            self._last_item = block.index
        if kind == "heading":
            self._headings.append((level, text))
            self._path = (*self._path, text)

    # -- tables -------------------------------------------------------------------------------------------------

    def begin_table(self) -> None:
        """A data table begins; tables do not nest."""
        self.flush()
        self._table = _OpenTable(self._table_count, RawTable(), len(self._blocks), self._path)
        self._table_count += 1

    def begin_row(self) -> None:
        """A row of the open table begins."""
        if self._table is not None:
            self._table.raw.rows.append([])

    def begin_cell(self, *, header: bool = False, rowspan: int = 1, colspan: int = 1, label: str | None = None) -> None:
        """A cell begins: text goes into it until `end_cell`."""
        if self._table is None:
            return
        if not self._table.raw.rows:
            self._table.raw.rows.append([])
        self._buffer.clear()
        self._cell = RawCell(header=header, rowspan=rowspan, colspan=colspan, label=label)
        self._table.raw.rows[-1].append(self._cell)

    def end_cell(self) -> None:
        """The open cell ends."""
        if self._cell is None:
            return
        self._cell.text, self._cell.lines, self._cell.spans = self._buffer.take()
        self._cell = None

    def end_table(self, caption: str = "") -> None:
        """The open table ends; its cells become blocks, its grid a `Table`."""
        table = self._table
        if table is None:
            return
        self.end_cell()
        self._table = None
        grid = build_grid(table.raw)
        for row_number, row in enumerate(grid):
            for column_number, cell in enumerate(row):
                if cell.text and not cell.spanned:
                    self._emit_cell(table.id, row_number, column_number, cell)
        self._tables.append(
            Table(table.id, grid, table.first, len(self._blocks), table.section_path, clean(caption).strip())
        )

    def _count(self) -> None:
        if len(self._blocks) >= MAX_BLOCKS:
            raise PolicyError(f"too large to be a policy (more than {MAX_BLOCKS:,} pieces of text)")

    def _emit_cell(self, table_id: int, row: int, column: int, cell: Cell) -> None:
        self._count()
        self._blocks.append(
            Block(
                index=len(self._blocks),
                kind="cell",
                text=cell.text,
                lines=cell.lines,
                section_path=self._path,
                table_id=table_id,
                row=row,
                column=column,
                group=self._groups[-1],
                spans=cell.spans,
            )
        )

    def add_layout(self, rows: tuple[tuple[Cell, ...], ...], first: int, last: int) -> None:
        """A grid guessed from repeated elements, over blocks that were added in the ordinary way."""
        path = self._blocks[first].section_path if first < len(self._blocks) else self._path
        self._tables.append(Table(self._table_count, rows, first, last, path, drawn=False))
        self._table_count += 1

    # -- results ------------------------------------------------------------------------------------------------

    def blocks(self) -> tuple[Block, ...]:
        """All blocks so far, in reading order."""
        self.flush()
        return tuple(self._blocks)

    def tables(self) -> tuple[Table, ...]:
        """All tables, by id."""
        return tuple(sorted(self._tables, key=lambda table: table.id))

    def containers(self) -> tuple[int, ...]:
        """For each group the one around it."""
        return tuple(self._containers)

    def links(self) -> tuple[ReadLink, ...]:
        """All links of all blocks, in reading order."""
        return tuple(
            ReadLink(block.text[span.start : span.end].strip(), span.url, block.index)
            for block in self._blocks
            for span in block.spans
            if span.kind == "link" and span.url
        )


def _all_strong(text: str, spans: tuple[Span, ...]) -> bool:
    """Whether a short block is bold from end to end, and no sentence."""
    if len(text) > _PSEUDO_MAX or text.endswith((".", ";", ",")):
        return False
    covered = 0
    for span in spans:
        if span.kind == "strong" and span.end > covered:
            if text[covered : max(span.start, covered)].strip(" :–—-•*"):
                return False
            covered = span.end
    return covered > 0 and not text[covered:].strip(" :–—-*")
