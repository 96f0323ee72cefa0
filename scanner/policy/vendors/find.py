"""Reading the vendors out of a document: names in prose and lists, providers of cookies, what the structure says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.model.declaration import DeclaredCookie, DeclaredVendor, PurposeCategory
from scanner.model.vendor import Vendor
from scanner.policy.claims.lexicon import Lexicon, lexicon
from scanner.policy.claims.pattern import Sentence
from scanner.policy.claims.scope import is_general_heading, is_generic
from scanner.policy.claims.tokens import fold, tokenise
from scanner.policy.reading import Reading
from scanner.policy.reading import Sentence as ReadSentence
from scanner.policy.vendors.context import SHORT, Place, accepted, denied, names_in
from scanner.policy.vendors.names import Mention, NameBook, name_book
from scanner.policy.vendors.operator import is_operator, operator_names
from scanner.policy.vendors.purpose import ENOUGH, Scores, decide, weigh, weigh_description
from scanner.policy.vendors.structure import candidates, plausible, without_legal_form
from scanner.policy.vendors.words import VendorWords, vendor_words

LONGEST_QUOTE: Final = 320
MAX_TEXT: Final = 300_000
"""Characters of sentences that are read; the longest real policies have half of that."""

OF_A_ROW: Final = 3
"""Weight of what a cookie's row says it is for, where no kind of cookie is named."""

DESCRIPTION: Final = 4
"""Sentences below a heading that describe the vendor it names."""


@dataclass(slots=True)
class _Found:
    """What is known of one vendor so far."""

    spellings: Counter[str] = field(default_factory=Counter)
    scores: Scores = field(default_factory=Counter)
    quote: str = ""
    field: str | None = None
    order: int = 0


class _Ledger:
    """The vendors found, by key, in the order of first mention."""

    def __init__(self) -> None:
        self.found: dict[str, _Found] = {}

    def add(self, key: str, spelling: str, quote: str, scores: Scores, usual: str | None) -> None:
        entry = self.found.setdefault(key, _Found(quote=quote, field=usual))
        entry.spellings[spelling] += 1
        entry.scores.update(scores)


def find_vendors(
    reading: Reading, known: Sequence[Vendor], cookies: Sequence[DeclaredCookie]
) -> tuple[DeclaredVendor, ...]:
    """All vendors that a document names as active on its site, sorted by name; `quote` is verbatim.

    `known` is the catalogue, whose names and aliases are recognised beside our own list; `cookies` are the rows read
    from the same document, whose providers (companies, not domains) are vendors too. A purpose is given only where
    the words around the name state one.
    """
    words, book = vendor_words(), name_book(known)
    operators = operator_names(reading, words)
    ledger, refused = _Ledger(), set[str]()
    places = list(_places(reading, words, book))
    names = {fold(cookie.name) for cookie in cookies}
    kinds = {_plain(cookie.quote): cookie.category for cookie in cookies if cookie.category is not None}
    for number, place in enumerate(places):
        if fold(place.read.text.strip()) in names:
            continue  # the name of a cookie that is called after its maker
        out = denied(place, words)
        for index, mention in enumerate(place.mentions):
            key = mention.name.key
            if _in_cookie_name(place, mention, names):
                continue
            if index in out:
                refused.add(key)
            elif not is_operator(key, operators) and accepted(place, mention, words, book):
                scores = weigh(place, index, words, book)
                scores.update(_description(places, number, mention, words))
                kind = kinds.get(_plain(place.read.text))
                if kind is not None and max(scores.values(), default=0) < ENOUGH:
                    scores[kind] = ENOUGH  # the row of a cookie: "_fbp: Facebook, 3 months" below "Marketing"
                ledger.add(key, _written(mention), _quote(place.read.text), scores, mention.name.field)
    _from_structure(reading, words, book, operators, ledger)
    _from_providers(cookies, words, book, operators, ledger)
    vendors = (_vendor(entry, reading.url) for key, entry in ledger.found.items() if key not in refused)
    return tuple(sorted(vendors, key=lambda v: (fold(v.name), v.name)))


def _plain(text: str) -> str:
    return " ".join(fold(text).split()).rstrip(".;, ")


def _in_cookie_name(place: Place, mention: Mention, names: set[str]) -> bool:
    """Whether the name is a piece of a declared cookie's: "PrestaShop-#" says nothing of PrestaShop."""
    tokens = place.sentence.tokens
    low, high = tokens.spans[mention.start][0], tokens.spans[mention.end - 1][1]
    word = re.search(r"\S*$", tokens.text[:low]), re.match(r"\S*", tokens.text[high:])
    whole = f"{word[0].group() if word[0] else ''}{tokens.text[low:high]}{word[1].group() if word[1] else ''}"
    return len(whole) > high - low and fold(whole.strip("\"“”„«»‘’'`,;:()")) in names


def _vendor(entry: _Found, source: str) -> DeclaredVendor:
    name = max(entry.spellings, key=lambda s: (entry.spellings[s], len(s), s))
    return DeclaredVendor(
        name=name, purpose_category=decide(entry.scores, entry.field), quote=entry.quote, source=source
    )


def _written(mention: Mention) -> str:
    """The name as the list spells it; for a way of speaking ("map Google") the vendor's own name."""
    name = mention.name
    return name.key if name.spelling[:1].islower() and name.key[:1].isupper() else name.spelling


def _quote(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(" ", 1)[0]


def _places(reading: Reading, words: VendorWords, book: NameBook) -> Iterator[Place]:
    """Every sentence, those without a name too (they may describe the one before)."""
    language = lexicon(reading.language or "en") or lexicon("en")
    assert language is not None
    headings: dict[tuple[str, ...], tuple[tuple[Sentence, ...], frozenset[str], bool]] = {}
    rows = _rows(reading)
    known: dict[str, tuple[Sentence, tuple[Mention, ...]]] = {}
    budget = MAX_TEXT
    for read in reading.sentences:
        budget -= len(read.text)
        if budget < 0:
            break
        if read.section not in headings:
            above = tuple(words.vocabulary.read(tokenise(text)) for text in read.section)
            general = bool(read.section) and is_general_heading(read.section[-1], language)
            headings[read.section] = (above, names_in(above, book), general)
        above, keys, general = headings[read.section]
        lead_in = read.lead_in or _label_before(read)
        if read.text not in known:
            sentence = words.vocabulary.read(tokenise(read.text[:3000]))
            known[read.text] = sentence, book.mentions(sentence.tokens)
        sentence, mentions = known[read.text]
        row = rows.get((read.block.table_id, read.block.row)) if mentions and read.block.kind == "cell" else None
        row_read = words.vocabulary.read(tokenise(_others(row, read.text))) if row else None
        yield Place(
            read=read,
            language=reading.language,
            sentence=sentence,
            mentions=mentions,
            generic=_generic(read, language, general) if mentions else False,
            row=row_read,
            lead_in=words.vocabulary.read(tokenise(lead_in)) if mentions and lead_in else None,
            headings=above,
            heading_keys=keys,
            row_keys=names_in((row_read,), book) if row_read else frozenset(),
        )


_LABEL: Final = re.compile(r"^([^.:!?]{3,40})[.:]\s")


def _label_before(read: ReadSentence) -> str | None:
    """The few words with which the block begins as with a label: "Marketing cookies. We place ..."."""
    match = _LABEL.match(read.block.text)
    if match is None or read.text.startswith(match.group(1)) or len(match.group(1).split()) > 4:
        return None
    return match.group(1)


def _generic(read: ReadSentence, language: Lexicon, general: bool) -> bool:
    if read.block.kind == "cell":
        return False
    text = f"{read.lead_in} {read.text}" if read.lead_in else read.text
    return is_generic(language.vocabulary.read(tokenise(text[:3000])), language, general)


def _rows(reading: Reading) -> dict[tuple[int | None, int | None], list[str]]:
    rows: dict[tuple[int | None, int | None], list[str]] = {}
    for block in reading.blocks:
        if block.kind == "cell" and block.table_id is not None:
            rows.setdefault((block.table_id, block.row), []).append(block.text)
    return rows


def _others(row: list[str], text: str) -> str:
    return " ; ".join(cell for cell in row if text not in cell)[:1500]


def _description(places: list[Place], number: int, mention: Mention, words: VendorWords) -> Scores:
    """What the sentences below a heading, or after a bare name, say of it."""
    place = places[number]
    scores: Scores = Counter()
    if len(place.sentence.tokens.words) > SHORT + 2 or place.read.block.kind in ("paragraph", "cell"):
        return scores
    for weight, other in zip((6, 4, 2, 2), places[number + 1 : number + 1 + DESCRIPTION], strict=False):
        if other.read.block.kind == place.read.block.kind:
            break
        if any(m.name.key != mention.name.key for m in other.mentions) and len(other.sentence.tokens.words) <= SHORT:
            break
        scores.update(weigh_description(other.sentence, words, weight))
    return scores


def _from_structure(
    reading: Reading, words: VendorWords, book: NameBook, operators: frozenset[str], ledger: _Ledger
) -> None:
    for candidate in candidates(reading, words, book):
        if book.mentions(tokenise(candidate.name)) or is_operator(candidate.name, operators, loosely=True):
            continue
        if candidate.read is not None and book.mentions(tokenise(candidate.read.text[:1000])):
            continue
        key = f"?{fold(without_legal_form(candidate.name))}"
        scores: Scores = Counter()
        texts = [candidate.row] if candidate.alone else [candidate.quote, candidate.row]
        if candidate.read is not None:
            texts += [candidate.read.lead_in or "", *candidate.read.section[-1:]]
        for text, weight in zip(texts, (6, 6, 4, 4), strict=False):
            scores.update(weigh_description(words.vocabulary.read(tokenise(text[:1500])), words, weight))
        ledger.add(key, candidate.name, _quote(candidate.quote), scores, None)


def _from_providers(
    cookies: Sequence[DeclaredCookie],
    words: VendorWords,
    book: NameBook,
    operators: frozenset[str],
    ledger: _Ledger,
) -> None:
    for cookie in cookies:
        provider = (cookie.provider or "").strip()
        tokens = tokenise(provider[:200])
        if (
            not tokens.words
            or tokens.words[0].startswith("<")
            or is_operator(provider, operators, loosely=not book.mentions(tokens))
        ):
            continue
        mentions = book.mentions(tokens)
        scores: Scores = Counter()
        if cookie.category is not None:
            category: PurposeCategory = cookie.category
            scores[category] = 8
        elif cookie.purpose:
            scores = weigh_description(words.vocabulary.read(tokenise(cookie.purpose[:400])), words, OF_A_ROW)
        for mention in mentions:
            ledger.add(mention.name.key, mention.name.spelling, _quote(cookie.quote), scores, mention.name.field)
        if not mentions and plausible(provider, words) and len(tokens.words) <= 5 and "." not in provider.strip("."):
            key = f"?{fold(without_legal_form(provider))}"
            ledger.add(key, provider, _quote(cookie.quote), scores, None)
