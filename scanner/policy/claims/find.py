"""Reading the claims out of a document, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.model.declaration import Claim, ClaimCode, DeclaredCookie
from scanner.policy.categories import has_cookie_word
from scanner.policy.claims.addresses import has_postal_address
from scanner.policy.claims.lexicon import Lexicon, Rule, lexicon, link_hints
from scanner.policy.claims.pattern import Pattern, Sentence, Span, find
from scanner.policy.claims.scope import (
    LABEL_REACH,
    depends_on_consent,
    ends_in_negation,
    has_condition,
    is_denied,
    is_explanation,
    is_future,
    is_general_heading,
    is_generic,
)
from scanner.policy.claims.tokens import Tokens, pieces, tokenise
from scanner.policy.reading import Block, Reading
from scanner.policy.reading import Sentence as ReadSentence

LONGEST_EVIDENCE: Final = 320
"""Characters of a sentence that is quoted whole; of a longer one, the words around the match."""

CONTEXT_WORDS: Final = 12
LEAD_WORDS: Final = 40

MAX_TEXT: Final = 300_000
"""Characters of sentences that are read; the longest real policies have half of that."""

_FALLBACK: Final = "en"

MAX_ROWS: Final = 2_000
"""Sentences within rows of cookies that are read for claims; what the first ones do not say, the others do not."""

ROW_LENGTH: Final = 250
"""A block of at most this many characters that names cookies is a row of a list, whatever it looks like."""

ROW_LINE: Final = 80
"""The same for a paragraph in which no name of a cookie stands: a value below its label."""

_BASES: Final[frozenset[ClaimCode]] = frozenset(
    {"basis_consent", "basis_legitimate_interest", "basis_contract", "basis_legal_obligation"}
)

_OF_ROWS: Final[frozenset[ClaimCode]] = frozenset(
    {"local_storage_used", "pixels_or_beacons_used", "control_vendor_optout", "control_industry_optout"}
)
"""What a row that declares a cookie may claim besides: "keeps your choice for a year" is the cookie's purpose."""


SHORT_WORDS: Final = 6
"""A sentence of at most this many words is a label: weaker than a full sentence."""

_OPPOSITES: Final[tuple[tuple[ClaimCode, ClaimCode], ...]] = (
    ("no_third_party_cookies", "third_party_cookies_used"),
    ("no_marketing_cookies", "category_marketing"),
    ("no_analytics_cookies", "category_analytics"),
    ("only_necessary_cookies", "category_marketing"),
    ("only_necessary_cookies", "category_analytics"),
)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that make a claim; `label` where they are no more than a heading or a short label."""

    text: str
    label: bool


_Found = dict[ClaimCode, _Words]


@dataclass(frozen=True, slots=True)
class _View:
    """One piece of a sentence, alone and after the sentence that introduces its list."""

    alone: Sentence
    joined: Sentence
    offset: int
    words: Lexicon
    denied: bool = False


def find_claims(
    reading: Reading, cookies: Sequence[DeclaredCookie] = (), rows: frozenset[int] = frozenset()
) -> tuple[Claim, ...]:
    """All claims of a document, one for each code, sorted by code; `evidence` is verbatim from the document.

    `cookies` are the rows read from the same document: the categories they are filed under are in use here. `rows`
    are the indexes of the blocks they were read from.
    A document in a language without a lexicon is read as English, which then finds addresses and little else.
    """
    found: _Found = {}
    main = lexicon(reading.language or _FALLBACK) or lexicon(_FALLBACK)
    other = lexicon(_FALLBACK)
    assert main is not None and other is not None
    general: dict[str, bool] = {}
    seen: set[tuple[str, str | None]] = set()
    names = frozenset(cookie.name for cookie in cookies)
    budget, rows_left = MAX_TEXT, MAX_ROWS
    for sentence in reading.sentences:
        if (sentence.text, sentence.lead_in) in seen:
            continue
        budget -= len(sentence.text)
        if budget < 0:
            break
        seen.add((sentence.text, sentence.lead_in))
        heading = sentence.section[-1] if sentence.section else ""
        if heading not in general:
            general[heading] = any(
                is_general_heading(heading, words) for words in {main.language: main, "": other}.values()
            )
        in_row = sentence.block.index in rows and _is_row(sentence.block, names)
        if in_row:
            rows_left -= 1
            if rows_left < 0:
                continue
        for view in _views(sentence, main, other):
            codes = _OF_ROWS if in_row else None
            found.update(_claims_of(view, sentence, general[heading], found, codes))
    _from_address(reading, main, found)
    _from_tables(reading, main, rows, found)
    _from_links(reading, found)
    _from_cookies(cookies, found)
    _settle(found)
    return tuple(Claim(code=code, evidence=found[code].text, source=reading.url) for code in sorted(found))


def _is_row(block: Block, names: frozenset[str]) -> bool:
    """Whether a block from which a cookie was read says nothing but what the cookie is."""
    if block.kind == "cell":
        return True
    if len(block.text) > ROW_LENGTH:
        return False
    return block.kind != "paragraph" or len(block.text) <= ROW_LINE or not names.isdisjoint(block.text.split())


def _views(sentence: ReadSentence, main: Lexicon, other: Lexicon) -> Iterator[_View]:
    for text in pieces(sentence.text):
        alone = tokenise(text)
        if not alone.words:
            continue
        words = _language_of(alone, main, other)
        read = words.vocabulary.read(alone)
        if not sentence.lead_in:
            yield _View(alone=read, joined=read, offset=0, words=words)
            continue
        lead = _last_words(tokenise(sentence.lead_in), LEAD_WORDS)
        yield _View(
            alone=read,
            joined=words.vocabulary.read(_join(lead, alone)),
            offset=len(lead.words),
            words=words,
            denied=ends_in_negation(words.vocabulary.read(lead), words),
        )


def _language_of(tokens: Tokens, main: Lexicon, other: Lexicon) -> Lexicon:
    """The document's language, or English for a sentence that is plainly English (pages are often mixed)."""
    if main is other:
        return main
    own = sum(word in main.function_words for word in tokens.words)
    english = sum(word in other.function_words for word in tokens.words)
    return other if english > own + 1 else main


def _last_words(tokens: Tokens, count: int) -> Tokens:
    if len(tokens.words) <= count:
        return tokens
    return Tokens(
        tokens.text, tokens.words[-count:], tokens.spans[-count:], tokens.clauses[-count:], tokens.parts[-count:]
    )


def _join(lead: Tokens, item: Tokens) -> Tokens:
    """One sentence of two: the introduction runs on into the item."""
    clause = lead.clauses[-1] if lead.clauses else 0
    part = lead.parts[-1] if lead.parts else 0
    return Tokens(
        text=item.text,
        words=lead.words + item.words,
        spans=lead.spans + item.spans,
        clauses=lead.clauses + tuple(clause + c for c in item.clauses),
        parts=lead.parts + tuple(part + p for p in item.parts),
    )


def _claims_of(
    view: _View, read: ReadSentence, general: bool, found: _Found, codes: frozenset[ClaimCode] | None
) -> Iterator[tuple[ClaimCode, _Words]]:
    """The claims of one piece of a sentence that are not known yet; only those of `codes`, where it is given."""
    words = view.words
    places = view.joined.places
    generic = is_generic(view.joined, words, general)
    label = read.block.kind == "heading" or len(view.alone.tokens.words) <= SHORT_WORDS
    for rule in words.rules:
        if codes is not None and rule.code not in codes:
            continue
        known = found.get(rule.code)
        if known is not None and (label or not known.label):
            continue
        if not any(all(phrases in places for phrases in pattern.required) for pattern in rule.patterns):
            continue
        if _out_of_place(rule, view, read, generic):
            continue
        for pattern in rule.patterns:
            if pattern.at_start and pattern.at_end and read.block.kind == "heading" and rule.code in _BASES:
                continue  # the heading "Consent" names a subject; in a cell it names a basis
            span = _first(pattern, rule, view)
            if span is None or (generic and rule.scope == "label" and span[0] - view.offset >= LABEL_REACH):
                continue
            yield rule.code, _Words(_evidence(view, span), label)
            break


def _out_of_place(rule: Rule, view: _View, read: ReadSentence, generic: bool) -> bool:
    """Whether a rule has nothing to say of this sentence, whatever its words."""
    if rule.scope == "own" and (generic or read.text.rstrip().endswith("?")):
        return True
    if rule.scope in ("any", "label") and is_explanation(view.alone, view.words):
        return True
    if not rule.headings and read.block.kind == "heading":
        return True
    if rule.negation in ("near", "far") and (view.denied or is_future(view.joined, view.words)):
        return True
    if rule.strict and has_condition(view.joined, view.words):
        return True
    if rule.context and not _in_context(rule, view, read):
        return True
    if rule.strict and rule.negation == "needed" and depends_on_consent(view.joined, view.words):
        return True
    return any(find(pattern, view.joined) for pattern in rule.unless)


def _in_context(rule: Rule, view: _View, read: ReadSentence) -> bool:
    """Whether the sentence, or the nearest headings above it, speak of what the claim is about."""
    if any(find(pattern, view.joined) for pattern in rule.context):
        return True
    headings = (view.words.vocabulary.read(tokenise(text[:200])) for text in read.section[-2:])
    return any(find(pattern, heading) for heading in headings for pattern in rule.context)


def _first(pattern: Pattern, rule: Rule, view: _View) -> Span | None:
    """The first match that stands, as word positions of the joined view."""
    if pattern.at_start and view.offset:
        spans = [(low + view.offset, high + view.offset) for low, high in find(pattern, view.alone)]
    else:
        spans = find(pattern, view.joined)
    for span in spans:
        if span[1] > view.offset and not is_denied(span, pattern, rule, view.joined, view.words):
            return span
    return None


def _evidence(view: _View, span: Span) -> str:
    tokens = view.alone.tokens
    text = tokens.text.strip()
    if len(text) <= LONGEST_EVIDENCE:
        return text
    start = max(0, span[0] - view.offset - CONTEXT_WORDS)
    end = min(len(tokens.words), span[1] - view.offset + CONTEXT_WORDS)
    return tokens.quote(start, max(end, start + 1))


def _settle(found: _Found) -> None:
    """Where a promise and its opposite are both read, a mere label gives way to the promise.

    "Only necessary cookies" gives way to a full sentence that says otherwise: it is then said of one case only.
    """
    if "no_cookies" in found:
        # What measures without cookies is no category of cookies.
        for code in ("category_analytics", "category_functional", "category_marketing"):
            known = found.get(code)
            if known is not None and not has_cookie_word(known.text):
                del found[code]
    kept, retained = found.get("consent_lifetime_stated"), found.get("retention_period_stated")
    if kept is not None and retained is not None and kept.text == retained.text:
        del found["retention_period_stated"]  # how long the choice is kept, and no other data
    for promise, opposite in _OPPOSITES:
        if promise not in found or opposite not in found:
            continue
        if found[opposite].label:
            del found[opposite]
        elif promise == "only_necessary_cookies":
            del found[promise]


def _from_address(reading: Reading, words: Lexicon, found: _Found) -> None:
    """A postal address below "Contact" or "Controller" names the operator, even without a sentence around it."""
    if "controller_identified" in found:
        return
    for block in reading.blocks:
        if not block.section_path or not has_postal_address(block.text):
            continue
        heading = words.vocabulary.read(tokenise(block.section_path[-1]))
        if heading.spans(words.scope.contact_headings):
            found["controller_identified"] = _Words(block.text, label=True)
            return


def _from_tables(reading: Reading, words: Lexicon, rows: frozenset[int], found: _Found) -> None:
    """A table of data with a column headed "Retention period" states one, where its cells do."""
    if "retention_period_stated" in found:
        return
    for table in reading.tables:
        if not table.drawn or not table.rows or any(index in rows for index in range(table.first, table.last)):
            continue
        for column, head in enumerate(table.rows[0]):
            heading = words.vocabulary.read(tokenise(head.text[:80]))
            if not heading.spans(words.scope.retention) or heading.spans(words.scope.cookies):
                continue
            cells = (row[column].text for row in table.rows[1:] if column < len(row))
            period = next(
                (
                    text
                    for text in cells
                    if len(text) <= 200
                    and any(c.isdigit() for c in text)
                    and words.vocabulary.read(tokenise(text)).spans(words.scope.periods)
                ),
                None,
            )
            if period is not None:
                found["retention_period_stated"] = _Words(period, label=True)
                return


def _from_links(reading: Reading, found: _Found) -> None:
    for link in reading.links:
        target = link.url.casefold()[:2000]
        for code, parts in link_hints().items():
            if code in found or not any(part in target for part in parts):
                continue
            block = next((b for b in reading.blocks[link.block : link.block + 1] if link.text in b.text), None)
            if block is not None and link.text.strip():
                found[code] = _Words(block.text if len(block.text) <= LONGEST_EVIDENCE else link.text, label=True)


def _from_cookies(cookies: Sequence[DeclaredCookie], found: _Found) -> None:
    codes: dict[str, ClaimCode] = {
        "necessary": "category_necessary",
        "functional": "category_functional",
        "analytics": "category_analytics",
        "marketing": "category_marketing",
    }
    for cookie in cookies:
        if cookie.category is not None:
            found.setdefault(codes[cookie.category], _Words(cookie.quote, label=False))
        if cookie.party == "third":
            found.setdefault("third_party_cookies_used", _Words(cookie.quote, label=False))
