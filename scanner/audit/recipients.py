"""Other companies that take part in a site, as the browser met them, and whether the policy names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scanner.audit import companies
from scanner.audit.case import Case, pointer
from scanner.audit.pairing import provider_site
from scanner.model.base import Category, StateName
from scanner.model.finding import Quote
from scanner.model.inventory import Beacon, Cookie, RequestHost
from scanner.model.vendor import Vendor
from scanner.site import site_of

Mention = Literal["named", "sibling", "cookie-only"]
"""How a policy speaks of a company: by name (or its owner's), by another product of the same owner, or only through
a row of the cookie list that names no provider."""

_ORDER: tuple[Category, ...] = ("marketing", "analytics", "unknown", "functional", "necessary")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One company, with every third-party request, hit and cookie that leads to it.

    `vendor` is null for a host that the catalogue does not know; `name` is then the host. `recognises`: it gets or
    sets something that can recognise a visitor again. `talks`: it gets reports or sets cookies, rather than only
    delivering files.
    """

    name: str
    vendor: Vendor | None
    category: Category
    recognises: bool
    talks: bool
    hosts: tuple[str, ...]
    pointers: tuple[str, ...]
    states: tuple[StateName, ...]


def recipients(case: Case) -> tuple[Recipient, ...]:
    """All companies met through third-party hosts, sorted by name.

    A host that the catalogue does not know counts only where it got a reporting hit or set a cookie: another domain
    of the same company, from which pictures are loaded, is no recipient of its own.
    """
    return case.remembered("recipients", lambda: _recipients(case))


def _recipients(case: Case) -> tuple[Recipient, ...]:
    things: dict[str, list[_Thing]] = {}
    for thing in _things(case):
        if thing.vendor is None and not thing.talks:
            continue
        things.setdefault(thing.vendor.name if thing.vendor else thing.host, []).append(thing)
    return tuple(_recipient(name, things[name]) for name in sorted(things, key=str.casefold))


def mention(case: Case, recipient: Recipient) -> tuple[Mention, Quote | None] | None:
    """How the policy speaks of a company, and in which words; null where it does not."""
    return case.remembered(("mention", recipient.name), lambda: _mention(case, recipient))


def _mention(case: Case, recipient: Recipient) -> tuple[Mention, Quote | None] | None:
    declaration = case.declaration
    sibling: Quote | None = None
    for vendor in declaration.vendors:
        coverage = _coverage(vendor.name, recipient)
        if coverage == "named":
            return "named", Quote(quote=vendor.quote, source=vendor.source)
        if coverage == "sibling" and sibling is None:
            sibling = Quote(quote=vendor.quote, source=vendor.source)
    for row in declaration.cookies:
        quote = Quote(quote=row.quote, source=row.source)
        if row.provider and _coverage(row.provider, recipient) == "named":
            return "named", quote
        site = provider_site(row)
        if site is not None and any(site_of(host) == site for host in recipient.hosts):
            return "named", quote
        if recipient.vendor is not None and recipient.vendor.name.casefold() in row.quote.casefold():
            return "named", quote
    if sibling is not None:
        return "sibling", sibling
    return _by_cookie(case, recipient)


def _by_cookie(case: Case, recipient: Recipient) -> tuple[Mention, Quote | None] | None:
    """A listed cookie of the company: enough for an unknown host, whose company the row's provider may well be."""
    for index, cookie in enumerate(case.inventory.cookies):
        is_its = recipient.vendor is not None and cookie.vendor == recipient.vendor.name
        if not is_its and pointer("cookies", index) not in recipient.pointers:
            continue
        for row in case.pairing.rows_of_cookie.get(index, ()):
            declared = case.declaration.cookies[row]
            quote = Quote(quote=declared.quote, source=declared.source)
            return ("named" if recipient.vendor is None and declared.provider else "cookie-only"), quote
    return None


def _coverage(declared: str, recipient: Recipient) -> Mention | None:
    if any(companies.names_host(declared, host) for host in recipient.hosts):
        return "named"
    if recipient.vendor is None:
        return None
    coverage = companies.covers(declared, recipient.vendor)
    if coverage == "full" or (coverage == "part" and recipient.category != "marketing"):
        return "named"
    if coverage is None:
        return None
    # What a named service needs to run (a tag loader, a font, a static host of the same company) goes with it.
    follows = recipient.category in ("marketing", "analytics") and (recipient.talks or recipient.recognises)
    return "sibling" if follows else "named"


@dataclass(frozen=True, slots=True)
class _Thing:
    vendor: Vendor | None
    host: str
    pointer: str
    category: Category
    recognises: bool
    talks: bool
    states: tuple[StateName, ...]


def _things(case: Case) -> Iterator[_Thing]:
    inventory = case.inventory
    for index, request in enumerate(inventory.requests):
        if request.party == "third":
            yield _thing(case, request, request.host, pointer("requests", index), request.carries_identifier, False)
    for index, beacon in enumerate(inventory.beacons):
        if beacon.party == "third":
            yield _thing(case, beacon, beacon.host, pointer("beacons", index), bool(beacon.identifiers), True)
    for index, cookie in enumerate(inventory.cookies):
        if cookie.party == "third" and cookie.blocked is None:
            host = cookie.domain.lstrip(".")
            yield _thing(case, cookie, host, pointer("cookies", index), cookie.identifier, True)


def _thing(
    case: Case, seen: RequestHost | Beacon | Cookie, host: str, place: str, recognises: bool, talks: bool
) -> _Thing:
    vendor = case.vendor(seen.vendor_id, seen.vendor)
    return _Thing(vendor, host, place, seen.category, recognises, talks, seen.states)


def _recipient(name: str, things: list[_Thing]) -> Recipient:
    vendor = things[0].vendor
    categories = {thing.category for thing in things}
    if vendor is not None and vendor.category != "unknown":
        categories.add(vendor.category if categories <= {"unknown"} else "unknown")
    if len(categories) > 1:
        categories.discard("unknown")
    return Recipient(
        name=name,
        vendor=vendor,
        category=next(category for category in _ORDER if category in categories),
        recognises=any(thing.recognises for thing in things),
        talks=any(thing.talks for thing in things),
        hosts=tuple(sorted({thing.host for thing in things})),
        pointers=tuple(thing.pointer for thing in things),
        states=tuple(sorted({state for thing in things for state in thing.states})),
    )
