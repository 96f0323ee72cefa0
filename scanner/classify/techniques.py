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

Technical = Literal["canvas", "audio", "webgl", "fonts", "keystrokes"]

_APIS: tuple[tuple[Technical, re.Pattern[str]], ...] = (
    ("webgl", re.compile(r"webgl", re.IGNORECASE)),
    ("audio", re.compile(r"audio", re.IGNORECASE)),
    ("fonts", re.compile(r"measureText|fonts?\b", re.IGNORECASE)),
    ("canvas", re.compile(r"canvas|toDataURL|toBlob|getImageData", re.IGNORECASE)),
    ("keystrokes", re.compile(r"keystroke|form-capture|key-capture", re.IGNORECASE)),
)
_READS_BACK = re.compile(r"toDataURL|toBlob|convertToBlob|readPixels|getChannelData|startRendering", re.IGNORECASE)
_SIZE = re.compile(r"(\d+)\s*[x×]\s*(\d+)")
_MIN_SIDE = 16
"""Pixels; a smaller canvas tests what the browser can do (Englehardt and Narayanan 2016, section 6.1)."""
_FORMAT_TEST = re.compile(r"image/(?:webp|avif|jpeg)", re.IGNORECASE)


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
            for sync in flows.syncs(one.request):
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
    """Calls that read back what a device draws or sounds like.

    One reading alone counts where it reads a picture or a sound that was made for it; asking for parameters or
    sizes of text counts only beside another kind by the same script: games, maps and editors do that too.
    """
    by_script: defaultdict[str, list[tuple[Technical, ScriptCall]]] = defaultdict(list)
    for call in calls:
        kind = next((kind for kind, pattern in _APIS if pattern.search(call.api)), None)
        if kind is not None and not _is_feature_test(kind, call):
            script = next((frame.url for frame in call.stack if frame.url), call.frame_url)
            by_script[script].append((kind, call))
    for script, made in by_script.items():
        kinds = {kind for kind, _ in made}
        for kind, call in made:
            state = attribution.state(call.context, call.phase)
            enough = kind == "keystrokes" or len(kinds) > 1 or _READS_BACK.search(call.api) is not None
            if state is not None and enough:
                yield _Spot(kind, quick_host(script), script, call.api), state


def _is_feature_test(kind: str, call: ScriptCall) -> bool:
    """Small canvases and picture formats are asked about to learn what the browser can do."""
    if kind != "canvas":
        return False
    size = _SIZE.search(call.detail)
    small = size is not None and (int(size[1]) < _MIN_SIDE or int(size[2]) < _MIN_SIDE)
    return small or _FORMAT_TEST.search(call.detail) is not None


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
