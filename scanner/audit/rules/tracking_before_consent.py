"""tracking-before-consent: companies follow visitors although the banner has not been answered yet."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies, tracking
from scanner.audit.case import Case
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.wording import exempt_detail, purposes, said_of
from scanner.model.finding import Quote

TITLE = Message("{company} follows visitors before they have chosen")
TITLE_CONTACT = Message("{company} is told of the visit before the visitor has chosen")
DETAIL = Message(
    "Before any button of the consent banner was pressed, {company} ({purpose}) was already at work. Things of this "
    "purpose generally need consent first.\n{facts}"
)
TITLE_EXEMPT = Message("{company} measures visits without consent: allowed on conditions only")
STOP = Message("Start {company} only after the visitor has agreed to {purpose}; until then its code must not run.")


def _check(case: Case) -> Iterator[Answer]:
    if case.banner is None:
        yield NotApplicable(say("The site shows no consent banner; see tracking-without-banner."))
        return
    for activity in tracking.activities(case, "before"):
        yield _exempt(activity) if activity.exempt_on_condition else _hit(case, activity)


def _hit(case: Case, activity: tracking.Activity) -> Hit:
    title = TITLE if activity.identifying else TITLE_CONTACT
    items = tuple(item for item in activity.items if item.need == "consent")
    words = purposes(activity.categories)
    return Hit(
        severity=activity.severity,
        title=title(company=activity.company),
        subjects=tracking.subjects(items),
        states=("before",),
        detail=DETAIL(company=activity.company, purpose=words, facts=lines(tuple(item.sentence for item in items))),
        observed=tuple(item.pointer for item in items),
        declared=_declared(case, activity),
        fix=steps(
            STOP(company=activity.company, purpose=words),
            *remedies.filled(remedies.hold_back(case, (activity.company,))),
            remedies.SCAN_AGAIN(),
        ),
        confidence=activity.confidence,
    )


def _exempt(activity: tracking.Activity) -> Hit:
    return Hit(
        severity="info",
        title=TITLE_EXEMPT(company=activity.company),
        subjects=tracking.subjects(activity.items),
        states=("before",),
        detail=exempt_detail(activity),
        observed=tuple(item.pointer for item in activity.items),
        fix=steps(*remedies.filled(remedies.EXEMPT)),
        confidence="check",
    )


def _declared(case: Case, activity: tracking.Activity) -> Quote | None:
    return case.quote("prior_consent_nonessential", "implied_consent") or said_of(case, activity)


RULE = Rule(
    name="tracking-before-consent",
    group="consent",
    title="No company follows visitors before they have chosen",
    checks="Whether cookies, storage entries or reporting requests for statistics or marketing appear in a fresh "
    "browser before any button of the consent banner is pressed. One finding for each company.",
    needs=(needs.BEFORE,),
    severity=(
        ("high", "something recognises the visitor: an identifying cookie or storage entry, or a hit with identifiers"),
        ("medium", "contact for such a purpose without any identifier seen"),
        ("info", "only audience measurement that may go without consent where the named condition is kept"),
    ),
    subject="Every cookie as `name@domain`, every storage entry as `key@host`, every reporting request by its host.",
    confidence="`certain` for an exact or pattern match in the catalogue, `likely` where the purpose follows from the "
    "vendor or from the policy's own words, `check` where it was inferred.",
    fairness="Necessary cookies (session, security, load balancing, shopping cart), consent records, opt-outs, refused "
    "cookies, cookieless pings (Google Consent Mode `G100`), analytics hits without identifier, and cookies of "
    "unknown purpose are never counted.",
    legal=(
        legal.EPRIVACY_5_3,
        legal.GDPR_4_11,
        legal.PLANET49,
        legal.WP29_EXEMPTION,
        legal.EDPB_TECHNICAL_SCOPE,
        legal.CNIL_AUDIENCE,
    ),
    texts=(TITLE, TITLE_CONTACT, DETAIL, TITLE_EXEMPT),
    fixes=(STOP, *remedies.HOLD_BACK, remedies.SCAN_AGAIN, *remedies.EXEMPT),
    check=_check,
)
