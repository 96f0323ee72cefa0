"""tracking-without-banner: companies follow visitors, and the site never asks."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import legal, needs, remedies, tracking
from scanner.audit.case import Case, state_pointer
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.wording import exempt_detail, named, purposes
from scanner.model.finding import Severity

TITLE = Message(
    "{companies} follows visitors, and the site never asks for consent",
    "{count} services follow visitors, and the site never asks for consent",
)
DETAIL = Message(
    "No consent banner was found on the visited pages, and {companies} ({purpose}) was at work from the first page "
    "on. Things of this purpose generally need consent first.\n{facts}",
    "No consent banner was found on the visited pages, and {count} services ({companies}; {purpose}) were at work "
    "from the first page on. Things of this purpose generally need consent first.\n{facts}",
)
TRACES = Message(
    "Signs of consent software were seen, however: the banner may be shown in some regions only, or only later."
)
TITLE_EXEMPT = Message("{company} measures visits without asking: allowed on conditions only")
ADD_BANNER = Message(
    "Either remove what follows visitors, or add a consent banner that offers “accept” and “reject” side by side and "
    "starts these services only after a yes: {companies}."
)


def _check(case: Case) -> Iterator[Answer]:
    if case.banner is not None:
        yield NotApplicable(say("The site shows a consent banner."))
        return
    found = tracking.activities(case, "before")
    for activity in found:
        if activity.exempt_on_condition:
            yield Hit(
                severity="info",
                title=TITLE_EXEMPT(company=activity.company),
                subjects=tracking.subjects(activity.items),
                states=("before",),
                detail=exempt_detail(activity),
                observed=tuple(item.pointer for item in activity.items),
                fix=steps(*remedies.filled(remedies.EXEMPT)),
                confidence="check",
            )
    following = tuple(activity for activity in found if not activity.exempt_on_condition)
    if following:
        yield _hit(case, following)


def _hit(case: Case, following: tuple[tracking.Activity, ...]) -> Hit:
    items = tuple(item for activity in following for item in activity.items if item.need == "consent")
    names = named(tuple(activity.company for activity in following))
    severity: Severity = "high" if any(activity.identifying for activity in following) else "medium"
    words = purposes(tuple(sorted({item.category for item in items})))
    sentences = tuple(item.sentence for item in items)
    if case.consent_traces:
        sentences = (TRACES(), *sentences)
    banner = state_pointer("before", "banner")
    return Hit(
        severity=severity,
        title=TITLE(len(following), companies=names),
        subjects=tracking.subjects(items),
        states=("before",),
        detail=DETAIL(len(following), companies=names, purpose=words, facts=lines(sentences)),
        observed=(banner, *(item.pointer for item in items), *case.consent_traces),
        declared=case.quote("consent_banner", "prior_consent_nonessential", "implied_consent"),
        fix=steps(
            ADD_BANNER(companies=names),
            *remedies.filled(remedies.hold_back(case, tuple(one.company for one in following))),
            remedies.SCAN_AGAIN(),
        ),
        confidence="check" if case.consent_traces else "likely",
    )


RULE = Rule(
    name="tracking-without-banner",
    group="consent",
    title="A site that follows visitors asks them first",
    checks="Whether things for statistics or marketing that need consent are used on a site where no consent banner "
    "was found in any state. One finding for all companies, because they share the cause. On a site with a banner, "
    "tracking-before-consent answers instead.",
    needs=(needs.BEFORE,),
    severity=(
        ("high", "something recognises the visitor: an identifying cookie or storage entry, or a hit with identifiers"),
        ("medium", "contact for such a purpose without any identifier seen"),
        ("info", "only audience measurement that may go without consent where the named condition is kept"),
    ),
    subject="Every cookie as `name@domain`, every storage entry as `key@host`, every reporting request by its host.",
    confidence="`likely`, because the absence of a banner is what was not found; `check` where signs of consent "
    "software were seen all the same.",
    fairness="What tracking-before-consent leaves out is left out here too.",
    legal=(
        legal.EPRIVACY_5_3,
        legal.GDPR_4_11,
        legal.GDPR_7,
        legal.PLANET49,
        legal.WP29_EXEMPTION,
        legal.CNIL_AUDIENCE,
    ),
    texts=(TITLE, DETAIL, TRACES, TITLE_EXEMPT),
    fixes=(ADD_BANNER, *remedies.HOLD_BACK, remedies.SCAN_AGAIN, *remedies.EXEMPT),
    check=_check,
)
