"""Reading the claims out of a document, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.model.declaration import Claim, ClaimCode, DeclaredCookie
from scanner.policy.claims.lexicon import Lexicon, Rule, lexicon, link_hints
from scanner.policy.claims.pattern import Pattern, Sentence, Span, find
from scanner.policy.claims.scope import LABEL_REACH, has_condition, is_denied, is_general_heading, is_generic
from scanner.policy.claims.tokens import Tokens, pieces, tokenise
from scanner.policy.reading import Reading
from scanner.policy.reading import Sentence as ReadSentence

LONGEST_EVIDENCE: Final = 320
"""Characters of a sentence that is quoted whole; of a longer one, the words around the match."""

CONTEXT_WORDS: Final = 12
LEAD_WORDS: Final = 40

_FALLBACK: Final = "en"


@dataclass(frozen=True, slots=True)
class _View:
    """One piece of a sentence, alone and after the sentence that introduces its list."""

    alone: Sentence
    joined: Sentence
    offset: int
    words: Lexicon


def find_claims(reading: Reading, cookies: Sequence[DeclaredCookie] = ()) -> tuple[Claim, ...]:
    """All claims of a document, one for each code, sorted by code; `evidence` is verbatim from the document.

    `cookies` are the rows read from the same document: the categories they are filed under are in use here.
    A document in a language without a lexicon is read as English, which then finds addresses and little else.
    """
    found: dict[ClaimCode, str] = {}
    main = lexicon(reading.language or _FALLBACK) or lexicon(_FALLBACK)
    other = lexicon(_FALLBACK)
    assert main is not None and other is not None
    general: dict[str, bool] = {}
    seen: set[tuple[str, str | None]] = set()
    for sentence in reading.sentences:
        if (sentence.text, sentence.lead_in) in seen:
            continue
        seen.add((sentence.text, sentence.lead_in))
        heading = sentence.section[-1] if sentence.section else ""
        if heading not in general:
            general[heading] = any(is_general_heading(heading, words) for words in {main.language: main, "": other}.values())
        for view in _views(sentence, main, other):
            for code, evidence in _claims_of(view, sentence, general[heading], found):
                found.setdefault(code, evidence)
    _from_links(reading, found)
    _from_cookies(cookies, found)
    return tuple(Claim(code=code, evidence=found[code], source=reading.url) for code in sorted(found))


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
        yield _View(alone=read, joined=words.vocabulary.read(_join(lead, alone)), offset=len(lead.words), words=words)


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
    return Tokens(tokens.text, tokens.words[-count:], tokens.spans[-count:], tokens.clauses[-count:], tokens.parts[-count:])


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
    view: _View, read: ReadSentence, general: bool, found: dict[ClaimCode, str]
) -> Iterator[tuple[ClaimCode, str]]:
    words = view.words
    generic = is_generic(view.joined, words, general)
    question = read.text.rstrip().endswith("?")
    conditional: bool | None = None
    for rule in words.rules:
        if rule.code in found or (question and rule.scope == "own"):
            continue
        if generic and rule.scope == "own":
            continue
        if rule.strict:
            conditional = has_condition(view.joined, words) if conditional is None else conditional
            if conditional:
                continue
        for pattern in rule.patterns:
            span = _first(pattern, rule, view)
            if span is None or (generic and rule.scope == "label" and span[0] - view.offset >= LABEL_REACH):
                continue
            yield rule.code, _evidence(view, span)
            break


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


def _from_links(reading: Reading, found: dict[ClaimCode, str]) -> None:
    for link in reading.links:
        target = link.url.casefold()[:2000]
        for code, parts in link_hints().items():
            if code in found or not any(part in target for part in parts):
                continue
            block = next((b for b in reading.blocks[link.block : link.block + 1] if link.text in b.text), None)
            if block is not None and link.text.strip():
                found[code] = block.text if len(block.text) <= LONGEST_EVIDENCE else link.text


def _from_cookies(cookies: Sequence[DeclaredCookie], found: dict[ClaimCode, str]) -> None:
    codes: dict[str, ClaimCode] = {
        "necessary": "category_necessary",
        "functional": "category_functional",
        "analytics": "category_analytics",
        "marketing": "category_marketing",
    }
    for cookie in cookies:
        if cookie.category is not None:
            found.setdefault(codes[cookie.category], cookie.quote)
        if cookie.party == "third":
            found.setdefault("third_party_cookies_used", cookie.quote)
