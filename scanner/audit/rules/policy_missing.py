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
TITLE_LIST = Message("The consent platform lists cookies, but no policy page was found")
DETAIL_LIST = Message(
    "The consent platform loads a list of cookies for its dialogue ({count} by name). That list was read and compared "
    "with what was seen. A page that says the rest was not found on the visited pages ({pages}), nor at the usual "
    "addresses: who is responsible and how to reach them, on which legal basis, who receives the data and where, and "
    "which rights people have. A list inside a dialogue is hard to read again once the choice is made."
)
NOTHING = Message("Nothing that would have to be declared was seen, however.")
WRITE = Message(
    "Write a cookie policy, or a part of the privacy policy: each cookie with its name, provider, purpose and "
    "lifetime. The report's ready-made declaration is a start."
)
LINK = Message(
    "Link it from every page, best in the footer by the words “Privacy” or “Cookies”, and from the consent banner."
)
COMPLETE = Message(
    "Write a privacy policy, or a cookie policy that belongs to one. Most consent platforms offer their list as a "
    "piece of code to be pasted into such a page, so that both always say the same."
)
GIVE = Message("If there is one that was not found, name it with --policy when scanning again.")


def _check(case: Case) -> Iterator[Answer]:
    listed = case.declaration.found and all(source.kind == "list" for source in case.declaration.sources)
    if case.declaration.found and not (listed and case.declaration.sources):
        return
    for problem in case.inventory.problems:
        if "policy" in problem.kind:
            yield Undecided(say("A policy was found but could not be read: {problem}", problem=problem.message))
            return
    yield _only_listed(case) if listed else _hit(case)


def _only_listed(case: Case) -> Hit:
    """A list in the banner declares cookies; it is not the information that Article 13 of the GDPR asks for."""
    inventory = case.inventory
    severity: Severity = "low"
    if any(activity.identifying for activity in _not_exempt(case)):
        severity = "medium"
    names = {row.name for row in case.declaration.cookies}
    return Hit(
        severity=severity,
        title=TITLE_LIST(),
        subjects=("policy",),
        states=tuple(sorted(name for name, state in inventory.states.items() if state.reached)),
        detail=DETAIL_LIST(len(names), pages=len({page.url for page in inventory.pages})),
        observed=tuple(pointer("declaration/sources", index) for index in range(len(case.declaration.sources))),
        fix=steps(COMPLETE(), LINK(), GIVE()),
        confidence="likely",
    )


def _not_exempt(case: Case) -> tuple[tracking.Activity, ...]:
    return tuple(
        activity
        for state in sorted(case.inventory.states)
        for activity in tracking.activities(case, state)
        if not activity.exempt_on_condition
    )


def _hit(case: Case) -> Hit:
    inventory = case.inventory
    kept = tuple(index for index, cookie in enumerate(inventory.cookies) if is_set(cookie))
    others = tuple(index for index, host in enumerate(inventory.requests) if host.party == "third")
    following = _not_exempt(case)
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
    checks="Whether a cookie or privacy policy was found by the links of the visited pages, in the sitemap, in the "
    "banner, or at the usual addresses. A list of cookies that only the consent platform's dialogue shows is a "
    "declaration, but no policy: then the finding says so.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "the site uses things that recognise visitors for statistics or marketing"),
        ("medium", "it uses such services without any identifier seen; or it uses them, and only a list was found"),
        (
            "low",
            "it sets cookies, keeps storage or contacts third parties, all of other kinds; or only a list was found",
        ),
        ("info", "nothing that would have to be declared was seen"),
    ),
    subject="The word `policy`.",
    confidence="`likely`: a policy may exist where no link leads.",
    fairness="A policy that was found but could not be read makes the rule inconclusive, never found.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_12_13, legal.PLANET49),
    texts=(TITLE, DETAIL, TITLE_LIST, DETAIL_LIST, NOTHING),
    fixes=(WRITE, COMPLETE, LINK, GIVE),
    check=_check,
)
