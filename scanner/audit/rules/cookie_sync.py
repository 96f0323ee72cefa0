"""cookie-sync: companies tell each other how they call the same visitor."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import facts, legal, needs, remedies, techniques
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, enumerate_words, lines, steps
from scanner.audit.rule import Answer, Hit, Rule
from scanner.audit.techniques import UNASKED
from scanner.audit.wording import is_set
from scanner.model.base import StateName

TITLE = Message("Companies share visitors' identifiers without consent")
TITLE_AGREED = Message("Companies share visitors' identifiers after consent")
DETAIL = Message(
    "The identifier of one company was passed on to another ({hosts}), so that both can join what they know of the "
    "same visitor.\n{facts}"
)
HOLD = Message("Start these services only after consent, and name the companies that take part in the policy.")
ASK = Message("Ask your advertising partners to switch such sharing off where you do not need it.")


def _check(case: Case) -> Iterator[Answer]:
    shared = tuple(
        index
        for index, cookie in enumerate(case.inventory.cookies)
        if cookie.synced_with and is_set(cookie) and cookie.category not in ("necessary", "functional")
    )
    uses = tuple(use for use in techniques.uses(case, ("cookie-sync",)) if use.host not in _harmless(case, shared))
    if not shared and not uses:
        return
    cookies = tuple(case.inventory.cookies[index] for index in shared)
    hosts = tuple(dict.fromkeys((*(host for one in cookies for host in one.synced_with), *(use.host for use in uses))))
    states: set[StateName] = {state for use in uses for state in use.states}
    if not uses:
        states = {state for cookie in cookies for state in cookie.states}
    unasked = bool(UNASKED & states)
    yield Hit(
        severity="medium" if unasked else "info",
        title=(TITLE if unasked else TITLE_AGREED)(),
        subjects=tuple(dict.fromkeys((*(subject_of(cookie) for cookie in cookies), *(use.host for use in uses)))),
        states=tuple(sorted(states)),
        detail=DETAIL(
            hosts=enumerate_words(hosts),
            facts=lines(
                (
                    *(facts.of_cookie(cookie) for cookie in cookies),
                    *(sentence for use in uses for sentence in use.sentences),
                )
            ),
        ),
        observed=(
            *(pointer("cookies", index) for index in shared),
            *(place for use in uses for place in use.pointers),
        ),
        fix=steps(HOLD(), *remedies.filled(remedies.hold_back(case, ())), ASK()),
        confidence="likely" if uses else "check",
    )


def _harmless(case: Case, shared: tuple[int, ...]) -> frozenset[str]:
    """Hosts that were given the identifiers of necessary and functional cookies alone."""
    given = {host for cookie in case.inventory.cookies for host in cookie.synced_with}
    return frozenset(given - {host for index in shared for host in case.inventory.cookies[index].synced_with})


RULE = Rule(
    name="cookie-sync",
    group="conduct",
    title="Companies do not share visitors' identifiers unasked",
    checks="Whether the identifier in one company's cookie was sent to another company. One finding for all.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("medium", "in a state without consent"),
        ("info", "only after accepting"),
    ),
    subject="Every cookie as `name@domain`, and the receiving host where the exchange itself was seen.",
    confidence="`likely` where the exchange was seen; `check` where only the same value was found on both sides, "
    "because the moment is then not known.",
    fairness="Necessary and functional cookies (a shared sign-in, for example) are left out.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_13_1_E, legal.FASHION_ID),
    texts=(TITLE, TITLE_AGREED, DETAIL),
    fixes=(HOLD, *remedies.HOLD_BACK, ASK),
    check=_check,
)
