"""Cookies from tables that lost their grid: a cell on each line, or a row on each line with only blanks between."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache

from scanner.policy.categories import cell_label, has_cookie_word, label_of
from scanner.policy.durations import find_lifetimes, is_duration, is_vague, stated_lifetime
from scanner.policy.fields import FieldName, exact_field_of, field_of
from scanner.policy.names import is_code_like, is_domain, is_identifier, is_plain_word, is_token, split_names, tidy
from scanner.policy.parties import party_label, storage_of
from scanner.policy.reading import PSEUDO_HEADING, Block
from scanner.policy.rows import Draft, Harvest, Value, durations_for, shorten

_MAX_CELL = 700
_MAX_HEAD = 8
_NEAR = 12
"""Characters that may stand before a duration in the column right behind the name ("up to two years")."""
_AFTER = 6
"""Words of other columns within which a column for the kind begins that stands in the middle."""
_WORDS = re.compile(r"(?:\[[^\[\]]{1,40}\]|<[^<>]{1,40}>|\{[^{}]{1,40}\}|\S)+")
"""Words of a row; a blank within a placeholder does not end one."""


def read_flattened(harvest: Harvest) -> None:
    """Find heads that were flattened, and read the rows beneath them."""
    blocks = harvest.reading.blocks
    index = 0
    while index < len(blocks):
        if blocks[index].index in harvest.used or blocks[index].kind == "cell":
            index += 1
            continue
        stop = _read_columnar(harvest, index) or _read_lines(harvest, index)
        index = stop or index + 1


# -- one cell on each line ----------------------------------------------------------------------------------------


def _head_run(blocks: tuple[Block, ...], index: int, used: set[int]) -> list[FieldName]:
    """The fields named by consecutive blocks that are nothing but labels."""
    run: list[FieldName] = []
    for position in range(index, min(index + _MAX_HEAD, len(blocks))):
        block = blocks[position]
        if block.index in used or block.kind in ("cell", "term", "detail") or len(block.lines) > 1:
            break
        if block.text.rstrip().endswith(":"):
            break
        found = exact_field_of(block.text)
        if found is not None:
            run.append(found.field)
        elif len(run) >= 2 and "other" not in run and _is_unknown_head(blocks, position):
            run.append("other")
        else:
            break
    return run


def _is_unknown_head(blocks: tuple[Block, ...], position: int) -> bool:
    """Whether a short line between known heads is a head too, of a column that nobody needs."""
    text = blocks[position].text
    following = blocks[position + 1] if position + 1 < len(blocks) else None
    if following is None or len(text) > 40 or len(text.split()) > 4 or is_identifier(tidy(text)):
        return False
    return following.kind != "cell" and exact_field_of(following.text) is not None


def _read_columnar(harvest: Harvest, index: int) -> int | None:
    """Read records whose cells are blocks of their own; answers where reading can go on."""
    blocks = harvest.reading.blocks
    run = _head_run(blocks, index, harvest.used)
    if len(run) < 2 or "name" not in run or len(set(run)) < 2:
        return None
    position = index + len(run)
    used = list(range(index, position))
    run = _without_empty_columns(blocks, position, run)
    name_at = _name_position(blocks, position, run)
    drafts: list[Draft] = []
    while position < len(blocks):
        cells, position_after = _next_record(harvest, position, run, name_at)
        if not cells:
            break
        if any(_is_name_cell(cell) for cell in cells[: name_at + 1]):
            drafts.extend(_columnar_drafts(cells, run, harvest))
        used.extend(cell.index for cell in cells)
        position = position_after
    known = sum(1 for draft in drafts if is_code_like(draft.name) or (is_identifier(draft.name) and draft.duration))
    if known < max(1, 0.3 * len(drafts)):
        return None
    harvest.add(drafts, used)
    harvest.labels.update(used)
    return position


def _name_position(blocks: tuple[Block, ...], position: int, run: list[FieldName]) -> int:
    """Which column holds the names, where two are headed as if they did ("Cookie", "Name")."""
    places = [place for place, field in enumerate(run) if field == "name"]
    coded = [
        p
        for p in places
        if position + p < len(blocks) and any(is_code_like(name) for name in split_names(blocks[position + p].lines))
    ]
    return (coded or places)[0]


def _without_empty_columns(blocks: tuple[Block, ...], position: int, run: list[FieldName]) -> list[FieldName]:
    """The columns that have text at all: those of tick boxes leave none, so that the names stand closer together."""
    spare = run.count("other")
    if not spare:
        return run
    ahead = blocks[position : position + 6 * len(run)]
    names = [block.index for block in ahead if any(is_code_like(name) for name in split_names(block.lines))]
    apart = {b - a for a, b in itertools.pairwise(names)}
    missing = len(run) - min(apart) if len(apart) == 1 else 0
    if not 0 < missing <= spare:
        return run
    kept = list(run)
    for _ in range(missing):
        kept.remove("other")
    return kept


def _is_name_cell(block: Block) -> bool:
    return len(block.text) <= 160 and block.kind != "cell" and _are_names(block.lines)


@lru_cache(maxsize=8192)
def _are_names(lines: tuple[str, ...]) -> bool:
    names = split_names(lines)
    return bool(names) and all(
        is_identifier(name)
        or (is_token(name) and not is_plain_word(name) and not is_domain(name) and name == name.lower())
        for name in names
    )


def _next_record(harvest: Harvest, position: int, run: list[FieldName], name_at: int) -> tuple[list[Block], int]:
    """The cells of one record: a full row, or up to the next name where cells are missing."""
    blocks = harvest.reading.blocks
    if run == _head_run(blocks, position, harvest.used)[: len(run)]:
        position += len(run)  # the head is repeated
    start = position
    cells: list[Block] = []
    while position < len(blocks) and len(cells) < len(run):
        block = blocks[position]
        if block.index in harvest.used or block.kind == "cell" or len(block.text) > _MAX_CELL:
            break
        is_section = block.kind == "heading" and block.level < PSEUDO_HEADING and label_of(block.text) is not None
        if is_section and not (cells and {"category", "type"} & set(run)):
            break
        if (
            len(cells) > name_at
            and any(_is_name_cell(c) for c in cells)
            and _is_name_cell(block)
            and is_code_like(tidy(block.text))
        ):
            break
        cells.append(block)
        position += 1
    if any(_is_name_cell(cell) for cell in cells[: name_at + 1]):
        return cells, position
    # A full row whose name is no name ("generated dynamically") is passed over, not the end.
    fits = len(cells) == len(run) and (
        ("duration" in run and is_duration(cells[run.index("duration")].text, harvest.language))
        or ("category" in run and cell_label(cells[run.index("category")].text) is not None)
    )
    return (cells, position) if fits else ([], start)


def _columnar_drafts(cells: list[Block], run: list[FieldName], harvest: Harvest) -> list[Draft]:
    name_cell = next(cell for cell in cells if _is_name_cell(cell))
    rest = [cell for cell in cells if cell is not name_cell]
    names = split_names(name_cell.lines)
    full = len(cells) == len(run)
    duration = None
    if "duration" in run:
        expected = [cells[run.index("duration")]] if full else []
        duration = next((c for c in expected if len(c.text) <= 80 and find_lifetimes(c.text, harvest.language)), None)
        duration = duration or next((cell for cell in rest if is_duration(cell.text, harvest.language)), None)
    rest = [cell for cell in rest if cell is not duration]

    def at(field: FieldName) -> str | None:
        return cells[run.index(field)].text if full and field in run and cells[run.index(field)] in rest else None

    category = at("category") or at("type")
    party = party_label(at("party") or at("type") or "")
    if party is None and "party" not in run:
        # "Cookies used: First party": told by what stands in the column.
        party = next((p for c in rest if len(c.text.split()) <= 3 and (p := party_label(c.text)) is not None), None)
    values = (
        durations_for(names, duration.lines, harvest.language) if duration is not None else [(None, None)] * len(names)
    )
    quote = shorten(" | ".join(cell.text for cell in cells))
    return [
        Draft(
            name=name,
            at=name_cell.index,
            quote=quote,
            provider=at("provider"),
            purpose=at("purpose") or max((c.text for c in rest if len(c.text) > 30), key=len, default=None),
            duration=value,
            duration_text=raw,
            label=cell_label(category) if category else None,
            party=party,
            storage=storage_of(at("type") or ""),
        )
        for name, (value, raw) in zip(names, values, strict=True)
    ]


# -- one row on each line -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _LineHead:
    fields: tuple[FieldName, ...]
    strong: bool


def line_head(text: str) -> _LineHead | None:
    """The fields of a line that is nothing but column heads: "Cookie Provider Purpose Expiry"."""
    words = text.split()
    if not 2 <= len(words) <= 16 or len(text) > 140:
        return None
    fields: list[FieldName] = []
    strong = False
    position = 0
    while position < len(words):
        for take in range(min(4, len(words) - position), 0, -1):
            found = exact_field_of(" ".join(words[position : position + take]).strip("|"))
            if found is not None:
                fields.append(found.field)
                strong = strong or found.strong
                position += take
                break
        else:
            return None
    if "name" not in fields or len(set(fields) - {"other"}) < 2:
        return None
    return _LineHead(tuple(fields), strong)


def _read_lines(harvest: Harvest, index: int) -> int | None:
    """Read rows beneath a head on one line: each begins with the name, the duration is found by its form."""
    blocks = harvest.reading.blocks
    head, length = None, 0
    for length in (3, 2, 1):
        together = blocks[index : index + length]
        if any(len(block.text) > 140 or block.kind in ("cell", "term", "detail") for block in together):
            continue
        if len(together) < length or (length > 1 and together[0].kind == "heading"):
            continue
        head = line_head(" ".join(block.text for block in together))
        if head is not None:
            break
    if head is None:
        return None
    drafts: list[Draft] = []
    used = list(range(index, index + length))
    position = index + length
    while position < len(blocks) and position - used[-1] <= 2:
        block = blocks[position]
        if block.kind == "cell" or block.index in harvest.used:
            break
        row = [draft for line in block.lines for draft in _line_row(line, block, head, harvest)]
        if row:
            drafts.extend(row)
            used.append(position)
        elif block.kind == "heading" or (field_of(block.text) is None and len(block.text) > _MAX_CELL):
            break
        position += 1
    known = sum(1 for draft in drafts if is_identifier(draft.name))
    if known < max(1, 0.5 * len(drafts)):
        return None
    harvest.add(drafts, used)
    return used[-1] + 1


def _line_row(line: str, block: Block, head: _LineHead, harvest: Harvest) -> list[Draft]:
    text = line.strip(" |\t")
    names, rest = _names_of_line(text, head)
    if not names:
        return []
    kind, middle = _line_label(rest, head)
    duration = _line_duration(middle, head, harvest.language)
    stated = stated_lifetime(middle, harvest.language) if "duration" not in head.fields else None
    if "duration" in head.fields and duration is None and not is_code_like(names[0]):
        return []
    if not is_identifier(names[0]) and (duration is None or not head.strong):
        return []
    return [
        Draft(
            name=name,
            at=block.index,
            quote=shorten(text),
            duration=stated[0] if stated else duration,
            duration_text=stated[1] if stated else middle if duration is not None and len(middle) < 60 else None,
            purpose=middle or None,
            label=cell_label(kind) if kind else None,
            party=party_label(kind or ""),
        )
        for name in names
    ]


def _names_of_line(text: str, head: _LineHead) -> tuple[list[str], str]:
    """The names in a row, and what follows them."""
    words = [word for word in _WORDS.findall(text) if word.strip()]
    if head.fields[0] == "name":
        names, rest = _leading_names(words)
        first = tidy(words[0]) if words else ""
        plain = first.islower() or not first.isalpha()
        if names:
            return names, rest
        if plain and is_token(first) and first == words[0] and not is_plain_word(first):
            return [first], " ".join(words[1:])
    position = next((i for i, word in enumerate(words[:5]) if is_code_like(tidy(word))), None)
    return ([], "") if position is None else ([tidy(words[position])], " ".join(words[position + 1 :]))


def _leading_names(words: list[str]) -> tuple[list[str], str]:
    names: list[str] = []
    position = 0
    while position < len(words):
        word = tidy(words[position])
        comma = words[position].endswith((",", ";"))
        if not (is_code_like(word) or (not names and is_identifier(word) and not is_domain(word))):
            break
        names.append(word)
        position += 1
        if not comma:
            break
    return names, " ".join(words[position:])


def _line_duration(middle: str, head: _LineHead, language: str | None) -> Value:
    """The duration in what follows the name: at the end where only kinds stand behind it, else the first."""
    if "duration" not in head.fields:
        return None
    after = head.fields[head.fields.index("duration") + 1 :]
    if all(field in ("category", "type", "party") for field in after):
        tail = " ".join(middle.split()[-6:])
        ending = find_lifetimes(tail, language)
        return ending[-1].value if ending and not is_vague(tail) else None
    found = find_lifetimes(middle, language)
    if head.fields.index("duration") == 1:
        return found[0].value if found and found[0].start <= _NEAR else None
    numeric = [item for item in found if item.seconds is not None]
    return (numeric or found)[0].value if found else None


def _line_label(rest: str, head: _LineHead) -> tuple[str | None, str]:
    """The words where a column for the kind stands, at either end of the row; and the row without them."""
    words = rest.split()
    kinds = ("category", "type", "party")
    if head.fields[-1] in kinds:
        take = _kind_length([" ".join(words[-take:]) for take in range(1, min(5, len(words)))])
        if take:
            return " ".join(words[-take:]), " ".join(words[:-take])
    elif len(head.fields) > 1 and head.fields[1] in kinds:
        take = _kind_length([" ".join(words[:take]) for take in range(1, min(5, len(words)))])
        if take:
            return " ".join(words[:take]), " ".join(words[take:])
    elif {"category", "type"} & set(head.fields[2:-1]):
        for start in range(1, min(_AFTER, len(words) - 1)):
            take = _kind_length([" ".join(words[start : start + take]) for take in range(1, 4)])
            if take:
                return " ".join(words[start : start + take]), " ".join(words[:start] + words[start + take :])
    return None, rest


def _kind_length(phrases: list[str]) -> int:
    """How many words name the kind: the fewest that do, but "Third party - Advertising" as a whole; 0 for none."""
    for length, phrase in enumerate(phrases, 1):
        if cell_label(phrase) is not None:
            return length
        if party_label(phrase) is not None:
            longer = range(length + 1, len(phrases) + 1)
            return next((more for more in longer if cell_label(phrases[more - 1]) is not None), length)
    return 0


def mentions_cookies(harvest: Harvest, at: int) -> bool:
    """Whether the headings above a block, or the words just before it, speak of cookies."""
    block = harvest.reading.blocks[at]
    before = harvest.reading.blocks[max(0, at - 3) : at]
    return has_cookie_word(" ".join((harvest.reading.title, *block.section_path, *(b.text[-300:] for b in before))))
