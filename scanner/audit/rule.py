"""What a rule is: a question about one scan, what it needs to be answered, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from scanner.audit.case import Case
from scanner.audit.legal import LegalReference
from scanner.audit.message import Message
from scanner.model.base import StateName
from scanner.model.declaration import Declaration
from scanner.model.finding import Confidence, Quote, Severity

Group = Literal["consent", "declaration", "conduct"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One fault as a rule sees it; the runner adds the rule's name and legal references.

    `subjects` are exact names by the convention that the rule documents, `observed` JSON pointers into `scan.json`.
    """

    severity: Severity
    title: str
    subjects: tuple[str, ...]
    detail: str
    fix: str
    observed: tuple[str, ...]
    states: tuple[StateName, ...] = ()
    declared: Quote | None = None
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class Undecided:
    """A part of the question that could not be answered: without any hit the rule is inconclusive."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The question does not arise on this site."""

    reason: str


Answer = Hit | Undecided | NotApplicable


@dataclass(frozen=True, slots=True)
class Need:
    """Something without which a rule cannot be answered. `missing` gives the reason, or null where it is there."""

    name: str
    missing: Callable[[Case], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with all that its documentation says.

    `check` yields hits, and says through `Undecided` or `NotApplicable` what it could not or need not answer;
    nothing at all means that the rule is passed. `blind_if_uncalibrated` marks rules whose passing rests on the
    absence of something: a browser that failed its calibration cannot pass them.
    """

    name: str
    group: Group
    title: str
    checks: str
    needs: tuple[Need, ...]
    severity: tuple[tuple[Severity, str], ...]
    subject: str
    confidence: str
    fairness: str
    legal: tuple[LegalReference, ...]
    texts: tuple[Message, ...]
    fixes: tuple[Message, ...]
    check: Callable[[Case], Iterator[Answer]]
    blind_if_uncalibrated: bool = True


def quote_of(declaration: Declaration, pointer: str) -> Quote:
    """The words behind a pointer such as `/declaration/cookies/3`."""
    _, _, kind, index = pointer.split("/")
    if kind == "claims":
        claim = declaration.claims[int(index)]
        return Quote(quote=claim.evidence, source=claim.source)
    row = declaration.cookies[int(index)] if kind == "cookies" else declaration.vendors[int(index)]
    return Quote(quote=row.quote, source=row.source)
