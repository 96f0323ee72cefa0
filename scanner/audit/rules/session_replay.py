"""session-replay: visits are recorded like a film."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case
from scanner.audit.message import Message
from scanner.audit.rule import Answer, Rule
from scanner.audit.surveillance import Watch, watched

TITLE = Message("{company} records visits without consent")
TITLE_AGREED = Message("{company} records visits after consent")
DETAIL = Message(
    "A script of {company} records what visitors do on the page (movements, clicks, scrolling, often also input), to "
    "be played back later.\n{facts}"
)
HOLD = Message("Start the recording by {company} only after consent to it.")
MASK = Message("Have all form fields and personal data masked in the settings of the tool, and delete old recordings.")
DECLARE = Message("Name the recording and its provider in the policy.")

_WATCH = Watch(
    kinds=("session-replay",),
    title=TITLE,
    title_agreed=TITLE_AGREED,
    detail=DETAIL,
    fixes=(HOLD, MASK, DECLARE),
    unasked="high",
    agreed="low",
    agreed_if_named="info",
)


def _check(case: Case) -> Iterator[Answer]:
    yield from watched(case, _WATCH)


RULE = Rule(
    name="session-replay",
    group="conduct",
    title="Visits are not recorded unasked",
    checks="Whether a script records visits for playback. One finding for each company.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "in a state without consent"),
        ("low", "only after accepting, and the policy does not name the company"),
        ("info", "only after accepting, by a company that the policy names"),
    ),
    subject="The host of the recording script or service.",
    confidence="Always `likely`: such tools are recognised by how they behave and where they send.",
    fairness="Scripts of hosts that serve security are reported as information only.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_6_1, legal.GDPR_25),
    texts=(TITLE, TITLE_AGREED, DETAIL),
    fixes=(HOLD, *remedies.HOLD_BACK, MASK, DECLARE),
    check=_check,
)
