"""consent-signal-mismatch: the software is told something else than the visitor chose."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, signals
from scanner.audit.case import Case, pointer, signalled, state_pointer
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.needs import state_words
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.signals import Said
from scanner.model.base import StateName
from scanner.model.finding import Severity

TITLE = Message("{when}, companies are told that the visitor has agreed")
TITLE_DENIED = Message("After accepting, companies are told that the visitor has refused")
DETAIL = Message(
    "The consent signals that advertising and statistics services obey do not say what the visitor chose ({when})."
    "\n{facts}"
)
HIT_SAYS = Message("A hit to {host} carries the consent signal {signal}, which means: granted.")
DEFAULT = Message(
    "Set the default of Google Consent Mode to “denied” for all types, before any Google tag runs, and update it only "
    "with the visitor's answer."
)
CONNECT = Message(
    "Connect the consent platform with the services anew (its template in the tag manager, its TCF settings), and test "
    "it with Google's Tag Assistant."
)

_UNASKED: tuple[StateName, ...] = ("before", "reject", "withdraw")


def _check(case: Case) -> Iterator[Answer]:
    told = False
    for name in _UNASKED:
        if not case.reached(name) or (name == "before" and case.banner is None):
            continue
        said = signals.read(case, name)
        hits = _granted_hits(case, name)
        told = told or bool(said) or bool(hits)
        granted = tuple(one for one in said if one.granted)
        if granted or hits:
            yield _hit(case, name, granted, hits)
    if case.reached("accept"):
        said = signals.read(case, "accept")
        told = told or bool(said)
        if said and not any(one.granted for one in said) and not _granted_hits(case, "accept"):
            yield _denied(case, said)
    if not told:
        yield NotApplicable(say("The site gives no consent signal that could be read."))


def _granted_hits(case: Case, name: StateName) -> tuple[int, ...]:
    """Hits of a state that say that something is granted. The inventory keeps hits of different signals apart."""
    return tuple(
        index
        for index, beacon in enumerate(case.inventory.beacons)
        if name in beacon.states and True in (signalled(beacon) or ())
    )


def _hit(case: Case, name: StateName, granted: tuple[Said, ...], hits: tuple[int, ...]) -> Hit:
    when = state_words(name)
    beacons = tuple(case.inventory.beacons[index] for index in hits)
    sentences = (
        *(one.sentence for one in granted),
        *(HIT_SAYS(host=beacon.host, signal=beacon.consent_signal) for beacon in beacons),
    )
    severity: Severity = "medium"
    return Hit(
        severity=severity,
        title=TITLE(when=when[0].upper() + when[1:]),
        subjects=tuple(dict.fromkeys((*(one.system for one in granted), *(beacon.host for beacon in beacons)))),
        states=(name,),
        detail=DETAIL(when=when, facts=lines(sentences)),
        observed=(
            *(state_pointer(name, f"signals/{one.key}") for one in granted),
            *(pointer("beacons", index) for index in hits),
        ),
        declared=case.quote("prior_consent_nonessential"),
        fix=steps(DEFAULT(), CONNECT()),
        confidence=case.capped("likely", name),
    )


def _denied(case: Case, said: tuple[Said, ...]) -> Hit:
    return Hit(
        severity="info",
        title=TITLE_DENIED(),
        subjects=tuple(dict.fromkeys(one.system for one in said)),
        states=("accept",),
        detail=DETAIL(when=state_words("accept"), facts=lines(tuple(one.sentence for one in said))),
        observed=tuple(state_pointer("accept", f"signals/{one.key}") for one in said),
        fix=steps(CONNECT()),
        confidence=case.capped("likely", "accept"),
    )


RULE = Rule(
    name="consent-signal-mismatch",
    group="consent",
    title="The software is told what the visitor chose",
    checks="Whether the consent signals of the page (IAB TCF, Google Consent Mode, the consent platform's own record) "
    "and of hits say, before a choice, after refusing and after withdrawing, that something is granted.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("medium", "something is said to be granted that the visitor did not grant"),
        ("info", "after accepting, every signal says that nothing is granted"),
    ),
    subject="The signal's name (`tcf`, `google_consent_mode`, or that of the consent record); a hit by its host.",
    confidence="`likely`; `check` where the choice itself could not be verified.",
    fairness="Legitimate interests in a TCF string are not counted as consent. Defaults of Google Consent Mode for "
    "named regions are left out, because the scan speaks for one place only. Necessary types (`security_storage`, "
    "`functionality_storage`, `personalization_storage`) are left out.",
    legal=(legal.GDPR_7, legal.EPRIVACY_5_3, legal.EDPB_CONSENT),
    texts=(TITLE, TITLE_DENIED, DETAIL, HIT_SAYS),
    fixes=(DEFAULT, CONNECT),
    check=_check,
)
