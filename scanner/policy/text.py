"""The way in: `read_blocks` turns a document (HTML, Markdown, plain text) into one `Reading`.

Readers of claims and vendors import everything they need from here; the shapes are explained in
`scanner.policy.reading`.
"""

from __future__ import annotations

from scanner.errors import PolicyError
from scanner.model.recorded import Document
from scanner.policy.languages import language_of
from scanner.policy.readers import html, markdown, plain
from scanner.policy.readers.collector import Collector
from scanner.policy.readers.pdf import read_pdf
from scanner.policy.reading import PSEUDO_HEADING, Block, BlockKind, Cell, Reading, ReadLink, Sentence, Span, Table
from scanner.policy.sentences import sentences_of

__all__ = [
    "PSEUDO_HEADING",
    "Block",
    "BlockKind",
    "Cell",
    "ReadLink",
    "Reading",
    "Sentence",
    "Span",
    "Table",
    "read_blocks",
]

MAX_SOURCE = 24_000_000
"""Characters of source that are read at all; the longest real policies have less than a tenth."""

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml", "application/pdf"})
_MARKDOWN_TYPES = frozenset({"text/markdown", "text/x-markdown"})


def read_blocks(document: Document) -> Reading:
    """Read a document into blocks, tables and sentences.

    Raises `PolicyError` where the document is of a kind that cannot be read, or beyond all measure.
    """
    if len(document.text) > MAX_SOURCE:
        raise PolicyError(f"{document.url}: too large to be a policy ({len(document.text):,} characters)")
    media_type = document.media_type.partition(";")[0].strip().lower()
    collector = Collector()
    title, declared = document.title, document.language
    try:
        if media_type in _HTML_TYPES:
            source = document.text
            if media_type == "application/pdf":
                source = read_pdf(source.encode("latin-1", "replace"))
            page = html.read(source, collector)
            title, declared = title or page.title, declared or page.language
        elif media_type in _MARKDOWN_TYPES:
            markdown.read(document.text, collector)
        elif media_type.startswith("text/") or not media_type:
            plain.read(document.text, collector)
        else:
            raise PolicyError(f"cannot read documents of type {media_type}")
        blocks = collector.blocks()
        text = "\n".join(block.text for block in blocks)
        collector.expect(len(text))
    except PolicyError as error:
        raise PolicyError(f"{document.url}: {error}") from error
    return Reading(
        url=document.url,
        title=title,
        language=language_of(text),
        declared_language=declared,
        blocks=blocks,
        tables=collector.tables(),
        sentences=sentences_of(blocks),
        links=collector.links(),
        text=text,
        containers=collector.containers(),
    )
