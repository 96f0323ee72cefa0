"""vendor-mismatch: the policy names another company than the cookie's."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import companies, facts, legal, needs
from scanner.audit.case import Case, pointer, subject_of
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.tracking import confidence_of
from scanner.audit.wording import is_set, source_words
from scanner.model.declaration import DeclaredCookie
from scanner.model.finding import Quote
from scanner.model.inventory import Cookie
from scanner.model.vendor import Vendor
from scanner.site import site_of

TITLE = Message("{name} is declared as a cookie of {declared}, but belongs to {actual}")
DETAIL = Message(
    "The policy names {declared} as provider of {name}. By what is known of it ({source}), it is a cookie of {actual}."
    "\n{facts}"
)
CORRECT = Message("Name {actual} as provider in the row of {name}, and link that company's own policy.")


def _check(case: Case) -> Iterator[Answer]:
    if not any(row.provider for row in case.declaration.cookies):
        yield NotApplicable(say("The policy names no provider of any cookie."))
        return
    for index, cookie in enumerate(case.inventory.cookies):
        vendor = case.vendor(cookie.vendor_id, cookie.vendor)
        if vendor is None or not is_set(cookie):
            continue
        rows = case.pairing.rows_of_cookie.get(index, ())
        others = [_other_company(case, case.declaration.cookies[row], cookie, vendor) for row in rows]
        if rows and None not in others:
            yield _hit(case, index, rows[0], vendor)


def _other_company(case: Case, row: DeclaredCookie, cookie: Cookie, vendor: Vendor) -> Vendor | None:
    """The company that a row names, where that is surely another one than the cookie's.

    Surely means that the catalogue knows the named company too, and that both have different owners: a provider that
    nobody knows may be the site's operator, an agency, or another name of the right one.
    """
    provider = row.provider
    if not provider or companies.names_host(provider, cookie.domain) or companies.covers(provider, vendor):
        return None
    if companies.is_host(provider):
        return _vendor_of_site(case, site_of(provider), vendor)
    named = tuple(other for other in case.inventory.vendors if companies.covers(provider, other) == "full")
    if not named or any(companies.same_owner(other, vendor) or other.id == vendor.id for other in named):
        return None
    return named[0]


def _vendor_of_site(case: Case, site: str, vendor: Vendor) -> Vendor | None:
    if site == site_of(case.inventory.target.host):
        return None
    for request in case.inventory.requests:
        other = case.vendor(request.vendor_id, request.vendor) if request.site == site else None
        if other is not None and other.id != vendor.id and not companies.same_owner(other, vendor):
            return other
    return None


def _hit(case: Case, index: int, row: int, vendor: Vendor) -> Hit:
    cookie = case.inventory.cookies[index]
    declared = case.declaration.cookies[row]
    return Hit(
        severity="low",
        title=TITLE(name=cookie.name, declared=declared.provider, actual=vendor.name),
        subjects=(subject_of(cookie),),
        states=cookie.states,
        detail=DETAIL(
            name=cookie.name,
            declared=declared.provider,
            actual=vendor.name,
            source=source_words(cookie.category_source),
            facts=lines((facts.of_cookie(cookie),)),
        ),
        observed=(pointer("cookies", index), pointer("declaration/cookies", row)),
        declared=Quote(quote=declared.quote, source=declared.source),
        fix=steps(CORRECT(name=cookie.name, actual=vendor.name)),
        confidence="likely" if confidence_of(cookie.category_source) == "certain" else "check",
    )


RULE = Rule(
    name="vendor-mismatch",
    group="declaration",
    title="The policy names the right company for each cookie",
    checks="Whether the provider that the policy names for a cookie is another company than the one known for it.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(("low", "always"),),
    subject="The cookie as `name@domain`.",
    confidence="`likely` for an exact or pattern match in the catalogue, else `check`.",
    fairness="Only companies that the catalogue knows, with different owners, are held against each other: a provider "
    "that nobody knows may be the site's operator or another name. The site's own domain as provider is accepted for "
    "every cookie.",
    legal=(legal.PLANET49, legal.GDPR_13_1_E),
    texts=(TITLE, DETAIL),
    fixes=(CORRECT,),
    check=_check,
)
