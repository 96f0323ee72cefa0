"""choice-not-remembered: a refusal leaves no trace, so that the visitor is asked again and again."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs
from scanner.audit.case import Case, pointer, state_pointer
from scanner.audit.message import Message, enumerate_words, say, steps
from scanner.audit.rule import Answer, Hit, Rule, Undecided
from scanner.model.base import StateName

TITLE = Message("A refusal is not remembered, an acceptance is")
DETAIL = Message(
    "After accepting, the choice was written down ({records}). After refusing, nothing of the kind was kept, and the "
    "banner could not be shown to stay away. Who refuses is then asked on every page until the answer is yes."
)
STORE = Message("Have the consent platform keep a refusal in the same way, and for as long, as an acceptance.")
MONTHS = Message("About six months is a usual time before asking again.")


def _check(case: Case) -> Iterator[Answer]:
    reject = case.state("reject")
    if reject is None or reject.choice.verified:
        return
    if reject.choice.made not in ("reject", "save"):
        yield Undecided(say("No refusal was made that could have been remembered."))
        return
    kept = _records(case, "accept")
    if not kept or _records(case, "reject") or reject.signals.get("cmp_cookie") or reject.signals.get("tcf"):
        yield Undecided(say("The refusal could not be verified; whether it is remembered is not known."))
        return
    names = tuple(name for _, name in kept)
    yield Hit(
        severity="low",
        title=TITLE(),
        subjects=("banner",),
        states=("reject",),
        detail=DETAIL(records=enumerate_words(names)),
        observed=(state_pointer("reject", "choice"), *(place for place, _ in kept)),
        fix=steps(STORE(), MONTHS()),
        confidence="check",
    )


def _records(case: Case, state: StateName) -> tuple[tuple[str, str], ...]:
    cookies = tuple(
        (pointer("cookies", index), cookie.name)
        for index, cookie in enumerate(case.inventory.cookies)
        if cookie.role == "consent-record" and cookie.blocked is None and state in cookie.states
    )
    storage = tuple(
        (pointer("storage", index), entry.key)
        for index, entry in enumerate(case.inventory.storage)
        if entry.role == "consent-record" and state in entry.states
    )
    return cookies + storage


RULE = Rule(
    name="choice-not-remembered",
    group="consent",
    title="A refusal is remembered like an acceptance",
    checks="Whether a refusal leaves a consent record where an acceptance does.",
    needs=(needs.ACCEPT, needs.REJECT),
    severity=(("low", "always"),),
    subject="The word `banner`.",
    confidence="Always `check`.",
    fairness="A refusal after which the banner stayed away is remembered, whatever was stored. Without any known "
    "consent record after accepting, or with any after refusing, the rule is inconclusive.",
    legal=(legal.GDPR_7, legal.EDPB_CONSENT, legal.CNIL_GUIDELINES, legal.GARANTE_GUIDELINES),
    texts=(TITLE, DETAIL),
    fixes=(STORE, MONTHS),
    check=_check,
    blind_if_uncalibrated=False,
)
