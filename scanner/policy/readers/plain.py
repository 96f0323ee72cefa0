"""Plain text to blocks: wrapped lines joined, bullets, numbered headings and tab-separated tables recognised."""

from __future__ import annotations

import itertools
import re

from scanner.policy.readers.collector import Collector, clean

_BULLET = re.compile(r"([ \t]*)([•·▪◦‣●○∙■□➢➤►→✓✔*+\-–—]|o(?= {1,4}[A-Z_]))[ \t]+(?=\S)")
_NUMBERED = re.compile(r"([ \t]*)(\(?\d{1,2}[.)]|\(?[a-z][.)]|\(?[ivx]{1,4}[.)])[ \t]+(?=\S)")
_SECTION = re.compile(
    r"\s*((?:\d{1,2}\.)+\d{0,2}\.?(?=[ \t]+[^\W\d_¿])|(?:\d{1,2}|§\s*\d+)(?=[ \t]+[^\W\d_a-zà-ÿ])"
    r"|(?:[A-Z]|[IVX]{1,4})\.(?=[ \t]+[^\W\d_]))[ \t]+"
)
_LABELLED = re.compile(r"\s*[^\W\d_][^.:|]{0,40}:(?:\s|$)")
_DASHED = re.compile(r"\s*\S{2,40}\s+[–—-]\s+\S")
_SENTENCE_END = (".", "!", ";", ",", "…")
_HEADING_MAX = 80
_COLUMN_GAP = re.compile(r"\t+| {3,}")
_LONE_CELL = re.compile(r"^\s*\|?\s*([^|]+?)\s*\|\s*$")


def read(source: str, collector: Collector) -> None:
    """Read a plain text into the collector."""
    lines = [line.rstrip() for line in clean(source).replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines = _without_lone_pipes(lines)
    _Reader(lines, collector).run()


def _without_lone_pipes(lines: list[str]) -> list[str]:
    """Where each cell of a table was put on a line of its own ("Name |"), the pipe says nothing."""
    lone = [_LONE_CELL.match(line) for line in lines]
    return [
        match.group(1)
        if match and ((number and lone[number - 1]) or lone[number + 1 : number + 2] not in ([], [None]))
        else line
        for number, (line, match) in enumerate(zip(lines, lone, strict=True))
    ]


def wrap_width(lines: list[str]) -> int | None:
    """The column at which the text was wrapped, or None where a line is a paragraph."""
    longest = max((len(line) for line in lines), default=0)
    if not 40 <= longest <= 140:
        return None
    pairs = [(line, following) for line, following in itertools.pairwise(lines) if line.strip() and following.strip()]
    full = sum(1 for line, following in pairs if len(line) + 1 + len(following.split(None, 1)[0]) > longest)
    return longest if full >= max(3, 0.5 * len(pairs)) else None


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: list[str], collector: Collector) -> None:
        self.lines = lines
        self.out = collector
        self.width = wrap_width(lines)
        self.list_id: int | None = None
        self.indent = 0

    def run(self) -> None:
        at = 0
        while at < len(self.lines):
            if not self.lines[at].strip():
                at += 1
                continue
            end = self.table_end(at)
            if end:
                self.table(at, end)
            else:
                end = self.paragraph_end(at)
                self.paragraph(at, end)
            at = end

    def paragraph_end(self, at: int) -> int:
        """The line after the last one that belongs to the paragraph which begins here."""
        end = at + 1
        while (
            end < len(self.lines) and self.lines[end].strip() and self.continues(self.lines[end - 1], self.lines[end])
        ):
            end += 1
        return end

    def continues(self, line: str, following: str) -> bool:
        """Whether a line break is mere wrapping: the next word would not have fitted on the line."""
        first = following.split(None, 1)[0]
        # An identifier at the beginning of a line begins a row or an item of its own.
        if (
            _BULLET.match(following)
            or _LABELLED.match(following)
            or _DASHED.match(following)
            or ("_" in first and self.width is None)
        ):
            return False
        if self.width is None:
            return following.lstrip()[:1].islower() and len(line) > 60 and not line.endswith((".", ":"))
        if _NUMBERED.match(following) and line.endswith((".", ":", ";")):
            return False
        words = following.split(None, 1)
        return len(line) + 1 + len(words[0]) > self.width

    def paragraph(self, at: int, end: int) -> None:
        text = " ".join(line.strip() for line in self.lines[at:end])
        bullet = _BULLET.match(self.lines[at])
        if bullet:
            self.item(text[len(bullet.group(2)) :].strip())
            return
        alone = at == 0 or not self.lines[at - 1].strip()
        if end - at == 1 and self.is_heading(at, text, alone=alone):
            self.list_id = None
            self.write("heading", _section_level(text), text)
            return
        numbered = _NUMBERED.match(self.lines[at])
        if numbered:
            self.item(text[len(numbered.group(2)) :].strip())
            return
        self.list_id = None
        self.write("paragraph", 0, text)

    def item(self, text: str) -> None:
        if self.list_id is None:
            self.list_id = self.out.new_list()
        self.write("item", 1, text, self.list_id)

    def write(self, kind: str, level: int, text: str, list_id: int | None = None) -> None:
        self.out.push(kind, level, list_id)  # type: ignore[arg-type]
        self.out.text(text)
        self.out.pop()

    def is_heading(self, at: int, text: str, *, alone: bool) -> bool:
        """A short line without a full stop, set apart, with something after it."""
        if len(text) > _HEADING_MAX or text.endswith(_SENTENCE_END) or not any(c.isalpha() for c in text):
            return False
        if not any(line.strip() for line in self.lines[at + 1 : at + 4]):
            return False
        if text.count("@") or "://" in text or "_" in text:
            return False
        if _SECTION.match(text):
            return len(text) <= _HEADING_MAX
        following = self.lines[at + 1].strip() if at + 1 < len(self.lines) else ""
        starts = text.lstrip("¿¡\"'“„«(")[:1]
        if not (starts.isupper() or (starts.isalpha() and not starts.islower())):
            return False
        if text.endswith(":") and ":" not in text[:-1]:
            return len(text) <= 60
        return alone and (not following or len(following) > len(text) + 10) and ":" not in text

    # -- tables -------------------------------------------------------------------------------------------------

    def table_end(self, at: int) -> int:
        """The line after a table whose cells are set apart by tabs, pipes or wide gaps; 0 where none begins."""
        first = _cells(self.lines[at])
        piped = "|" in self.lines[at]
        if len(first) < (2 if piped or _is_rule(self.lines[at]) else 3) and not _is_rule(self.lines[at]):
            return 0
        end, widest = at, 0
        while end < len(self.lines) and self.lines[end].strip():
            cells = _cells(self.lines[end])
            if not (
                _is_rule(self.lines[end]) or len(cells) >= max(2, widest - 2) or (piped and "|" in self.lines[end])
            ):
                break
            widest = max(widest, len(cells))
            end += 1
        return end if end - at >= 2 and widest >= 2 else 0

    def table(self, at: int, end: int) -> None:
        self.list_id = None
        self.out.begin_table()
        for row in _rows(self.lines[at:end]):
            self.out.begin_row()
            for cell in row:
                self.out.begin_cell()
                self.out.text(cell)
                self.out.end_cell()
        self.out.end_table()


def _rows(lines: list[str]) -> list[list[str]]:
    """The rows of a drawn table: one on each line, or, where rules stand between, one between two rules."""
    ruled = sum(1 for line in lines if _is_rule(line) and line.lstrip().startswith("+"))
    if ruled < 2:
        return _unbroken([_cells(line) for line in lines if not _is_rule(line)])
    rows: list[list[str]] = []
    current: list[str] | None = None
    for line in lines:
        if _is_rule(line):
            current = None
        elif current is None:
            current = _cells(line)
            rows.append(current)
        else:
            for column, cell in enumerate(_cells(line)[: len(current)]):
                current[column] = f"{current[column]} {cell}".strip()
    return rows


def _unbroken(rows: list[list[str]]) -> list[list[str]]:
    """Rows that were cut in two are put together: one too short, and a single cell on the next line."""
    width = max((len(row) for row in rows), default=0)
    joined: list[list[str]] = []
    for row in rows:
        if joined and len(row) == 1 and 1 < len(joined[-1]) < width:
            joined[-1].extend(row)
        else:
            joined.append(row)
    return joined


def _cells(line: str) -> list[str]:
    text = line.strip(" ")
    if "\t" in text:
        return [cell.strip() for cell in text.split("\t")]
    if "|" in text:
        return [cell.strip() for cell in text.removeprefix("|").removesuffix("|").split("|")]
    return [cell.strip() for cell in _COLUMN_GAP.split(text)] if _BULLET.match(line) is None else []


def _is_rule(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.strip(" |+-=:") and ("|" in stripped or "+" in stripped or "--" in stripped)


def _section_level(text: str) -> int:
    """Depth of a numbered heading ("2.1 ..." is one deeper than "2 ..."); 2 for one without a number."""
    match = _SECTION.match(text)
    if not match:
        return 2
    numbers = re.findall(r"\d+", match.group(1))
    return min(6, 1 + max(1, len(numbers)))
