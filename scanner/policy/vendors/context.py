"""Whether a name, where it stands, is that of a party at work on this site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanner.policy.claims.pattern import Sentence, Span
from scanner.policy.reading import Sentence as ReadSentence
from scanner.policy.vendors.names import Mention, NameBook
from scanner.policy.vendors.words import VendorWords

LIST_REACH: Final = 16
"""Words after "we do not use" in which names are denied."""

AFTERTHOUGHT: Final = 5
"""Words after a name in which a "not" denies it ("Google Analytics is not used")."""

SHORT: Final = 6
"""A sentence of at most this many words is a label or an entry of a list."""


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence with its names, read for the words around them. `row` is the text of a table row's other cells."""

    read: ReadSentence
    language: str | None
    sentence: Sentence
    mentions: tuple[Mention, ...]
    generic: bool
    row: Sentence | None = None
    lead_in: Sentence | None = None
    headings: tuple[Sentence, ...] = ()
    heading_keys: frozenset[str] = frozenset()
    row_keys: frozenset[str] = frozenset()


def denied(place: Place, words: VendorWords) -> frozenset[int]:
    """Indexes of the mentions that the sentence says are not used here."""
    out: set[int] = set()
    for index, mention in enumerate(place.mentions):
        follows = index - 1 in out and mention.start - place.mentions[index - 1].end <= 1
        same_clause = _clause(place, mention) == _clause(place, place.mentions[index - 1]) if index else False
        if (follows and same_clause) or _denied(place, mention, words):
            out.add(index)
    return frozenset(out)


def _clause(place: Place, mention: Mention) -> int:
    return place.sentence.tokens.clauses[mention.start]


def _denied(place: Place, mention: Mention, words: VendorWords) -> bool:
    sentence, tokens = place.sentence, place.sentence.tokens
    if any(s[0] < mention.end + 8 for s in sentence.spans(words.signs["you"])):
        return False
    for low, high in sentence.spans(words.signs["not_first"]):
        if 0 <= mention.start - high <= 2 and tokens.parts[low] == tokens.parts[mention.start]:
            return True
    uses = sentence.spans(words.signs["use"])
    for low, high in sentence.spans(words.signs["not"]):
        if tokens.clauses[low] != tokens.clauses[mention.start]:
            continue
        nearby = [u for u in uses if _gap((low, high), u) <= 3]
        if high <= mention.start:
            if mention.start - high <= LIST_REACH and any(u[1] <= mention.start for u in nearby):
                return True
        elif (
            low >= mention.end
            and low - mention.end <= 5
            and nearby
            and tokens.parts[low] == tokens.parts[mention.start]
        ):
            return True
    return _denied_by_lead_in(place, words)


def _denied_by_lead_in(place: Place, words: VendorWords) -> bool:
    lead = place.lead_in
    if lead is None or lead.spans(words.signs["you"]):
        return False
    size = len(lead.tokens.words)
    uses = lead.spans(words.signs["use"])
    return any(size - n[1] <= 2 or any(_gap(n, u) <= 3 for u in uses) for n in lead.spans(words.signs["not"]))


def _gap(one: Span, two: Span) -> int:
    return max(two[0] - one[1], one[0] - two[1], 0)


def accepted(place: Place, mention: Mention, words: VendorWords, book: NameBook) -> bool:
    """Whether the mention, which is not denied, names a party active on this site."""
    if place.generic or _is_link_only(place, words) or _is_browser_help(place, mention, words):
        return False
    if mention.name.ambiguous and (
        _in_address(place, mention) or _in_longer_name(place, mention, words) or not _has_sign(place, mention, words)
    ):
        return False
    return not _is_only_owner(place, mention, words, book)


def _is_link_only(place: Place, words: VendorWords) -> bool:
    return bool(place.sentence.spans(words.signs["link_only"])) and not place.sentence.spans(
        words.signs["service_sign"]
    )


def _is_browser_help(place: Place, mention: Mention, words: VendorWords) -> bool:
    """Help pages of browsers name their makers: "Microsoft" below "How to delete cookies in your browser"."""
    sign = words.signs["browser"]
    if any(_gap((mention.start, mention.end), s) <= 1 for s in place.sentence.spans(sign)):
        return not any(s[0] >= mention.end for s in place.sentence.spans(words.signs["service_sign"]))
    if len(place.sentence.tokens.words) > SHORT:
        return False
    around = [*place.headings[-1:], *([place.lead_in] if place.lead_in else [])]
    return any(s.spans(sign) for s in around)


def _has_sign(place: Place, mention: Mention, words: VendorWords) -> bool:
    if len(mention.name.words) > 1:
        return True
    sentence = place.sentence
    if len(sentence.tokens.words) <= SHORT and place.read.block.kind != "paragraph":
        return True
    if any(not other.name.ambiguous for other in place.mentions if other is not mention):
        return True
    if _is_capitalised_inside(place, mention):
        return True
    around = (mention.start, mention.end)
    if any(0 <= mention.start - s[1] <= 1 for s in sentence.spans(words.signs["use_sign"])):
        return True
    return any(_gap(around, s) <= 1 for s in sentence.spans(words.signs["service_sign"]))


_STREET: Final = re.compile(r"\d[\w/-]*,?\s+(?:[A-ZÀ-Þ][\w'’.-]*\s+){1,4}$")


def _in_address(place: Place, mention: Mention) -> bool:
    """Whether the word is the end of a street's name: "4 Grand Canal Square"."""
    tokens = place.sentence.tokens
    return _STREET.search(tokens.text[: tokens.spans[mention.start][0]][-80:]) is not None


def _in_longer_name(place: Place, mention: Mention, words: VendorWords) -> bool:
    """Whether an ordinary word is the end of somebody else's name: "Harbour Loom Ltd" is not Loom."""
    if place.language == "de" or mention.start == 0 or len(mention.name.words) > 1:
        return False
    tokens = place.sentence.tokens
    before = tokens.spans[mention.start - 1]
    beside = tokens.text[before[1] : tokens.spans[mention.start][0]] == " "
    legal = any(low == mention.end for low, _ in place.sentence.spans(words.signs["legal_form"]))
    return beside and legal and tokens.quote(mention.start - 1, mention.start).istitle()


def _is_capitalised_inside(place: Place, mention: Mention) -> bool:
    """Whether the name has a capital after a word without one: no accident where nouns are written small."""
    if place.language == "de" or mention.start == 0 or place.read.block.kind == "heading":
        return False
    tokens = place.sentence.tokens
    return (
        tokens.quote(mention.start - 1, mention.start).islower() and tokens.quote(mention.start, mention.end).istitle()
    )


def _is_only_owner(place: Place, mention: Mention, words: VendorWords, book: NameBook) -> bool:
    """Whether the name is only there as that of the company behind a service named beside it."""
    # "Meta (Facebook)", "a service of Google": beside its service a company is no second vendor; in a plain
    # enumeration ("Facebook, Twitter, Instagram") every name stands for itself.
    key = mention.name.key
    beside = {m.name.key for m in place.mentions if m is not mention} | place.row_keys
    if any(book.owns(key, other) for other in place.heading_keys):
        return True
    if any(
        book.owns(key, other) and (other.startswith(f"{key} ") or _is_corporate(place, mention, words))
        for other in beside
    ):
        return True
    if any(book.owns(key, m.name.key) and m.start == mention.end for m in place.mentions):
        return True
    earlier = [m for m in place.mentions if m.end <= mention.start and m.name.key != key]
    return bool(earlier) and _is_corporate(place, mention, words, only_before=True)


def _is_corporate(place: Place, mention: Mention, words: VendorWords, *, only_before: bool = False) -> bool:
    """Whether the name is given as that of a legal person: "a service of Google", "Meta Platforms Ireland Ltd"."""
    spans = place.sentence.spans
    if any(0 <= mention.start - high <= 1 for _, high in spans(words.signs["service_of"])):
        return True
    if only_before:
        return False
    legal = spans(words.signs["legal_form"])
    return any(mention.start < low <= mention.end + 1 or mention.start <= low < mention.end for low, _ in legal)


def names_in(sentences: Sequence[Sentence], book: NameBook) -> frozenset[str]:
    """Keys of all names in some sentences."""
    return frozenset(m.name.key for s in sentences for m in book.mentions(s.tokens))
