"""no-reject-option: the banner takes a yes, but no no."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, tracking
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message, enumerate_words, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule, Undecided
from scanner.model.base import StateName
from scanner.model.finding import Confidence, Severity
from scanner.model.inventory import Banner

TITLE = Message("The consent banner offers no way to refuse")
TITLE_ACK = Message("The banner can only be acknowledged: it asks nothing")
DETAIL = Message(
    "The banner offers {buttons}, and nothing to refuse with, neither on its first layer nor in its settings. A yes "
    "is free only where a no can be given."
)
DETAIL_ACK = Message(
    "The banner offers {buttons} only. Pressing it acknowledges a notice; it is no choice, and so no consent."
)
CLOSE = Message(
    "The banner can be closed ({buttons}). Some regulators (Italy) accept closing as a refusal where nothing is set "
    "then and the banner says so."
)
USED = Message("The site uses services that generally need consent: {companies}.")
ADD_REJECT = Message(
    "Put a button such as “Reject all” beside “Accept all”: on the same layer, in the same size and as easy to read."
)
PLATFORM = Message(
    "Consent platforms have a setting for it: in Cookiebot choose a dialog with “Deny”, in OneTrust switch on “Reject "
    "All” in the banner's layout, in Usercentrics switch on “Deny all” on the first layer, in CookieYes and Complianz "
    "choose the opt-in banner for the EU with a reject button."
)
HOME_MADE = Message(
    "A banner that came with the theme or site builder and knows “OK” only cannot ask for consent: in Wix and "
    "Squarespace switch on the variant with accept and decline, on WordPress replace it by a consent plugin."
)
HOLD = Message("Make sure that nothing of this kind starts before “accept” or after “reject”.")

UNSEEN_SETTINGS = Message("The banner has settings that could not be opened, so that a way to refuse may be in there.")


def _check(case: Case) -> Iterator[Answer]:
    if case.banner is None:
        yield NotApplicable(say("The site shows no consent banner."))
        return
    name, banner = case.banner
    if _can_refuse(case, banner):
        return
    actions = {button.action for button in banner.buttons}
    if not actions & {"accept", "ack"}:
        yield Undecided(say("No button of the banner could be told to accept or to acknowledge."))
        return
    if "pay" in actions:
        yield NotApplicable(say("The choice is to pay or to consent; see cookie-wall."))
        return
    if "settings" in actions and not any(button.layer == 2 for button in banner.buttons):
        yield Undecided(UNSEEN_SETTINGS())
        return
    companies = _companies(case)
    if not companies and case.reached("accept"):
        # A notice about necessary cookies needs no button to refuse.
        return
    yield _hit(case, name, banner, companies)


def _can_refuse(case: Case, banner: Banner) -> bool:
    # Boxes that are ticked in advance can be cleared before they are saved: other rules speak of them.
    if any(button.action in ("reject", "save") for button in banner.buttons):
        return True
    state = case.state("reject")
    choice = state.choice if state is not None else None
    return choice is not None and choice.made in ("reject", "save") and not choice.via_api


def _companies(case: Case) -> tuple[str, ...]:
    """Who is used here that needs consent, in any state."""
    names: dict[str, None] = {}
    for state in sorted(case.inventory.states):
        for activity in tracking.activities(case, state):
            if not activity.exempt_on_condition:
                names[activity.company] = None
    return tuple(names)


def _hit(case: Case, name: StateName, banner: Banner, companies: tuple[str, ...]) -> Hit:
    buttons = enumerate_words(tuple(dict.fromkeys(f"“{button.text}”" for button in banner.buttons if button.text)))
    acknowledged = all(button.action in ("ack", "close") for button in banner.buttons)
    closing = tuple(f"“{button.text}”" for button in banner.buttons if button.action == "close")
    detail = [(DETAIL_ACK if acknowledged else DETAIL)(buttons=buttons or say("a button"))]
    if companies:
        detail.append(USED(companies=enumerate_words(companies)))
    severity: Severity = "high" if companies else "low"
    confidence: Confidence = "likely"
    if closing and not acknowledged:
        detail.append(CLOSE(buttons=enumerate_words(closing)))
        severity, confidence = ("medium" if companies else "low"), "check"
    observed = list(case.banner_places())
    if case.state("reject") is not None:
        observed.append(state_pointer("reject", "choice"))
    return Hit(
        severity=severity,
        title=(TITLE_ACK if acknowledged else TITLE)(),
        subjects=("banner",),
        states=(name,),
        detail=lines(tuple(detail)),
        observed=tuple(observed),
        fix=steps(ADD_REJECT(), PLATFORM(), HOME_MADE(), HOLD()),
        confidence=confidence,
    )


RULE = Rule(
    name="no-reject-option",
    group="consent",
    title="A banner that asks can be refused",
    checks="Whether the banner offers, on any layer that was seen, a button to refuse, or one to save with nothing "
    "switched on.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "and the site uses services that generally need consent"),
        ("medium", "the same, but the banner can be closed, which some regulators accept as a refusal"),
        ("low", "no such service was seen, but the state after accepting could not be observed"),
    ),
    subject="The word `banner`.",
    confidence="`likely`, because a button may have been overlooked; `check` where the banner can be closed.",
    fairness="A notice that can only be acknowledged is no fault on a site that uses nothing that needs consent. "
    "Settings that could not be opened make the rule inconclusive. A choice between paying and consenting is left "
    "to cookie-wall.",
    legal=(legal.GDPR_4_11, legal.GDPR_7, legal.EDPB_BANNERS, legal.PLANET49, legal.CNIL_GUIDELINES, legal.AEPD_GUIDE),
    texts=(TITLE, TITLE_ACK, DETAIL, DETAIL_ACK, CLOSE, USED),
    fixes=(ADD_REJECT, PLATFORM, HOME_MADE, HOLD),
    check=_check,
)
