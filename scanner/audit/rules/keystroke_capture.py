"""keystroke-capture: what is typed leaves the page before it is submitted."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case
from scanner.audit.message import Message
from scanner.audit.rule import Answer, Rule
from scanner.audit.surveillance import Watch, watched
from scanner.audit.techniques import Use
from scanner.model.finding import Severity

TITLE = Message("{company} reads what visitors type, without consent")
TITLE_AGREED = Message("{company} reads what visitors type")
DETAIL = Message(
    "What visitors type into form fields goes to {company} while they type, before they send the form, and even if "
    "they never do. The scan typed invented values into the fields and sent no form.\n{facts}"
)
STOP = Message("Switch this off in the settings of {company} (form tracking, input capture, automatic matching).")
MASK = Message("Where the tool stays, have all form fields masked or left out.")


def _weigh(use: Use, severity: Severity) -> Severity | None:
    """The site itself may read its own forms; a service that answers, as one that suggests searches does, serves."""
    if use.own:
        return None
    if use.data == ("search",) and use.answered:
        return "info" if use.category in ("necessary", "functional") else "low"
    if use.category == "functional" and severity == "high":
        return "medium"
    return severity


_WATCH = Watch(
    kinds=("keystrokes",),
    title=TITLE,
    title_agreed=TITLE_AGREED,
    detail=DETAIL,
    fixes=(STOP, MASK),
    unasked="high",
    agreed="medium",
    agreed_if_named="medium",
    weigh=_weigh,
)


def _check(case: Case) -> Iterator[Answer]:
    yield from watched(case, _WATCH)


RULE = Rule(
    name="keystroke-capture",
    group="conduct",
    title="What visitors type stays with them until they send it",
    checks="Whether what is typed into form fields goes to another company before the form is sent. The scan types "
    "invented values into visible text fields, key by key, sends nothing, and looks for these values in all requests: "
    "plain, encoded, as digests, in growing parts and letter by letter. One finding for each company.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "in a state without consent"),
        ("medium", "only after accepting, or by a service that the catalogue knows as functional"),
        ("low", "search words alone, to a host of unknown purpose that answers, as services that suggest searches do"),
        ("info", "the same to a host that serves a functional or necessary purpose, or any host that serves security"),
    ),
    subject="The host that what was typed went to.",
    confidence="`certain` where the value that was typed was found in a request; otherwise `likely`.",
    fairness="The site's own hosts are not counted: a site that suggests searches, or says at once that an address is "
    "mistyped, does what visitors expect. Fields for passwords and payments are never typed into, so nothing is said "
    "of them. Fields inside frames of other companies are theirs, and are left alone.",
    legal=(legal.GDPR_5_1_A, legal.GDPR_6_1, legal.GDPR_25, legal.GDPR_32),
    texts=(TITLE, TITLE_AGREED, DETAIL),
    fixes=(STOP, MASK, *remedies.HOLD_BACK),
    check=_check,
)
