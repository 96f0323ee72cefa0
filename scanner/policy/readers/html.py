"""HTML to blocks: one walk over the parsed tree, without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from scanner.policy.readers.collector import Collector, clean
from scanner.policy.readers.visibility import holders, is_chrome, is_hidden, weigh
from scanner.policy.reading import PSEUDO_HEADING

_DROPPED = frozenset({
    "audio", "base", "canvas", "datalist", "embed", "iframe", "input", "link", "map", "math", "meta", "noscript",
    "object", "option", "progress", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_CONTAINERS = frozenset({
    "article", "aside", "blockquote", "body", "center", "details", "dialog", "div", "dl", "fieldset", "figure",
    "footer", "form", "header", "hgroup", "html", "main", "menu", "nav", "ol", "section", "table", "tbody", "tfoot",
    "thead", "tr", "ul",
})  # fmt: skip
_PARAGRAPHS = frozenset({
    "address", "button", "caption", "dd", "dt", "figcaption", "hr", "legend", "li", "p", "pre", "summary", "td", "th",
})  # fmt: skip
_SPANS = {"strong": "strong", "b": "strong", "code": "code", "kbd": "code", "samp": "code", "tt": "code", "a": "link"}
_HEADING = re.compile(r"h[1-6]")
_HEADING_CLASS = re.compile(
    r"(?:^|[-_\s])(?:heading|title|header|headline|subtitle)(?:[-_]?\d)?(?:$|[\s])|[a-z](?:Heading|Title|Header)(?:$|\s)"
)
_LINE_BREAK = re.compile(r"\s*\n\s*")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_CLASS_HEADING_MAX = 90
_ENDS = re.compile(r"</(?:body|html)\s*>", re.I)
"""What stands after the end of the body belongs to it all the same (HTML, "after body" insertion mode)."""
_GIANT_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,40})\s[^<>]{60000,}>")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself."""

    title: str
    language: str | None


def parse(source: str) -> etree._Element | None:
    """The tree of a page, or None where there is nothing in it. Never fails, whatever the bytes were."""
    # No page has a tag of this length; checking each attribute against all others takes quadratic time.
    source = _ENDS.sub("", _GIANT_TAG.sub(r"<\1>", source))
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(clean(source).encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def read(source: str, collector: Collector) -> Page:
    """Read a page into the collector. Menus and footers are left out unless nothing else is there."""
    root = parse(source)
    if root is None:
        return Page("", None)
    titles = root.xpath("//head/title/text()|//body/title/text()")
    title = " ".join(str(titles[0]).split()) if isinstance(titles, list) and titles else ""
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    with_content = holders(root, "table", "dl", "main")
    everything, substance = weigh(root, with_content)
    collector.expect(everything)
    _Walk(root, collector, with_content, keep_chrome=substance < 200 or substance < 0.1 * everything).run()
    return Page(title, language.strip() or None if language else None)


@dataclass(slots=True)
class _OpenTable:
    nests: bool = False
    cells: int = 0


class _Walk:
    """One pass over the tree."""

    def __init__(
        self,
        root: etree._Element,
        collector: Collector,
        with_content: frozenset[etree._Element],
        *,
        keep_chrome: bool,
    ) -> None:
        self.root = root
        self.out = collector
        self.keep_chrome = keep_chrome
        self.with_content = with_content
        self.with_table = holders(root, "table")
        self.data_tables = _data_tables(root)
        self.lists: list[int] = []
        self.in_table: etree._Element | None = None
        self.captions: list[str] = []
        self.pushed: set[etree._Element] = set()

    def run(self) -> None:
        walk = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self.end(element)
                self.tail(element)
            elif self.skip(element):
                walk.skip_subtree()
                self.tail(element)
            else:
                self.start(element)
                if element.text:
                    self.words(element, element.text)
        self.out.flush()

    def skip(self, element: etree._Element) -> bool:
        tag = element.tag
        if not isinstance(tag, str) or tag in _DROPPED:
            return True
        if tag == "caption" and self.in_table is not None:
            self.captions.append(" ".join("".join(element.itertext()).split()))
            return True
        return is_hidden(element, self.with_table) or (not self.keep_chrome and is_chrome(element, self.with_content))

    def tail(self, element: etree._Element) -> None:
        if element.tail:
            self.words(element.getparent(), element.tail)

    def words(self, element: etree._Element | None, text: str) -> None:
        if element is not None and element.tag == "pre":
            for number, line in enumerate(text.split("\n")):
                if number:
                    self.out.line_break()
                self.out.text(line)
        else:
            self.out.text(text)

    # -- elements -----------------------------------------------------------------------------------------------

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br":
            self.out.line_break()
        elif tag == "img":
            alt = (element.get("alt") or "").strip()
            if alt and self.out.in_cell and len(alt) <= 40:
                self.out.text(f" {alt} ")
        elif tag in _SPANS:
            self.out.open_span(_SPANS[tag], element.get("href"))  # type: ignore[arg-type]
        elif self.in_table is not None:
            self.start_in_table(element, tag)
        elif tag == "table" and element in self.data_tables:
            self.in_table = element
            self.captions = []
            self.out.begin_table()
        elif tag in ("span", "font") and _BOLD_STYLE.search(element.get("style") or ""):
            self.out.open_span("strong")
            self.pushed.add(element)
        else:
            self.start_block(element, tag)

    def start_block(self, element: etree._Element, tag: str) -> None:
        level = _heading_level(element, tag)
        if tag in ("ul", "ol", "menu", "dl"):
            self.out.enter_group()
            self.lists.append(self.out.new_list())
        elif level:
            self.out.push("heading", level)
            self.pushed.add(element)
        elif tag in _CONTAINERS:
            self.out.enter_group()
        elif tag in ("li", "dt", "dd"):
            kind = {"li": "item", "dt": "term", "dd": "detail"}[tag]
            list_id = self.lists[-1] if self.lists else self.out.new_list()
            self.out.push(kind, max(1, len(self.lists)), list_id)  # type: ignore[arg-type]
            self.out.enter_group()
            self.pushed.add(element)
        elif tag in _PARAGRAPHS:
            self.out.push("paragraph")
            self.pushed.add(element)

    def start_in_table(self, element: etree._Element, tag: str) -> None:
        if tag == "tr":
            self.out.end_cell()
            self.out.begin_row()
        elif tag in ("td", "th"):
            self.out.end_cell()
            self.out.begin_cell(
                header=tag == "th",
                rowspan=_number(element.get("rowspan")),
                colspan=_number(element.get("colspan")) or 1,
                label=element.get("data-label") or element.get("data-title") or element.get("data-th"),
            )
        elif tag in _CONTAINERS or tag in _PARAGRAPHS or _HEADING.fullmatch(tag):
            self.out.flush()

    def end(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _SPANS:
            self.out.close_span(_SPANS[tag])  # type: ignore[arg-type]
        elif self.in_table is not None:
            if element is self.in_table:
                self.in_table = None
                self.out.end_table(" ".join(self.captions))
            elif tag in ("td", "th"):
                self.out.end_cell()
            elif tag in _CONTAINERS or tag in _PARAGRAPHS or _HEADING.fullmatch(tag):
                self.out.flush()
        elif tag in ("span", "font") and _BOLD_STYLE.search(element.get("style") or ""):
            self.out.close_span("strong")
        elif tag in ("li", "dt", "dd"):
            self.out.leave_group()
            self.out.pop()
        elif element in self.pushed:
            self.out.pop()
        elif tag in ("ul", "ol", "menu", "dl"):
            self.lists.pop()
            self.out.leave_group()
        elif tag in _CONTAINERS:
            self.out.leave_group()


def _number(value: str | None) -> int:
    """A span attribute; 1 where it is missing or no number."""
    digits = re.match(r"\s*(\d{1,6})", value or "")
    return int(digits.group(1)) if digits else 1


def _heading_level(element: etree._Element, tag: str) -> int:
    """1 to 6 for a heading by element or role, 7 for one by its looks, 0 for none."""
    if _HEADING.fullmatch(tag):
        return int(tag[1])
    if element.get("role") == "heading":
        return min(max(_number(element.get("aria-level") or "2"), 1), 6)
    if tag in ("summary", "legend", "button") and not _has_block_child(element):
        return PSEUDO_HEADING
    if (
        tag in ("p", "div")
        and _HEADING_CLASS.search(element.get("class") or "")
        and not _has_block_child(element)
        and 0 < len("".join(element.itertext()).strip()) <= _CLASS_HEADING_MAX
    ):
        return PSEUDO_HEADING
    return 0


def _has_block_child(element: etree._Element) -> bool:
    return any(
        isinstance(child.tag, str)
        and (child.tag in _CONTAINERS or child.tag in _PARAGRAPHS or _HEADING.fullmatch(child.tag))
        for child in element
    )


def _data_tables(root: etree._Element) -> set[etree._Element]:
    """Tables that hold data: those without a table inside, and with more than one cell."""
    found: set[etree._Element] = set()
    open_tables: list[_OpenTable] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=("table", "td", "th")):
        if element.tag != "table":
            if event == "start" and open_tables:
                open_tables[-1].cells += 1
        elif event == "start":
            if open_tables:
                open_tables[-1].nests = True
            open_tables.append(_OpenTable())
        else:
            table = open_tables.pop()
            if not table.nests and table.cells > 1:
                found.add(element)
    return found
