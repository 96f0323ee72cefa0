"""Two scans in, their difference out. Pure: no files, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from scanner.diff.declared import policy
from scanner.diff.identity import identities, is_known, of_finding
from scanner.diff.shape import (
    BeaconLine,
    Beacons,
    Caveat,
    Change,
    ChangedCookie,
    CookieLine,
    Cookies,
    Difference,
    Findings,
    GoneFinding,
    MovedVendor,
    NewFinding,
    Side,
    VendorLine,
    Vendors,
)
from scanner.matching import collapsed
from scanner.model.base import Category, StateName
from scanner.model.finding import Finding
from scanner.model.inventory import Beacon, Cookie, RequestHost
from scanner.model.scan import Scan
from scanner.site import site_of

WEIGHT: tuple[Category, ...] = ("marketing", "analytics", "unknown", "functional", "necessary")
"""Of several purposes of one thing the first of these stands for all."""

_TOLERANCE = 0.03
"""Of the longer lifetime: months of 30 and of 31 days are no change."""

Thing = TypeVar("Thing")


def compare(
    old: Scan, new: Scan, *, old_text: Sequence[str] | None = None, new_text: Sequence[str] | None = None
) -> Difference:
    """What changed from `old` to `new`.

    The texts are the sentences of all policy documents of each side, where they are at hand; they are compared only
    if both are. A state that only one scan reached is a caveat: what was seen in it alone is no change of the site.
    """
    both = frozenset(_reached(old)) & frozenset(_reached(new))
    return Difference(
        old=_side(old),
        new=_side(new),
        caveats=tuple(_caveats(old, new)),
        cookies=_cookies(old, new, both),
        vendors=_vendors(old, new, both),
        beacons=_beacons(old, new, both),
        findings=_findings(old, new),
        policy=policy(old.declaration, new.declaration, old_text, new_text),
    )


def _reached(scan: Scan) -> tuple[StateName, ...]:
    return tuple(sorted(name for name, state in scan.states.items() if state.reached))


def _side(scan: Scan) -> Side:
    return Side(
        url=scan.target.url,
        host=scan.target.host,
        started=scan.started,
        outcome=scan.outcome,
        states=_reached(scan),
        pages=len({page.url for page in scan.pages}),
        score=scan.summary.score,
    )


def _caveats(old: Scan, new: Scan) -> Iterator[Caveat]:
    if old.target.site != new.target.site:
        yield Caveat(kind="other-site")
    if old.outcome != "complete":
        yield Caveat(kind="old-failed" if old.outcome == "failed" else "old-partial")
    if new.outcome != "complete":
        yield Caveat(kind="new-failed" if new.outcome == "failed" else "new-partial")
    before, after = _reached(old), _reached(new)
    yield from (Caveat(kind="state-only-old", state=name) for name in before if name not in after)
    yield from (Caveat(kind="state-only-new", state=name) for name in after if name not in before)
    if {page.url for page in old.pages} != {page.url for page in new.pages}:
        yield Caveat(kind="pages")


def _within(states: Iterable[StateName], both: frozenset[StateName]) -> tuple[StateName, ...]:
    return tuple(state for state in states if state in both)


def _paired(
    old: Sequence[Thing], new: Sequence[Thing], exact: Callable[[Thing], object], loose: Callable[[Thing], object]
) -> tuple[list[tuple[Thing, Thing]], list[Thing], list[Thing]]:
    """Pairs of the same thing, and what only the old and only the new side has.

    First by the exact key; what is left by the loose one, under which any number on one side meets any on the other.
    """
    known = {exact(thing): thing for thing in old}
    pairs = [(known[exact(thing)], thing) for thing in new if exact(thing) in known]
    met = {exact(thing) for _, thing in pairs}
    rest_old = [thing for thing in old if exact(thing) not in met]
    rest_new = [thing for thing in new if exact(thing) not in met]
    kinds_old, kinds_new = {loose(thing): thing for thing in old}, {loose(thing) for thing in new}
    pairs += [(kinds_old[loose(thing)], thing) for thing in rest_new if loose(thing) in kinds_old]
    return (
        pairs,
        [thing for thing in rest_old if loose(thing) not in kinds_new],
        [thing for thing in rest_new if loose(thing) not in kinds_old],
    )


def _cookies(old: Scan, new: Scan, both: frozenset[StateName]) -> Cookies:
    pairs, gone, fresh = _paired(_kept(old), _kept(new), _cookie_key, _loose_cookie_key)
    changed = []
    for before, after in pairs:
        changes = tuple(_changes(before, after, both))
        if changes:
            changed.append(ChangedCookie(name=after.name, domain=after.domain, changes=changes))
    return Cookies(
        new=tuple(_cookie_line(cookie) for cookie in fresh if _within(cookie.states, both)),
        gone=tuple(_cookie_line(cookie) for cookie in gone if _within(cookie.states, both)),
        changed=tuple(changed),
    )


def _kept(scan: Scan) -> list[Cookie]:
    return [cookie for cookie in scan.cookies if cookie.blocked is None]


def _cookie_key(cookie: Cookie) -> object:
    return cookie.name, cookie.domain.lstrip("."), cookie.path, cookie.partition_key


def _loose_cookie_key(cookie: Cookie) -> object:
    return collapsed(cookie.name), cookie.domain.lstrip(".")


def _cookie_line(cookie: Cookie) -> CookieLine:
    return CookieLine(
        name=cookie.name, domain=cookie.domain, category=cookie.category, vendor=cookie.vendor, states=cookie.states
    )


def _changes(old: Cookie, new: Cookie, both: frozenset[StateName]) -> Iterator[Change]:
    if old.category != new.category:
        yield Change(what="category", old=old.category, new=new.category)
    if old.vendor != new.vendor:
        yield Change(what="vendor", old=old.vendor or "", new=new.vendor or "")
    if not _same_life(old, new):
        yield Change(what="lifetime", old=_life(old), new=_life(new))
    before, after = _within(old.states, both), _within(new.states, both)
    if before != after:
        yield Change(what="states", old=", ".join(before), new=", ".join(after))
    if old.secure != new.secure:
        yield Change(what="secure", old=str(old.secure).lower(), new=str(new.secure).lower())
    if old.http_only != new.http_only:
        yield Change(what="http_only", old=str(old.http_only).lower(), new=str(new.http_only).lower())
    if old.same_site != new.same_site:
        yield Change(what="same_site", old=old.same_site, new=new.same_site)


def _same_life(old: Cookie, new: Cookie) -> bool:
    first, second = old.lifetime_seconds, new.lifetime_seconds
    if old.session or new.session or first is None or second is None:
        # What one scan could not tell is no change.
        return old.session == new.session or (first is None and not old.session) or (second is None and not new.session)
    return abs(first - second) <= max(60.0, _TOLERANCE * max(first, second))


def _life(cookie: Cookie) -> str:
    return "session" if cookie.session else str(round(cookie.lifetime_seconds or 0))


def _vendors(old: Scan, new: Scan, both: frozenset[StateName]) -> Vendors:
    before, after = receivers(old, both), receivers(new, both)
    return Vendors(
        new=tuple(after[name] for name in after if name not in before),
        gone=tuple(before[name] for name in before if name not in after),
        moved=tuple(
            MovedVendor(name=name, old=before[name].states, new=after[name].states)
            for name in after
            if name in before and before[name].states != after[name].states
        ),
    )


def receivers(scan: Scan, within: frozenset[StateName] | None = None) -> dict[str, VendorLine]:
    """Companies that receive data by name, the weightiest purpose first; only in the states `within`, where given.

    A host of the site itself counts where a vendor that gathers data stands behind it.
    """
    purposes: dict[str, set[Category]] = {}
    states: dict[str, set[StateName]] = {}
    everything: tuple[RequestHost | Beacon, ...] = (*scan.requests, *scan.beacons)
    for seen in everything:
        if seen.party == "first" and (seen.vendor is None or seen.category not in ("marketing", "analytics")):
            continue
        name = seen.vendor or site_of(seen.host)
        if shared := seen.states if within is None else _within(seen.states, within):
            purposes.setdefault(name, set()).add(seen.category)
            states.setdefault(name, set()).update(shared)
    lines = [
        VendorLine(name=name, category=min(purposes[name], key=WEIGHT.index), states=tuple(sorted(states[name])))
        for name in purposes
    ]
    lines.sort(key=lambda line: (WEIGHT.index(line.category), line.name.casefold(), line.name))
    return {line.name: line for line in lines}


def _beacons(old: Scan, new: Scan, both: frozenset[StateName]) -> Beacons:
    before, after = _reports(old, both), _reports(new, both)
    return Beacons(
        new=tuple(line for key, line in after.items() if key not in before),
        gone=tuple(line for key, line in before.items() if key not in after),
    )


def _reports(scan: Scan, both: frozenset[StateName]) -> dict[tuple[str, str, str], BeaconLine]:
    """Reports by host, event and account: addresses may carry a part that differs at every visit."""
    found: dict[tuple[str, str, str], list[Beacon]] = {}
    for beacon in scan.beacons:
        if _within(beacon.states, both):
            found.setdefault((beacon.host, beacon.event or "", beacon.account or ""), []).append(beacon)
    return {
        key: BeaconLine(
            host=group[0].host,
            vendor=group[0].vendor,
            category=group[0].category,
            event=group[0].event,
            account=group[0].account,
            states=tuple(sorted({state for beacon in group for state in _within(beacon.states, both)})),
        )
        for key, group in sorted(found.items())
    }


def _findings(old: Scan, new: Scan) -> Findings:
    before, after = identities(old.findings), identities(new.findings)
    decided = {check.rule for check in new.checks if check.outcome != "inconclusive"}
    fresh = [finding for finding in new.findings if not is_known(finding, before)]
    gone = []
    for finding in old.findings:
        lost = tuple(subject for subject, identity in _by_subject(finding) if identity not in after)
        if lost:
            gone.append(GoneFinding(finding=finding, subjects=lost, decided=finding.rule in decided))
    return Findings(
        new=tuple(
            NewFinding(
                finding=finding,
                subjects=tuple(subject for subject, identity in _by_subject(finding) if identity not in before),
                was=next((before[identity] for _, identity in _by_subject(finding) if identity in before), None),
            )
            for finding in fresh
        ),
        gone=tuple(gone),
        unchanged=len(new.findings) - len(fresh),
    )


def _by_subject(finding: Finding) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each subject with its identity; a subject that differs only by an identifier comes once."""
    seen: set[tuple[str, str]] = set()
    for subject in finding.subjects or ("",):
        identity = of_finding(finding.model_copy(update={"subject": subject}))[0]
        if identity not in seen:
            seen.add(identity)
            yield subject, identity
