"""tracking-after-reject: companies follow visitors who have refused."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message, say
from scanner.audit.refusal import Refusal, left_over_texts, refused
from scanner.audit.rule import Answer, Rule, Undecided

TITLE = Message("{company} follows visitors who have refused")
DETAIL = Message(
    "After refusing in the consent banner, {company} ({purpose}) was still at work. A refusal has to be respected."
    "\n{facts}"
)
LINK = Message("Make {company} depend on the answer: it must not start after “reject”, and must stop if it runs.")
DELETE = Message(
    "Have the consent platform delete the cookies that {company} had set before (most platforms call this automatic "
    "deletion or clean-up)."
)
DETAIL_CLOSED = Message(
    "The banner offers no button to refuse and was closed without consent. {company} ({purpose}) was at work after "
    "that. Closing a banner is no consent.\n{facts}"
)
NOT_REFUSED = Message("What was pressed in the banner was no refusal ({made}), so that nothing can be said of one.")


def _check(case: Case) -> Iterator[Answer]:
    state = case.state("reject")
    made = state.choice.made if state is not None else None
    if made not in ("reject", "save", "withdraw", "close"):
        yield Undecided(NOT_REFUSED(made=made or say("nothing was pressed")))
        return
    refusal = Refusal(
        state="reject",
        earlier=("before",),
        title=TITLE,
        detail=DETAIL_CLOSED if made == "close" else DETAIL,
        fixes=(LINK, DELETE),
        observed=(state_pointer("reject", "choice"),),
        declared=case.quote("prior_consent_nonessential"),
    )
    yield from refused(case, refusal)


RULE = Rule(
    name="tracking-after-reject",
    group="consent",
    title="A refusal is respected",
    checks="Whether things for statistics or marketing that need consent are used after refusing. One finding for "
    "each company.",
    needs=(needs.REJECT,),
    severity=(
        ("high", "something recognises the visitor: a new identifying cookie, or a hit with identifiers"),
        ("medium", "contact for such a purpose without any identifier seen"),
        ("low", "nothing new and nothing sent: cookies set before the choice were merely not deleted"),
        ("info", "only audience measurement that may go without consent where the named condition is kept"),
    ),
    subject="Every cookie as `name@domain`, every storage entry as `key@host`, every reporting request by its host.",
    confidence="As for tracking-before-consent; `check` where the refusal was made but could not be verified.",
    fairness="Where no refusal was made (a banner with “OK” only), nothing is concluded; closing the banner counts as "
    "not consenting. What tracking-before-consent leaves out is left out here too.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_4_11, legal.GDPR_7, legal.EDPB_CONSENT, legal.CNIL_AUDIENCE),
    texts=(TITLE, DETAIL, DETAIL_CLOSED, *left_over_texts()),
    fixes=(LINK, DELETE, *remedies.HOLD_BACK, remedies.SCAN_AGAIN),
    check=_check,
)
