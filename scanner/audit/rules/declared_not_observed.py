"""declared-not-observed: the policy lists what this scan did not meet."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.audit import companies, legal, needs
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, say, steps
from scanner.audit.recipients import mention, recipients
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule
from scanner.audit.wording import named
from scanner.model.finding import Quote
from scanner.site import site_of

TITLE = Message("A declared cookie was not seen in this scan", "{count} declared cookies were not seen in this scan")
TITLE_VENDOR = Message(
    "A declared company was not met in this scan", "{count} declared companies were not met in this scan"
)
DETAIL = Message(
    "The policy lists {names}; nothing of the kind was seen on the {pages} visited. This is no fault by itself: some "
    "cookies appear only after signing in, ordering, playing a video, or on other pages. It may also be a rest of "
    "something that is no longer used."
)
PAGES = Message("page", "{count} pages")
CHECK = Message("Check whether the site still uses {names}; if not, take the rows out of the policy.")
KEEP = Message("If it appears only in some places (shop, login, video), keep the row: nothing has to be done.")

_VISIBLE = ("analytics", "marketing", "social")
"""Services that a visitor's browser meets; hosting, e-mail or accounting work where no browser sees them."""


def _check(case: Case) -> Iterator[Answer]:
    declaration = case.declaration
    if not declaration.cookies and not declaration.vendors:
        yield NotApplicable(say("The policy lists neither cookies nor companies."))
        return
    unseen = tuple(index for index in range(len(declaration.cookies)) if not case.pairing.seen(index))
    if unseen:
        names = tuple(dict.fromkeys(declaration.cookies[index].name for index in unseen))
        first = declaration.cookies[unseen[0]]
        quote = Quote(quote=first.quote, source=first.source)
        yield _hit(case, TITLE, names, tuple(pointer("declaration/cookies", index) for index in unseen), quote)
    yield from _vendors(case)


def _vendors(case: Case) -> Iterator[Hit]:
    seen = _met(case)
    unseen = tuple(
        index
        for index, vendor in enumerate(case.declaration.vendors)
        if index not in seen and vendor.purpose_category in _VISIBLE
    )
    if not unseen:
        return
    names = tuple(dict.fromkeys(case.declaration.vendors[index].name for index in unseen))
    first = case.declaration.vendors[unseen[0]]
    quote = Quote(quote=first.quote, source=first.source)
    yield _hit(case, TITLE_VENDOR, names, tuple(pointer("declaration/vendors", index) for index in unseen), quote)


def _met(case: Case) -> frozenset[int]:
    """Declared companies of which anything was seen, also if only by a cookie on the site's own domain."""
    inventory = case.inventory
    sites = {request.site for request in inventory.requests} | {site_of(cookie.domain) for cookie in inventory.cookies}
    labels = {
        *((seen.vendor_id, seen.vendor) for seen in inventory.cookies),
        *((seen.vendor_id, seen.vendor) for seen in inventory.requests),
        *((seen.vendor_id, seen.vendor) for seen in inventory.beacons),
        *((seen.vendor_id, seen.vendor) for seen in inventory.storage),
    }
    known = tuple(vendor for label in labels if (vendor := case.vendor(*label)) is not None)
    by_name = frozenset(
        index
        for index, declared in enumerate(case.declaration.vendors)
        if any(companies.covers(declared.name, vendor) for vendor in known)
        or any(companies.names_host(declared.name, site) for site in sites)
    )
    quotes = {spoken[1].quote for recipient in recipients(case) if (spoken := mention(case, recipient)) and spoken[1]}
    return by_name | {index for index, vendor in enumerate(case.declaration.vendors) if vendor.quote in quotes}


def _hit(case: Case, title: Message, names: tuple[str, ...], places: tuple[str, ...], quote: Quote) -> Hit:
    pages = PAGES(len({page.url for page in case.inventory.pages}))
    return Hit(
        severity="info",
        title=title(len(names)),
        subjects=names,
        states=tuple(sorted(name for name, state in case.inventory.states.items() if state.reached)),
        detail=DETAIL(names=named(names), pages=pages),
        observed=places,
        declared=quote,
        fix=steps(CHECK(names=named(names)), KEEP()),
        confidence="check",
    )


RULE = Rule(
    name="declared-not-observed",
    group="declaration",
    title="What the policy lists is in use",
    checks="Whether each declared cookie was seen in any state, and each declared company for statistics, marketing "
    "or social media was met. One finding for all cookies, one for all companies.",
    needs=(needs.POLICY, needs.FULL_VIEW),
    severity=(("info", "always: a short scan does not see everything"),),
    subject="The cookie's name, or the company's, as the policy writes it.",
    confidence="Always `check`.",
    fairness="It is information, never a fault. A cookie that the browser refused counts as seen. Companies that work "
    "where no browser sees them (hosting, e-mail, payment) are not asked for.",
    legal=(legal.GDPR_5_1_A, legal.GDPR_12_13),
    texts=(TITLE, TITLE_VENDOR, DETAIL),
    fixes=(CHECK, KEEP),
    check=_check,
    blind_if_uncalibrated=False,
)
