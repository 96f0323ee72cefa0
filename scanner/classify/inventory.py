"""Evidence in, labelled inventory out: a pure function, the same for the same evidence and catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from scanner.classify.attribution import Attribution
from scanner.classify.beacons import BeaconReader, Observed, Told, with_bodies
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.cookies import Identified, read_cookies, traits_of
from scanner.classify.disclosures import Disclosures, read_personal_data
from scanner.classify.flows import Flows, Sync
from scanner.classify.hosts import names_behind, observe, read_hosts, unresolved, vendor_behind
from scanner.classify.labels import Labeller
from scanner.classify.ledger import Key, Ledger, partition_site
from scanner.classify.pages import Pages
from scanner.classify.setting import utc_seconds
from scanner.classify.states import read_outcome, read_pages, read_problems, read_states
from scanner.classify.stored import Stores
from scanner.classify.techniques import read_techniques
from scanner.model.inventory import Beacon, Cookie, Inventory, RequestHost, StorageEntry, Target
from scanner.model.recorded import Evidence
from scanner.model.vendor import Vendor


def build_inventory(evidence: Evidence, catalogue: Catalogue, *, cnames: Mapping[str, str] | None = None) -> Inventory:
    """Everything found on a site, labelled. `cnames` adds names (host to CNAME target) to those in the evidence."""
    cnames = {**names_behind(evidence, catalogue), **(cnames or {})}
    evidence = with_bodies(evidence)
    attribution = Attribution(evidence)
    pages = Pages(evidence)
    ledger = Ledger(evidence, attribution, pages)
    stores = Stores(evidence, attribution, pages)
    observed = observe(evidence, attribution, pages, ledger, catalogue)
    reader = BeaconReader(evidence, catalogue, pages)
    told = tuple(event for one in observed for event in reader.told(one))

    now = utc_seconds(evidence.scan.started)
    labeller = Labeller(catalogue, _seen(ledger, stores, pages, observed, told, catalogue), cnames)
    identified = read_cookies(ledger, pages, labeller, now)
    stored = stores.read(labeller, now)
    flows = Flows(identified, stored, catalogue)

    owners = {host: vendor for host, name in cnames.items() if (vendor := vendor_behind(name, catalogue)) is not None}
    disclosed = Disclosures(evidence, observed, owners).found
    techniques, syncs = read_techniques(
        evidence.calls, evidence.script_cookies, observed, told, flows, disclosed, attribution, pages, cnames, owners
    )
    cookies = _with_syncs(identified, syncs)
    storage = tuple(one.entry for one in stored)
    requests = read_hosts(observed, told, flows, pages)
    beacons = reader.read(told, flows)
    found_pages = read_pages(evidence, attribution)
    return Inventory(
        target=Target(url=evidence.scan.url, site=evidence.scan.site, host=evidence.scan.host),
        started=evidence.scan.started,
        finished=evidence.finished.finished if evidence.finished else None,
        outcome=read_outcome(evidence),
        problems=read_problems(evidence),
        browser=evidence.scan.browser,
        states=read_states(evidence, attribution, found_pages),
        pages=found_pages,
        cookies=cookies,
        storage=storage,
        service_workers=stores.service_workers(),
        requests=requests,
        beacons=beacons,
        techniques=techniques,
        personal_data=read_personal_data(disclosed, pages),
        unresolved_hosts=unresolved(requests, evidence),
        vendors=_vendors(cookies, storage, requests, beacons, catalogue),
    )


def _seen(
    ledger: Ledger,
    stores: Stores,
    pages: Pages,
    observed: Iterable[Observed],
    told: Iterable[Told],
    catalogue: Catalogue,
) -> frozenset[str]:
    """Vendors that the site shows by hosts, hits or distinctive names: company for entries that need it."""
    found = {one.owner.vendor.id for one in observed if one.owner is not None}
    found |= {hit.vendor.id for hit in told if hit.vendor is not None}
    traits = [traits_of(key, trace, pages) for key, trace in ledger.items()]
    traits += [stores.traits(key) for key in stores]
    for one in traits:
        match = catalogue.cookie(one.name, one.domain, kind=one.kind, value=one.value)
        if match is not None:
            found.add(match.vendor.id)
    return frozenset(found)


def _with_syncs(identified: tuple[Identified, ...], syncs: tuple[Sync, ...]) -> tuple[Cookie, ...]:
    """The cookies, each with the hosts that learnt its identifier."""
    receivers: defaultdict[Key, set[str]] = defaultdict(set)
    for sync in syncs:
        if isinstance(sync.source.key, Key):
            receivers[sync.source.key].add(sync.host)
    cookies = []
    for one in identified:
        cookie = one.cookie
        key = Key(cookie.name, cookie.domain, cookie.path, partition_site(cookie.partition_key))
        hosts = receivers.get(key)
        cookies.append(cookie.model_copy(update={"synced_with": tuple(sorted(hosts))}) if hosts else cookie)
    return tuple(cookies)


def _vendors(
    cookies: Iterable[Cookie],
    storage: Iterable[StorageEntry],
    requests: Iterable[RequestHost],
    beacons: Iterable[Beacon],
    catalogue: Catalogue,
) -> tuple[Vendor, ...]:
    """Vendors of everything observed, sorted by id.

    The makers of software that runs on the site's own servers take no part in the site: a vendor that no request
    went to counts only where it has hosts, and its cookie follows visitors.
    """
    found = {one.vendor_id for one in requests} | {one.vendor_id for one in beacons}
    found |= {one.vendor_id for one in cookies if one.blocked is None and _takes_part(one, catalogue)}
    found |= {one.vendor_id for one in storage if _takes_part(one, catalogue)}
    return tuple(vendor for vendor in catalogue.vendors if vendor.id in found)


def _takes_part(one: Cookie | StorageEntry, catalogue: Catalogue) -> bool:
    if one.vendor_id is None:
        return False
    follows = one.category in ("analytics", "marketing") and catalogue.has_hosts(one.vendor_id)
    return one.party == "third" or follows
