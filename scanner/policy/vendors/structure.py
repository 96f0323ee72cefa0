"""Vendors that no list knows, where the document's structure says that they are: "Provider: ACME Ltd" and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scanner.policy.claims.pattern import Sentence
from scanner.policy.claims.tokens import fold, tokenise
from scanner.policy.reading import Reading, Table
from scanner.policy.reading import Sentence as ReadSentence
from scanner.policy.vendors.names import NameBook
from scanner.policy.vendors.words import VendorWords

_WORD = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆŃ0-9][\w&.'’+-]{0,30}"
_LEGAL = (
    r"GmbH(?:\s?&\s?Co\.?\s?KG)?|AG|SE|KG|UG|e\.\s?V\.|Inc\.?|LLC|Ltd\.?|Limited|Corp\.?|Corporation|PLC|plc|LP|LLP|S\.?\s?p\.?\s?A\.?|S\.?r\.?l\.?|"
    r"S\.?\s?A\.?\s?S\.?|S\.?A\.?R\.?L\.?|SARL|S\.?A\.?|S\.?L\.?U?\.?|B\.?V\.?|N\.?V\.?|A/S|ApS|AB|AS|Oy|Oyj|Lda\.?|"
    r"sp\.\s?z\s?o\.?\s?o\.?|S\.?A\.?|s\.r\.o\.|a\.s\.|Pty|Pte|GbR|OHG|Company|Group Ltd"
)
MAX_SENTENCES: Final = 4_000
"""Sentences looked at; the longest real policies have half as many."""

COMPANY: Final = re.compile(rf"{_WORD}(?:\s(?:{_WORD}|&|and|und|de|of)){{0,5}}?,?\s(?:{_LEGAL})(?![\w])")
"""A company by its legal form."""

_LEGAL_END = re.compile(rf"[\s,]+(?:{_LEGAL})(?![\w]).*$")
RUN: Final = re.compile(rf"{_WORD}(?:\s(?:{_WORD}|&)){{0,4}}")
_ENTRY: Final = re.compile(rf"^\W{{0,3}}({_WORD}(?:\s(?:{_WORD}|&|of|de|and)){{0,4}})\s?(?:$|[:(,–—]|\s-\s)")
_LABEL: Final = re.compile(r"^([^:\n]{2,40}?)\s?:\s*(\S.{0,200})$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that the structure calls a vendor, with the words that say so. `row` holds what else is said of it."""

    name: str
    quote: str
    read: ReadSentence | None
    row: str = ""
    alone: bool = False
    """Whether only `row` says what it is for: the quote speaks of others too."""


def without_legal_form(name: str) -> str:
    """`ACME Ltd.` is `ACME`."""
    return _LEGAL_END.sub("", name).strip(" ,.")


def candidates(reading: Reading, words: VendorWords, book: NameBook) -> Iterator[Candidate]:
    """Every name that stands where only a vendor stands, in reading order; may repeat."""
    for sentence in reading.sentences[:MAX_SENTENCES]:
        text = sentence.text[:600]
        if sentence.block.kind == "cell":
            continue
        yield from _labelled(text, sentence, words)
        yield from _hosted(text, sentence, words)
        yield from _entries(text, sentence, words)
        yield from _bracketed(text, words, book)
    for table in reading.tables:
        yield from _column(table, words)


def _labelled(text: str, sentence: ReadSentence, words: VendorWords) -> Iterator[Candidate]:
    match = _LABEL.match(text)
    if match is None or not _is_label(match.group(1), words):
        return
    name = _leading_name(match.group(2), words)
    if name:
        yield Candidate(name, sentence.text, sentence)


def _is_label(text: str, words: VendorWords) -> bool:
    read = words.vocabulary.read(tokenise(text))
    size = len(read.tokens.words)
    return 0 < size <= 4 and any(high - low == size for low, high in read.spans(words.signs["provider_label"]))


def _hosted(text: str, sentence: ReadSentence, words: VendorWords) -> Iterator[Candidate]:
    read = words.vocabulary.read(tokenise(text))
    for sign, sure in (("hosted_by", False), ("service_of", True)):
        for _, high in read.spans(words.signs[sign]):
            rest = _after(read, high, text)
            name = _leading_name(rest, words)
            if name and (not sure or COMPANY.match(name)):
                yield Candidate(name, sentence.text, sentence)


def _after(read: Sentence, position: int, text: str) -> str:
    spans = read.tokens.spans
    rest = text[spans[position][0] :] if position < len(spans) else ""
    return re.sub(r"^(?:the company|der firma|der|die|dem|la société|la société|the|la|de|firmy)\s+", "", rest)


def _leading_name(text: str, words: VendorWords) -> str | None:
    """The company or the run of capitalised words at the beginning of a text, or None."""
    company = COMPANY.match(text)
    if company:
        return company.group().strip(" ,").removesuffix(".")
    run = RUN.match(text)
    if run is None or not re.match(r"^(?:$|[\s,.;()–—-])", text[run.end() :]):
        return None
    name = run.group().strip(" .,-&")
    return name if plausible(name, words) else None


def plausible(name: str, words: VendorWords) -> bool:
    """Whether a run of capitalised words can be a company's name at all."""
    parts = name.split()
    return (
        bool(parts)
        and 2 <= len(name) <= 60
        and not name.isdigit()
        and fold(parts[0]).strip(".,:") not in words.ordinary
    )


def _entries(text: str, sentence: ReadSentence, words: VendorWords) -> Iterator[Candidate]:
    """Bullets below "Our service providers include:"."""
    if sentence.block.kind != "item" or not sentence.lead_in or not sentence.block.text.startswith(text[:40]):
        return
    lead = words.vocabulary.read(tokenise(sentence.lead_in))
    if not lead.spans(words.signs["list_of_vendors"]):
        return
    match = _ENTRY.match(text)
    if match is None:
        return
    company = COMPANY.match(text)
    name = company.group() if company else match.group(1)
    if company or (plausible(name, words) and (len(text) > len(name) + 3 or len(name.split()) > 1)):
        yield Candidate(name.strip(" ,").removesuffix("."), sentence.text, sentence)


_BRACKETED: Final = re.compile(rf"({_WORD}(?:\s{_WORD}){{0,3}})\s\(([a-zà-ž][^()]{{2,60}})\)")
_LEAST_BRACKETED: Final = 3


def _bracketed(text: str, words: VendorWords, book: NameBook) -> Iterator[Candidate]:
    """Names that no list knows beside ones that it does: "Mollie (payments), PostNL (delivery), Acme (reviews)"."""
    found = _BRACKETED.findall(text)
    if len(found) < _LEAST_BRACKETED:
        return
    known = [bool(book.mentions(tokenise(name))) for name, _ in found]
    if sum(known) < max(1, 0.3 * len(found)):
        return
    for (name, purpose), is_known in zip(found, known, strict=True):
        if not is_known and plausible(name, words):
            yield Candidate(name, text, None, row=purpose, alone=True)


def _column(table: Table, words: VendorWords) -> Iterator[Candidate]:
    """The cells of a column headed "Provider"."""
    if len(table.rows) < 2:
        return
    head = table.rows[0]
    columns = [i for i, cell in enumerate(head) if cell.text and _is_label(cell.text, words)]
    for row in table.rows[1:]:
        for column in columns[:1]:
            if column >= len(row) or row[column].spanned or len({cell.text for cell in row}) == 1:
                continue  # a row that is one cell is a heading within the table
            name = _leading_name(row[column].text.strip(), words)
            if name and len(row[column].text) <= 80:
                others = " ; ".join(cell.text for i, cell in enumerate(row) if i != column)
                yield Candidate(name, row[column].text, None, row=f"{table.caption} ; {others}"[:1500])
