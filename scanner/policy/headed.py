"""Cookies that head their own description: a heading, a defined term, the first line of a card."""

from __future__ import annotations

import re

from scanner.policy.categories import Label, cell_label, has_cookie_word
from scanner.policy.durations import is_duration, stated_lifetime
from scanner.policy.fields import exact_field_of
from scanner.policy.names import is_code_like, is_domain, is_identifier, is_plain_word, is_token, split_names
from scanner.policy.parties import party_label, storage_of
from scanner.policy.reading import Block
from scanner.policy.rows import Draft, Harvest, Timing, durations_for, is_company, shorten

_AHEAD = 6
"""Blocks beneath a name that may describe it."""


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
    if _labels_follow(block, harvest) and (
        all(is_identifier(name) for name in names) or _is_lower_heading(block, names, harvest)
    ):
        return names
    marked = block.marked("code")
    if marked and all(name in marked for name in names) and has_cookie_word(words_above(block, harvest)):
        return names
    return []


def _labels_follow(block: Block, harvest: Harvest) -> bool:
    """Whether labelled values stand right below, one of them a duration."""
    following = harvest.reading.blocks[block.index + 1 : block.index + 1 + _AHEAD]
    fields: list[str | None] = []
    for other in following:
        own = [_field_of_line(line) for line in other.lines]
        if other.kind == "cell" or (other.kind == "heading" and not any(own)):
            break
        fields += own
    return bool(fields) and any(fields[:2]) and "duration" in fields


def _is_lower_heading(block: Block, names: list[str], harvest: Harvest) -> bool:
    """Whether a heading is one word in small letters that names no company and no kind ("bcookie")."""
    return (
        block.kind == "heading"
        and len(names) == 1
        and names[0].islower()
        and not is_plain_word(names[0])
        and not is_domain(names[0])
        and names[0] not in harvest.known
    )


def _field_of_line(line: str) -> str | None:
    """The field that a line names, with its value behind a colon or alone."""
    bare = exact_field_of(line.rstrip(" :"))
    return _label_of(line) or (bare.field if bare is not None else None)


def _label_of(line: str) -> str | None:
    match = _LABELLED.match(line)
    found = exact_field_of(match["label"]) if match else None
    return found.field if found is not None else None


def _without(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, " ", 1)
    return text


def read_headed(harvest: Harvest) -> None:
    """Take names that head a section, a definition or a card."""
    blocks = harvest.reading.blocks
    for index, block in enumerate(blocks):
        if block.index in harvest.used or block.kind not in ("heading", "term", "paragraph", "item"):
            continue
        names = heading_names(block, harvest)
        if names and block.kind in ("paragraph", "item") and not _heads_card(blocks, index, harvest):
            continue
        if not names and block.kind == "term" and has_cookie_word(words_above(block, harvest)):
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
    if any(
        is_duration(line, harvest.language) or _is_timed_label(line)
        for b in blocks[index + 1 : index + 4]
        for line in b.lines
    ):
        return True
    # A line that is a name, and a sentence beneath it, under a heading on cookies.
    return block.kind == "paragraph" and " " in following.text and has_cookie_word(words_above(block, harvest))


def _is_timed_label(line: str) -> bool:
    return _label_of(line) == "duration"


def _term_names(block: Block, blocks: tuple[Block, ...], index: int, harvest: Harvest) -> list[str]:
    """Plain words as names: only where most terms of the same list look like names."""
    terms = [b for b in blocks[max(0, index - 60) : index + 60] if b.kind == "term" and b.list_id == block.list_id]
    known = sum(1 for term in terms if all(is_identifier(n) for n in split_names(term.lines)))
    if known < 0.5 * len(terms) or exact_field_of(block.text) is not None:
        return []
    return [
        n
        for n in split_names(block.lines)
        if is_token(n) and not is_plain_word(n) and not is_domain(n) and not is_company(n, harvest.known)
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
            label=_kind_label(kind),
            party=party_label(party[:80].rsplit(" ", 1)[0] if len(party) > 80 else party) if party else None,
            storage=storage_of(" ".join(values.get("type", ()))),
        )
        for name, (value, raw) in zip(names, durations, strict=True)
    ]


def words_above(block: Block, harvest: Harvest) -> str:
    """The title, the headings and the last words before a block."""
    before = harvest.reading.blocks[max(0, block.index - 2) : block.index]
    return " ".join((harvest.reading.title, *block.section_path, *(b.text[-200:] for b in before)))


def _kind_label(text: str) -> Label | None:
    """The category that a labelled value begins with: "Analytical – third party: Google"."""
    return cell_label(text) or next((found for piece in _CUT.split(text)[:1] if (found := cell_label(piece))), None)


_CUT = re.compile(r"\s+[–—-]\s+|[.;:(]")
