"""undeclared-vendor: a company takes part in the site, and the policy does not name it."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import facts, legal, needs
from scanner.audit.case import Case
from scanner.audit.message import Message, lines, steps
from scanner.audit.recipients import Mention, Recipient, mention, recipients
from scanner.audit.rule import Answer, Hit, Rule
from scanner.audit.wording import named, purposes
from scanner.model.finding import Confidence, Quote, Severity

TITLE = Message("The policy does not name {company}")
TITLE_MINOR = Message(
    "The policy does not name {company}, a service that the site relies on",
    "The policy does not name {count} services that the site relies on",
)
DETAIL = Message(
    "While the site was visited, the browser was in contact with {company} ({purpose}). The policy does not name this "
    "company, nor its owner.\n{facts}"
)
DETAIL_MINOR = Message(
    "While the site was visited, the browser was in contact with {company}. Such services learn at least the "
    "visitor's IP address. The policy does not name them; it may name their kind instead (such as “hosting "
    "providers”).\n{facts}"
)
SIBLING = Message(
    "The policy names another service of the same owner. Whether that covers this one as well, its text has to say."
)
COOKIE_ONLY = Message("A cookie of this company is listed, but without saying whose it is.")
UNKNOWN = Message("Which company runs this host, and what for, is not known; whoever runs the site can say.")
CATEGORY_NAMED = Message("The policy does say in general that service providers receive data.")
ADD = Message(
    "Name {company} in the policy: what it does for the site, which data it gets, and where its own policy is.",
    "Name these services in the policy, or at least their kinds, and what each does for the site: {company}.",
)
REMOVE = Message("Or remove it from the site, if nobody needs it.", "Or remove those that nobody needs.")
LIST_CONSENT = Message("If it needs consent, list it in the consent platform as well.")

_FOLLOWING = ("marketing", "analytics")


def _check(case: Case) -> Iterator[Answer]:
    minor: dict[Severity, list[tuple[Recipient, Mention | None, Quote | None]]] = {"low": [], "info": []}
    for recipient in recipients(case):
        spoken = mention(case, recipient)
        how, quote = spoken if spoken is not None else (None, None)
        if how == "named":
            continue
        if recipient.category in _FOLLOWING or recipient.vendor is None:
            yield _hit(case, recipient, how, quote)
        else:
            minor[_minor_severity(case, recipient)].append((recipient, how, quote))
    for severity, group in minor.items():
        if group:
            yield _minor(case, severity, tuple(recipient for recipient, _, _ in group))


def _minor_severity(case: Case, recipient: Recipient) -> Severity:
    """GDPR, Article 13(1)(e), is content with categories of recipients."""
    in_general = case.has_claim("shares_with_service_providers")
    return "info" if in_general or recipient.category == "necessary" else "low"


def _hit(case: Case, recipient: Recipient, how: Mention | None, quote: Quote | None) -> Hit:
    notes = []
    severity: Severity = "medium"
    confidence: Confidence = "certain"
    if recipient.vendor is None:
        notes.append(UNKNOWN())
        severity, confidence = ("medium" if recipient.recognises else "low"), "check"
    if how == "sibling":
        notes.append(SIBLING())
        confidence = "likely"
    elif how == "cookie-only":
        notes.append(COOKIE_ONLY())
        severity = "low"
    sentences = (*notes, *(facts.of_index(case, place) for place in recipient.pointers))
    return Hit(
        severity=severity,
        title=TITLE(company=recipient.name),
        subjects=(recipient.name,),
        states=recipient.states,
        detail=DETAIL(company=recipient.name, purpose=purposes((recipient.category,)), facts=lines(sentences)),
        observed=recipient.pointers,
        declared=quote,
        fix=steps(ADD(company=recipient.name), LIST_CONSENT(), REMOVE()),
        confidence=confidence,
    )


def _minor(case: Case, severity: Severity, group: tuple[Recipient, ...]) -> Hit:
    names = tuple(recipient.name for recipient in group)
    pointers = tuple(place for recipient in group for place in recipient.pointers)
    general = case.quote("shares_with_service_providers")
    notes = (CATEGORY_NAMED(),) if general is not None else ()
    sentences = (*notes, *(facts.of_index(case, place) for place in pointers))
    count = len(group)
    return Hit(
        severity=severity,
        title=TITLE_MINOR(count, company=names[0]),
        subjects=names,
        states=tuple(sorted({state for recipient in group for state in recipient.states})),
        detail=DETAIL_MINOR(count, company=named(names), facts=lines(sentences)),
        observed=pointers,
        declared=general,
        fix=steps(ADD(count, company=named(names)), REMOVE(count)),
        confidence="likely",
    )


RULE = Rule(
    name="undeclared-vendor",
    group="declaration",
    title="Every company that receives data stands in the policy",
    checks="Whether each company whose hosts were contacted as a third party is named in the policy: by its name, an "
    "alias, its owner, or as the provider of a listed cookie. One finding for each company for statistics or "
    "marketing and for each unknown host; services of other kinds share one finding.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(
        ("medium", "a company for statistics or marketing; an unknown host that gets or sets identifiers"),
        (
            "low",
            "such a company of which a cookie is listed without provider; an unknown host that gets hits or sets "
            "cookies; a functional service (fonts, video, maps, chat)",
        ),
        (
            "info",
            "a necessary service (payment, security, hosting, content delivery), or any functional one where the "
            "policy says in general that service providers receive data",
        ),
    ),
    subject="The company's name as in the catalogue; the host where the catalogue does not know it.",
    confidence="`certain` for a company in the catalogue that the policy does not mention; `likely` where another "
    "service of the same owner is named, and for services of other kinds; `check` for unknown hosts.",
    fairness="Legal forms and countries in names are ignored. The owner covers its products (“Google” covers Google "
    "Analytics). A named product covers what it needs to run (a tag loader, a static host of the same owner), but "
    "not another service for marketing or statistics. First-party hosts are never counted, nor unknown third-party "
    "hosts that only deliver files.",
    legal=(legal.GDPR_13_1_E, legal.EPRIVACY_5_3, legal.PLANET49, legal.FASHION_ID),
    texts=(TITLE, TITLE_MINOR, DETAIL, DETAIL_MINOR, SIBLING, COOKIE_ONLY, UNKNOWN, CATEGORY_NAMED),
    fixes=(ADD, LIST_CONSENT, REMOVE),
    check=_check,
)
