"""Who runs the site: the one party that is never its own vendor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from scanner.policy.claims.tokens import fold
from scanner.policy.reading import Reading
from scanner.policy.vendors.structure import COMPANY, without_legal_form
from scanner.policy.vendors.words import VendorWords
from scanner.policy.claims.tokens import tokenise

# "Acme Ltd ("we", "us")", with any quotation marks.
_CALLED: Final = re.compile(
    r"([A-Z][^()\n.;:]{1,80}?)\s?,?\s?\((?:hereinafter|hereafter|the|im folgenden|nachfolgend|ci-après|en adelante|di seguito|hierna)?[^()]{0,40}?"
    r"[\"'“”„«»‘’](?:we|us|our|the company|wir|uns|nous|noi|nosotros|wij|nós|my)\b",
    re.IGNORECASE,
)
_PRIVATE: Final = frozenset({"www", "com", "org", "net", "co", "privacy", "legal", "policy", "policies", "cookies", "test", "example", "local"})


def operator_names(reading: Reading, words: VendorWords) -> frozenset[str]:
    """Folded names of the site's operator, as far as the document and its address tell."""
    names = {label for label in _host_labels(reading.url) if len(label) > 2}
    for sentence in reading.sentences:
        for match in _CALLED.finditer(sentence.text[:1000]):
            names.update(_spellings([match.group(1)]))
        read = words.vocabulary.read(tokenise(sentence.text[:1000]))
        if read.spans(words.signs["controller_is"]):
            names.update(_spellings(m.group() for m in COMPANY.finditer(sentence.text[:1000])))
        elif sentence.section and len(sentence.text) < 200:
            heading = words.vocabulary.read(tokenise(sentence.section[-1]))
            if heading.spans(words.signs["controller_section"]):
                names.update(_spellings(m.group() for m in COMPANY.finditer(sentence.text)))
    return frozenset(names)


def _host_labels(url: str) -> Iterable[str]:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ()
    return [label for label in re.split(r"[.]", fold(host)) if label not in _PRIVATE]


def _spellings(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        folded = fold(without_legal_form(name)).strip()
        if len(folded) > 1:
            yield folded
            yield folded.replace(" ", "")


def is_operator(name: str, operators: frozenset[str]) -> bool:
    """Whether a vendor's name is the operator's own."""
    folded = fold(without_legal_form(name)).strip()
    return folded in operators or folded.replace(" ", "") in operators
