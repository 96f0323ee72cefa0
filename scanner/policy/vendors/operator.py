"""Who runs the site: the one party that is never its own vendor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from scanner.policy.claims.tokens import fold, tokenise
from scanner.policy.reading import Reading
from scanner.policy.vendors.structure import COMPANY, MAX_SENTENCES, RUN, without_legal_form
from scanner.policy.vendors.words import VendorWords

# "Acme Ltd ("we", "us")", with any quotation marks and in any of the languages that we read.
_CALLED: Final = re.compile(
    r"([A-ZÀ-Þ][^()\n;:]{1,80}?)\s?,?\s?\([^()]{0,60}?[\"'“”„«»‘’]"
    r"(?:[Ww]e|[Uu]s|[Oo]ur|[Tt]he [Cc]ompany|[Ww]ir|[Uu]ns|[Nn]ous|[Nn]oi|[Nn]osotros|[Ww]ij|[Nn]ós|[Mm]y)\b"
)
_MAIL_DOMAIN: Final = re.compile(r"@([\w-]{2,63})\.[\w.-]{2,63}")

SURE_LENGTH: Final = 4
"""Letters of a name from which on finding it inside a mail address is no accident."""

_NOT_A_NAME: Final = frozenset(
    {"www", "com", "org", "net", "co", "privacy", "legal", "policy", "policies", "cookies", "test", "example", "local"}
)


def operator_names(reading: Reading, words: VendorWords) -> frozenset[str]:
    """Folded names of the site's operator, as far as the document and its address tell."""
    names = {label for label in _host_labels(reading.url) if len(label) > 2}
    names.update(f"@{fold(label)}" for label in _MAIL_DOMAIN.findall(reading.text))
    for sentence in reading.sentences[:MAX_SENTENCES]:
        if sentence.block.kind == "cell":
            continue
        for match in _CALLED.finditer(sentence.text[:1000]):
            names.update(_spellings([match.group(1), *RUN.findall(match.group(1))[-1:]]))
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
    return [label for label in re.split(r"[.]", fold(host)) if label not in _NOT_A_NAME]


def _spellings(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        folded = fold(without_legal_form(name)).strip()
        if len(folded) > 1:
            yield folded
            yield folded.replace(" ", "")


def is_operator(name: str, operators: frozenset[str], *, loosely: bool = False) -> bool:
    """Whether a vendor's name is the operator's own.

    With `loosely`, for names that no list knows, it is also when the document's mail addresses contain it.
    """
    folded = fold(without_legal_form(name)).strip()
    joined = folded.replace(" ", "")
    if folded in operators or joined in operators:
        return True
    return loosely and len(joined) >= SURE_LENGTH and any(o.startswith("@") and joined in o for o in operators)
