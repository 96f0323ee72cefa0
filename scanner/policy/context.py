"""Which category and party the headings, captions and blocks above a place give to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.model.base import Party
from scanner.policy.categories import Label, label_of, leading_label, product_label, waits_for_choice
from scanner.policy.parties import party_label, party_of_sentence
from scanner.policy.reading import PSEUDO_HEADING, Block
from scanner.policy.rows import Harvest
from scanner.policy.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is said above a block: the nearest label of a category, of a party, and a product named by its kind."""

    label: Label | None = None
    party: Party | None = None
    product: Label | None = None


@dataclass
class _Heading:
    level: int
    label: Label | None
    party: Party | None
    product: Label | None


def surroundings(harvest: Harvest) -> list[Surroundings]:
    """For every block of the document, what the labels above it say. One pass."""
    places = {draft.at for draft in harvest.rows}
    found: list[Surroundings] = []
    stack: list[_Heading] = []
    below: Label | None = None
    below_list: int | None = None
    fresh = False
    lead: Party | None = None
    for block in harvest.reading.blocks:
        own_label: Label | None = None
        if block.index in places:
            fresh = False
        if block.kind == "heading":
            if block.index not in harvest.labels and block.index not in harvest.used:
                below, below_list = _enter_heading(block, stack, below), None
                lead = None if block.level < PSEUDO_HEADING else lead
                fresh = False
        elif block.kind != "cell" and block.index not in harvest.labels:
            whole = label_of(block.text.rstrip(" :")) if _may_be_label(block.text) else None
            own_label = whole or leading_label(block.text, block.marked("strong"))
            if whole is not None:
                below, below_list, fresh = whole, None, False
            elif own_label is not None:
                # Two explanations in a row, without a cookie between: a list of definitions, not of headings.
                below = None if fresh else own_label
                below_list, fresh = block.list_id, True
            elif below_list is not None and block.list_id is None:
                below, below_list = None, None
            lead = _lead_in(block) or lead
        heading = next((h.label for h in reversed(stack) if h.label is not None), None)
        party = next((h.party for h in reversed(stack) if h.party is not None), None)
        product = next((h.product for h in reversed(stack) if h.product is not None), None)
        label = own_label or below or heading
        if own_label is None and label is not None and label.first == "necessary" and _waits(block):
            label = None
        found.append(Surroundings(label, party or lead, product))
    return found


def _waits(block: Block) -> bool:
    """Whether a block under what is necessary is about something else: that which a visitor may agree to."""
    return block.kind not in ("cell", "heading") and waits_for_choice(block.text)


def _may_be_label(text: str) -> bool:
    """Whether a line that is no heading can be a label all the same: a few words, no sentence, no name of a cookie."""
    return len(text.split()) <= 8 and not text.endswith(".") and "_" not in text and " - " not in text


def _enter_heading(block: Block, stack: list[_Heading], below: Label | None) -> Label | None:
    """Put a heading on the stack; answers which label of a paragraph is still in force."""
    label = label_of(block.text.rstrip(" :"))
    party = party_label(block.text)
    if block.level >= PSEUDO_HEADING and label is None and party is None and _is_minor(block.text):
        return below
    while stack and stack[-1].level >= block.level:
        stack.pop()
    stack.append(_Heading(block.level, label, party, product_label(block.text)))
    return None


_SECTION = re.compile(
    r"[?¿]|^\d+[.)]|\b(?:cookie|policy|richtlinie|politi|browser|contact|kontakt|change|rights)", re.I
)


def _is_minor(text: str) -> bool:
    """Whether a bold line is no section of its own: a vendor's name under "Marketing cookies"."""
    return len(text.split()) <= 4 and not _SECTION.search(text)


def _lead_in(block: Block) -> Party | None:
    """The party that a paragraph announces for the list after it."""
    if block.kind != "paragraph" or len(block.text) > 1200:
        return None
    for sentence in split_sentences(block.text):
        party = party_of_sentence(sentence)
        if party is not None:
            return party
    return None
