"""personal-data-sent: what a person would be known by goes to other companies."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import companies, facts, legal, needs, remedies
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, lines, steps
from scanner.audit.rule import Answer, Hit, Rule
from scanner.audit.techniques import UNASKED
from scanner.model.declaration import DeclaredVendor
from scanner.model.finding import Confidence, Quote, Severity
from scanner.model.inventory import PersonalData

TITLE = Message("{company} is sent personal data without consent")
TITLE_AGREED = Message("{company} is sent personal data")
DETAIL = Message(
    "What a person can be known by goes to {company} with the requests of a visit. A digest (hash) of an e-mail "
    "address or telephone number is personal data too: whoever has the same address in a list knows whose it is.\n"
    "{facts}"
)
TYPED = Message("The {data} that the scan had typed into a form, without sending it, stood {form} in {where}{by}.")
ADDRESS = Message("The {data} in the page's own address stood {form} in {where}{by}.")
REQUEST = Message("A value that is named as an {data} stood {form} in {where}{by}.")
BY = Message(", started by {url}")

DATA = {
    "email": Message("e-mail address"),
    "name": Message("name"),
    "phone": Message("telephone number"),
}
PLAIN = Message("in plain text")
ENCODED = Message("in {form}, which anybody can read,")
DIGEST = Message("as a {form} digest")
PLACES = {
    "address": Message("the address of a request to {host}"),
    "body": Message("the body of a request to {host}"),
    "referrer": Message("the Referer line of a request to {host}"),
}

STOP = Message(
    "Switch off what collects such data in the settings of {company} (automatic or advanced matching, enhanced "
    "conversions, user-provided data, form tracking)."
)
ADDRESSES = Message(
    "Keep e-mail addresses, names and numbers out of the addresses of pages: send forms by POST, put a random token "
    "in links of newsletters, and remove what is left from the address before any tag runs (history.replaceState)."
)
REFERRER = Message('Send the header "Referrer-Policy: strict-origin-when-cross-origin", or a stricter one.')
AGREE = Message(
    "Where {company} is to receive it, ask for consent to that first, name it in the policy, and have a contract."
)


def _check(case: Case) -> Iterator[Answer]:
    groups: dict[str, list[int]] = {}
    for index, sent in enumerate(case.inventory.personal_data):
        if sent.party == "third":
            groups.setdefault(sent.host, []).append(index)
    for host in sorted(groups):
        yield _hit(case, host, groups[host])


def _hit(case: Case, host: str, indexes: list[int]) -> Hit:
    sent = tuple(case.inventory.personal_data[index] for index in indexes)
    company = next((one.vendor for one in sent if one.vendor is not None), host)
    states = tuple(sorted({state for one in sent for state in one.states}))
    unasked = bool(UNASKED & set(states))
    fixes = [STOP(company=company)]
    if any(one.source == "address" for one in sent):
        fixes.append(ADDRESSES())
    if any(one.where == "referrer" for one in sent):
        fixes.append(REFERRER())
    if unasked:
        fixes += remedies.filled(remedies.hold_back(case, (company,)))
    return Hit(
        severity=min((_severity(one) for one in sent), key=_ORDER.index),
        title=(TITLE if unasked else TITLE_AGREED)(company=company),
        subjects=(host,),
        states=states,
        detail=DETAIL(company=company, facts=lines(tuple(_sentence(one) for one in sent))),
        observed=tuple(pointer("personal_data", index) for index in indexes),
        declared=_named(case, sent[0], company),
        fix=steps(*fixes, AGREE(company=company)),
        confidence=_confidence(sent),
    )


_ORDER: tuple[Severity, ...] = ("high", "medium", "low", "info")


def _severity(sent: PersonalData) -> Severity:
    """By what whoever receives it can do with it, and whether anybody was asked."""
    if sent.category == "necessary":
        return "info"
    readable = sent.form in ("plain", "base64", "hex")
    if sent.source == "request":
        return "medium" if readable and UNASKED & set(sent.states) else "low"
    if UNASKED & set(sent.states):
        return "high" if readable and sent.category != "functional" else "medium"
    return "medium" if readable else "low"


def _confidence(sent: tuple[PersonalData, ...]) -> Confidence:
    return "check" if all(one.source == "request" for one in sent) else "certain"


def _sentence(sent: PersonalData) -> str:
    said = {"typed": TYPED, "address": ADDRESS, "request": REQUEST}[sent.source]
    if sent.form == "plain":
        form = PLAIN()
    else:
        form = (ENCODED if sent.form in ("base64", "hex") else DIGEST)(form=_FORMS[sent.form])
    by = BY(url=facts.address(sent.script)) if sent.script else ""
    return said(data=DATA[sent.data](), form=form, where=PLACES[sent.where](host=sent.host), by=by)


_FORMS = {
    "base64": "Base64",
    "hex": "hexadecimal digits",
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha256": "SHA-256",
    "sha512": "SHA-512",
}


def _named(case: Case, sent: PersonalData, company: str) -> Quote | None:
    vendor = case.vendor(sent.vendor_id, company) if company != sent.host else None

    def means(declared: DeclaredVendor) -> bool:
        covered = vendor is not None and companies.covers(declared.name, vendor) == "full"
        return covered or companies.names_host(declared.name, sent.host)

    found = next((declared for declared in case.declaration.vendors if means(declared)), None)
    return Quote(quote=found.quote, source=found.source) if found is not None else None


RULE = Rule(
    name="personal-data-sent",
    group="conduct",
    title="What a person is known by does not go to other companies",
    checks="Whether an e-mail address, name or telephone number stands in the address, the body or the Referer line of "
    "a request to another company: one that the scan typed into a form without sending it, one from the page's own "
    "address, or one that is named as such in the request; plain, encoded, or as a digest. One finding for each host.",
    needs=(needs.ANY_PAGE,),
    severity=(
        ("high", "readable, in a state without consent"),
        (
            "medium",
            "as a digest, or to a service that the catalogue knows as functional, in a state without consent; or "
            "readable, only after accepting",
        ),
        ("low", "as a digest, only after accepting; or seen only in the request, as a digest or after accepting"),
        ("info", "to a host that serves security, payment or another necessary purpose"),
    ),
    subject="The host that received it.",
    confidence="`certain` for a value that the scan typed or that stands in the page's address; `check` for one that "
    "was seen in the request alone, because it may be an example or a mailbox of the site.",
    fairness="Mailboxes of the site, of the receiver and of offices (info@, support@ and the like) are nobody's "
    "personal data here and are not counted. What goes to the site's own hosts is not counted either.",
    legal=(legal.GDPR_5_1_A, legal.GDPR_6_1, legal.GDPR_13_1_E, legal.GDPR_25, legal.GDPR_32, legal.FASHION_ID),
    texts=(
        TITLE,
        TITLE_AGREED,
        DETAIL,
        TYPED,
        ADDRESS,
        REQUEST,
        BY,
        PLAIN,
        ENCODED,
        DIGEST,
        *DATA.values(),
        *PLACES.values(),
    ),
    fixes=(STOP, ADDRESSES, REFERRER, *remedies.HOLD_BACK, AGREE),
    check=_check,
)
