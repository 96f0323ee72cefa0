"""unknown-cookie: cookies whose purpose neither the catalogue nor the policy explains."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import facts, legal, needs
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, steps
from scanner.audit.rule import Answer, Hit, Rule
from scanner.audit.techniques import UNASKED
from scanner.audit.wording import is_set, named
from scanner.model.finding import Severity
from scanner.model.inventory import Cookie

TITLE = Message("What a cookie is for is not known", "What {count} cookies are for is not known")
TITLE_THIRD = Message(
    "A third party's cookie of unknown purpose can recognise visitors, and is set without consent",
    "{count} cookies of third parties, of unknown purpose, can recognise visitors, and are set without consent",
)
DETAIL = Message(
    "Neither the catalogue nor the policy says what {names} is for. That is no accusation: whoever runs the site "
    "should know, and can judge whether it needs consent.\n{facts}",
    "Neither the catalogue nor the policy says what {names} are for. That is no accusation: whoever runs the site "
    "should know, and can judge whether they need consent.\n{facts}",
)
ASK = Message("Find out what sets {names}: the script or answer named here belongs to it.")
DECLARE = Message("Then put it into the policy with its purpose; if it is not necessary, set it only after consent.")


def _check(case: Case) -> Iterator[Answer]:
    groups: dict[Severity, list[int]] = {"low": [], "info": []}
    for index, cookie in enumerate(case.inventory.cookies):
        if cookie.category != "unknown" or not is_set(cookie) or _is_explained(case, index):
            continue
        groups["low" if _recognises_unasked(cookie) else "info"].append(index)
    for severity, indexes in groups.items():
        if indexes:
            yield _hit(case, severity, tuple(indexes))


def _is_explained(case: Case, index: int) -> bool:
    rows = case.pairing.rows_of_cookie.get(index, ())
    return any(case.declaration.cookies[row].category or case.declaration.cookies[row].purpose for row in rows)


def _recognises_unasked(cookie: Cookie) -> bool:
    lasting = cookie.identifier and not cookie.session
    return lasting and cookie.party == "third" and bool(UNASKED & set(cookie.states))


def _hit(case: Case, severity: Severity, indexes: tuple[int, ...]) -> Hit:
    cookies = tuple(case.inventory.cookies[index] for index in indexes)
    subjects = tuple(dict.fromkeys(subject_of(cookie) for cookie in cookies))
    names = named(tuple(dict.fromkeys(cookie.name for cookie in cookies)))
    return Hit(
        severity=severity,
        title=(TITLE_THIRD if severity == "low" else TITLE)(len(subjects)),
        subjects=subjects,
        states=tuple(sorted({state for cookie in cookies for state in cookie.states})),
        detail=DETAIL(len(subjects), names=names, facts=lines(tuple(facts.of_cookie(cookie) for cookie in cookies))),
        observed=tuple(pointer("cookies", index) for index in indexes),
        fix=steps(ASK(names=names), DECLARE()),
        confidence="check",
    )


RULE = Rule(
    name="unknown-cookie",
    group="conduct",
    title="Every cookie's purpose is known",
    checks="Whether there are cookies whose purpose neither the catalogue nor the policy tells. One finding for each "
    "severity.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("low", "a third party's lasting cookie that can recognise visitors, seen without consent"),
        ("info", "all others"),
    ),
    subject="Every cookie as `name@domain`.",
    confidence="Always `check`.",
    fairness="Not knowing is no fault of the site, and no such cookie is called a tracker. A cookie that the policy "
    "explains, by purpose or category, is not counted.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_12_13),
    texts=(TITLE, TITLE_THIRD, DETAIL),
    fixes=(ASK, DECLARE),
    check=_check,
)
