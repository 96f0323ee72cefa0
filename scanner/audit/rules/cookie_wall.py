"""cookie-wall: consent or pay."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule

TITLE = Message("Visitors can consent or pay, but not simply refuse")
DETAIL = Message(
    "The banner offers “{accept}” and, instead of a refusal, “{pay}”. Whether consent is then freely given is judged "
    "case by case: the price, a third way without profiling, and how much depends on the site all count."
)
THIRD_WAY = Message("Consider a third way: use without payment and without advertising that follows visitors.")
ADVICE = Message("Have the model checked against the rules of the authority that is responsible for you.")


def _check(case: Case) -> Iterator[Answer]:
    if case.banner is None:
        yield NotApplicable(say("The site shows no consent banner."))
        return
    name, banner = case.banner
    texts = {button.action: button.text for button in reversed(banner.buttons)}
    if "pay" not in texts or "accept" not in texts or "reject" in texts:
        return
    yield Hit(
        severity="medium",
        title=TITLE(),
        subjects=("banner",),
        states=(name,),
        detail=DETAIL(accept=texts["accept"], pay=texts["pay"]),
        observed=(state_pointer(name, "banner"),),
        fix=steps(THIRD_WAY(), ADVICE()),
        confidence="check",
    )


RULE = Rule(
    name="cookie-wall",
    group="consent",
    title="Consent is not the price of entry",
    checks="Whether the banner offers payment in place of a refusal.",
    needs=(needs.ANY_PAGE,),
    severity=(("medium", "always"),),
    subject="The word `banner`.",
    confidence="Always `check`: such models are not forbidden as such.",
    fairness="A banner that offers to refuse beside paying is not counted.",
    legal=(legal.GDPR_4_11, legal.GDPR_7, legal.EDPB_CONSENT),
    texts=(TITLE, DETAIL),
    fixes=(THIRD_WAY, ADVICE),
    check=_check,
)
