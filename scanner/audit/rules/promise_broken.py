"""promise-broken: the policy promises what an observation contradicts."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.promises import PROMISES, Contradiction, Promise
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule, Undecided
from scanner.model.declaration import Claim
from scanner.model.finding import Quote

TITLE = Message("The policy says that {promise}, but the scan saw something else")
DETAIL = Message("The policy says of this site that {promise}. What was observed contradicts that.\n{facts}")
CHANGE_SITE = Message("Make it true: remove what is listed here, or start it only as the policy says.")
CHANGE_POLICY = Message(
    "Or change the sentence: say what the site really does, and if that needs consent, ask for it first."
)
ASK = Message(
    "Ask whoever looks after the site where the listed items come from; often a plug-in, a theme, a video embed or an "
    "old tag in the tag manager brings them in unnoticed."
)


def _check(case: Case) -> Iterator[Answer]:
    tested = False
    for promise in PROMISES:
        claims = case.claims(promise.code)
        if not claims:
            continue
        tested = True
        missing = next((reason for need in promise.needs if (reason := need.missing(case))), None)
        if missing is not None:
            yield Undecided(missing)
            continue
        found = promise.contradiction(case)
        if found is not None:
            yield _hit(promise, claims, found)
    if not tested:
        yield NotApplicable(say("The policy makes no promise that an observation could contradict."))


def _hit(promise: Promise, claims: tuple[tuple[int, Claim], ...], found: Contradiction) -> Hit:
    says = promise.says()
    first = claims[0][1]
    return Hit(
        severity=found.severity,
        title=TITLE(promise=says),
        subjects=(promise.code,),
        states=found.states,
        detail=DETAIL(promise=says, facts=lines(found.sentences)),
        observed=(*found.pointers, *(pointer("declaration/claims", index) for index, _ in claims)),
        declared=Quote(quote=first.evidence, source=first.source),
        fix=steps(CHANGE_SITE(), CHANGE_POLICY(), ASK()),
        # That a sentence is a promise about this site was read by a program.
        confidence="likely" if found.confidence == "certain" else found.confidence,
    )


RULE = Rule(
    name="promise-broken",
    group="declaration",
    title="The site does what its policy promises",
    checks="Whether something observed contradicts a promise of the policy: "
    + ", ".join(f"`{promise.code}`" for promise in PROMISES)
    + ". One finding for each promise.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(
        ("high", "something that recognises visitors contradicts it in a state without their consent"),
        (
            "medium",
            "it is contradicted only after accepting, without any identifier seen, or by things that are neither for "
            "statistics nor for marketing",
        ),
        ("low", "`no_cookies` by cookies that need no consent; `only_necessary_cookies` by functional ones"),
        ("info", "a banner is promised, none was found, and nothing that would need one was seen either"),
    ),
    subject="The claim's code, such as `no_third_party_cookies`.",
    confidence="At best `likely`, because the sentence was read by a program; `check` for sharing "
    "and transfers, where exceptions or contracts may explain what was seen.",
    fairness="Cookies of unknown purpose contradict only promises about all cookies (`no_cookies`, "
    "`no_third_party_cookies`). Audience measurement that may go without consent on a condition contradicts none. "
    "Cookieless hits do not contradict promises about cookies. `no_third_party_sharing` is contradicted only by "
    "companies that the policy names nowhere.",
    legal=(legal.GDPR_5_1_A, legal.GDPR_12_13, legal.EPRIVACY_5_3),
    texts=(TITLE, DETAIL),
    fixes=(CHANGE_SITE, CHANGE_POLICY, ASK),
    check=_check,
)
