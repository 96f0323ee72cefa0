"""gpc-ignored: the browser says no for its user, and the site goes on."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message
from scanner.audit.refusal import Refusal, left_over_texts, refused
from scanner.audit.rule import Answer, Rule

TITLE = Message("{company} follows visitors whose browser objects by Global Privacy Control")
DETAIL = Message(
    "The browser sent the signal Global Privacy Control, by which its user opts out of the sale and sharing of "
    "personal information. {company} ({purpose}) was at work all the same.\n{facts}"
)
HONOUR = Message(
    "Switch on “honour Global Privacy Control” in the consent platform for visitors to whom the law applies, and make "
    "{company} depend on it."
)


def _check(case: Case) -> Iterator[Answer]:
    refusal = Refusal(
        state="gpc",
        earlier=(),
        title=TITLE,
        detail=DETAIL,
        fixes=(HONOUR,),
        observed=(state_pointer("gpc", "signals"),),
        declared=case.quote("dnt_honoured"),
        refused=frozenset({"marketing"}),
    )
    yield from refused(case, refusal)


RULE = Rule(
    name="gpc-ignored",
    group="consent",
    title="The browser's objection is respected",
    checks="Whether things for marketing are used though the browser sends Global Privacy Control. One finding "
    "for each company.",
    needs=(needs.GPC,),
    severity=(
        ("high", "something recognises the visitor"),
        ("medium", "contact for such a purpose without any identifier seen"),
    ),
    subject="Every cookie as `name@domain`, every storage entry as `key@host`, every reporting request by its host.",
    confidence="As for tracking-before-consent.",
    fairness="Statistics are left out: the signal speaks of sale and sharing. Off in regions whose law does not bind "
    "sites to the signal; where a policy promises to respect it, promise-broken answers everywhere.",
    legal=(legal.GDPR_21_5,),
    texts=(TITLE, DETAIL, *left_over_texts()),
    fixes=(HONOUR, *remedies.HOLD_BACK, remedies.SCAN_AGAIN),
    check=_check,
)
