"""Markdown (CommonMark with GitHub's tables) to blocks: only what a policy needs, and nothing fails."""

from __future__ import annotations

import re
from typing import Literal

from scanner.policy.readers import html
from scanner.policy.readers.collector import Collector, clean
from scanner.policy.readers.inline import write_inline

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)(.*?)(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"([ \t]*)([-*+•·▪◦‣●○∙–]|\d{1,3}[.)]|\(?[a-z][.)])[ \t]+(?=\S)")
_EMPTY_ITEM = re.compile(r"([ \t]*)[-*+•][ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_DELIMITER_CELL = re.compile(r"\s*:?-+:?\s*")
_DEFINITION = re.compile(r" {0,3}:[ \t]+(?=\S)")
_HTML_TABLE = re.compile(r"\s*<(table|div|dl|ul|section|details)\b", re.I)
_HARD_BREAK = re.compile(r"(?: {2,}|\\|<br\s*/?>)\s*$", re.I)
_QUOTE = re.compile(r" {0,3}>[ \t]?")
_PIPE = re.compile(r"(?<!\\)\|")


def read(source: str, collector: Collector) -> None:
    """Read a Markdown text into the collector."""
    _Reader(clean(source).split("\n"), collector).run()


def split_row(line: str) -> list[str]:
    """The cells of one line of a pipe table; an escaped pipe is text."""
    text = line.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _PIPE.split(text)]


def is_delimiter(line: str) -> bool:
    """Whether a line is the rule beneath the head of a pipe table (`| --- | :-: |`)."""
    if "-" not in line or "|" not in line:
        return False
    cells = [cell for cell in split_row(line) if cell]
    return bool(cells) and all(_DELIMITER_CELL.fullmatch(cell) for cell in cells)


def _rejoined(lines: list[str]) -> list[str]:
    """The rows of a pipe table of which some were broken in two: the rule beneath the head says how many cells a row
    has, and a line that does not end in a pipe goes on in the next one where both together have just so many."""
    width = len(split_row(next((line for line in lines if is_delimiter(line)), "")))
    rows: list[str] = []
    open_row = False
    for line in lines:
        stripped = line.strip()
        joined = f"{rows[-1]} {stripped if stripped.startswith('|') else f'| {stripped}'}" if open_row else ""
        if joined and not is_delimiter(line) and len(split_row(joined)) <= width:
            rows[-1] = joined
        else:
            rows.append(stripped)
        open_row = not rows[-1].endswith("|") and len(split_row(rows[-1])) < width
    return rows


class _Reader:
    """Goes through the lines once; `self.paragraph` holds the lines of the paragraph being read."""

    def __init__(self, lines: list[str], collector: Collector) -> None:
        self.lines = lines
        self.out = collector
        self.paragraph: list[str] = []
        self.lists: list[tuple[int, int]] = []
        self.in_item = False
        self.at = 0

    def run(self) -> None:
        while self.at < len(self.lines):
            self.at += self.step(self.lines[self.at].rstrip("\r"))
        self.end_paragraph()
        self.end_lists(-1)

    def step(self, line: str) -> int:
        """Deal with the line at the cursor; answers how many lines were used."""
        quoted = _QUOTE.sub("", line) if line.lstrip().startswith(">") else line
        if not quoted.strip():
            return self.blank()
        for use in (self.fence, self.table, self.html_block, self.heading, self.item, self.definition):
            used = use(quoted)
            if used:
                return used
        if self.lists and not self.paragraph and not quoted.startswith((" ", "\t")):
            self.end_lists(-1)
        self.paragraph.append(quoted)
        return 1

    def blank(self) -> int:
        self.end_paragraph()
        return 1

    def fence(self, line: str) -> int:
        match = _FENCE.match(line)
        if not match:
            return 0
        self.end_paragraph()
        for end in range(self.at + 1, len(self.lines)):
            if self.lines[end].strip().startswith(match.group(1)):
                break
        else:
            return 1
        for inner in self.lines[self.at + 1 : end]:
            self.out.text(inner)
            self.out.line_break()
        self.out.flush()
        return end - self.at + 1

    def table(self, line: str) -> int:
        """A pipe table: a head and a rule of dashes, or at least two lines with pipes at both ends."""
        following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
        headed = "|" in line and is_delimiter(following)
        bare = (line.strip().startswith("|") and line.count("|") > 2) or (
            line.count("|") > 1 and following.count("|") > 1
        )
        if not headed and not bare:
            return 0
        end = self.at
        while end < len(self.lines) and self.lines[end].strip() and "|" in self.lines[end]:
            end += 1
        self.end_paragraph()
        self.end_lists(-1)
        self.out.begin_table()
        rows = _rejoined(self.lines[self.at : end]) if headed else self.lines[self.at : end]
        for number, row in enumerate(rows):
            if is_delimiter(row):
                continue
            self.out.begin_row()
            for cell in split_row(row):
                self.out.begin_cell(header=headed and number == 0)
                write_inline(cell, self.out)
                self.out.end_cell()
        self.out.end_table()
        return end - self.at

    def html_block(self, line: str) -> int:
        match = _HTML_TABLE.match(line)
        if not match or self.paragraph:
            return 0
        tag = match.group(1).lower()
        depth, end = 0, self.at
        opening, closing = re.compile(rf"<{tag}\b", re.I), re.compile(rf"</{tag}\s*>", re.I)
        while end < len(self.lines):
            depth += len(opening.findall(self.lines[end])) - len(closing.findall(self.lines[end]))
            end += 1
            if depth <= 0:
                break
        else:
            return 0
        self.end_lists(-1)
        html.read("\n".join(self.lines[self.at : end]), self.out)
        return end - self.at

    def heading(self, line: str) -> int:
        match = _ATX.match(line)
        if match:
            self.end_paragraph()
            self.end_lists(-1)
            self.block("heading", len(match.group(1)), match.group(2))
            return 1
        under = _SETEXT.match(line)
        if under and self.paragraph and not self.lists:
            text, self.paragraph = self.paragraph, []
            self.block("heading", 1 if under.group(1)[0] == "=" else 2, *text)
            return 1
        if _RULE.match(line):
            self.end_paragraph()
            self.end_lists(-1)
            return 1
        return 0

    def item(self, line: str) -> int:
        match = _ITEM.match(line)
        if not match:
            if _EMPTY_ITEM.match(line):
                self.end_paragraph()
                return 1
            return 0
        # A number in the middle of a paragraph ("Article\n13. ...") begins no list.
        if self.paragraph and not self.in_item and match.group(2)[0].isalnum() and not match.group(2).startswith("1"):
            return 0
        self.end_paragraph()
        indent = len(match.group(1).expandtabs(4))
        self.end_lists(indent)
        if not self.lists or self.lists[-1][0] < indent:
            self.lists.append((indent, self.out.new_list()))
        self.in_item = True
        self.paragraph.append(line[match.end() :])
        return 1

    def definition(self, line: str) -> int:
        match = _DEFINITION.match(line)
        if not match or (not self.paragraph and not self.in_definition()):
            return 0
        if self.paragraph:
            term, self.paragraph = self.paragraph, []
            self.block("term", 1, *term)
        self.block("detail", 1, line[match.end() :])
        return 1

    def in_definition(self) -> bool:
        for back in range(self.at - 1, -1, -1):
            if self.lines[back].strip():
                return bool(_DEFINITION.match(self.lines[back]))
        return False

    # -- ends ---------------------------------------------------------------------------------------------------

    def end_paragraph(self) -> None:
        if not self.paragraph:
            return
        lines, self.paragraph = self.paragraph, []
        if self.in_item and self.lists:
            self.block("item", len(self.lists), *lines, list_id=self.lists[-1][1])
        else:
            self.block("paragraph", 0, *lines)
        # What follows a blank line and is indented still belongs to the item.
        following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
        self.in_item = bool(self.lists) and following.startswith(("  ", "\t"))

    def end_lists(self, indent: int) -> None:
        """Close the lists that are nested deeper than `indent`."""
        while self.lists and self.lists[-1][0] > indent:
            self.lists.pop()
        if not self.lists:
            self.in_item = False

    def block(
        self,
        kind: Literal["heading", "paragraph", "item", "term", "detail"],
        level: int,
        *lines: str,
        list_id: int | None = None,
    ) -> None:
        if kind in ("term", "detail"):
            list_id = list_id or self.out.new_list()
        self.out.push(kind, level, list_id)
        for number, line in enumerate(lines):
            broken = _HARD_BREAK.search(line)
            write_inline(line[: broken.start()] if broken else line.strip(), self.out)
            if number < len(lines) - 1:
                if broken or _stands_alone(line, lines[number + 1]):
                    self.out.line_break()
                else:
                    self.out.text(" ")
        self.out.pop()


def _stands_alone(line: str, following: str) -> bool:
    """Whether a line of a paragraph was meant as a line: "Name: _ga" above "Duration: 2 years"."""
    label = re.compile(r"\**[^\W\d_][^.:|]{0,30}:\**(?:\s|$)")
    return bool(label.match(following.strip())) and len(line) < 100
