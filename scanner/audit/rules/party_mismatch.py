"""party-mismatch: declared as the site's own cookie, but a third party's, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import facts, legal, needs
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.wording import is_set
from scanner.model.finding import Quote, Severity

TITLE_THIRD = Message("{name} is declared as a first-party cookie, but belongs to {domain}")
TITLE_FIRST = Message("{name} is declared as a third-party cookie, but belongs to the site itself")
DETAIL_THIRD = Message(
    "The policy calls {name} a cookie of the site itself. It was set for {domain}, so that this third party reads it, "
    "also on other sites that embed it.\n{facts}"
)
DETAIL_FIRST = Message(
    "The policy calls {name} a third party's cookie. It was set for {domain}, the site's own domain, and no other "
    "company is known to use it.\n{facts}"
)
CORRECT = Message("Correct the party in the row of {name}, and name {domain} as its provider.")


def _check(case: Case) -> Iterator[Answer]:
    if not any(row.party for row in case.declaration.cookies):
        yield NotApplicable(say("The policy does not say whose cookies are the site's own."))
        return
    for index, cookie in enumerate(case.inventory.cookies):
        rows = case.pairing.rows_of_cookie.get(index, ())
        said = {case.declaration.cookies[row].party for row in rows}
        if not is_set(cookie) or not rows or None in said or cookie.party in said:
            continue
        if cookie.party == "third":
            yield _hit(case, index, rows[0], "low", TITLE_THIRD, DETAIL_THIRD)
        elif cookie.vendor is None and not cookie.synced_with and all(case.is_own(host) for host in cookie.sent_to):
            yield _hit(case, index, rows[0], "info", TITLE_FIRST, DETAIL_FIRST)


def _hit(case: Case, index: int, row: int, severity: Severity, title: Message, detail: Message) -> Hit:
    cookie = case.inventory.cookies[index]
    declared = case.declaration.cookies[row]
    domain = cookie.domain.lstrip(".")
    return Hit(
        severity=severity,
        title=title(name=cookie.name, domain=domain),
        subjects=(subject_of(cookie),),
        states=cookie.states,
        detail=detail(name=cookie.name, domain=domain, facts=lines((facts.of_cookie(cookie),))),
        observed=(pointer("cookies", index), pointer("declaration/cookies", row)),
        declared=Quote(quote=declared.quote, source=declared.source),
        fix=steps(CORRECT(name=cookie.name, domain=domain)),
        confidence="certain" if cookie.party == "third" else "check",
    )


RULE = Rule(
    name="party-mismatch",
    group="declaration",
    title="The policy says rightly whose cookie it is",
    checks="Whether a cookie that the policy calls first-party was set for another site's domain, and the other way "
    "round.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(
        ("low", "declared as first-party, but set for a third party's domain"),
        ("info", "declared as third-party, but set for the site's own domain, and no other company is known to use it"),
    ),
    subject="The cookie as `name@domain`.",
    confidence="`certain` for a third party's domain; `check` the other way round.",
    fairness="Policies often call a cookie on the site's own domain third-party because another company's script sets "
    "it (`_ga` of Google Analytics): nothing is said against that. Where several rows fit, one that agrees is enough.",
    legal=(legal.PLANET49, legal.GDPR_12_13),
    texts=(TITLE_THIRD, TITLE_FIRST, DETAIL_THIRD, DETAIL_FIRST),
    fixes=(CORRECT,),
    check=_check,
)
