"""Requests whose job is to tell somebody something: by how they behave, by where they go, by what they say."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.match import HostMatch, VendorInfo
from scanner.classify.decoders import Decoded, decode
from scanner.classify.flows import Flows
from scanner.classify.pages import Pages
from scanner.model.base import Category, Party, StateName
from scanner.model.evidence import ImageSeen, Request
from scanner.model.inventory import Beacon
from scanner.model.recorded import Evidence

Kind = Literal["pixel", "beacon", "ping", "fetch", "script", "css", "socket"]

_TINY_BYTES = 100
"""Bytes of a body that can hold nothing but an invisible picture (the usual one has 43)."""

_TELLING_ROLES = frozenset({"collect", "sync", "replay"})
_PASSIVE_ROLES = frozenset({"cdn", "font", "image", "platform", "map", "video", "audio"})
_EXAMPLE_LENGTH = 2000
_VERSION_NAMES = frozenset({"v", "ver", "vers", "version", "rev", "revision", "build", "release", "hash"})


class Observed(NamedTuple):
    """One request in its state, with what the catalogue says of its host."""

    request: Request
    state: StateName
    host: str
    party: Party
    owner: HostMatch | None
    order: tuple[int, int, float]


class Told(NamedTuple):
    """One event of one hit. `vendor` is null where nobody knows who listens."""

    observed: Observed
    kind: Kind
    decoded: Decoded | None
    vendor: VendorInfo | None
    category: Category


class _Group(NamedTuple):
    """What makes two hits one entry of the inventory, with the identifiers of the states in which they were seen."""

    url: str
    kind: Kind
    vendor: str
    event: str
    account: str
    consent: str
    cookieless: bool
    identifiers: tuple[str, ...] = ()


def with_bodies(evidence: Evidence) -> Evidence:
    """The evidence with the bodies of `sendBeacon` calls in their requests, where the browser kept those to itself."""
    bodies: defaultdict[tuple[str, str], deque[str]] = defaultdict(deque)
    for call in evidence.calls:
        if call.url and call.detail and call.api in ("navigator.sendBeacon", "fetch.keepalive"):
            bodies[call.visit, call.url].append(call.detail)
    if not bodies:
        return evidence
    requests = []
    for request in evidence.requests:
        waiting = bodies.get((request.visit, request.url)) if request.method == "POST" else None
        if waiting and request.redirect_of is None:
            body = waiting.popleft()
            if request.post_data is None:
                request = request.model_copy(update={"post_data": body})
        requests.append(request)
    return evidence.model_copy(update={"requests": tuple(requests)})


class BeaconReader:
    """Finds and reads the beacons of one scan."""

    def __init__(self, evidence: Evidence, catalogue: Catalogue, pages: Pages) -> None:
        self._catalogue = catalogue
        self._pages = pages
        self._images: dict[tuple[str, str], ImageSeen] = {(image.visit, image.url): image for image in evidence.images}
        self._looked = {image.visit for image in evidence.images}
        self._by_id = {request.id: request for request in evidence.requests}
        self._next = {request.redirect_of: request for request in evidence.requests if request.redirect_of}
        self._sheets = {(one.visit, one.url) for one in evidence.requests if one.resource_type == "Stylesheet"}
        self._sent = {(call.visit, call.url) for call in evidence.calls if "sendBeacon" in call.api and call.url}

    def told(self, observed: Observed) -> Iterator[Told]:
        """The events that a request tells; none where it is no beacon."""
        request = observed.request
        if request.method == "OPTIONS":
            return
        decoded = decode(request)
        if decoded:
            kind = self._kind(request)
            for one in decoded:
                vendor = self._catalogue.vendor(one.vendor)
                category = one.category or (vendor.category if vendor else "unknown")
                yield Told(observed, kind, one, vendor, category)
        elif self._behaves(observed):
            owner = observed.owner
            own = owner is not None and observed.party == "third"
            vendor = owner.vendor if own and owner else None
            yield Told(observed, self._kind(request), None, vendor, owner.category if own and owner else "unknown")

    def _kind(self, request: Request) -> Kind:
        kind = request.resource_type
        if kind in ("WebSocket", "EventSource"):
            return "socket"
        if kind in ("Ping", "CSPViolationReport"):
            return "ping" if _is_anchor_ping(request) else "beacon"
        if (request.visit, request.url) in self._sent:
            return "beacon"
        if kind in ("XHR", "Fetch"):
            return "fetch"
        if kind == "Script":
            return "script"
        if kind == "Stylesheet" or (kind == "Image" and self._from_css(request)):
            return "css"
        return "pixel"

    def _behaves(self, observed: Observed) -> bool:
        """Whether a request that no decoder knows is a beacon all the same."""
        request, owner = observed.request, observed.owner
        kind = request.resource_type
        telling = owner is not None and owner.role in _TELLING_ROLES and observed.party == "third"
        if kind == "Ping" or (request.visit, request.url) in self._sent:
            return True
        if kind in ("XHR", "Fetch"):
            # Whoever lets a request outlive the page wants to have told something, not to know something.
            outlives = request.method == "POST" or (observed.party == "third" and "?" in request.url)
            return telling or (request.keepalive and outlives)
        if kind in ("WebSocket", "EventSource"):
            return telling
        if kind == "Image":
            return self._is_pixel(observed, telling)
        return False

    def _is_pixel(self, observed: Observed, telling: bool) -> bool:
        """An image nobody sees that says something: to a third party, or by its parameters."""
        request, owner = observed.request, observed.owner
        seen = self._seen(request)
        if telling:
            return not _is_picture(seen)
        query = request.url.partition("?")[2].partition("#")[0]
        if _only_a_version(query):
            query = ""
        # A small picture in a style says nothing by being there.
        passive = self._from_css(request) or (owner is not None and owner.role in _PASSIVE_ROLES)
        if not query and (passive or observed.party == "first"):
            return False
        if seen is None:
            # What is asked for while the page goes away, nobody can look at.
            return request.keepalive or _answers_nothing(self._last(request))
        if _is_picture(seen):
            return observed.party == "third" and bool(query) and _shrunk(seen)
        # One point that is stretched to a size holds a place on the page.
        return not seen.visible and (_is_a_point(seen) or _answers_nothing(self._last(request)))

    def _from_css(self, request: Request) -> bool:
        """Whether an image was asked for by a style: by a sheet, or by the page itself though no element shows it."""
        initiator = request.initiator
        if initiator.stack:
            return False
        sheet = initiator.url or ""
        if (request.visit, sheet) in self._sheets or sheet.partition("?")[0].endswith(".css"):
            return True
        by_page = initiator.kind == "parser" and initiator.url == request.frame_url
        return by_page and self._seen(request) is None and request.visit in self._looked

    def _seen(self, request: Request) -> ImageSeen | None:
        """The element that shows a picture; the page knows it by the address that it asked for."""
        seen = {request.id}
        while (before := self._by_id.get(request.redirect_of or "")) is not None and before.id not in seen:
            seen.add(before.id)
            request = before
        return self._images.get((request.visit, request.url))

    def _last(self, request: Request) -> Request:
        """The end of a chain of redirects: every hop of it learns as much as the end."""
        seen = {request.id}
        while (after := self._next.get(request.id)) is not None and after.id not in seen:
            seen.add(after.id)
            request = after
        return request

    def read(self, told: Iterable[Told], flows: Flows) -> tuple[Beacon, ...]:
        """The beacons of the inventory: one for each address, event, account and consent signal.

        States in which different identifiers went along are kept apart, so that what was sent before a choice does
        not take the colour of what was sent after it.
        """
        names: defaultdict[tuple[_Group, StateName], set[str]] = defaultdict(set)
        grouped: defaultdict[tuple[_Group, StateName], list[Told]] = defaultdict(list)
        for one in told:
            found = _identifiers(one, flows)
            key = _group(one, found), one.observed.state
            names[key] |= found
            grouped[key].append(one)
        groups: defaultdict[_Group, list[Told]] = defaultdict(list)
        for key, hits in grouped.items():
            groups[key[0]._replace(identifiers=tuple(sorted(names[key])))] += hits
        return tuple(self._beacon(group, groups[group]) for group in sorted(groups))

    def _beacon(self, group: _Group, hits: list[Told]) -> Beacon:
        told = min(hits, key=lambda one: one.observed.order)
        first = told.observed
        pages = {self._pages.page(one.observed.request.visit, one.observed.request.top_url) for one in hits}
        return Beacon(
            url=group.url,
            host=first.host,
            party=first.party,
            kind=group.kind,
            vendor=told.vendor.name if told.vendor else None,
            vendor_id=group.vendor or None,
            category=told.category,
            event=group.event or None,
            account=group.account or None,
            consent_signal=group.consent or None,
            cookieless=group.cookieless,
            identifiers=group.identifiers,
            initiators=self._pages.initiators(first.request),
            example_url=first.request.url[:_EXAMPLE_LENGTH],
            count=len(hits),
            first_seen=self._pages.first_seen(
                first.state, first.request.visit, first.request.ms, first.request.phase, first.request.top_url
            ),
            states=tuple(sorted({one.observed.state for one in hits})),
            pages=tuple(sorted(pages - {""})),
        )


def _identifiers(told: Told, flows: Flows) -> set[str]:
    """Names of what identifies the visitor in a hit: cookies that went along, stored values, the hit's parameters.

    The site's own cookies go to all its hosts; with a hit of a vendor on such a host only that vendor's count.
    """
    observed, decoded = told.observed, told.decoded
    names = {hit.source.name for hit in flows.carried(observed.request, observed.state)}
    for source in flows.cookies_sent(observed.request):
        own = source.vendor is not None and told.vendor is not None and source.vendor.id == told.vendor.id
        if own or observed.party == "third":
            names.add(source.name)
    if decoded is not None and not decoded.denied:
        names |= set(decoded.identifiers)
    return names


def _group(told: Told, names: set[str]) -> _Group:
    decoded = told.decoded
    return _Group(
        url=told.observed.request.url.partition("?")[0].partition("#")[0],
        kind=told.kind,
        vendor=told.vendor.id if told.vendor else "",
        event=(decoded.event if decoded else None) or "",
        account=(decoded.account if decoded else None) or "",
        consent=(decoded.consent if decoded else None) or "",
        cookieless=decoded is not None and decoded.denied and not names,
    )


def _is_anchor_ping(request: Request) -> bool:
    """Whether a ping is that of a clicked link (`<a ping>`), which says so in its headers."""
    names = {name.lower(): value for name, value in request.request_headers}
    return "ping-to" in names or names.get("content-type", "").startswith("text/ping")


def _is_picture(seen: ImageSeen | None) -> bool:
    return seen is not None and seen.natural_width > 2 and seen.natural_height > 2


def _is_a_point(seen: ImageSeen) -> bool:
    return 0 < seen.natural_width <= 2 and 0 < seen.natural_height <= 2


def _shrunk(seen: ImageSeen) -> bool:
    """Whether a larger picture is shown as one point; one that is not shown at all may be shown later."""
    width, height = seen.shown_width, seen.shown_height
    return width is not None and height is not None and 0 < width <= 2 and 0 < height <= 2


def _only_a_version(query: str) -> bool:
    """Whether the parameters do nothing but tell one version of a file from another."""
    names = [pair.partition("=")[0].lower() for pair in query.split("&") if pair]
    return bool(names) and all(name in _VERSION_NAMES for name in names)


def _answers_nothing(request: Request) -> bool:
    """Whether the answer holds no picture to look at: no content, or a body too small for one."""
    if request.status == 204:
        return True
    picture = (request.mime_type or "").startswith("image/")
    return picture and request.body_bytes is not None and 0 < request.body_bytes <= _TINY_BYTES
