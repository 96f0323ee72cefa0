"""cname-cloaking: a third party under the site's own name."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case
from scanner.audit.message import Message, enumerate_words
from scanner.audit.rule import Answer, Rule, Undecided
from scanner.audit.surveillance import Watch, watched

TITLE = Message("{company} is another company's service under the site's own name, used without consent")
TITLE_AGREED = Message("{company} is another company's service under the site's own name")
DETAIL = Message(
    "The host {company} bears the site's name, but leads to another company's service for statistics or marketing. "
    "Browsers then treat it as the site itself: its cookies escape the limits for third parties, and it may receive "
    "cookies that are meant for the site alone.\n{facts}"
)
TELL = Message("Name the company behind {company} in the policy as a recipient.")
HOLD = Message("Start the service only after consent, as if it ran under its own name.")
SCOPE = Message("Restrict session cookies to the host that needs them (no Domain attribute), so that they do not leak.")

_WATCH = Watch(
    kinds=("cname-cloaking",),
    title=TITLE,
    title_agreed=TITLE_AGREED,
    detail=DETAIL,
    fixes=(TELL, HOLD, SCOPE),
    unasked="medium",
    agreed="low",
    agreed_if_named="info",
    left_out=frozenset({"necessary", "functional"}),
)


UNRESOLVED = Message(
    "Where {hosts} leads by name was not asked.", "Where these hosts lead by name was not asked: {hosts}."
)


def _check(case: Case) -> Iterator[Answer]:
    yield from watched(case, _WATCH)
    hosts = case.inventory.unresolved_hosts
    if hosts:
        yield Undecided(UNRESOLVED(len(hosts), hosts=enumerate_words(hosts)))


RULE = Rule(
    name="cname-cloaking",
    group="conduct",
    title="Other companies do not hide behind the site's name",
    checks="Whether a host of the site leads, by its name service, to another company's service for statistics or "
    "marketing. One finding for each host.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("medium", "in a state without consent"),
        ("low", "only after accepting, and the policy does not name the company"),
        ("info", "only after accepting, and the policy names it"),
    ),
    subject="The host.",
    confidence="Always `likely`.",
    fairness="Content delivery, shop systems and other services under the site's name that follow nobody are not "
    "counted.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_13_1_E, legal.GDPR_5_1_A),
    texts=(TITLE, TITLE_AGREED, DETAIL, UNRESOLVED),
    fixes=(TELL, HOLD, SCOPE, *remedies.HOLD_BACK),
    check=_check,
)
