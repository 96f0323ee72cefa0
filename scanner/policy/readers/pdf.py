"""PDF to markup: pages as a reader sees them, tables found again by where their words stand.

A PDF has no tables, only words at places. `pypdf` sets them out on a grid of characters; a line with the heads of
columns then says where the columns begin, and the lines beneath it are cut at those places. The result is plain
markup, so that everything that reads pages reads it too.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from scanner.errors import PolicyError
from scanner.policy.fields import field_of
from scanner.policy.names import is_code_like

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 120
"""Pages that are read; the longest real policies have about half as many."""
MAX_CHARACTERS = 600_000

_SEGMENT = re.compile(r"\S+(?: \S+)*")
_BULLET = re.compile(r"^[•·▪◦●○‣–*-]\s+")
_NEAR = 4
"""Characters by which a cell may begin before or after its column's head."""
_HEADING = 90
_NUMBERED = re.compile(r"^\d{1,3}(?:\s*/\s*\d{1,3})?$")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that stand together on a line, and the place of their first character."""

    start: int
    text: str


@dataclass
class _Grid:
    """A table being read: where its columns begin, and the lines of cells beneath the heads."""

    heads: list[str]
    starts: list[int]
    name: int
    timed: int | None
    lines: list[list[str]] = field(default_factory=list)


def read_pdf(data: bytes) -> str:
    """The markup of a PDF. Raises `PolicyError` where it is broken, locked, or has no text (a scanned picture)."""
    from pypdf import PdfReader  # noqa: PLC0415 - a tenth of a second, and few policies are PDFs

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it repairs by itself concerns nobody
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PolicyError("this PDF is locked with a password")
        title = str(reader.metadata.title or "") if reader.metadata else ""
        pages: list[str] = []
        for number in range(min(len(reader.pages), MAX_PAGES)):
            pages.append(_text_of(reader, number))
            if sum(map(len, pages)) > 4 * MAX_CHARACTERS:
                break
    except PolicyError:
        raise
    except Exception as error:  # a broken PDF raises whatever its parts happen to break
        raise PolicyError(f"this PDF cannot be read ({type(error).__name__})") from error
    if not any(character.isalpha() for page in pages for character in page):
        raise PolicyError("this PDF holds no text; it may be a scanned picture")
    return f"<!doctype html><title>{escape(title)}</title><body>{''.join(_markup(pages))}"


def _text_of(reader: PdfReader, number: int) -> str:
    page = reader.pages[number]
    try:
        return page.extract_text(extraction_mode="layout")
    except Exception:  # noqa: BLE001 - fonts without measures: the words alone can still be read
        return page.extract_text()


def _markup(pages: list[str]) -> Iterator[str]:
    """Paragraphs, headings, items and tables of all pages; a table may run on over the end of a page."""
    grid: _Grid | None = None
    words: list[str] = []
    for page in pages:
        lines = page.split("\n")
        width = max((len(line) for line in lines), default=0)
        fresh = grid is not None
        for line in lines:
            pieces = [_Piece(match.start(), match.group()) for match in _SEGMENT.finditer(line)]
            if not pieces:
                if grid is None:
                    yield from _paragraph(words, width)
                    words = []
                continue
            heads = _grid_of(pieces)
            if heads is None and grid is not None:
                if fresh and len(pieces) == len(grid.starts):
                    grid.starts = [piece.start for piece in pieces]
                fresh = False
                cells = _cells(pieces, grid)
                if cells is not None:
                    grid.lines.append(cells)
                    continue
            if grid is not None:
                yield _table(grid)
                grid = None
            yield from _paragraph(words, width) if heads is not None else ()
            words = [] if heads is not None else words
            if heads is not None:
                grid = heads
            elif not (_NUMBERED.match(line.strip())):
                words.append(line.strip())
        if grid is None:
            yield from _paragraph(words, width)
            words = []
    if grid is not None:
        yield _table(grid)
    yield from _paragraph(words, 0)


# -- tables -------------------------------------------------------------------------------------------------------


def _grid_of(pieces: list[_Piece]) -> _Grid | None:
    """A table that begins at a line of heads, or None where the line is no such thing."""
    if not 2 <= len(pieces) <= 10 or any(is_code_like(piece.text) for piece in pieces):
        return None
    fields = [field_of(piece.text) for piece in pieces]
    known = [found.field for found in fields if found is not None]
    if len(set(known)) < 2 or "name" not in known or len(known) < 0.5 * len(pieces):
        return None
    kinds = [found.field if found is not None else None for found in fields]
    return _Grid(
        heads=[piece.text for piece in pieces],
        starts=[piece.start for piece in pieces],
        name=kinds.index("name"),
        timed=kinds.index("duration") if "duration" in kinds else None,
    )


def _cells(pieces: list[_Piece], grid: _Grid) -> list[str] | None:
    """The line cut into the table's columns; None where words run across them, so that the table has ended."""
    cells = [""] * len(grid.starts)
    for piece in pieces:
        column = max((i for i, start in enumerate(grid.starts) if start <= piece.start + _NEAR), default=None)
        if column is None:
            return None
        stop = grid.starts[column + 1] if column + 1 < len(grid.starts) else None
        if stop is not None and piece.start + len(piece.text) > stop + _NEAR:
            return None
        cells[column] = f"{cells[column]} {piece.text}".strip()
    only = [cell for cell in cells if cell]
    # One cell alone at the left edge, and no code: the heading of what follows.
    if len(only) == 1 and cells[0] and pieces[0].start < grid.starts[0]:
        return None
    return cells


def _table(grid: _Grid) -> str:
    rows = [grid.heads, *_rows(grid)]
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell).replace(chr(10), '<br>')}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table>{body}</table>"


def _rows(grid: _Grid) -> list[list[str]]:
    """Lines of cells joined into rows.

    A row begins at its name, or, where cells are centred, up to as many lines before it as follow it.
    """
    anchors = [number for number, cells in enumerate(grid.lines) if _is_anchor(cells, grid)]
    if not anchors:
        return []
    centred = anchors[0] > 0
    bounds: list[tuple[int, int]] = []
    begin = 0
    for position, anchor in enumerate(anchors):
        following = anchors[position + 1] if position + 1 < len(anchors) else len(grid.lines)
        end = min(following, anchor + (anchor - begin) + 1) if centred else following
        if position + 1 == len(anchors):
            end = len(grid.lines)
        bounds.append((begin, end))
        begin = end
    return [_join(grid.lines[start:stop], grid) for start, stop in bounds]


def _is_anchor(cells: list[str], grid: _Grid) -> bool:
    return bool(cells[grid.name]) and (grid.timed is None or bool(cells[grid.timed]) or is_code_like(cells[grid.name]))


def _join(lines: list[list[str]], grid: _Grid) -> list[str]:
    return [
        ("\n" if column == grid.name else " ").join(cells[column] for cells in lines if cells[column])
        for column in range(len(grid.heads))
    ]


# -- running text -------------------------------------------------------------------------------------------------


def _paragraph(lines: list[str], width: int) -> Iterator[str]:
    """Lines that stand together, as paragraphs, items and headings."""
    held: list[str] = []
    for number, line in enumerate(lines):
        bullet = _BULLET.match(line)
        last = number + 1 == len(lines)
        if bullet or (held and _ends_paragraph(held[-1], width)):
            yield from _close(held)
            held = []
        held.append(line)
        if last and len(held) > 1 and len(line) <= _HEADING and _closes(held[-2]) and not _closes(line) and not bullet:
            yield from _close(held[:-1])
            held = held[-1:]
    yield from _close(held)


def _closes(line: str) -> bool:
    return line.endswith((".", "!", "?", ":", ";", ","))


def _ends_paragraph(line: str, width: int) -> bool:
    """Whether a line ends its paragraph: a full stop well before the margin."""
    return line.endswith((".", "!", "?", ":")) and len(line) < 0.75 * width


def _close(held: list[str]) -> Iterator[str]:
    if not held:
        return
    text = " ".join(held)
    if _BULLET.match(text):
        yield f"<ul><li>{escape(_BULLET.sub('', text))}</li></ul>"
    elif len(held) == 1 and len(text) <= _HEADING and not _closes(text):
        yield f"<h3>{escape(text)}</h3>"
    else:
        yield f"<p>{'<br>'.join(map(escape, held)) if _is_list(held) else escape(text)}</p>"


def _is_list(held: list[str]) -> bool:
    """Whether lines are kept apart: most begin with an identifier or a label."""
    marked = sum(1 for line in held if re.match(r"[^\s:]{2,40}\s?:", line) or is_code_like(line.split()[0]))
    return marked >= 0.5 * len(held)
