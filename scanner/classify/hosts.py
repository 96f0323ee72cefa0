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
        party = pages.party(host, request.top_url, request.visit)
        owner = catalogue.host(host, tail_of(request.url))
        if owner is None:
            top_host = quick_host(request.top_url)
            owner = catalogue.listed(
                request.url, host, top_host=top_host, party=party, resource_type=request.resource_type
            )
        found.append(
            Observed(
                request=request,
                state=state,
                host=host,
                party=party,
                owner=owner,
                order=ledger.rank(state, request.visit, request.ms),
            )
        )
    return tuple(found)


def names_behind(evidence: Evidence, catalogue: Catalogue) -> dict[str, str]:
    """The site's hosts that lead to a vendor of statistics or marketing by name (CNAME), each with the telling name.

    A host that serves the pages themselves is left out: where the whole site lies with a company, nobody hides there.
    """
    own = {quick_host(visit.final_url) for visit in evidence.visits} | {evidence.scan.host}
    found: dict[str, str] = {}
    for resolved in evidence.names:
        if resolved.host in own:
            continue
        name = next((name for name in resolved.chain if vendor_behind(name, catalogue) is not None), None)
        if name is not None and site_of(name) != site_of(resolved.host):
            found[resolved.host] = name
    return found


def unresolved(requests: Iterable[RequestHost], evidence: Evidence) -> tuple[str, ...]:
    """Hosts of the site beside those of its pages, of which it is not known where they lead by name."""
    known = {quick_host(visit.final_url) for visit in evidence.visits} | {evidence.scan.host}
    known |= {resolved.host for resolved in evidence.names if resolved.error is None or resolved.chain}
    return tuple(one.host for one in requests if one.site == evidence.scan.site and one.host not in known)


def vendor_behind(name: str, catalogue: Catalogue) -> VendorInfo | None:
    """The vendor of statistics or marketing to whom a name belongs that a host of the site leads to.

    Hosting, shop systems and the like have customers' hosts too; nobody is followed by them.
    """
    vendor = catalogue.cname(name)
    if vendor is None:
        owner = catalogue.host(name)
        return owner.vendor if owner is not None and owner.gathers else None
    return vendor if vendor.category in ("analytics", "marketing") else None


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


def walks(observed: Iterable[Observed]) -> Iterator[tuple[Observed, ...]]:
    """The documents that stood in the address bar during each visit, with the redirects between them, in order."""
    visits: defaultdict[str, list[Observed]] = defaultdict(list)
    for one in observed:
        request = one.request
        if request.resource_type == "Document" and request.url.partition("#")[0] == request.top_url.partition("#")[0]:
            visits[request.visit].append(one)
    for documents in visits.values():
        if len(documents) > 2:
            yield tuple(_in_order(documents))


def _in_order(documents: list[Observed]) -> Iterator[Observed]:
    """Each redirect after the one that led to it; what began anew in the order of its time."""
    after = {one.request.redirect_of: one for one in documents if one.request.redirect_of is not None}
    for one in sorted(documents, key=lambda one: one.request.ms):
        hop: Observed | None = one if one.request.redirect_of is None else None
        count = 0
        while hop is not None and count < 50:
            yield hop
            hop, count = after.get(hop.request.id), count + 1
