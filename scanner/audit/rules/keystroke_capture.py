"""keystroke-capture: what is typed leaves the page before it is submitted."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case
from scanner.audit.message import Message
from scanner.audit.rule import Answer, Rule
from scanner.audit.surveillance import Watch, watched

TITLE = Message("{company} reads what visitors type, without consent")
TITLE_AGREED = Message("{company} reads what visitors type")
DETAIL = Message(
    "A script of {company} reads what visitors type into form fields while they type, before they send the form."
    "\n{facts}"
)
STOP = Message("Switch this off in the settings of {company} (form tracking, input capture, automatic matching).")
MASK = Message("Where the tool stays, have all form fields masked or left out.")

_WATCH = Watch(
    kinds=("keystrokes",),
    title=TITLE,
    title_agreed=TITLE_AGREED,
    detail=DETAIL,
    fixes=(STOP, MASK),
    unasked="high",
    agreed="medium",
    agreed_if_named="medium",
)


def _check(case: Case) -> Iterator[Answer]:
    yield from watched(case, _WATCH)


RULE = Rule(
    name="keystroke-capture",
    group="conduct",
    title="What visitors type stays with them until they send it",
    checks="Whether a script of another company reads the input of form fields while it is typed. One finding for each "
    "company.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "in a state without consent"),
        ("medium", "only after accepting"),
    ),
    subject="The host of the script or service.",
    confidence="Always `likely`.",
    fairness="Scripts of hosts that serve security are reported as information only.",
    legal=(legal.GDPR_5_1_A, legal.GDPR_6_1, legal.GDPR_25, legal.GDPR_32),
    texts=(TITLE, TITLE_AGREED, DETAIL),
    fixes=(STOP, MASK, *remedies.HOLD_BACK),
    check=_check,
)
