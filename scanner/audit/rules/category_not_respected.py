"""category-not-respected: a visitor allows one purpose and gets another."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies, tracking
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message, say
from scanner.audit.refusal import Refusal, left_over_texts, refused
from scanner.audit.rule import Answer, NotApplicable, Rule, Undecided
from scanner.model.base import StateName

TITLE = Message("{company} follows visitors who did not allow its purpose")
DETAIL = Message(
    "A visitor who allows only some purposes gets {company} ({purpose}) all the same, although this purpose was not "
    "among them.\n{facts}"
)
ASSIGN = Message(
    "Check the category that {company} has in the consent platform and in the tag manager: it has to be {purpose}."
)

_PREFIX = "category:"


def _check(case: Case) -> Iterator[Answer]:
    tried = tuple(name for name in sorted(case.inventory.states) if name.startswith(_PREFIX))
    if not tried:
        yield Undecided(say("No state with only some purposes allowed was visited in this scan."))
        return
    for name in tried:
        missing = needs.unreached(case, name)
        allowed = name.removeprefix(_PREFIX)
        if missing is not None:
            yield Undecided(missing)
        elif allowed not in ("necessary", "functional", "analytics", "marketing"):
            yield NotApplicable(say("What “{allowed}” stands for is the site's own matter.", allowed=allowed))
        else:
            yield from refused(case, _refusal(name, allowed))


def _refusal(name: StateName, allowed: str) -> Refusal:
    return Refusal(
        state=name,
        earlier=("before",),
        title=TITLE,
        detail=DETAIL,
        fixes=(ASSIGN,),
        observed=(state_pointer(name, "choice"),),
        refused=frozenset(category for category in tracking.FOLLOWING if category != allowed),
    )


RULE = Rule(
    name="category-not-respected",
    group="consent",
    title="Only the allowed purposes are used",
    checks="Whether, with one category allowed alone (`--states category:analytics` and the like), things of another "
    "purpose that needs consent are used. One finding for each company and state.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "something recognises the visitor for a purpose that was not allowed"),
        ("medium", "contact for such a purpose without any identifier seen"),
        ("low", "cookies of such a purpose, set before the choice, were merely not deleted"),
        ("info", "only audience measurement that may go without consent where the named condition is kept"),
    ),
    subject="Every cookie as `name@domain`, every storage entry as `key@host`, every reporting request by its host.",
    confidence="As for tracking-before-consent; `check` where the choice could not be verified.",
    fairness="What tracking-before-consent leaves out is left out here too.",
    legal=(legal.GDPR_4_11, legal.GDPR_7, legal.EPRIVACY_5_3, legal.EDPB_CONSENT),
    texts=(TITLE, DETAIL, *left_over_texts()),
    fixes=(ASSIGN, *remedies.HOLD_BACK, remedies.SCAN_AGAIN),
    check=_check,
)
