"""fingerprinting: devices are told apart without storing anything on them."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies
from scanner.audit.case import Case
from scanner.audit.message import Message
from scanner.audit.rule import Answer, Rule
from scanner.audit.surveillance import Watch, watched

TITLE = Message("A script of {company} reads features that tell devices apart, without consent")
TITLE_AGREED = Message("A script of {company} reads features that tell devices apart")
DETAIL = Message(
    "A script of {company} read features of the device (such as how it draws pictures, its sound, its fonts) by which "
    "it can be recognised without any cookie. Reading them from the device needs consent like a cookie, unless it is "
    "strictly necessary, for instance against fraud.\n{facts}"
)
HOLD = Message("Find out what {company} needs this for; if it is not for security, start it only after consent.")
DECLARE = Message("Name the purpose and the company in the policy.")

_WATCH = Watch(
    kinds=("canvas", "audio", "webgl", "fonts"),
    title=TITLE,
    title_agreed=TITLE_AGREED,
    detail=DETAIL,
    fixes=(HOLD, DECLARE),
    unasked="medium",
    agreed="info",
    agreed_if_named="info",
    single="low",
)


def _check(case: Case) -> Iterator[Answer]:
    yield from watched(case, _WATCH)


RULE = Rule(
    name="fingerprinting",
    group="conduct",
    title="Devices are not told apart by their features unasked",
    checks="Whether a script reads features of the device (canvas, sound, graphics, fonts) in the way by which devices "
    "are recognised. One finding for each host.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("medium", "at least two kinds of features, in a state without consent"),
        ("low", "one kind, in a state without consent"),
        ("info", "only after accepting, or by a host that serves security or another necessary purpose"),
    ),
    subject="The host of the script.",
    confidence="`likely` for several kinds of features; `check` for a single one, which may have another reason.",
    fairness="One kind alone is often harmless (drawing a chart, testing for emoji). Protection against bots and fraud "
    "may be strictly necessary.",
    legal=(legal.EPRIVACY_5_3, legal.EDPB_TECHNICAL_SCOPE, legal.GDPR_6_1),
    texts=(TITLE, TITLE_AGREED, DETAIL),
    fixes=(HOLD, *remedies.HOLD_BACK, DECLARE),
    check=_check,
)
