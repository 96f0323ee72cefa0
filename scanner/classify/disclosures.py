"""What a person types, or would be known by, inside requests: to whom it went, how, and out of which field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from scanner.classify.addresses import quick_host
from scanner.classify.beacons import Observed
from scanner.classify.bodies import said
from scanner.classify.catalogue.match import VendorInfo
from scanner.classify.identifiers import unquoted
from scanner.classify.needles import Form, Needle, letters_of, searchable
from scanner.classify.pages import Pages
from scanner.model.base import Category, Party
from scanner.model.evidence import Request
from scanner.model.inventory import PersonalData
from scanner.model.probes import CanaryPlanted
from scanner.model.recorded import Evidence
from scanner.site import site_of

Where = Literal["address", "body", "referrer"]
Source = Literal["typed", "address", "request"]

_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,18}(?![\w@-])"
)
_NOT_A_DOMAIN = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|avif|ico|css|m?js|json|map|woff2?|ttf|mp4)$", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:info|contact|kontakt|contacto|office|hello|hallo|support|service|help|sales|shop|mail|email|e-mail|no-?reply|"
    r"do-?not-?reply|privacy|datenschutz|dpo|gdpr|legal|webmaster|postmaster|admin|press|presse|jobs|news|newsletter|"
    r"marketing|billing|orders?|example|test|user|name|your|you)(?:[.+_-].*)?",
    re.IGNORECASE,
)
"""Mailboxes of offices, and the examples that stand in empty fields: no person is known by them."""
_KEYED = re.compile(
    r"(?:e-?mail|user_?e?-?mail|e-?mail_?(?:address|id)|customer_?email|visitor_?email|contact_?email|em|ue)", re.I
)
_JSON_MAIL = re.compile(r'"([A-Za-z_.-]{2,30})"\s*:\s*"([^"\s]{3,254})"')
_META_MAIL = re.compile(r"(?:ud|udff)\[em\]")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of nothing: what is sent where a field was empty."""
_ANSWER = re.compile(r"json|javascript|text/|xml|x-component")


class Disclosure(NamedTuple):
    """One request that carries such a value.

    `canary` is what was typed; null for a value that stands in the page's address or only in the request. `listener`
    is the vendor to whom the request tells it, `party` the party of that listener: a vendor behind a name of the
    site's own (CNAME) is another company all the same. `stepwise`: letter by letter, or in growing parts.
    """

    observed: Observed
    source: Source
    data: str
    form: Form
    where: Where
    party: Party
    listener: VendorInfo | None
    category: Category
    canary: CanaryPlanted | None = None
    stepwise: bool = False

    @property
    def answered(self) -> bool:
        """Whether the host replied with content that a page could show."""
        request = self.observed.request
        kind = request.resource_type in ("XHR", "Fetch", "Script", "EventSource", "WebSocket")
        if request.resource_type == "WebSocket":
            return kind
        says = request.status == 200 and (request.body_bytes or 0) > 2 and _ANSWER.search(request.mime_type or "")
        return kind and bool(says)


class _Planted(NamedTuple):
    """A value that was typed, in one visit or several of one visitor."""

    needle: Needle
    by_visit: dict[str, CanaryPlanted]


class Disclosures:
    """Looks through the requests of one scan. `names` leads from a host of the site to the vendor behind it."""

    def __init__(
        self,
        evidence: Evidence,
        observed: Iterable[Observed],
        names: Mapping[str, VendorInfo],
    ) -> None:
        self._names = names
        self._canaries: defaultdict[str, dict[str, _Planted]] = defaultdict(dict)
        for canary in evidence.canaries:
            planted = self._canaries[canary.context].setdefault(canary.value, _Planted(Needle(canary.value), {}))
            planted.by_visit.setdefault(canary.visit, canary)
        self._site = evidence.scan.site
        self._in_pages: dict[str, tuple[tuple[str, Needle], ...]] = {}
        self.found = tuple(self._all(tuple(observed)))

    def _all(self, observed: tuple[Observed, ...]) -> Iterator[Disclosure]:
        groups: defaultdict[tuple[str, str, str], list[Observed]] = defaultdict(list)
        for one in observed:
            groups[one.request.context, one.request.visit, one.host].append(one)
        for (context, visit, _), group in groups.items():
            if context in self._canaries:
                yield from self._typed(tuple(self._canaries[context].values()), visit, group)
        for one in observed:
            if self._party(one) == "third":
                yield from self._of_address(one)
                yield from self._of_request(one)

    def _typed(self, planted: tuple[_Planted, ...], visit: str, group: list[Observed]) -> Iterator[Disclosure]:
        """Planted values in the requests of one visit to one host."""
        texts = [(one, where, text) for one in group for where, text in _texts(one.request)]
        hits: defaultdict[str, list[tuple[Observed, Where, Form, int]]] = defaultdict(list)
        for one, where, text in texts:
            seen = searchable(text)
            for value in planted:
                found = value.needle.find(*seen)
                if found is not None:
                    hits[value.needle.value].append((one, where, found.form, found.length))
        letters: tuple[str, ...] | None = None
        for value in planted:
            made = hits[value.needle.value]
            canary = value.by_visit.get(visit) or next(iter(value.by_visit.values()))
            stepwise = len({length for _, _, form, length in made if form == "plain"}) >= 3
            for one, where, form, _ in made:
                yield self._disclosed(one, "typed", canary.data, form, where, canary, stepwise=stepwise)
            if made or visit not in value.by_visit:
                continue
            if letters is None:
                letters = letters_of(
                    text for one, where, text in texts if where != "referrer" and _follows(one, canary)
                )
            if value.needle.spelt(letters):
                yield self._disclosed(group[-1], "typed", canary.data, "plain", "body", canary, stepwise=True)

    def _of_address(self, one: Observed) -> Iterator[Disclosure]:
        """An e-mail address that stands in the page's own address."""
        for value, needle in self._of_page(one.request.top_url):
            for where, text in _texts(one.request):
                found = needle.find(*searchable(text))
                if found is not None and self._is_foreign(value, one.host):
                    yield self._disclosed(one, "address", "email", found.form, where)
                    break

    def _of_page(self, url: str) -> tuple[tuple[str, Needle], ...]:
        if "@" not in url and "%40" not in url:
            return ()
        if url not in self._in_pages:
            values = sorted(set(_mails(_after_host(url))))
            self._in_pages[url] = tuple((value, Needle(value, whole=True)) for value in values)
        return self._in_pages[url]

    def _of_request(self, one: Observed) -> Iterator[Disclosure]:
        """An e-mail address, or the digest of one, under a name that says so."""
        planted = self._canaries.get(one.request.context, {})
        for where, text in _texts(one.request):
            if where == "referrer":
                continue
            for name, value in _pairs(where, text):
                if _META_MAIL.fullmatch(name) and _SHA256.fullmatch(value) and value != _EMPTY:
                    if not any(known.needle.find("", "", frozenset({value})) for known in planted.values()):
                        yield self._disclosed(one, "request", "email", "sha256", where)
                elif _KEYED.fullmatch(name) and value.lower() not in planted and _MAIL.fullmatch(value):
                    office = _OFFICE.fullmatch(value.partition("@")[0])
                    own = any(value == known for known, _ in self._of_page(one.request.top_url))
                    if not office and not own and self._is_foreign(value, one.host):
                        yield self._disclosed(one, "request", "email", "plain", where)

    def _is_foreign(self, mail: str, receiver: str) -> bool:
        """Whether a mailbox belongs neither to the site nor to the receiver."""
        return site_of(mail.rpartition("@")[2]) not in (self._site, site_of(receiver))

    def _listener(self, one: Observed) -> tuple[VendorInfo | None, Category]:
        """Who learns what a request tells: its host's owner, or the vendor behind a name of the site's."""
        if one.party == "third":
            return (one.owner.vendor, one.owner.category) if one.owner else (None, "unknown")
        vendor = self._names.get(one.host)
        return vendor, vendor.category if vendor else "unknown"

    def _party(self, one: Observed) -> Party:
        return "third" if one.party == "third" or self._listener(one)[0] is not None else "first"

    def _disclosed(
        self,
        one: Observed,
        source: Source,
        data: str,
        form: Form,
        where: Where,
        canary: CanaryPlanted | None = None,
        *,
        stepwise: bool = False,
    ) -> Disclosure:
        listener, category = self._listener(one)
        return Disclosure(one, source, data, form, where, self._party(one), listener, category, canary, stepwise)


def read_personal_data(found: Iterable[Disclosure], pages: Pages) -> tuple[PersonalData, ...]:
    """What a person would be known by, as other companies were told it: one entry for each host and manner."""
    groups: defaultdict[tuple[str, ...], list[Disclosure]] = defaultdict(list)
    for one in found:
        if one.party == "third" and one.data in ("email", "name", "phone"):
            groups[one.observed.host, one.data, one.source, one.form, one.where].append(one)
    entries = []
    for key in sorted(groups):
        made = groups[key]
        first = min(made, key=lambda one: one.observed.order)
        request = first.observed.request
        entries.append(
            PersonalData(
                data=first.data,  # type: ignore[arg-type]
                source=first.source,
                form=first.form,
                where=first.where,
                host=first.observed.host,
                party=first.observed.party,
                vendor=first.listener.name if first.listener else None,
                vendor_id=first.listener.id if first.listener else None,
                category=first.category,
                script=next(iter(pages.initiators(request)), None),
                states=tuple(sorted({one.observed.state for one in made})),
                pages=tuple(sorted({pages.page(one.observed.request.visit, request.top_url) for one in made})),
            )
        )
    return tuple(entries)


def _follows(one: Observed, canary: CanaryPlanted) -> bool:
    """Whether a request left once typing had begun; what is told letter by letter leaves then."""
    return one.request.resource_type == "WebSocket" or one.request.ms >= canary.ms


def _texts(request: Request) -> Iterator[tuple[Where, str]]:
    """Where a value can stand in a request."""
    yield "address", request.url
    if request.post_data:
        yield "body", said(request.post_data if "%" not in request.post_data else unquoted(request.post_data))
    referrer = next((value for name, value in request.request_headers if name == "referer"), "")
    if referrer:
        yield "referrer", referrer


def _pairs(where: Where, text: str) -> Iterator[tuple[str, str]]:
    """Names and values of a query, or of a body in one of the two usual forms."""
    if "@" not in text and "%40" not in text and "[em]" not in text and "%5Bem%5D" not in text:
        return
    if where == "address":
        try:
            text = urlsplit(text).query
        except ValueError:
            return
    if where == "body" and text.lstrip()[:1] in ("{", "["):
        yield from _JSON_MAIL.findall(text)
        return
    try:
        yield from parse_qsl(text, max_num_fields=1000)
    except ValueError:
        return


def _mails(text: str) -> Iterator[str]:
    for match in _MAIL.findall(unquoted(text)):
        if not _NOT_A_DOMAIN.search(match) and not _OFFICE.fullmatch(match.partition("@")[0]):
            yield match.lower()


def _after_host(url: str) -> str:
    """Path, query and fragment of an address: what stands before the host is a name and password, if anything."""
    at = url.find("/", url.find("://") + 3)
    return url[at:] if at >= 0 and quick_host(url) else ""
