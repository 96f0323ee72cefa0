"""Ways of following visitors beside cookies and hits: who uses them, in which states, with or without consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.audit import facts
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message
from scanner.model.base import Category, StateName
from scanner.model.finding import Confidence
from scanner.model.inventory import Technique

UNASKED: frozenset[StateName] = frozenset({"before", "reject", "withdraw"})
"""States in which the visitor has given no consent, or none any more."""

CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "check")
"""The surest first."""

SENTENCE = Message("{script} did this on the site{detail}.")
OF_HOST = Message("A script of {host}")
THE_SCRIPT = Message("The script {url}")
DETAIL = Message(": {detail}")


@dataclass(frozen=True, slots=True)
class Use:
    """All that the scripts of one host did by certain techniques. `company` is the host where none is known.

    `own`: the host is the site itself. `data` is what was read, and `answered` whether the host replied to it, where
    the techniques say so. `confidence` is that of the surest of them.
    """

    host: str
    company: str
    category: Category
    kinds: tuple[str, ...]
    pointers: tuple[str, ...]
    sentences: tuple[str, ...]
    states: tuple[StateName, ...]
    own: bool = False
    data: tuple[str, ...] = ()
    answered: bool = False
    confidence: Confidence = "likely"

    @property
    def unasked(self) -> bool:
        """Whether it happened without consent."""
        return bool(UNASKED & set(self.states))


def uses(case: Case, kinds: Iterable[str]) -> tuple[Use, ...]:
    """The uses of these techniques, by host."""
    wanted = frozenset(kinds)
    groups: dict[str, list[int]] = {}
    for index, technique in enumerate(case.inventory.techniques):
        if technique.kind in wanted:
            groups.setdefault(technique.host, []).append(index)
    return tuple(_use(case, host, groups[host]) for host in sorted(groups))


def _use(case: Case, host: str, indexes: list[int]) -> Use:
    seen = tuple(case.inventory.techniques[index] for index in indexes)
    request = next((one for one in case.inventory.requests if one.host == host), None)
    return Use(
        host=host,
        company=(request.vendor if request is not None else None) or host,
        category=request.category if request is not None else "unknown",
        kinds=tuple(sorted({technique.kind for technique in seen})),
        pointers=tuple(pointer("techniques", index) for index in indexes),
        sentences=tuple(_sentence(technique) for technique in seen),
        states=tuple(sorted({state for technique in seen for state in technique.states})),
        own=all(technique.party == "first" for technique in seen),
        data=tuple(sorted({data for technique in seen for data in technique.data})),
        answered=all(technique.answered for technique in seen),
        confidence=min((technique.confidence for technique in seen), key=CONFIDENCES.index),
    )


def _sentence(technique: Technique) -> str:
    script = THE_SCRIPT(url=facts.address(technique.script)) if technique.script else OF_HOST(host=technique.host)
    return SENTENCE(script=script, detail=DETAIL(detail=technique.detail) if technique.detail else "")
