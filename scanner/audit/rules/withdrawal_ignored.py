"""withdrawal-ignored: companies follow visitors who have taken their consent back."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message
from scanner.audit.refusal import Refusal, left_over_texts, refused
from scanner.audit.rule import Answer, Rule

TITLE = Message("{company} follows visitors who have withdrawn their consent")
DETAIL = Message(
    "After the consent was withdrawn, {company} ({purpose}) was still at work. A withdrawal has to take effect."
    "\n{facts}"
)
STOP = Message(
    "Have the consent platform stop {company} when consent is withdrawn; reloading the page is often enough."
)
DELETE = Message(
    "Have the cookies of {company} deleted on withdrawal (most platforms call this automatic deletion or clean-up)."
)


def _check(case: Case) -> Iterator[Answer]:
    refusal = Refusal(
        state="withdraw",
        earlier=("accept", "before"),
        title=TITLE,
        detail=DETAIL,
        fixes=(STOP, DELETE),
        observed=(state_pointer("withdraw", "choice"),),
        declared=case.quote("consent_withdrawable"),
    )
    yield from refused(case, refusal)


RULE = Rule(
    name="withdrawal-ignored",
    group="consent",
    title="A withdrawal takes effect",
    checks="Whether things for statistics or marketing that need consent are used after consent was withdrawn. One "
    "finding for each company.",
    needs=(needs.WITHDRAW,),
    severity=(
        ("high", "something recognises the visitor: a new identifying cookie, or a hit with identifiers"),
        ("medium", "contact for such a purpose without any identifier seen"),
        ("low", "nothing new and nothing sent: cookies set before were merely not deleted"),
        ("info", "only audience measurement that may go without consent where the named condition is kept"),
    ),
    subject="Every cookie as `name@domain`, every storage entry as `key@host`, every reporting request by its host.",
    confidence="As for tracking-before-consent; `check` where the withdrawal could not be verified.",
    fairness="What tracking-before-consent leaves out is left out here too.",
    legal=(legal.GDPR_7_3, legal.EPRIVACY_5_3, legal.EDPB_CONSENT),
    texts=(TITLE, DETAIL, *left_over_texts()),
    fixes=(STOP, DELETE, *remedies.HOLD_BACK, remedies.SCAN_AGAIN),
    check=_check,
)
