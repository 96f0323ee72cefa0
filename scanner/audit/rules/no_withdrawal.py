"""no-withdrawal: a yes that cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, tracking
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, Rule, Undecided
from scanner.model.finding import Severity

TITLE = Message("No way was found to withdraw consent")
TITLE_HARDER = Message("Withdrawing consent takes more steps than giving it")
DETAIL = Message(
    "After accepting, no button, link or setting was found by which a visitor could change or withdraw the choice. "
    "{note}"
)
DETAIL_HARDER = Message("Accepting took {accept} click(s), withdrawing {withdraw}.")
BY_API = Message("The consent software can do it when a program asks, but shows visitors no button for it.")
ADD_LINK = Message(
    "Add a link such as “Cookie settings” to the footer of every page that opens the banner's settings again."
)
WHERE = Message(
    "Consent platforms bring the link or a small floating button: Cookiebot.renew(), OneTrust's “Cookie Settings” "
    "button, the privacy button of Usercentrics, the re-visit button of CookieYes, the manage-consent tab of "
    "Complianz."
)
TELL = Message("Say in the policy how consent is withdrawn.")


def _check(case: Case) -> Iterator[Answer]:
    state = case.state("withdraw")
    accept = case.state("accept")
    if state is None or accept is None:
        return
    if not any(not one.exempt_on_condition for one in tracking.activities(case, "accept")):
        # Where nothing was consented to that needs consent, there is nothing to withdraw.
        return
    if state.choice.via_api or (not state.reached and state.choice.made is None):
        note = BY_API() if state.choice.via_api else ""
        yield _hit(case, "medium", TITLE(), DETAIL(note=note).strip())
        return
    if not state.reached:
        yield Undecided(say("A way to withdraw was found, but whether it worked could not be observed."))
        return
    given, taken = accept.choice.clicks, state.choice.clicks
    if given is not None and taken is not None and taken > given + 1:
        # One click more opens the settings again: the banner that asked came by itself.
        yield _hit(case, "low", TITLE_HARDER(), DETAIL_HARDER(accept=given, withdraw=taken))


def _hit(case: Case, severity: Severity, title: str, detail: str) -> Hit:
    quote = case.quote("consent_withdrawable", "control_preference_centre")
    return Hit(
        severity=severity,
        title=title,
        subjects=("banner",),
        states=("withdraw",),
        detail=lines((detail,)),
        observed=(state_pointer("withdraw", "choice"),),
        declared=quote,
        fix=steps(ADD_LINK(), WHERE(), TELL()),
        confidence="check",
    )


RULE = Rule(
    name="no-withdrawal",
    group="consent",
    title="Consent can be withdrawn as easily as it was given",
    checks="Whether, after accepting, a way to change or withdraw the choice was found, and how many clicks it takes.",
    needs=(needs.WITHDRAW_TRIED,),
    severity=(
        ("medium", "no way was found that a visitor could use"),
        ("low", "it takes at least two clicks more than accepting"),
    ),
    subject="The word `banner`.",
    confidence="Always `check`: a way may have been overlooked.",
    fairness="Only on sites that use something after accepting which needs consent.",
    legal=(legal.GDPR_7_3, legal.EDPB_BANNERS, legal.EDPB_CONSENT),
    texts=(TITLE, TITLE_HARDER, DETAIL, DETAIL_HARDER, BY_API),
    fixes=(ADD_LINK, WHERE, TELL),
    check=_check,
)
