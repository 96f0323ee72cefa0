"""Ways of following visitors that are neither cookie nor beacon, where the evidence shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from scanner.classify.addresses import quick_host
from scanner.classify.attribution import Attribution
from scanner.classify.beacons import Observed, Told
from scanner.classify.catalogue.match import VendorInfo
from scanner.classify.disclosures import Disclosure
from scanner.classify.fingerprints import read_fingerprints
from scanner.classify.flows import Flows, Sync
from scanner.classify.hosts import walks
from scanner.classify.pages import Pages
from scanner.classify.replays import recordings
from scanner.model.base import Party, StateName
from scanner.model.evidence import ScriptCall, ScriptCookieWrite
from scanner.model.inventory import Technique
from scanner.site import site_of

Confidence = Literal["certain", "likely", "check"]


class _Spot(NamedTuple):
    """What makes observations one technique."""

    kind: str
    host: str
    script: str
    detail: str
    party: Party | None = None
    data: tuple[str, ...] = ()
    answered: bool = False
    confidence: Confidence = "likely"


def read_techniques(
    calls: Iterable[ScriptCall],
    writes: Iterable[ScriptCookieWrite],
    observed: tuple[Observed, ...],
    told: tuple[Told, ...],
    flows: Flows,
    disclosed: Iterable[Disclosure],
    attribution: Attribution,
    pages: Pages,
    cnames: Mapping[str, str],
    owners: Mapping[str, VendorInfo],
) -> tuple[tuple[Technique, ...], tuple[Sync, ...]]:
    """All techniques, sorted, and the syncs among them one by one."""
    found: defaultdict[_Spot, set[StateName]] = defaultdict(set)
    for read in read_fingerprints(calls, attribution):
        found[_Spot(read.kind, read.host, read.script, read.api)].add(read.state)
    for spot, state in _replays(observed, told, pages):
        found[spot].add(state)
    for spot, state in _keystrokes(disclosed, pages):
        found[spot].add(state)
    for spot, state in _cloaked(observed, cnames, owners):
        found[spot].add(state)
    for spot, state in _bounces(observed, writes):
        found[spot].add(state)
    syncs: list[Sync] = []
    holders = flows.holders((one.request, one.state) for one in observed if one.party == "third")
    for one in observed:
        if one.party == "third":
            for sync in flows.syncs(one.request, one.state, holders):
                syncs.append(sync)
                script = next(iter(pages.initiators(one.request)), "")
                detail = f"{sync.source.name} of {sync.source.site} ({sync.encoding})"
                found[_Spot("cookie-sync", sync.host, script, detail)].add(one.state)
    techniques = tuple(
        Technique(
            kind=spot.kind,  # type: ignore[arg-type]
            script=spot.script or None,
            host=spot.host,
            party=spot.party,
            data=spot.data,
            answered=spot.answered,
            confidence=spot.confidence,
            states=tuple(sorted(found[spot])),
            detail=spot.detail,
        )
        for spot in sorted(found, key=lambda one: (one.kind, one.host, one.script, one.detail, one.confidence))
    )
    return techniques, tuple(syncs)


def _replays(observed: tuple[Observed, ...], told: tuple[Told, ...], pages: Pages) -> Iterator[tuple[_Spot, StateName]]:
    """Recordings sent: to a host that takes recordings, in a hit that says it is one, or by what it holds."""
    named: set[str] = set()
    for one in observed:
        sends = one.request.method == "POST" or one.request.resource_type in ("WebSocket", "Ping")
        if sends and one.party == "third" and one.owner is not None and one.owner.role == "replay":
            named.add(one.host)
            yield _Spot("session-replay", one.host, _script(one, pages), one.owner.vendor.name), one.state
    for hit in told:
        if hit.decoded is not None and hit.decoded.event == "recording" and hit.vendor is not None:
            one = hit.observed
            named.add(one.host)
            yield _Spot("session-replay", one.host, _script(one, pages), hit.vendor.name), one.state
    for one in recordings(observed):
        if one.host not in named:
            detail = "sends the page's elements and the visitor's movements"
            yield _Spot("session-replay", one.host, _script(one, pages), detail, party=one.party), one.state


_FIELDS = {
    "email": "e-mail address",
    "name": "name",
    "phone": "telephone number",
    "search": "search words",
    "text": "text",
}


def _keystrokes(disclosed: Iterable[Disclosure], pages: Pages) -> Iterator[tuple[_Spot, StateName]]:
    """What was typed and had left the page, though no form was ever sent.

    A site that suggests searches on its own host, or anything else there that answers to a search, is as a visitor
    expects it.
    """
    groups: defaultdict[tuple[str, str, str], list[Disclosure]] = defaultdict(list)
    for one in disclosed:
        if one.canary is not None and not (one.party == "first" and one.data == "search"):
            groups[one.observed.host, _script(one.observed, pages), one.data].append(one)
    for (host, script, data), made in groups.items():
        canary = made[0].canary
        field = f" ({canary.field})" if canary is not None and canary.field else ""
        how = "step by step" if any(one.stepwise for one in made) else "before the form was sent"
        forms = ", ".join(sorted({one.form for one in made}))
        spot = _Spot(
            "keystrokes",
            host,
            script,
            f"{_FIELDS[data]}{field}, {how}, {forms}",
            party=made[0].party,
            data=(data,),
            answered=all(one.answered for one in made),
            confidence="certain",
        )
        for state in sorted({one.observed.state for one in made}):
            yield spot, state


def _script(one: Observed, pages: Pages) -> str:
    return next(iter(pages.initiators(one.request)), "")


def _cloaked(
    observed: tuple[Observed, ...], cnames: Mapping[str, str], owners: Mapping[str, VendorInfo]
) -> Iterator[tuple[_Spot, StateName]]:
    """The site's own subdomains that lead to a vendor by name (CNAME)."""
    for one in observed:
        vendor = owners.get(one.host) if one.party == "first" else None
        if vendor is not None and site_of(cnames[one.host]) != site_of(one.host):
            yield _Spot("cname-cloaking", one.host, "", f"{cnames[one.host]} ({vendor.name})"), one.state


def _bounces(observed: tuple[Observed, ...], writes: Iterable[ScriptCookieWrite]) -> Iterator[tuple[_Spot, StateName]]:
    """A way from one page of a site to another that leads through a stranger, who sets a cookie in passing.

    By redirects, or by a page that sends its visitor on at once. Signing in at another company works the same way:
    where the catalogue knows the stranger to serve such a purpose, nothing is told.
    """
    written = {(write.visit, site_of(quick_host(write.frame_url))) for write in writes}
    for walk in walks(observed):
        sites = [site_of(one.host) for one in walk]
        for at, one in enumerate(walk[1:], start=1):
            end = next((after for after in range(at, len(walk)) if sites[after] != sites[at]), None)
            if end is None or sites[at] in (sites[0], "") or sites[end] != sites[0]:
                continue
            if one.owner is not None and one.owner.category in ("necessary", "functional"):
                continue
            by_answer = any(not line.blocked for line in one.request.set_cookies)
            if by_answer or (one.request.visit, sites[at]) in written:
                yield (
                    _Spot("bounce-tracking", one.host, "", f"{walk[0].host} > {one.host} > {walk[end].host}"),
                    one.state,
                )
