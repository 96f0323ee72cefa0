"""undeclared-cookie: a cookie that the policy does not list."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import companies, facts, legal, needs, remedies
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, steps
from scanner.audit.rule import Answer, Hit, Rule
from scanner.audit.tracking import FOLLOWING, confidence_of, need_of
from scanner.audit.wording import CATEGORIES, named
from scanner.model.base import StateName
from scanner.model.declaration import ClaimCode
from scanner.model.finding import SEVERITIES, Confidence, Quote, Severity
from scanner.site import site_of

TITLE = Message("A cookie of {company} is not in the policy", "{count} cookies of {company} are not in the policy")
TITLE_OWN = Message(
    "A cookie of the site itself is not in the policy", "{count} cookies of the site itself are not in the policy"
)
DETAIL = Message(
    "The policy lists no cookie of this name, and no pattern that would cover it: {names}.\n{facts}",
    "The policy lists no cookies of these names, and no patterns that would cover them: {names}.\n{facts}",
)
NO_LIST = Message(
    "The policy lists no cookie by name at all. This one was set: {names}.\n{facts}",
    "The policy lists no cookie by name at all. These were set: {names}.\n{facts}",
)
COMPANY_NAMED = Message("The policy does name the company, but not its cookies, nor how long they stay.")
IN_GENERAL = Message("The policy does say in general that necessary cookies are used.")
UNKNOWN = Message("What this cookie is for is not known; whoever runs the site can say.")
ADD = Message(
    "Add to the cookie list: {names}, category {category}, with provider, purpose and lifetime.",
    "Add to the cookie list, each with category ({category}), provider, purpose and lifetime: {names}.",
)
REMOVE = Message("Or remove what sets it, if nobody needs it.", "Or remove what sets them, if nobody needs them.")

_GENERAL: tuple[ClaimCode, ...] = ("category_necessary", "necessary_no_consent", "only_necessary_cookies")


def _check(case: Case) -> Iterator[Answer]:
    groups: dict[tuple[Severity, str], list[int]] = {}
    for index, cookie in enumerate(case.inventory.cookies):
        if cookie.blocked is not None or index in case.pairing.rows_of_cookie:
            continue
        if cookie.deleted and cookie.category not in FOLLOWING:
            continue
        owner = cookie.vendor or ("" if case.is_own(cookie.domain) else site_of(cookie.domain))
        groups.setdefault((_severity(case, index), owner), []).append(index)
    for (severity, owner), indexes in sorted(groups.items(), key=lambda group: SEVERITIES.index(group[0][0])):
        yield _hit(case, severity, owner, tuple(indexes))


def _severity(case: Case, index: int) -> Severity:
    cookie = case.inventory.cookies[index]
    if cookie.category in FOLLOWING and need_of(cookie) == "consent":
        return "low" if _company_quote(case, index) is not None else "medium"
    necessary = cookie.category == "necessary" or cookie.consent_exempt == "yes"
    if necessary and case.has_claim(*_GENERAL):
        return "info"
    return "low"


def _company_quote(case: Case, index: int) -> Quote | None:
    cookie = case.inventory.cookies[index]
    vendor = case.vendor(cookie.vendor_id, cookie.vendor)
    for declared in case.declaration.vendors:
        if (vendor is not None and companies.covers(declared.name, vendor) == "full") or (
            cookie.party == "third" and companies.names_host(declared.name, cookie.domain)
        ):
            return Quote(quote=declared.quote, source=declared.source)
    return None


def _hit(case: Case, severity: Severity, owner: str, indexes: tuple[int, ...]) -> Hit:
    cookies = tuple(case.inventory.cookies[index] for index in indexes)
    subjects = tuple(dict.fromkeys(subject_of(cookie) for cookie in cookies))
    names = named(tuple(dict.fromkeys(cookie.name for cookie in cookies)))
    count = len(subjects)
    quote = next((found for index in indexes if (found := _company_quote(case, index))), None)
    notes = []
    if quote is not None:
        notes.append(COMPANY_NAMED())
    elif severity == "info":
        notes.append(IN_GENERAL())
    if all(cookie.category == "unknown" for cookie in cookies):
        notes.append(UNKNOWN())
    sentences = (*notes, *(facts.of_cookie(cookie) for cookie in cookies))
    categories = tuple(dict.fromkeys(CATEGORIES[cookie.category]() for cookie in cookies))
    return Hit(
        severity=severity,
        title=TITLE(count, company=owner) if owner else TITLE_OWN(count),
        subjects=subjects,
        states=_states(tuple(state for cookie in cookies for state in cookie.states)),
        detail=(DETAIL if case.declaration.cookies else NO_LIST)(count, names=names, facts=lines(sentences)),
        observed=tuple(pointer("cookies", index) for index in indexes),
        declared=quote or (case.quote(*_GENERAL) if severity == "info" else None),
        fix=steps(ADD(count, names=names, category=named(categories)), remedies.POLICY_PLATFORM(), REMOVE(count)),
        confidence=_confidence(case, tuple(cookie.category_source for cookie in cookies), quote),
    )


def _confidence(case: Case, sources: tuple[str, ...], quote: Quote | None) -> Confidence:
    """That a name is missing from a list is plain; a policy without any list may say it in another way."""
    if not case.declaration.cookies or quote is not None:
        return "likely"
    sure = all(source == "unknown" or confidence_of(source) == "certain" for source in sources)
    return "certain" if sure else "likely"


def _states(states: tuple[StateName, ...]) -> tuple[StateName, ...]:
    return tuple(sorted(set(states)))


RULE = Rule(
    name="undeclared-cookie",
    group="declaration",
    title="Every cookie that is set stands in the policy",
    checks="Whether each cookie that was set in any state is covered by a name or pattern of the policy. One finding "
    "for each company and severity.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(
        ("medium", "a cookie for statistics or marketing, of a company that the policy does not name either"),
        (
            "low",
            "such a cookie whose company is named at least; a functional cookie; a cookie of unknown purpose; a "
            "necessary cookie where the policy says nothing of necessary cookies",
        ),
        ("info", "a necessary cookie, where the policy says in general that such cookies are used"),
    ),
    subject="Every cookie as `name@domain`.",
    confidence="`certain` where a cookie list exists and lacks the name; `likely` where the policy has no list, or "
    "where the cookie's kind was concluded from its setter.",
    fairness="Patterns (`_ga_*`, `_ga_<container-id>`, `_hjSession_{id}`, `_pk_id.#`, `xxx`), letter case and samples "
    "of variable names are recognised. A cookie of unknown purpose is called unknown, never a tracker. Refused "
    "cookies, and test cookies deleted at once, are left out.",
    legal=(legal.EPRIVACY_5_3, legal.GDPR_12_13, legal.PLANET49),
    texts=(TITLE, TITLE_OWN, DETAIL, NO_LIST, COMPANY_NAMED, IN_GENERAL, UNKNOWN),
    fixes=(ADD, remedies.POLICY_PLATFORM, REMOVE),
    check=_check,
)
