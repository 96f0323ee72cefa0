"""What follows a no: the shared course of the rules on refusal, withdrawal and partial consent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.audit import companies, remedies, tracking
from scanner.audit.case import Case
from scanner.audit.message import Message, lines, steps
from scanner.audit.needs import state_words
from scanner.audit.rule import Hit
from scanner.audit.wording import exempt_detail, purposes, said_of
from scanner.model.base import Category, StateName
from scanner.model.finding import Quote

TITLE_LEFT = Message("Cookies of {company} stay on the device {when}")
DETAIL_LEFT = Message(
    "Nothing new was set and nothing was sent for {company} {when}, but what had been stored before was not deleted."
    "\n{facts}"
)
TITLE_EXEMPT = Message("{company} measures visits {when}: allowed on conditions only")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One no, and the texts of the rule that watches it. `fixes` have the fields `company` and `purpose`."""

    state: StateName
    earlier: tuple[StateName, ...]
    title: Message
    detail: Message
    fixes: tuple[Message, ...]
    observed: tuple[str, ...]
    declared: Quote | None = None
    refused: frozenset[Category] = tracking.FOLLOWING


def left_over_texts() -> tuple[Message, ...]:
    """The texts that all rules of this kind share, for their documentation."""
    return (TITLE_LEFT, DETAIL_LEFT, TITLE_EXEMPT)


def refused(case: Case, refusal: Refusal) -> Iterator[Hit]:
    """One hit for each company that follows visitors in spite of a no."""
    found = tracking.activities(case, refusal.state, earlier=refusal.earlier, purposes=refusal.refused)
    for activity in found:
        left_over = activity.left_over and not _owner_sends(case, activity, found)
        if not activity.exempt_on_condition:
            yield _hit(case, activity, refusal, left_over=left_over)
        elif not left_over:
            yield _exempt(activity, refusal)


def _owner_sends(case: Case, activity: tracking.Activity, found: tuple[tracking.Activity, ...]) -> bool:
    """Whether another service of the same owner is at work: what lies on the device is then in use."""
    vendor = case.vendor(None, activity.company)
    for other in found:
        sibling = case.vendor(None, other.company)
        if vendor is None or sibling is None or not any(item.sends for item in other.items):
            continue
        if companies.same_owner(vendor, sibling):
            return True
    return False


def _hit(case: Case, activity: tracking.Activity, refusal: Refusal, *, left_over: bool) -> Hit:
    items = tuple(item for item in activity.items if item.need == "consent")
    sentences = lines(tuple(item.sentence for item in items))
    words = purposes(activity.categories)
    when = state_words(refusal.state)
    fixes = (*refusal.fixes, *remedies.hold_back(case, (activity.company,)), remedies.SCAN_AGAIN)
    if left_over:
        title = TITLE_LEFT(company=activity.company, when=when)
        detail = DETAIL_LEFT(company=activity.company, when=when, facts=sentences)
    else:
        title = refusal.title(company=activity.company)
        detail = refusal.detail(company=activity.company, purpose=words, facts=sentences)
    return Hit(
        severity="low" if left_over else activity.severity,
        title=title,
        subjects=tracking.subjects(items),
        states=(refusal.state,),
        detail=detail,
        observed=(*(item.pointer for item in items), *refusal.observed),
        declared=refusal.declared or said_of(case, activity),
        fix=steps(*(message(company=activity.company, purpose=words) for message in fixes)),
        confidence=case.capped(activity.confidence, refusal.state),
    )


def _exempt(activity: tracking.Activity, refusal: Refusal) -> Hit:
    return Hit(
        severity="info",
        title=TITLE_EXEMPT(company=activity.company, when=state_words(refusal.state)),
        subjects=tracking.subjects(activity.items),
        states=(refusal.state,),
        detail=exempt_detail(activity),
        observed=(*(item.pointer for item in activity.items), *refusal.observed),
        fix=steps(*remedies.filled(remedies.EXEMPT)),
        confidence="check",
    )
