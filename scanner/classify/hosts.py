"""All hosts that pages spoke to: whose they are, and what for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scanner.classify.addresses import quick_host, tail_of
from scanner.classify.attribution import Attribution
from scanner.classify.beacons import Observed, Told
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.catalogue.match import HostMatch, VendorInfo
from scanner.classify.flows import Flows
from scanner.classify.ledger import Ledger
from scanner.classify.pages import Pages
from scanner.model.base import Category, Party, StateName
from scanner.model.evidence import Request
from scanner.model.inventory import RequestHost
from scanner.model.recorded import Evidence
from scanner.site import site_of

_WEIGHT: Mapping[Category, int] = {"marketing": 4, "analytics": 3, "functional": 2, "necessary": 1, "unknown": 0}
_NETWORK = ("http:", "https:", "ws:", "wss:")


@dataclass
class _Traffic:
    first: Observed
    count: int = 0
    bytes: int = 0
    first_ms: float = float("inf")
    states: set[StateName] = field(default_factory=set)
    parties: set[Party] = field(default_factory=set)
    owner: HostMatch | None = None
    carries: bool = False


def observe(
    evidence: Evidence, attribution: Attribution, pages: Pages, ledger: Ledger, catalogue: Catalogue
) -> tuple[Observed, ...]:
    """All requests over the network that belong to a state, with what the catalogue says of their hosts."""
    found = []
    for request in evidence.requests:
        state = attribution.state(request.context, request.phase)
        if state is None or not request.url.startswith(_NETWORK):
            continue
        host = quick_host(request.url)
        if not host:
            continue
        found.append(
            Observed(
                request=request,
                state=state,
                host=host,
                party=pages.party(host, request.top_url, request.visit),
                owner=catalogue.host(host, tail_of(request.url)),
                order=ledger.rank(state, request.visit, request.ms),
            )
        )
    return tuple(found)


def read_hosts(
    observed: Iterable[Observed], told: Iterable[Told], flows: Flows, pages: Pages
) -> tuple[RequestHost, ...]:
    """One entry for each host, sorted."""
    traffic: dict[str, _Traffic] = {}
    own_hosts: set[str] = set()
    for one in observed:
        entry = traffic.setdefault(one.host, _Traffic(one))
        _count(entry, one, flows)
        own_hosts.add(quick_host(one.request.top_url))
    speakers: defaultdict[str, dict[str, Told]] = defaultdict(dict)
    for hit in told:
        if hit.decoded is not None and hit.vendor is not None:
            speakers[hit.observed.host].setdefault(hit.vendor.id, hit)
    return tuple(
        _host(host, traffic[host], speakers.get(host, {}) if host not in own_hosts else {}, pages)
        for host in sorted(traffic)
    )


def _count(entry: _Traffic, one: Observed, flows: Flows) -> None:
    request = one.request
    entry.count += 1
    entry.bytes += request.body_bytes or 0
    entry.first_ms = min(entry.first_ms, request.ms)
    entry.states.add(one.state)
    entry.parties.add(one.party)
    if one.order < entry.first.order:
        entry.first = one
    if _outweighs(one.owner, entry.owner):
        entry.owner = one.owner
    if not entry.carries:
        entry.carries = bool(flows.cookies_sent(request)) or (
            one.party == "third" and bool(flows.carried(request, one.state))
        )


def _outweighs(new: HostMatch | None, old: HostMatch | None) -> bool:
    """A host that serves several purposes is named after the one that concerns visitors most."""
    if new is None or old is None:
        return new is not None
    return (new.gathers, _WEIGHT[new.category], bool(new.path), new.path) > (
        old.gathers,
        _WEIGHT[old.category],
        bool(old.path),
        old.path,
    )


def _host(host: str, entry: _Traffic, speakers: dict[str, Told], pages: Pages) -> RequestHost:
    party: Party = "first" if "first" in entry.parties else "third"
    vendor: VendorInfo | None = entry.owner.vendor if entry.owner else None
    category: Category = entry.owner.category if entry.owner else "unknown"
    gathers = entry.owner is not None and entry.owner.gathers and party == "third"
    if vendor is None and len(speakers) == 1:
        # A host of the site (or an unknown one) that answers a vendor's hits is that vendor's in all but name.
        hit = next(iter(speakers.values()))
        vendor, category = hit.vendor, hit.category
        gathers = category in ("analytics", "marketing")
    return RequestHost(
        host=host,
        site=site_of(host),
        party=party,
        vendor=vendor.name if vendor else None,
        vendor_id=vendor.id if vendor else None,
        category=category,
        tracker=gathers,
        count=entry.count,
        bytes=entry.bytes,
        states=tuple(sorted(entry.states)),
        first_ms=entry.first_ms,
        carries_identifier=entry.carries,
        initiators=pages.initiators(entry.first.request),
        example_url=entry.first.request.url[:2000],
    )


def navigations(observed: Iterable[Observed]) -> Iterator[tuple[Request, ...]]:
    """Chains of redirects that a page's own navigation went through, first hop first."""
    hops = [one.request for one in observed if one.request.resource_type == "Document"]
    after = {hop.redirect_of: hop for hop in hops if hop.redirect_of is not None}
    for hop in hops:
        if hop.redirect_of is None and hop.id in after:
            chain = [hop]
            while (following := after.get(chain[-1].id)) is not None and len(chain) < 50:
                chain.append(following)
            yield tuple(chain)
