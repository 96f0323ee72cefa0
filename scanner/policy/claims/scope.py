"""Whether a match speaks of this site's own practice, and whether it affirms or denies."""

from __future__ import annotations

from scanner.policy.claims.lexicon import Lexicon, Rule
from scanner.policy.claims.pattern import Pattern, Sentence, Span, find
from scanner.policy.claims.tokens import tokenise

NEAR_BEFORE = 6
"""Words before a match in which a negation undoes it, within the same part of the sentence."""

FAR_BEFORE = 18
"""The same where an enumeration may stand between ("we do not sell, rent or otherwise share ...")."""

LEAD_REACH = 5
"""A negation within this many words of the end of an introduction denies the whole list."""

LABEL_REACH = 3
"""A label of a kind of cookie begins within this many words of its sentence."""


def is_general_heading(heading: str, words: Lexicon) -> bool:
    """Whether a section explains cookies as such ("What are cookies?") rather than their use here."""
    sentence = words.vocabulary.read(tokenise(heading))
    return not sentence.spans(words.scope.own) and any(find(p, sentence) for p in words.scope.general_headings)


def is_generic(sentence: Sentence, words: Lexicon, in_general_section: bool) -> bool:
    """Whether a sentence explains or reports what others do, and does not mention this site."""
    if sentence.spans(words.scope.own):
        return False
    if in_general_section or sentence.spans(words.scope.elsewhere):
        return True
    return any(find(pattern, sentence) for pattern in words.scope.generic)


def is_explanation(sentence: Sentence, words: Lexicon) -> bool:
    """Whether a sentence says what cookies as such are, wherever it stands."""
    return not sentence.spans(words.scope.own) and any(find(p, sentence) for p in words.scope.generic)


def is_future(sentence: Sentence, words: Lexicon) -> bool:
    """Whether the sentence speaks of what may come one day."""
    return bool(sentence.spans(words.scope.future))


def ends_in_negation(lead: Sentence, words: Lexicon) -> bool:
    """Whether an introduction denies what its list names: "We do not:", "What we will never do:"."""
    size = len(lead.tokens.words)
    masked = {p for low, high in lead.spans(words.scope.not_a_negation) for p in range(low, high)}
    return any(size - high <= LEAD_REACH and low not in masked for low, high in lead.spans(words.scope.negation))


def has_condition(sentence: Sentence, words: Lexicon) -> bool:
    """Whether the sentence makes its statement depend on something."""
    return bool(sentence.spans(words.scope.conditions))


def depends_on_consent(sentence: Sentence, words: Lexicon) -> bool:
    """Whether the sentence speaks of the visitor's consent given or not given."""
    return bool(sentence.spans(words.scope.on_consent))


def is_denied(span: Span, pattern: Pattern, rule: Rule, sentence: Sentence, words: Lexicon) -> bool:
    """Whether a negation around the match undoes it."""
    if rule.negation in ("free", "needed") or pattern.negated:
        return False
    tokens, (start, end) = sentence.tokens, span
    masked = {p for low, high in sentence.spans(words.scope.not_a_negation) for p in range(low, high)}
    far = rule.negation == "far"
    before = FAR_BEFORE if far else NEAR_BEFORE
    units = tokens.clauses if far else tokens.parts
    first, last = units[start], units[end - 1]
    for low, _ in sentence.spans(words.scope.negation):
        if low in masked or not start - before <= low < end + words.scope.negation_after:
            continue
        if first <= units[low] <= last:
            return True
    return False
