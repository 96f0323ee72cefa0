"""policy-missing: nothing tells visitors what is stored on their device."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import facts, legal, needs, tracking
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, Rule, Undecided
from scanner.audit.wording import is_set
from scanner.model.finding import Severity

TITLE = Message("No cookie or privacy policy was found")
DETAIL = Message(
    "The visited pages ({count}) were searched for links to a cookie or privacy policy, and usual addresses were "
    "tried, without success. Visitors have to be told what is stored on their device, why, for how long, and who "
    "gets the data.\n{facts}"
)
NOTHING = Message("Nothing that would have to be declared was seen, however.")
WRITE = Message(
    "Write a cookie policy, or a part of the privacy policy: each cookie with its name, provider, purpose and "
    "lifetime. The report's ready-made declaration is a start."
)
LINK = Message(
    "Link it from every page, best in the footer by the words “Privacy” or “Cookies”, and from the consent banner."
)
GIVE = Message("If there is one that was not found, name it with --policy when scanning again.")


def _check(case: Case) -> Iterator[Answer]:
    if case.declaration.found:
        return
    for problem in case.inventory.problems:
        if "policy" in problem.kind:
            yield Undecided(say("A policy was found but could not be read: {problem}", problem=problem.message))
            return
    yield _hit(case)


def _hit(case: Case) -> Hit:
    inventory = case.inventory
    kept = tuple(index for index, cookie in enumerate(inventory.cookies) if is_set(cookie))
    others = tuple(index for index, host in enumerate(inventory.requests) if host.party == "third")
    following = tuple(
        activity
        for state in sorted(inventory.states)
        for activity in tracking.activities(case, state)
        if not activity.exempt_on_condition
    )
    severity: Severity = "low" if kept or others or inventory.storage else "info"
    if following:
        severity = "high" if any(activity.identifying for activity in following) else "medium"
    pointers = (
        *(pointer("cookies", index) for index in kept),
        *(pointer("requests", index) for index in others),
    )
    sentences = tuple(facts.of_index(case, place) for place in pointers) or (NOTHING(),)
    return Hit(
        severity=severity,
        title=TITLE(),
        subjects=("policy",),
        states=tuple(sorted(name for name, state in inventory.states.items() if state.reached)),
        detail=DETAIL(len({page.url for page in inventory.pages}), facts=lines(sentences)),
        observed=("/declaration/found", *pointers),
        fix=steps(WRITE(), LINK(), GIVE()),
        confidence="likely",
    )


RULE = Rule(
    name="policy-missing",
    group="declaration",
    title="Visitors are told what is stored and who gets data",
    checks="Whether a cookie or privacy policy was found on the visited pages or at the usual addresses.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "the site uses things that recognise visitors for statistics or marketing"),
        ("medium", "it uses such services without any identifier seen"),
        ("low", "it sets cookies, keeps storage or contacts third parties, all of other kinds"),
        ("info", "nothing that would have to be declared was seen"),
    ),
    subject="The word `policy`.",
    confidence="`likely`: a policy may exist where no link leads.",
    fairness="A policy that was found but could not be read makes the rule inconclusive, never found.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_12_13, legal.PLANET49),
    texts=(TITLE, DETAIL, NOTHING),
    fixes=(WRITE, LINK, GIVE),
    check=_check,
)
