"""Cookies from lists and short paragraphs: a name first, then what it is for and how long it stays."""

from __future__ import annotations

import re
from typing import NamedTuple

from scanner.policy.categories import has_cookie_word
from scanner.policy.durations import (
    find_lifetimes,
    is_duration,
    says_respectively,
    stated_lifetime,
    trailing_duration,
)
from scanner.policy.headed import words_above
from scanner.policy.names import is_code_like, is_domain, is_identifier, is_plain_word, is_token, tidy
from scanner.policy.reading import Block
from scanner.policy.rows import Draft, Harvest, Timing, beside, durations_for, is_company, shorten

_SEPARATOR = re.compile(r"^\s*(?:[:：=–—|,;-]|\(|\[|->|→|\.\s|$)")
_NAME = r"(?:<[^<>]{1,40}>|\{[^{}]{1,40}\}|\[[^\[\]]{1,40}\]|:(?=[^\s:]|:[^\s:])|[^\s,;:()|<>{}\[\]\"”“„»«])+"
_FIRST = re.compile(rf"^[\s•·▪*\"“'`„«-]*(?P<name>{_NAME})(?=[\s:,;()–—|\"”“'`»]|$)")
_NEXT = re.compile(
    rf"[\"”“'`»]?(?:\s+[Cc]ookies?)?\s*(?:,|/|;|\s(?:and|und|et|y|e|en|i|&)\s)\s*[\"“'`„«]?(?P<name>{_NAME})(?=[\s:,;()–—|\"”“'`»]|$)"
)
_MAX_TEXT = 1500
_SHORT = 240


def _is_row(block: Block) -> bool:
    """Whether a short paragraph begins as an item of a list would: a word, and something that sets it apart."""
    if block.kind != "paragraph" or len(block.text) > _SHORT:
        return False
    start = _start_of(block.text)
    return start is not None and _separated(start)


class _Start(NamedTuple):
    names: list[str]
    rest: str


def read_listed(harvest: Harvest) -> None:
    """Take names at the beginning of items and lines."""
    blocks = harvest.reading.blocks
    index = 0
    while index < len(blocks):
        end = _group_end(blocks, index)
        group = [b for b in blocks[index:end] if b.index not in harvest.used and len(b.text) <= _MAX_TEXT]
        if group and group[0].kind not in ("heading", "caption"):
            _read_group(group, harvest)
        index = end


def _group_end(blocks: tuple[Block, ...], index: int) -> int:
    """The end of the list, or of the run of short paragraphs, that begins here."""
    first = blocks[index]
    end = index + 1
    if first.list_id is not None:
        while end < len(blocks) and blocks[end].list_id == first.list_id:
            end += 1
    elif _is_row(first):
        while end < len(blocks) and _is_row(blocks[end]):
            end += 1
    return end


# -- names at the beginning of items ------------------------------------------------------------------------------


_NOUN = re.compile(r"^[\"”“'`»]?\s+cookies?(?=\s*[:(–—-]|$)", re.I)
_COOKIE = re.compile(
    r"^[\W_]{0,4}(?:the |das |der |die |le |la |les |el |il |las |los |i |de |het )?cookies?\s+(?=\S)", re.I
)


def _start_of(text: str) -> _Start | None:
    """Names at the beginning of a text, and what follows them."""
    text = _COOKIE.sub("", text)
    match = _FIRST.match(text)
    if match is None:
        return None
    name = tidy(match["name"])
    if not is_token(name) or is_domain(name):
        return None
    names, end = [name], match.end()
    while is_identifier(name) and len(names) < 40:
        match = _NEXT.match(text, end)
        if match is None or not is_identifier(tidy(match["name"])):
            break
        names.append(tidy(match["name"]))
        end = match.end()
    return _Start(list(dict.fromkeys(names)), _NOUN.sub("", text[end:]).lstrip("\"”“'`» "))


def _read_group(group: list[Block], harvest: Harvest) -> None:
    """Read the items of a list (or neighbouring lines) together: what most of them are, the rest may be too."""
    starts: list[tuple[Block, str, _Start]] = []
    total = 0
    for block in group:
        for line in block.lines if len(block.lines) <= 60 else (block.text,):
            total += 1
            start = _start_of(line)
            if start is not None:
                starts.append((block, line, start))
    context = bool(starts) and has_cookie_word(words_above(group[0], harvest))
    plain = [start for _, _, start in starts if _separated(start)]
    code = sum(1 for start in plain if all(is_code_like(name) for name in start.names))
    if not starts or (not code and not context):
        return
    # Where at least half of the items begin with an identifier, a plain word in the same place is a name too.
    lenient = context and total > 1 and code >= 0.5 * total
    identifiers = sum(1 for start in plain if all(is_identifier(name) for name in start.names))
    announced = total > 1 and identifiers >= 0.67 * total and _is_announced(group[0], harvest)
    drafts: list[Draft] = []
    used: set[int] = set()
    for block, line, start in starts:
        if _acceptable(start, block, harvest, context=context, lenient=lenient, announced=announced):
            drafts.extend(_item_drafts(block, line, start, harvest))
            used.add(block.index)
    if drafts:
        harvest.add(drafts, used)


def _is_announced(block: Block, harvest: Harvest) -> bool:
    """Whether the line before a list says that cookies follow: "Examples of necessary cookies:"."""
    before = harvest.reading.blocks[block.index - 1] if block.index else None
    return before is not None and before.text.endswith((":", "：")) and has_cookie_word(before.text[-200:])


def _acceptable(
    start: _Start, block: Block, harvest: Harvest, *, context: bool, lenient: bool, announced: bool
) -> bool:
    if all(is_code_like(name) for name in start.names):
        return context or _separated(start)
    if not context or not _separated(start):
        return False
    if any(is_plain_word(name) or is_company(name, harvest.known) for name in start.names):
        return False
    if len(start.names) == 1 and _only_timed(start.rest, harvest):
        return True
    identifier = all(is_identifier(name) for name in start.names)
    marked = any(name in block.marked("code") for name in start.names)
    return lenient or marked or (identifier and (announced or bool(find_lifetimes(start.rest[:60], harvest.language))))


_ONLY = re.compile(r"^\s*(?:[:=]|[–—-](?=\s)|\()\s*(?P<value>[^:()]{1,40}?)\s*\)?\s*[.;,]?$")


def _only_timed(rest: str, harvest: Harvest) -> bool:
    """Whether nothing but a duration follows the word: "fr: 3 months", "atuserid (13 months)"."""
    match = _ONLY.match(rest)
    return match is not None and is_duration(match["value"], harvest.language)


def _separated(start: _Start) -> bool:
    return _SEPARATOR.match(start.rest) is not None


_PIECES = re.compile(r"\s*(?:[;|(),]|\s[–—-]\s|^[:–—-]|:\s|\.\s)\s*")
_BRACKET = re.compile(r"^\s*[(\[](?P<inner>[^()\[\]]{1,80})[)\]]")


def _item_drafts(block: Block, line: str, start: _Start, harvest: Harvest) -> list[Draft]:
    timings = _in_order(start, harvest) or _each_named(start, harvest)
    if timings is None and (raw := _duration_words(start, harvest)):
        timings = durations_for(start.names, (raw,), harvest.language)
    if timings is None:
        timings = [stated_lifetime(start.rest, harvest.language) or (None, None)] * len(start.names)
    purpose = start.rest.strip(" :–—-|,;(") or None
    return [
        Draft(
            name=name, at=block.index, quote=shorten(line), rank=1, purpose=purpose, duration=value, duration_text=words
        )
        for name, (value, words) in zip(start.names, timings, strict=True)
    ]


def _in_order(start: _Start, harvest: Harvest) -> list[Timing] | None:
    """One duration for each name, where the words say "respectively"."""
    if len(start.names) < 2 or not says_respectively(start.rest):
        return None
    for sentence in re.split(r"(?<=[.;])\s+", start.rest):
        if says_respectively(sentence):
            pieces = [p for p in _AND.split(sentence) if find_lifetimes(p, harvest.language)]
            if len(pieces) == len(start.names):
                return [(find_lifetimes(p, harvest.language)[0].value, p.strip()) for p in pieces]
    return None


def _each_named(start: _Start, harvest: Harvest) -> list[Timing] | None:
    """Durations that repeat the names further on: "_ga, _gid: visitors (_ga: 2 years, _gid: 24 hours)"."""
    if len(start.names) < 2:
        return None
    timings = [beside(name, start.rest, harvest.language) for name in start.names]
    return timings if sum(1 for value, _ in timings if value is not None) > 1 else None


_AND = re.compile(r"\s*,\s*|\s+(?:and|und|et|y|e|en|i|och|og)\s+")


def _duration_words(start: _Start, harvest: Harvest) -> str | None:
    """The words after a name that are a duration: in brackets right behind it, or between separators."""
    bracket = _BRACKET.match(start.rest)
    if bracket and find_lifetimes(bracket["inner"], harvest.language):
        return bracket["inner"]
    pieces = [piece for piece in _PIECES.split(start.rest) if piece]
    found = next((p for p in pieces if is_duration(p, harvest.language) and not _purpose_like(p)), None)
    return found or trailing_duration(start.rest, harvest.language)


def _purpose_like(piece: str) -> bool:
    """ "session state" and the like are purposes that happen to hold a word for a duration."""
    found = find_lifetimes(piece)
    words = len(piece.split())
    return words > 3 and all(isinstance(item.value, str) for item in found)
