"""What a button does, from its words: one list of rules for all languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scanner.capture.consent.words.lexicon import Lexicon, lexicon_for, lexicons, normalise

Role = Literal[
    "accept", "reject", "settings", "save", "close", "pay", "ack", "object", "info", "next", "previous", "other"
]  # fmt: skip

LONGEST_LABEL = 110
"""Characters; more is a text, not a button."""

FORBIDS = 6.5
"""Strength of words such as "do not sell my data"."""

HEADING = 4.0
"""Strength of a reading that may be a heading as well as a button."""

TICKED = 5.5
"""Strength of a button that is a tick (or a thumb) and nothing more."""

_CLOSE_SIGNS = frozenset("x×✕✖✗✘⨯╳❌🗙ⓧ⊗")
_TICKS = frozenset("✓✔☑✅🗸👍")
_ONWARD = frozenset("›»→▶⟩❯>")

_NAME_HINTS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        "reject",
        re.compile(
            r"reject|deny|denied|decline|refuse|disagree|disallow|ablehn|refus|rifiut|rechaz|weiger"
            r"|(?:only|accept).?(?:necessary|essential|required)|(?:necessary|essential|required).?only|opt.?out",
            re.I,
        ),
    ),
    ("settings", re.compile(r"settings|preferences|manage|customi[sz]e|configure|options|einstellung|detail", re.I)),
    ("save", re.compile(r"save|confirm.?(?:choice|selection)|speicher|enregistr", re.I)),
    ("accept", re.compile(r"accept|agree|allow|akzept|zustimm|opt.?in|consent.?(?:give|ok|yes)", re.I)),
    ("close", re.compile(r"(?:^|[\s_-])(?:close|dismiss)(?:$|[\s_-])", re.I)),
)


@dataclass(frozen=True)
class Label:
    """What a button does. `strength` orders readings (0 to about 12); `language` says which lexicon read it."""

    role: Role
    strength: float = 0.0
    language: str | None = None
    everything: bool = False
    """Whether the words say "all"."""
    onward: bool = False
    """Whether the words say "continue"."""


OTHER = Label("other")


def label(text: str, languages: tuple[str, ...] = (), names: str = "") -> Label:
    """The role of a button from its visible words, and where no language knows them, from its technical names.

    `languages` are those of the page and of the banner; they and English are asked first, and all others only where
    those have nothing to say, or where no language is known. Words that any asked language reads as a refusal are
    never an acceptance unless they say "all".
    """
    raw = text.strip()
    if raw and all(c in _CLOSE_SIGNS for c in raw.casefold()) and len(raw) <= 2:
        return Label("close", 6.0)
    bare = raw.replace("\ufe0f", "")
    if bare and len(bare) <= 2 and all(c in _TICKS for c in bare):
        return Label("accept", TICKED)
    if bare and len(bare) <= 2 and all(c in _ONWARD for c in bare):
        return Label("next", 3.0)
    known = _label(raw, languages) if raw else OTHER
    if known.role != "other" or not names:
        return known
    for role, hint in _NAME_HINTS:
        if hint.search(names):
            return Label(role, 2.0)
    return known


@lru_cache(maxsize=4096)
def forbids(text: str, languages: tuple[str, ...] = ()) -> bool:
    """Whether a choice with this label forbids something when it is switched on: "do not sell my data"."""
    plain = normalise(text)
    return (len(plain.split()) >= 2 or len(plain) >= 6) and speaks("forbid", text, languages)


@lru_cache(maxsize=8192)
def speaks(key: str, text: str, languages: tuple[str, ...] = ()) -> bool:
    """Whether a text holds words of one kind (a key of the lexicons) in one of these languages or in English."""
    plain = normalise(text)
    asked = [lexicon for tag in (*languages, "en") if (lexicon := lexicon_for(tag)) is not None]
    return any(lexicon.words[key].search(plain) for lexicon in asked)


def says_all(text: str, languages: tuple[str, ...] = ()) -> bool:
    """Whether words speak of everything."""
    return speaks("all", text, languages)


def legitimate(text: str, languages: tuple[str, ...] = ()) -> bool:
    """Whether words speak of legitimate interest, to which one objects."""
    return speaks("legitimate", text, languages)


@lru_cache(maxsize=8192)
def _label(raw: str, languages: tuple[str, ...]) -> Label:
    text = normalise(raw)
    if not text or len(raw) > LONGEST_LABEL:
        return OTHER
    asked: list[Lexicon] = []
    for tag in (*languages, "en"):
        lexicon = lexicon_for(tag)
        if lexicon is not None and lexicon not in asked:
            asked.append(lexicon)
    if len(asked) == 1 and not languages:
        return _vote(text, lexicons(), ())  # nobody knows the language: all are heard, and any refusal counts
    near = _vote(text, tuple(asked), tuple(asked[:-1]))
    return near if near.role != "other" else _vote(text, lexicons(), ())


def why(text: str, languages: tuple[str, ...], meaning: Label) -> str:
    """In words, what made a label be read as it was: the kinds of words that it holds, and in which language."""
    if meaning.role == "other":
        return "no words that are known"
    lexicon = lexicon_for(meaning.language) if meaning.language else None
    if lexicon is None:
        return "its sign" if meaning.strength >= HEADING else "its technical name"
    plain = normalise(text)
    hits = {key: found[0] for key, pattern in lexicon.words.items() if (found := pattern.search(plain)) is not None}
    said = ", ".join(f"{key} ({found.strip()})" for key, found in sorted(hits.items()))
    known = "" if lexicon.code in languages or lexicon.code == "en" else ", though the page speaks another language"
    return f"{lexicon.name}: {said or 'its technical name'}{known}"


def _vote(text: str, asked: tuple[Lexicon, ...], favoured: tuple[Lexicon, ...]) -> Label:
    best, refusal = OTHER, OTHER
    for lexicon in asked:
        if not lexicon.any_word.search(text):
            continue
        read = _read(lexicon, text)
        if read is None:
            continue
        bonus = 1.0 if lexicon in favoured else 0.0
        every, onward = (bool(lexicon.words[key].search(text)) for key in ("all", "continue"))
        found = Label(read[0], read[1] + bonus, lexicon.code, every, onward)
        if read[0] == "reject" and read[1] >= 6 and found.strength > refusal.strength:
            refusal = found
        if found.strength > best.strength:
            best = found
    if refusal.role == "reject" and best.role in ("accept", "pay", "ack") and not best.everything:
        return refusal
    return best


def _read(lexicon: Lexicon, text: str) -> tuple[Role, float] | None:
    """The rules. They are tried in order, since "accept only what is necessary" refuses and "reject all" is not all."""
    says = {key: bool(pattern.search(text)) for key, pattern in lexicon.words.items()}
    length = max(1, len(text) // 3) if lexicon.unspaced else len(text.split())
    return _refusals(says, length) or _acceptances(says, length) or _rest(says, length)


def _refusals(says: dict[str, bool], length: int) -> tuple[Role, float] | None:
    yes = says["accept"] or says["continue"] or says["save"]
    if says["pay"] and (says["accept"] or says["reject"] or says["continue"] or length <= 8):
        return "pay", 9.0
    if says["object"] and not says["accept"] and length <= 6:
        return ("object", 6.0) if not says["all"] else ("object", 7.0)
    if says["reject"] and says["settings"] and not says["negation"] and not says["all"]:
        return "settings", 5.0  # "settings or reject"
    if says["no"] and says["settings"] and not says["reject"] and not says["accept"]:
        return "settings", 7.0  # "no, let me choose"
    if says["withdraw"] and says["consent"] and not says["settings"]:
        return "reject", 8.0  # "withdraw consent"
    if says["forbid"] and not says["accept"]:
        return "reject", FORBIDS
    if says["reject"]:
        return "reject", 9.0 if says["all"] else 8.0
    if (says["negation"] and says["accept"]) or (says["without"] and yes):
        return "reject", 8.0
    if says["only"] and (says["necessary"] or says["accept"]) and not says["all"]:
        if says["selection"] and not says["necessary"]:
            return "save", 7.5  # "accept only what I selected"
        return "reject", 8.0 if says["necessary"] else 5.0
    if says["necessary"] and (yes or length <= 4) and not says["all"] and not says["settings"]:
        return "reject", 6.0 if yes else HEADING  # "necessary cookies" alone may be the heading of a category
    return None


def _acceptances(says: dict[str, bool], length: int) -> tuple[Role, float] | None:
    if says["accept"] and says["all"]:
        return "accept", 9.0
    if says["save"] and (says["selection"] or says["settings"] or not says["accept"]):
        return "save", 8.0 if says["selection"] or says["settings"] else 7.0
    if says["save"] and says["accept"] and length <= 4:
        return "save", 6.5  # "save and accept" keeps what was chosen
    if says["accept"] and says["selection"]:
        return "save", 7.5
    if says["settings"] and not says["accept"]:
        return "settings", 7.0
    if says["settings"] and says["consent"] and not says["save"]:
        return "settings", 6.5  # "manage consent"
    if says["accept"] and length <= 9:
        return "accept", 7.0
    if says["settings"]:
        return "settings", 4.0
    return None


def _rest(says: dict[str, bool], length: int) -> tuple[Role, float] | None:
    if says["no"] and length <= 3:
        return "reject", 5.0
    if says["close"] and length <= 5:
        return "close", 6.0
    if says["acknowledge"] and length <= 5:
        return "ack", 6.0
    if says["information"] and length <= 10:
        return "info", 5.0
    if says["yes"] and length <= 3:
        return "accept", 5.0
    if says["continue"] and length <= 4:
        return "ack", 4.0
    if says["next"] and length <= 3:
        return "next", 3.0
    if says["previous"] and length <= 3:
        return "previous", 3.0
    if says["selection"] and length <= 2 and not says["accept"]:
        return "save", 3.0
    return None
