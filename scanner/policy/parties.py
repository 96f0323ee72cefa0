"""First or third party, and the kind of storage, where the policy says so in a label or a lead-in."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from scanner.model.base import Party
from scanner.policy.lexicon import fold, load, phrase_pattern

Storage = Literal["local_storage", "session_storage", "pixel", "http"]


@cache
def _pattern(*path: str) -> re.Pattern[str]:
    data = load("parties")
    for key in path:
        data = data[key]
    return phrase_pattern(data["all"])


def _hits(folded: str, party: Party) -> list[re.Match[str]]:
    return list(_pattern(party).finditer(folded))


def party_label(text: str) -> Party | None:
    """The party that a cell or a short heading names; None where it names none or both."""
    if len(text) > 100 or len(text.split()) > 12:
        return None
    folded = fold(text)
    first, third = _hits(folded, "first"), _hits(folded, "third")
    if bool(first) == bool(third):
        return None
    return "first" if first else "third"


_EXPLICIT = re.compile(
    r"part(?:y|ies|ei|ie|ies|e|i|ner)\b|anbieter|terc|terz|tiers|tierce|derde|trzeci|trzecich|tredje|propi|propr|wlasn|eigen|own|osapuol|stran"
)


def party_of_sentence(text: str) -> Party | None:
    """The party that a sentence gives to all that follows it: "We use only first-party cookies".

    Only where the sentence speaks of cookies, and of one party alone, and says "only" or introduces a list.
    """
    folded = fold(text)
    if "cook" not in folded and "traceur" not in folded and "plik" not in folded:
        return None
    first = [hit for hit in _hits(folded, "first") if _EXPLICIT.search(hit.group()) and _near_cookie(folded, hit)]
    third = [hit for hit in _hits(folded, "third") if _EXPLICIT.search(hit.group()) and _near_cookie(folded, hit)]
    if _pattern("only").search(folded) or folded.rstrip().endswith(":"):
        if first and (not third or _denied(folded, third[0].start())):
            return "first"
        if third and not first:
            return "third"
    return None


def _near_cookie(folded: str, hit: re.Match[str]) -> bool:
    return re.search(r"cook|traceur|plik", folded[max(0, hit.start() - 24) : hit.end() + 24]) is not None


def _denied(folded: str, position: int) -> bool:
    return _pattern("negation").search(folded[max(0, position - 40) : position]) is not None


def storage_of(text: str) -> Storage | None:
    """How a thing is stored, where a short text is just that."""
    if len(text) > 60:
        return None
    folded = fold(text)
    for kind in ("session_storage", "local_storage", "pixel", "http"):
        match = _pattern("storage", kind).search(folded)
        if match and (kind != "http" or match.end() - match.start() >= 0.5 * len(folded.strip())):
            return kind
    return None
