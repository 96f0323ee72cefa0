"""The model of a read document: blocks, tables and sentences, whatever the format was.

`scanner.policy.text.read_blocks` turns HTML, Markdown or plain text into one `Reading`. Everything that comes after
(tables, records, claims, vendors) looks at a `Reading` only, so that a new input format is one new module.

* `Reading.blocks` are the visible pieces of text in reading order. Every block knows the headings above it.
* `Reading.tables` are the grids of data tables; their cells are blocks too (kind `cell`), in reading order.
* `Reading.sentences` are the sentences of all blocks. A sentence that stands in a list knows the sentence that
  introduces the list (`lead_in`): "We will not:" decides what its items mean.

All objects are immutable. Texts are NFC, with single spaces, and without the characters that nobody sees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["heading", "paragraph", "item", "term", "detail", "cell", "caption"]
"""`term` and `detail` are the two halves of a definition list; a bold line of its own is a `heading` of level 7."""

SpanKind = Literal["strong", "code", "link"]

PSEUDO_HEADING = 7
"""Level of a heading that is one only by its looks: a bold line, a caption-like class, an accordion's button."""


@dataclass(frozen=True, slots=True)
class Span:
    """A marked stretch of a block: `Block.text[start:end]`. `url` is the target of a link as written."""

    kind: SpanKind
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One visible piece of text.

    `text` is on one line; `lines` are the same words as the author broke them (`<br>`, or lines of plain text that
    are no mere wrapping). `level` is 1 to 7 for a heading, the depth of nesting (from 1) for an item, else 0.
    `section_path` holds the texts of the headings above, outermost first, a heading's own text not included.
    `list_id` and `table_id` say which list or table (`Reading.tables[table_id]`) it stands in; a list within a
    list has its own id, and `parent_item` is the index of the item it hangs under. `group` numbers the nearest
    enclosing container (a `div`, a section), equal for siblings.
    """

    index: int
    kind: BlockKind
    text: str
    lines: tuple[str, ...]
    level: int = 0
    section_path: tuple[str, ...] = ()
    list_id: int | None = None
    parent_item: int | None = None
    table_id: int | None = None
    row: int | None = None
    column: int | None = None
    group: int = 0
    spans: tuple[Span, ...] = ()

    def marked(self, kind: SpanKind) -> tuple[str, ...]:
        """The words of this block that are marked as `kind`."""
        return tuple(self.text[s.start : s.end].strip() for s in self.spans if s.kind == kind)


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a grid. `spanned` says that it repeats the cell above or to the left (rowspan, colspan)."""

    text: str
    lines: tuple[str, ...]
    header: bool = False
    spanned: bool = False
    label: str | None = None
    spans: tuple[Span, ...] = ()

    def marked(self, kind: SpanKind) -> tuple[str, ...]:
        """The words of this cell that are marked as `kind`."""
        return tuple(self.text[s.start : s.end].strip() for s in self.spans if s.kind == kind)


@dataclass(frozen=True, slots=True)
class Table:
    """A data table as a rectangle of cells, spans filled in.

    `first` is the index of the block at which it begins and `last` that after its last cell. `drawn` is false for a
    grid that was only guessed from repeated sibling elements: its blocks are ordinary ones, not cells.
    """

    id: int
    rows: tuple[tuple[Cell, ...], ...]
    first: int
    last: int
    section_path: tuple[str, ...] = ()
    caption: str = ""
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, verbatim. `section` are the headings above, outermost first.

    `lead_in` is the sentence that introduces the list in which this one stands ("We do not:"), or None; for a list
    within a list it is the introduction nearest to it.
    """

    text: str
    block: Block
    lead_in: str | None = None
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadLink:
    """A link in the text: visible words, target as written, index of its block."""

    text: str
    url: str
    block: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as text with structure.

    `url` and `title` are the document's own. `language` is what the text itself is written in (ISO 639-1), whatever
    the page says of itself; `declared_language` is what the page says. Either may be None.
    """

    url: str
    title: str = ""
    language: str | None = None
    declared_language: str | None = None
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    links: tuple[ReadLink, ...] = ()
    text: str = field(default="", repr=False)
    """All block texts joined by line breaks."""
    containers: tuple[int, ...] = field(default=(0,), repr=False)
    """For each number of a `Block.group` that of the container around it; 0 is the whole document."""

    def card(self, block: Block) -> int:
        """The number of the container around a block's own: equal for the parts of one card."""
        return self.containers[block.group]
