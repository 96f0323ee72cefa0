"""Cookies from lists and short paragraphs: a name first, then what it is for and how long it stays.

"_ga (2 years): tells visitors apart"; a heading or a defined term that is a name, and the words beneath it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scanner.policy.categories import cell_label, has_cookie_word
from scanner.policy.durations import find_lifetimes, is_duration, stated_lifetime
from scanner.policy.fields import exact_field_of
from scanner.policy.names import is_code_like, is_domain, is_identifier, is_plain_word, is_token, split_names, tidy
from scanner.policy.parties import party_label, storage_of
from scanner.policy.reading import Block
from scanner.policy.rows import Draft, Harvest, Timing, durations_for, shorten

_SEPARATOR = re.compile(r"^\s*(?:[:：=–—|,;-]|\(|\[|->|→|\.\s|$)")
_NAME = r"(?:<[^<>]{1,40}>|\{[^{}]{1,40}\}|\[[^\[\]]{1,40}\]|:(?=[^\s:]|:[^\s:])|[^\s,;:()|<>{}\[\]\"”“„»«])+"
_FIRST = re.compile(rf"^[\s•·▪*\"“'`„«-]*(?P<name>{_NAME})(?=[\s:,;()–—|\"”'`»]|$)")
_NEXT = re.compile(
    rf"[\"”'`»]?\s*(?:,|/|;|\s(?:and|und|et|y|e|en|i|&)\s)\s*[\"“'`„«]?(?P<name>{_NAME})(?=[\s:,;()–—|\"”'`»]|$)"
)
_MAX_TEXT = 1500
_AHEAD = 6


class _Start(NamedTuple):
    names: list[str]
    rest: str


def read_listed(harvest: Harvest) -> None:
    """Take names that head a section or a definition, then names that begin an item or a line."""
    _read_headed(harvest)
    blocks = harvest.reading.blocks
    index = 0
    while index < len(blocks):
        block = blocks[index]
        if block.index in harvest.used or block.kind in ("heading", "caption") or len(block.text) > _MAX_TEXT:
            index += 1
            continue
        end = index + 1
        while end < len(blocks) and block.list_id is not None and blocks[end].list_id == block.list_id:
            end += 1
        _read_group([b for b in blocks[index:end] if b.index not in harvest.used], harvest)
        index = end


# -- a name above its description ---------------------------------------------------------------------------------


def heading_names(block: Block, harvest: Harvest) -> list[str]:
    """The names that a heading or a term consists of."""
    if len(block.text) > 200 or block.kind not in ("heading", "term", "paragraph", "item"):
        return []
    text = block.text.rstrip(" :")
    text = re.sub(r"^(?:cookie(?:[- ]?name)?|name)\s*:\s*", "", text, flags=re.I)
    names = split_names((text,))
    if not names or not all(is_token(name) for name in names):
        return []
    if block.kind in ("paragraph", "item") and re.search(r"\w", _without(text, names)):
        return []
    if all(is_code_like(name) for name in names):
        return names
    marked = block.marked("code")
    if marked and all(name in marked for name in names) and has_cookie_word(_above(block, harvest)):
        return names
    return []


def _without(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, " ", 1)
    return text


def _read_headed(harvest: Harvest) -> None:
    blocks = harvest.reading.blocks
    for index, block in enumerate(blocks):
        if block.index in harvest.used or block.kind not in ("heading", "term", "paragraph", "item"):
            continue
        names = heading_names(block, harvest)
        if names and block.kind in ("paragraph", "item") and not _heads_card(blocks, index, harvest):
            continue
        if not names and block.kind == "term" and has_cookie_word(_above(block, harvest)):
            names = _term_names(block, blocks, index, harvest)
        if not names:
            continue
        below = _below(blocks, index, harvest)
        drafts = _described(names, block, below, harvest)
        harvest.add(drafts, [block.index, *(b.index for b in below)])
        harvest.labels.update((block.index, *(b.index for b in below)))


def _heads_card(blocks: tuple[Block, ...], index: int, harvest: Harvest) -> bool:
    """Whether a name in a paragraph of its own begins a card, or stands right above its labelled values."""
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if following is None or following.kind in ("heading", "cell") or heading_names(following, harvest):
        return False
    block = blocks[index]
    reading = harvest.reading
    if block.group and block.group != following.group and reading.card(block) == reading.card(following) != 0:
        return True
    return any(
        is_duration(line, harvest.language) or _is_timed_label(line)
        for b in blocks[index + 1 : index + 4]
        for line in b.lines
    )


def _is_timed_label(line: str) -> bool:
    match = _LABELLED.match(line)
    found = exact_field_of(match["label"]) if match else None
    return found is not None and found.field == "duration"


def _term_names(block: Block, blocks: tuple[Block, ...], index: int, harvest: Harvest) -> list[str]:
    """Plain words as names: only where most terms of the same list look like names."""
    terms = [b for b in blocks[max(0, index - 60) : index + 60] if b.kind == "term" and b.list_id == block.list_id]
    known = sum(1 for term in terms if all(is_identifier(n) for n in split_names(term.lines)))
    if known < 0.5 * len(terms) or exact_field_of(block.text) is not None:
        return []
    return [
        n
        for n in split_names(block.lines)
        if is_token(n) and not is_plain_word(n) and not is_domain(n) and n.lower() not in harvest.known
    ]


def _below(blocks: tuple[Block, ...], index: int, harvest: Harvest) -> list[Block]:
    """What describes a name: the blocks after it, up to the next name, heading or term."""
    head = blocks[index]
    found: list[Block] = []
    for block in blocks[index + 1 : index + 1 + _AHEAD]:
        if block.index in harvest.used or (block.kind in ("heading", "term", "cell") and not _is_field(block)):
            break
        if heading_names(block, harvest):
            break
        if (
            head.kind in ("paragraph", "item")
            and head.group
            and harvest.reading.card(block) != harvest.reading.card(head)
        ):
            break
        if head.kind == "term" and block.kind != "detail" and block.list_id != head.list_id:
            break
        found.append(block)
    return found


def _is_field(block: Block) -> bool:
    return exact_field_of(block.text.rstrip(" :")) is not None


_LABELLED = re.compile(r"^[\W_]{0,4}(?P<label>[^\W\d_][^:：\n]{0,44}?)\s*[:：]\s*(?P<value>.+)$", re.S)


def _described(names: list[str], head: Block, below: list[Block], harvest: Harvest) -> list[Draft]:
    """Rows for names with their description: labelled values first, else a duration said in the words."""
    values: dict[str, tuple[str, ...]] = {}
    pending: str | None = None
    plain: list[str] = []
    for block in below:
        for line in block.lines:
            match = _LABELLED.match(line)
            label = exact_field_of(match["label"]) if match else None
            bare = exact_field_of(line.rstrip(" :")) if label is None else None
            if match and label is not None:
                values.setdefault(label.field, (match["value"],))
                pending = None
            elif bare is not None:
                pending = bare.field
            elif pending is not None:
                values.setdefault(pending, (line,))
                pending = None
            else:
                plain.append(line)
    language = harvest.language
    durations: list[Timing] = [(None, None)] * len(names)
    if "duration" in values:
        durations = durations_for(names, values["duration"], language)
    else:
        found = next((line for line in plain if is_duration(line, language)), None)
        if found is not None:
            durations = durations_for(names, (found,), language)
        elif (stated := stated_lifetime(" ".join(plain), language)) is not None:
            durations = [stated] * len(names)
    kind = " ".join(values.get("category", ()) or values.get("type", ()))
    party = " ".join(values.get("party", ()) or values.get("type", ()))
    quote = shorten(" | ".join((head.text, *(b.text for b in below))))
    return [
        Draft(
            name=name,
            at=head.index,
            quote=quote,
            provider=" ".join(values["provider"]) if "provider" in values else None,
            purpose=" ".join(values["purpose"]) if "purpose" in values else (max(plain, key=len) if plain else None),
            duration=value,
            duration_text=raw,
            label=cell_label(kind) if kind else None,
            party=party_label(party) if party else None,
            storage=storage_of(" ".join(values.get("type", ()))),
        )
        for name, (value, raw) in zip(names, durations, strict=True)
    ]


# -- names at the beginning of items ------------------------------------------------------------------------------


def _above(block: Block, harvest: Harvest) -> str:
    before = harvest.reading.blocks[max(0, block.index - 2) : block.index]
    return " ".join((harvest.reading.title, *block.section_path, *(b.text[-200:] for b in before)))


_COOKIE = re.compile(r"^[\W_]{0,4}(?:the |das |der |le |la |el |il |de )?cookies?\s+(?=\S)", re.I)


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
    return _Start(list(dict.fromkeys(names)), text[end:].lstrip("\"”'`» "))


def _read_group(group: list[Block], harvest: Harvest) -> None:
    """Read the items of one list (or a single paragraph) together: what most of them are, the rest may be too."""
    starts: list[tuple[Block, str, _Start]] = []
    total = 0
    for block in group:
        for line in block.lines if len(block.lines) <= 60 else (block.text,):
            total += 1
            start = _start_of(line)
            if start is not None:
                starts.append((block, line, start))
    if not starts:
        return
    code = [entry for entry in starts if all(is_code_like(name) for name in entry[2].names) and _separated(entry[2])]
    context = has_cookie_word(_above(group[0], harvest))
    if not code and not context:
        return
    # Where at least half of the items begin with an identifier, a plain word in the same place is a name too.
    lenient = context and len(code) >= 0.5 * total and total > 1
    drafts: list[Draft] = []
    used: set[int] = set()
    for block, line, start in starts:
        if not all(is_code_like(name) for name in start.names):
            timed = _timed(start.rest, harvest.language)
            marked = any(name in block.marked("code") for name in start.names)
            identifier = all(is_identifier(name) for name in start.names)
            if (
                not context
                or not _separated(start)
                or any(is_plain_word(n) or n.lower() in harvest.known for n in start.names)
            ):
                continue
            if not (lenient or marked or (identifier and timed)):
                continue
        elif not _separated(start) and not context:
            continue
        drafts.extend(_item_drafts(block, line, start, harvest))
        used.add(block.index)
    if drafts:
        harvest.add(drafts, used)


def _separated(start: _Start) -> bool:
    return _SEPARATOR.match(start.rest) is not None


def _timed(rest: str, language: str | None) -> bool:
    return bool(find_lifetimes(rest[:60], language))


_PIECES = re.compile(r"\s*(?:[;|(),]|\s[–—-]\s|^[:–—-]|:\s|\.\s)\s*")
_BRACKET = re.compile(r"^\s*[(\[](?P<inner>[^()\[\]]{1,80})[)\]]")


def _item_drafts(block: Block, line: str, start: _Start, harvest: Harvest) -> list[Draft]:
    timings = durations_for(start.names, (raw,), harvest.language) if (raw := _duration_words(start, harvest)) else None
    if timings is None:
        stated = stated_lifetime(start.rest, harvest.language)
        timings = [stated or (None, None)] * len(start.names)
    purpose = start.rest.strip(" :–—-|,;(") or None
    return [
        Draft(
            name=name, at=block.index, quote=shorten(line), rank=1, purpose=purpose, duration=value, duration_text=words
        )
        for name, (value, words) in zip(start.names, timings, strict=True)
    ]


def _duration_words(start: _Start, harvest: Harvest) -> str | None:
    """The words after a name that are a duration: in brackets right behind it, or between separators."""
    bracket = _BRACKET.match(start.rest)
    if bracket and find_lifetimes(bracket["inner"], harvest.language):
        return bracket["inner"]
    pieces = [piece for piece in _PIECES.split(start.rest) if piece]
    return next((p for p in pieces if is_duration(p, harvest.language) and not _purpose_like(p)), None)


def _purpose_like(piece: str) -> bool:
    """ "session state" and the like are purposes that happen to hold a word for a duration."""
    found = find_lifetimes(piece)
    words = len(piece.split())
    return words > 3 and all(isinstance(item.value, str) for item in found)
