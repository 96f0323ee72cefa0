"""Answers to a person's question: a cookie's name (with or without a domain), a host, or an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.classify.catalogue.match import (
    BORROWED_ROLES,
    FILTER_LIST,
    KINDS,
    SETTER_VENDOR,
    CookieMatch,
    HostMatch,
    Match,
    shown,
)
from scanner.classify.catalogue.schema import lifetime_seconds
from scanner.site import host_of

if TYPE_CHECKING:
    from scanner.classify.catalogue.engine import Catalogue

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_ROLE_PURPOSES = {
    "service": "Serves this vendor's {what}.",
    "collect": "Receives data that pages send about their visitors.",
    "script": "Delivers the script that runs in the visitor's page.",
    "ads": "Chooses and delivers advertisements.",
    "sync": "Exchanges visitor identifiers between companies.",
    "replay": "Receives recordings of what visitors do on the page.",
    "tag-manager": "Delivers the container that loads a site's other tags.",
    "consent": "Asks for and keeps visitors' consent.",
    "cdn": "Delivers files, whatever they are for.",
    "api": "Answers requests of the page's own functions.",
    "font": "Delivers fonts.",
    "video": "Plays videos.",
    "audio": "Plays sound.",
    "map": "Shows maps.",
    "image": "Delivers images.",
    "widget": "Shows a part of the page that comes from the vendor.",
    "social": "Shows buttons or posts of a social network.",
    "chat": "Runs the chat with visitors.",
    "payment": "Takes payments.",
    "security": "Keeps the site safe from abuse.",
    "login": "Signs visitors in.",
    "email": "Sends e-mail and newsletters.",
    "platform": "Runs the software of the site itself.",
    "site": "The vendor's own web pages.",
}


def answer(catalogue: Catalogue, query: str) -> Match:
    """What the catalogue knows of a query; a name without a domain is matched by name alone where that is safe."""
    text = query.strip()
    if "://" in text:
        host = host_of(text)
        path = re.sub(r"^[^:]*://[^/?#]*", "", text)
        return _of_host(query, host, catalogue.host(host, path or "/") or catalogue.listed(text, host))
    name, at, domain = text.rpartition("@") if "@" in text else ("", "", "")
    if at and name and _HOST.fullmatch(domain.lstrip(".")):
        return _of_cookie_on(catalogue, query, name, domain.lstrip(".").rstrip(".").lower())
    if "." in text and _HOST.fullmatch(text.strip(".")):
        exact = catalogue.cookie(text, None)
        if exact is None or exact.pattern != text:
            host = text.strip(".").lower()
            found = catalogue.host(host) or catalogue.listed(f"https://{host}/", host)
            if found is not None:
                return _of_host(query, host, found)
    return _of_name(catalogue, query, text)


def _of_name(catalogue: Catalogue, query: str, name: str) -> Match:
    if not catalogue.knows(name):
        return _nothing(query)
    found = catalogue.cookie(name, None)
    if found is not None:
        return _from_cookie(query, found, found.source)
    for kind in KINDS[1:]:
        found = catalogue.cookie(name, None, kind=kind)
        if found is not None:
            return _from_cookie(query, found, f"{found.source}, {kind} storage")
    found = catalogue.named(name)
    if found is not None:
        return _from_cookie(query, found, f"{found.source}, only on {shown(found.domains)}")
    return _nobodys(catalogue, query, name)


def _of_cookie_on(catalogue: Catalogue, query: str, name: str, domain: str) -> Match:
    for kind in KINDS if catalogue.knows(name) else ():
        found = catalogue.cookie(name, domain, kind=kind)
        if found is not None:
            return _from_cookie(query, found, found.source if kind == "cookie" else f"{found.source}, {kind} storage")
    host = catalogue.host(domain)
    if host is None or host.role in BORROWED_ROLES:
        return _nobodys(catalogue, query, name)
    return Match(
        query=query,
        kind="cookie",
        vendor=host.vendor.name,
        vendor_id=host.vendor.id,
        category=host.category,
        purpose=None,
        lifetime=None,
        lifetime_seconds=None,
        match=SETTER_VENDOR,
        pattern=host.host,
        confidence="likely",
        cited=host.cited,
    )


def _from_cookie(query: str, found: CookieMatch, how: str) -> Match:
    return Match(
        query=query,
        kind="cookie",
        vendor=None if found.vendor.nobody else found.vendor.name,
        vendor_id=None if found.vendor.nobody else found.vendor.id,
        category=found.category,
        purpose=found.purpose,
        lifetime=found.lifetime,
        lifetime_seconds=lifetime_seconds(found.lifetime),
        match=how,
        pattern=found.pattern,
        role=found.role,
        consent_exempt=found.consent_exempt,
        exempt_condition=found.exempt_condition,
        confidence=found.confidence,
        cited=found.cited,
        record=found.record,
    )


def _of_host(query: str, host: str, found: HostMatch | None) -> Match:
    if found is None:
        return _nothing(query)
    how = "host and path" if found.path else "exact host" if found.host == host else "parent domain"
    if found.rule is not None:
        how = f"{FILTER_LIST}: {found.rule}"
    purpose = _ROLE_PURPOSES[found.role].format(what=found.vendor.purpose_category.replace("_", " ") + " service")
    return Match(
        query=query,
        kind="host",
        vendor=found.vendor.name,
        vendor_id=found.vendor.id,
        category=found.category,
        purpose=purpose,
        lifetime=None,
        lifetime_seconds=None,
        match=how,
        pattern=found.host + found.path,
        role=found.role,
        cited=found.cited,
    )


def _nobodys(catalogue: Catalogue, query: str, name: str) -> Match:
    """No claim, but where the name would be somebody's."""
    if not catalogue.knows(name):
        return _nothing(query)
    return _nothing(query)._replace(bound_to=catalogue.bound(name), used_by=catalogue.users(name))


def _nothing(query: str) -> Match:
    return Match(
        query=query,
        kind=None,
        vendor=None,
        vendor_id=None,
        category="unknown",
        purpose=None,
        lifetime=None,
        lifetime_seconds=None,
        match=None,
    )
