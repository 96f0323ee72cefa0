"""The shared course of the rules on techniques: who does it, with or without consent, named in the policy or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.audit import companies, remedies, techniques
from scanner.audit.case import Case
from scanner.audit.message import Message, lines, steps
from scanner.audit.rule import Hit
from scanner.audit.techniques import Use
from scanner.audit.wording import purposes
from scanner.model.base import Category
from scanner.model.finding import Confidence, Quote, Severity


@dataclass(frozen=True, slots=True)
class Watch:
    """What a rule looks for, its texts (fields `company`, `facts`) and severities.

    `single` replaces `unasked` where only one kind of technique was seen, for rules to which that makes a difference.
    Hosts of the categories `left_out` are not counted. `weigh` has the last word on a severity, and says null to what
    is no fault.
    """

    kinds: tuple[str, ...]
    title: Message
    title_agreed: Message
    detail: Message
    fixes: tuple[Message, ...]
    unasked: Severity
    agreed: Severity
    agreed_if_named: Severity
    single: Severity | None = None
    left_out: frozenset[Category] = frozenset()
    weigh: Callable[[Use, Severity], Severity | None] | None = None


def watched(case: Case, watch: Watch) -> Iterator[Hit]:
    """One hit for each host whose scripts do it."""
    for use in techniques.uses(case, watch.kinds):
        if use.category in watch.left_out:
            continue
        quote = _named(case, use)
        severity: Severity | None = _severity(use, watch, quote is not None)
        if severity is not None and watch.weigh is not None:
            severity = watch.weigh(use, severity)
        if severity is None:
            continue
        fixes = (*watch.fixes, *(remedies.hold_back(case, (use.company,)) if use.unasked else ()))
        yield Hit(
            severity=severity,
            title=(watch.title if use.unasked else watch.title_agreed)(company=use.company),
            subjects=(use.host,),
            states=use.states,
            detail=watch.detail(company=use.company, facts=lines(use.sentences)),
            observed=use.pointers,
            declared=quote,
            fix=steps(*(message(company=use.company, purpose=purposes((use.category,))) for message in fixes)),
            confidence=_confidence(use, watch),
        )


def _severity(use: Use, watch: Watch, named: bool) -> Severity:
    if use.category == "necessary":
        return "info"
    if use.unasked:
        return watch.single if watch.single is not None and len(use.kinds) == 1 else watch.unasked
    return watch.agreed_if_named if named else watch.agreed


def _confidence(use: Use, watch: Watch) -> Confidence:
    return "check" if watch.single is not None and len(use.kinds) == 1 else use.confidence


def _named(case: Case, use: Use) -> Quote | None:
    vendor = case.vendor(None, use.company) if use.company != use.host else None
    for declared in case.declaration.vendors:
        covered = vendor is not None and companies.covers(declared.name, vendor) == "full"
        if covered or companies.names_host(declared.name, use.host):
            return Quote(quote=declared.quote, source=declared.source)
    return None
