"""Blocks to sentences, with the sentence that introduces each list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.policy.reading import Block, Sentence

# A sentence ends at . ! ? … followed by a blank and something that can begin one; CJK marks need no blank.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘„«(\[¿¡]*[^\W_a-zà-öø-ÿа-яёα-ω])|[。！？]+[」』”]*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"'“„«])(?:"
    r"[^\W\d_]|[^\W\d_]\.\s?[^\W\d_]"  # S. A., z. B., e.g.
    r"|abs|art|arts|artt|aufl|bzw|ca|cf|co|corp|dr|dott|ecc|etc|evtl|fig|ggf|inc|incl|inkl|jr|lett|lit|ltd|mag|max|min"
    r"|mio|mr|mrs|ms|nr|nº|n°|no|núm|num|op|p|par|pag|pág|par|pp|pr|prof|resp|rev|s|sec|sig|sog|sr|sra|st|str|tel|tj"
    r"|tzn|tzv|u|usw|v|vgl|vs|ust|ul|al|np|wg|pkt|poz|ust|approx|est|dept|dpt|ed|eds|e\.g|i\.e|z\.b|d\.h|u\.a|o\.ä"
    r"|p\.ej|p\.ex|b\.v|n\.v|m\.b\.h|u\.s|u\.k"
    r")$",
    re.I,
)
_CLOSED = (".", "!", "?", "…", "。", "！", "？")
_BEGINS = re.compile(r"[\"'“‘„«(\[¿¡•\-–]*[^\W_a-zà-öø-ÿа-яёα-ω]")


def split_sentences(text: str) -> list[str]:
    """The sentences of one line of text, in order; their words are unchanged."""
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(text):
        mark = match.group().strip()
        # Only the last word can be an abbreviation; looking at a bounded stretch keeps this linear.
        before = text[max(start, match.start() - 24) : match.start()]
        if mark == "." and _ABBREVIATION.search(before):
            continue
        if mark == "." and re.search(r"(?:^|\s)\d{1,3}$", before) and _numbering(text, start, match.start()):
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    if rest:
        sentences.append(rest)
    return sentences


def _numbering(text: str, start: int, end: int) -> bool:
    """Whether "1." is the number of a paragraph, not the end of a sentence."""
    return not text[start:end].strip(" 0123456789.()")


def _pieces(block: Block) -> Iterator[str]:
    """Stretches of a block that can hold whole sentences: lines, joined where a line goes on in the next."""
    piece = ""
    for line in block.lines or (block.text,):
        if piece and not piece.endswith((*_CLOSED, ":", ";")) and (piece[-1] in ",-–(" or not _BEGINS.match(line)):
            piece = f"{piece} {line}"
        else:
            if piece:
                yield piece
            piece = line
    if piece:
        yield piece


def sentences_of(blocks: tuple[Block, ...]) -> tuple[Sentence, ...]:
    """All sentences in reading order; items know what introduces their list."""
    found: list[Sentence] = []
    last: dict[int, str] = {}
    introductions: dict[int, str | None] = {}
    for block in blocks:
        lead_in: str | None = None
        if block.kind in ("item", "term", "detail") and block.list_id is not None:
            if block.list_id not in introductions:
                introductions[block.list_id] = _introduction(blocks, block, last, introductions)
            lead_in = introductions[block.list_id]
        for piece in _pieces(block):
            for text in split_sentences(piece):
                found.append(Sentence(text, block, lead_in, block.section_path))
                last[block.index] = text
    return tuple(found)


def _introduction(
    blocks: tuple[Block, ...], block: Block, last: dict[int, str], introductions: dict[int, str | None]
) -> str | None:
    """The sentence right before a list, where it is open (ends in a colon or without a full stop)."""
    before = block.parent_item if block.parent_item is not None else block.index - 1
    if before < 0 or before not in last:
        return None
    previous, text = blocks[before], last[before]
    if previous.kind == "cell" and previous.table_id is not None:
        return None
    is_open = text.endswith((":", "：")) or (not text.endswith(_CLOSED) and previous.kind in ("paragraph", "item"))
    if is_open:
        return text
    return introductions.get(previous.list_id) if block.parent_item is not None and previous.list_id else None
