"""Where identifiers go: which requests carry one, and which companies learn another's."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scanner.classify.addresses import quick_host
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.match import BORROWED_ROLES, VendorInfo
from scanner.classify.cookies import Identified
from scanner.classify.identifiers import MIN_LENGTH, words_in
from scanner.classify.ledger import Key, key_of, partition_site
from scanner.classify.stored import IdentifiedEntry, StorageKey
from scanner.model.base import Party, StateName
from scanner.model.evidence import Request
from scanner.model.inventory import Cookie
from scanner.site import site_of

_MAX_TEXT = 200_000
"""Characters of an address and body together that are searched."""


class Source(NamedTuple):
    """A cookie or storage entry whose value identifies the browser.

    `maker` is the site of the script that set a cookie of the scanned site; empty where that is the site itself, a
    library from a shared host, or not known.
    """

    key: Key | StorageKey
    name: str
    site: str
    party: Party
    vendor: VendorInfo | None
    states: tuple[StateName, ...]
    maker: str = ""


class Carried(NamedTuple):
    """An identifying value inside a request's address or body. `encoding`: plain, base64, md5, sha1 or sha256."""

    source: Source
    encoding: str


class Sync(NamedTuple):
    """An identifier of one company handed to another."""

    source: Source
    encoding: str
    host: str


class Flows:
    """Follows the identifying values of one scan through its requests."""

    def __init__(self, cookies: Iterable[Identified], entries: Iterable[IdentifiedEntry], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._tokens: defaultdict[str, dict[str, Carried]] = defaultdict(dict)
        self._cookies: dict[Key, Source] = {}
        self._words: dict[str, tuple[Carried, ...]] = {}
        for one in cookies:
            cookie = one.cookie
            key = Key(cookie.name, cookie.domain, cookie.path, partition_site(cookie.partition_key))
            source = Source(
                key,
                cookie.name,
                site_of(cookie.domain),
                cookie.party,
                one.label.vendor,
                cookie.states,
                self._maker(cookie),
            )
            if cookie.identifier:
                self._cookies[key] = source
            self._add(source, one.tokens)
        for stored in entries:
            entry = stored.entry
            place = StorageKey(entry.kind, entry.origin, entry.key, entry.partition_key or "")
            source = Source(
                place, entry.key, site_of(quick_host(entry.origin)), entry.party, stored.label.vendor, entry.states
            )
            self._add(source, stored.tokens)

    def _add(self, source: Source, tokens: Mapping[str, frozenset[str]]) -> None:
        for context, values in tokens.items():
            known = self._tokens[context]
            for value in sorted(value for value in values if len(value) >= MIN_LENGTH):
                for encoding, text in _encodings(value):
                    # A vendor's own cookie names an identifier better than a copy of it elsewhere.
                    known.setdefault(text, Carried(source, encoding))

    def _maker(self, cookie: Cookie) -> str:
        host = quick_host(cookie.set_by.url or "") if cookie.set_by.kind == "script" else ""
        if not host or cookie.party != "first" or site_of(host) == site_of(cookie.domain):
            return ""
        owner = self._catalogue.host(host)
        return "" if owner is not None and owner.role in BORROWED_ROLES else site_of(host)

    def holders(self, requests: Iterable[tuple[Request, StateName]]) -> Mapping[Source, frozenset[str]]:
        """The sites to which each identifying value went inside a request to another site than its page's."""
        found: defaultdict[Source, set[str]] = defaultdict(set)
        for request, state in requests:
            for source, _ in self.carried(request, state):
                found[source].add(site_of(quick_host(request.url)))
        return {source: frozenset(sites) for source, sites in found.items()}

    def cookies_sent(self, request: Request) -> tuple[Source, ...]:
        """The identifying cookies that went along with a request."""
        if not request.cookies_sent:
            return ()
        found = (self._cookies.get(key_of(sent)) for sent in request.cookies_sent)
        return tuple(source for source in found if source is not None)

    def carried(self, request: Request, state: StateName) -> tuple[Carried, ...]:
        """The identifying values in a request's address and body.

        What is stored only in a later state was not stored yet: a script may hold a number in memory, send it with
        hits that nobody consented to keep, and store it once somebody does.
        """
        known = self._tokens.get(request.context)
        if not known:
            return ()
        found = self._words.get(request.id)
        if found is None:
            text = f"{request.url} {request.post_data}" if request.post_data else request.url
            hits = {
                hit for word in words_in(text[:_MAX_TEXT]) & known.keys() if state in (hit := known[word]).source.states
            }
            found = tuple(sorted(hits, key=lambda hit: (hit.source.name, str(hit.source.key), hit.encoding)))
            self._words[request.id] = found
        return found

    def syncs(self, request: Request, state: StateName, holders: Mapping[Source, frozenset[str]]) -> Iterator[Sync]:
        """Identifiers of one company that a request hands to another.

        A site's own identifier of unknown making is left out: the script of the receiver may well have set it. Where
        the script of a third company did, and that company received the identifier too, both hold it.
        """
        carried = self.carried(request, state)
        if not carried:
            return
        host = quick_host(request.url)
        receiver = self._catalogue.host(host)
        site = site_of(host)
        for source, encoding in carried:
            if source.site == site:
                continue
            if source.party == "first" and source.vendor is None:
                if source.maker in ("", site) or source.maker not in holders.get(source, frozenset()):
                    continue
                source = source._replace(site=source.maker)
            if receiver is not None and source.vendor is not None and _same_company(receiver.vendor, source.vendor):
                continue
            yield Sync(source, encoding, host)


def _same_company(one: VendorInfo, other: VendorInfo) -> bool:
    return one.id == other.id or (one.owner is not None and one.owner == other.owner)


def _encodings(value: str) -> Iterator[tuple[str, str]]:
    raw = value.encode()
    yield "plain", value
    yield "base64", base64.b64encode(raw).decode().rstrip("=")
    yield "base64", base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, raw, usedforsecurity=False).hexdigest()
        yield name, digest
        yield name, digest.upper()
