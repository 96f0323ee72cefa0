"""Ways of following visitors that are neither cookie nor beacon, where the evidence shows them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from scanner.classify.addresses import quick_host
from scanner.classify.attribution import Attribution
from scanner.classify.beacons import Observed, Told
from scanner.classify.catalogue.engine import Catalogue
from scanner.classify.flows import Flows, Sync
from scanner.classify.hosts import navigations
from scanner.classify.pages import Pages
from scanner.model.base import StateName
from scanner.model.evidence import ScriptCall
from scanner.model.inventory import Technique
from scanner.site import site_of

Technical = Literal["canvas", "audio", "webgl", "fonts"]

_APIS: tuple[tuple[Technical, re.Pattern[str]], ...] = (
    ("webgl", re.compile(r"webgl", re.IGNORECASE)),
    ("audio", re.compile(r"audio", re.IGNORECASE)),
    ("fonts", re.compile(r"measureText|\bfonts?\b", re.IGNORECASE)),
    ("canvas", re.compile(r"canvas|toDataURL|toBlob|getImageData", re.IGNORECASE)),
)
_SPEAKS_ALONE = re.compile(r"toDataURL|toBlob|convertToBlob|startRendering|measureText", re.IGNORECASE)
_SIZE = re.compile(r"(\d+)\s*[x×]\s*(\d+)")
_MIN_SIDE = 16
"""Pixels; a smaller canvas tests what the browser can do (Englehardt and Narayanan 2016, section 6.1)."""
_UNSIZED = (300, 150)
"""The size of a canvas that nobody gave one: formats are tested on it, nothing is drawn."""


class _Spot(NamedTuple):
    """What makes observations one technique."""

    kind: str
    host: str
    script: str
    detail: str


def read_techniques(
    calls: Iterable[ScriptCall],
    observed: tuple[Observed, ...],
    told: tuple[Told, ...],
    flows: Flows,
    attribution: Attribution,
    pages: Pages,
    catalogue: Catalogue,
    cnames: Mapping[str, str],
) -> tuple[tuple[Technique, ...], tuple[Sync, ...]]:
    """All techniques, sorted, and the syncs among them one by one."""
    found: defaultdict[_Spot, set[StateName]] = defaultdict(set)
    for spot, state in _fingerprinting(calls, attribution):
        found[spot].add(state)
    for spot, state in _replays(observed, told, pages):
        found[spot].add(state)
    for spot, state in _cloaked(observed, catalogue, cnames):
        found[spot].add(state)
    for spot, state in _bounces(observed):
        found[spot].add(state)
    syncs: list[Sync] = []
    for one in observed:
        if one.party == "third":
            for sync in flows.syncs(one.request, one.state):
                syncs.append(sync)
                script = next(iter(pages.initiators(one.request)), "")
                detail = f"{sync.source.name} of {sync.source.site} ({sync.encoding})"
                found[_Spot("cookie-sync", sync.host, script, detail)].add(one.state)
    techniques = tuple(
        Technique(
            kind=spot.kind,  # type: ignore[arg-type]
            script=spot.script or None,
            host=spot.host,
            states=tuple(sorted(found[spot])),
            detail=spot.detail,
        )
        for spot in sorted(found)
    )
    return techniques, tuple(syncs)


def _fingerprinting(calls: Iterable[ScriptCall], attribution: Attribution) -> Iterator[tuple[_Spot, StateName]]:
    """Calls that read back what a device draws, sounds like or measures.

    Reading a whole picture or rendered sound, or measuring text in many fonts, counts alone. Single pixels and the
    graphics card's name count only where the same script asks for more than one of them: games, maps and tests of
    what the browser can do ask for one.
    """
    by_script: defaultdict[str, list[tuple[Technical, ScriptCall]]] = defaultdict(list)
    for call in calls:
        kind = next((kind for kind, pattern in _APIS if pattern.search(call.api)), None)
        if kind is not None and not _is_small(kind, call):
            script = next((frame.url for frame in call.stack if frame.url), call.frame_url)
            by_script[script].append((kind, call))
    for script, made in by_script.items():
        several = len({call.api for _, call in made}) > 1
        for kind, call in made:
            state = attribution.state(call.context, call.phase)
            alone = _SPEAKS_ALONE.search(call.api) is not None and not (kind == "canvas" and _side(call) == _UNSIZED)
            if state is not None and (several or alone):
                yield _Spot(kind, quick_host(script), script, call.api), state


def _is_small(kind: str, call: ScriptCall) -> bool:
    """Whether a canvas is too small to tell devices apart."""
    side = _side(call)
    return kind == "canvas" and side is not None and min(side) < _MIN_SIDE


def _side(call: ScriptCall) -> tuple[int, int] | None:
    size = _SIZE.search(call.detail)
    return (int(size[1]), int(size[2])) if size else None


def _replays(observed: tuple[Observed, ...], told: tuple[Told, ...], pages: Pages) -> Iterator[tuple[_Spot, StateName]]:
    """Recordings sent: to a host that takes recordings, or in a hit that says it is one."""
    for one in observed:
        sends = one.request.method == "POST" or one.request.resource_type in ("WebSocket", "Ping")
        if sends and one.party == "third" and one.owner is not None and one.owner.role == "replay":
            yield _Spot("session-replay", one.host, _script(one, pages), one.owner.vendor.name), one.state
    for hit in told:
        if hit.decoded is not None and hit.decoded.event == "recording" and hit.vendor is not None:
            one = hit.observed
            yield _Spot("session-replay", one.host, _script(one, pages), hit.vendor.name), one.state


def _script(one: Observed, pages: Pages) -> str:
    return next(iter(pages.initiators(one.request)), "")


def _cloaked(
    observed: tuple[Observed, ...], catalogue: Catalogue, cnames: Mapping[str, str]
) -> Iterator[tuple[_Spot, StateName]]:
    """The site's own subdomains that lead to a vendor by name (CNAME)."""
    for one in observed:
        target = cnames.get(one.host) if one.party == "first" else None
        if not target or site_of(target) == site_of(one.host):
            continue
        vendor = catalogue.cname(target)
        if vendor is not None and vendor.category in ("analytics", "marketing"):
            yield _Spot("cname-cloaking", one.host, "", f"{target} ({vendor.name})"), one.state


def _bounces(observed: tuple[Observed, ...]) -> Iterator[tuple[_Spot, StateName]]:
    """A navigation within one site that goes through another, which sets a cookie on the way."""
    states = {one.request.id: one.state for one in observed}
    for chain in navigations(observed):
        start, end = site_of(quick_host(chain[0].url)), site_of(quick_host(chain[-1].url))
        for hop in chain[1:-1]:
            host = quick_host(hop.url)
            keeps = any(not line.blocked for line in hop.set_cookies)
            if start == end != site_of(host) and keeps:
                detail = f"{quick_host(chain[0].url)} > {host} > {quick_host(chain[-1].url)}"
                yield _Spot("bounce-tracking", host, "", detail), states[hop.id]
