"""Promises of a policy that an observation can contradict, each with what would contradict it.

A promise that a browser cannot test from outside (no sale of data, shortened IP addresses, anonymous statistics) is
left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scanner.audit import facts, needs, tracking
from scanner.audit.case import Case, pointer, state_pointer
from scanner.audit.message import Message
from scanner.audit.recipients import mention, recipients
from scanner.audit.rule import Need
from scanner.audit.wording import is_set
from scanner.model.base import Category, StateName
from scanner.model.declaration import ClaimCode
from scanner.model.finding import Confidence, Severity
from scanner.model.inventory import Cookie

# The European Economic Area: the member states of the EU with Iceland, Liechtenstein and Norway (ISO 3166-1).
_EEA_CODES = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO"
EEA = frozenset(_EEA_CODES.split())

CONSENTED: frozenset[StateName] = frozenset({"accept"})
"""States in which a visitor has agreed: what happens there alone weighs less."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What speaks against a promise: pointers, their sentences, the states, and how bad and how sure."""

    severity: Severity
    confidence: Confidence
    pointers: tuple[str, ...]
    sentences: tuple[str, ...]
    states: tuple[StateName, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: what it says in plain words, what a scan needs to test it, and the test."""

    code: ClaimCode
    says: Message
    needs: tuple[Need, ...]
    contradiction: Callable[[Case], Contradiction | None]


def _of_cookies(case: Case, chosen: Iterable[int], severity: Severity, confidence: Confidence) -> Contradiction | None:
    indexes = tuple(chosen)
    if not indexes:
        return None
    cookies = tuple(case.inventory.cookies[index] for index in indexes)
    return Contradiction(
        severity=severity,
        confidence=confidence,
        pointers=tuple(pointer("cookies", index) for index in indexes),
        sentences=tuple(facts.of_cookie(cookie) for cookie in cookies),
        states=tuple(sorted({state for cookie in cookies for state in cookie.states})),
    )


def _of_items(
    case: Case, states: Iterable[StateName], purposes: frozenset[Category], *, stored_only: bool = False
) -> Contradiction | None:
    """What companies do for certain purposes in certain states; audience measurement on a condition stays out."""
    found: dict[str, tuple[tracking.Item, list[StateName]]] = {}
    for state in states:
        for activity in tracking.activities(case, state, purposes=purposes):
            for item in activity.items:
                if item.need == "consent" and not (stored_only and item.sends):
                    found.setdefault(item.pointer, (item, []))[1].append(state)
    if not found:
        return None
    items = tuple(item for item, _ in found.values())
    seen = {state for _, where in found.values() for state in where}
    unasked = any(item.identifying and set(where) - CONSENTED for item, where in found.values())
    confidence = min((item.confidence for item in items), key=("certain", "likely", "check").index)
    return Contradiction(
        severity="high" if unasked else "medium",
        confidence=case.capped(confidence, *seen) if len(seen) == 1 else confidence,
        pointers=tuple(found),
        sentences=tuple(item.sentence for item in items),
        states=tuple(sorted(seen)),
    )


def _states(case: Case) -> tuple[StateName, ...]:
    return tuple(sorted(name for name, state in case.inventory.states.items() if state.reached))


def _any_cookie(case: Case) -> Contradiction | None:
    following = _of_items(case, _states(case), tracking.FOLLOWING, stored_only=True)
    severity: Severity = following.severity if following is not None else "medium"
    chosen = tuple(index for index, cookie in enumerate(case.inventory.cookies) if is_set(cookie))
    if chosen and all(case.inventory.cookies[index].consent_exempt == "yes" for index in chosen):
        severity = "low"
    return _of_cookies(case, chosen, severity, "certain")


def _any_tracking(case: Case) -> Contradiction | None:
    return _of_items(case, _states(case), tracking.FOLLOWING)


def _not_necessary(case: Case) -> Contradiction | None:
    """Only what is known to be something else: cookies of unknown purpose may well be necessary."""
    following = _of_items(case, _states(case), tracking.FOLLOWING, stored_only=True)
    convenience = _of_cookies(
        case,
        (index for index, cookie in enumerate(case.inventory.cookies) if _is_optional(cookie)),
        "low",
        "likely",
    )
    if following is None or convenience is None:
        return following or convenience
    return _joined(following, convenience)


def _is_optional(cookie: Cookie) -> bool:
    return is_set(cookie) and cookie.category == "functional" and cookie.consent_exempt == "no"


def _third_party_cookie(case: Case) -> Contradiction | None:
    chosen = tuple(
        index for index, cookie in enumerate(case.inventory.cookies) if is_set(cookie) and cookie.party == "third"
    )
    following = _of_items(case, _states(case), tracking.FOLLOWING, stored_only=True)
    bad = (
        following is not None
        and following.severity == "high"
        and set(following.pointers) & {pointer("cookies", index) for index in chosen}
    )
    return _of_cookies(case, chosen, "high" if bad else "medium", "certain")


def _marketing(case: Case) -> Contradiction | None:
    """Marketing cookies, storage, and hits that carry identifiers; the promise is mostly meant of all of them."""
    return _of_items(case, _states(case), frozenset({"marketing"}))


def _analytics_cookie(case: Case) -> Contradiction | None:
    return _of_items(case, _states(case), frozenset({"analytics"}), stored_only=True)


def _before_consent(case: Case) -> Contradiction | None:
    """Anything that needs consent before it was given, or in spite of a refusal."""
    unasked = tuple(name for name in ("before", "reject") if case.reached(name))
    following = _of_items(case, unasked, tracking.FOLLOWING)
    convenience = _of_cookies(
        case,
        (
            index
            for index, cookie in enumerate(case.inventory.cookies)
            if _is_optional(cookie) and "before" in cookie.states
        ),
        "medium",
        "likely",
    )
    if following is None or convenience is None:
        return following or convenience
    return _joined(following, convenience)


def _no_banner(case: Case) -> Contradiction | None:
    if case.banner is not None:
        return None
    following = any(not activity.exempt_on_condition for activity in tracking.activities(case, "before"))
    place = state_pointer("before", "banner")
    return Contradiction(
        severity="medium" if following else "info",
        confidence="check" if case.consent_traces else "likely",
        pointers=(place, *case.consent_traces),
        sentences=(NO_BANNER(),),
        states=("before",),
    )


def _no_way_back(case: Case) -> Contradiction | None:
    state = case.state("withdraw")
    if state is None or state.reached or state.choice.made is not None or not case.reached("accept"):
        return None
    return Contradiction(
        severity="medium",
        confidence="check",
        pointers=(state_pointer("withdraw", "choice"),),
        sentences=(NO_WAY_BACK(),),
        states=("withdraw",),
    )


def _signal_ignored(case: Case) -> Contradiction | None:
    return _of_items(case, ("gpc",), tracking.FOLLOWING)


def _shared(case: Case) -> Contradiction | None:
    """Identifiers with a company for statistics or marketing that the policy names nowhere: exceptions that the
    policy describes are its own business."""
    if case.has_claim("shares_with_ad_partners"):
        return None
    chosen = tuple(
        recipient
        for recipient in recipients(case)
        if recipient.vendor is not None
        and recipient.category in tracking.FOLLOWING
        and recipient.recognises
        and mention(case, recipient) is None
    )
    if not chosen:
        return None
    pointers = tuple(place for recipient in chosen for place in recipient.pointers)
    return Contradiction(
        severity="medium",
        confidence="check",
        pointers=pointers,
        sentences=tuple(facts.of_index(case, place) for place in pointers),
        states=tuple(sorted({state for recipient in chosen for state in recipient.states})),
    )


def _left_the_eea(case: Case) -> Contradiction | None:
    chosen = tuple(
        recipient
        for recipient in recipients(case)
        if recipient.vendor is not None and recipient.vendor.country and recipient.vendor.country not in EEA
    )
    if not chosen:
        return None
    return Contradiction(
        severity="medium",
        confidence="check",
        pointers=tuple(place for recipient in chosen for place in recipient.pointers),
        sentences=tuple(
            SEAT(company=recipient.name, country=recipient.vendor.country if recipient.vendor else "")
            for recipient in chosen
        ),
        states=tuple(sorted({state for recipient in chosen for state in recipient.states})),
    )


def _joined(first: Contradiction, second: Contradiction) -> Contradiction:
    return Contradiction(
        severity=first.severity,
        confidence=first.confidence,
        pointers=tuple(dict.fromkeys((*first.pointers, *second.pointers))),
        sentences=tuple(dict.fromkeys((*first.sentences, *second.sentences))),
        states=tuple(sorted({*first.states, *second.states})),
    )


NO_BANNER = Message("No consent banner was found on the visited pages, in any state.")
NO_WAY_BACK = Message("After accepting, no way was found to change or withdraw the choice.")
SEAT = Message(
    "{company} has its seat outside the European Economic Area ({country}). A browser cannot see where the data is "
    "kept in the end, nor with which company of its group the contract was made."
)

PROMISES: tuple[Promise, ...] = (
    Promise("no_cookies", Message("it uses no cookies"), (needs.ANY_PAGE,), _any_cookie),
    Promise("no_tracking", Message("it does not track visitors"), (needs.ANY_PAGE,), _any_tracking),
    Promise("only_necessary_cookies", Message("it uses only necessary cookies"), (needs.ANY_PAGE,), _not_necessary),
    Promise(
        "no_third_party_cookies", Message("third parties set no cookies on it"), (needs.ANY_PAGE,), _third_party_cookie
    ),
    Promise("no_marketing_cookies", Message("it uses no cookies for marketing"), (needs.ANY_PAGE,), _marketing),
    Promise("no_analytics_cookies", Message("it uses no cookies for statistics"), (needs.ANY_PAGE,), _analytics_cookie),
    Promise(
        "prior_consent_nonessential",
        Message("it uses what is not necessary only after consent"),
        (needs.BEFORE,),
        _before_consent,
    ),
    Promise("consent_banner", Message("it asks for consent by a banner"), (needs.BEFORE,), _no_banner),
    Promise("consent_withdrawable", Message("consent can be withdrawn"), (needs.WITHDRAW_TRIED,), _no_way_back),
    Promise(
        "dnt_honoured", Message("it respects the browser's signal against tracking"), (needs.GPC,), _signal_ignored
    ),
    Promise(
        "no_third_party_sharing",
        Message("it does not share data with third parties other than those described"),
        (needs.ANY_PAGE,),
        _shared,
    ),
    Promise(
        "no_transfer_outside_eea",
        Message("data does not leave the European Economic Area"),
        (needs.ANY_PAGE,),
        _left_the_eea,
    ),
)
"""All promises that are tested, in the order in which they are reported."""
