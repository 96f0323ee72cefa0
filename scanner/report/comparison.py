"""The declaration compared with what was seen: pairs, omissions, and rows that nothing was seen of.

Whether something is a fault is for the findings to say. This module only lays declared and observed rows side by
side; where a finding and a name disagree, the finding wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scanner.matching import DeclaredNames
from scanner.model.base import Category, Party, StateName
from scanner.model.declaration import Claim, DeclaredCookie, DeclaredVendor
from scanner.model.finding import Check, Finding
from scanner.model.scan import Scan
from scanner.report.companies import companies
from scanner.report.proof import kept_as, lifetime
from scanner.report.words import STORAGE_LABELS

_DIFFERENCES = ("category-mismatch", "lifetime-mismatch", "party-mismatch", "vendor-mismatch", "declaration-incomplete")
_OMISSIONS = ("undeclared-cookie", "undeclared-storage")


@dataclass(frozen=True, slots=True)
class Seen:
    """A cookie or storage key as the comparison shows it; `where` is its domain or origin, `kind` the kind of
    storage (empty for a cookie)."""

    pointer: str
    name: str
    where: str
    kind: str
    party: Party
    category: Category
    vendor: str | None
    kept: str
    states: tuple[StateName, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A declared row, what it covers, and the findings that say where the two differ."""

    declared: DeclaredCookie
    seen: tuple[Seen, ...]
    differences: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`undeclared` is what a finding calls so; `beside` was seen, is in no row and is no finding."""

    matched: tuple[Pair, ...]
    unseen: tuple[DeclaredCookie, ...]
    undeclared: tuple[Seen, ...]
    beside: tuple[Seen, ...]
    undeclared_vendors: tuple[Finding, ...]
    vendors: tuple[tuple[DeclaredVendor, bool], ...]
    claims: tuple[tuple[Claim, Finding | None], ...]
    undecided: tuple[Check, ...]


def comparison(scan: Scan) -> Comparison:
    """Lay the declaration beside the inventory."""
    everything = {seen.pointer: seen for seen in _everything(scan)}
    omitted = _observed(scan, _OMISSIONS)
    candidates = [seen for seen in everything.values() if seen.pointer not in omitted]
    differing = _differing(scan)
    matched: list[Pair] = []
    unseen: list[DeclaredCookie] = []
    paired: set[str] = set()
    for row, hits in enumerate(_hits(scan, candidates)):
        declared = scan.declaration.cookies[row]
        if not hits:
            unseen.append(declared)
            continue
        paired.update(seen.pointer for seen in hits)
        pointers = (f"/declaration/cookies/{row}", *(seen.pointer for seen in hits))
        found = {id(finding): finding for pointer in pointers for finding in differing.get(pointer, ())}
        matched.append(Pair(declared, tuple(hits), tuple(found.values())))
    return Comparison(
        matched=tuple(matched),
        unseen=tuple(unseen),
        undeclared=tuple(seen for seen in everything.values() if seen.pointer in omitted),
        beside=tuple(seen for seen in candidates if seen.pointer not in paired),
        undeclared_vendors=tuple(finding for finding in scan.findings if finding.rule == "undeclared-vendor"),
        vendors=_vendors(scan),
        claims=tuple((claim, _broken(scan, claim)) for claim in scan.declaration.claims),
        undecided=tuple(
            check for check in scan.checks if check.rule.startswith("undeclared-") and check.outcome == "inconclusive"
        ),
    )


def _everything(scan: Scan) -> Iterator[Seen]:
    for position, one in enumerate(scan.cookies):
        if one.blocked is None:
            yield Seen(
                f"/cookies/{position}",
                one.name,
                one.domain,
                "",
                one.party,
                one.category,
                one.vendor,
                lifetime(one),
                one.states,
            )
    for position, item in enumerate(scan.storage):
        yield Seen(
            f"/storage/{position}",
            item.key,
            item.origin,
            STORAGE_LABELS[item.kind],
            item.party,
            item.category,
            item.vendor,
            kept_as(item),
            item.states,
        )


def _observed(scan: Scan, rules: Sequence[str]) -> frozenset[str]:
    return frozenset(pointer for finding in scan.findings if finding.rule in rules for pointer in finding.observed)


def _hits(scan: Scan, candidates: Iterable[Seen]) -> list[list[Seen]]:
    """For each declared row what it covers, by name or because a finding about their difference pairs them."""
    covering = rows_covering(scan)
    told = _told_pairs(scan)
    hits: list[list[Seen]] = [[] for _ in scan.declaration.cookies]
    for seen in candidates:
        for row in sorted({*covering(seen.name), *told.get(seen.pointer, ())}):
            hits[row].append(seen)
    return hits


def rows_covering(scan: Scan) -> Callable[[str], tuple[int, ...]]:
    """What tells for the name of a cookie or storage key which declared rows mean it best, as the rules see it."""
    declared = DeclaredNames([row.name for row in scan.declaration.cookies])
    present = frozenset(
        [cookie.name.casefold() for cookie in scan.cookies] + [entry.key.casefold() for entry in scan.storage]
    )
    return lru_cache(maxsize=None)(lambda name: declared.best(name, present))


def _told_pairs(scan: Scan) -> dict[str, set[int]]:
    """Pairs that findings name: everything observed in a finding about one declared row."""
    pairs: dict[str, set[int]] = {}
    for finding in scan.findings:
        if finding.rule not in _DIFFERENCES:
            continue
        rows = {pointer.rpartition("/")[2] for pointer in finding.observed if _ROW.fullmatch(pointer)}
        if len(rows) == 1 and (row := int(rows.pop())) < len(scan.declaration.cookies):
            for pointer in finding.observed:
                pairs.setdefault(pointer, set()).add(row)
    return pairs


_ROW = re.compile(r"/declaration/cookies/[0-9]{1,9}")


def _differing(scan: Scan) -> dict[str, list[Finding]]:
    """Findings about a difference, by each pointer that they observe."""
    index: dict[str, list[Finding]] = {}
    for finding in scan.findings:
        if finding.rule in _DIFFERENCES:
            for pointer in finding.observed:
                index.setdefault(pointer, []).append(finding)
    return index


def _vendors(scan: Scan) -> tuple[tuple[DeclaredVendor, bool], ...]:
    names = {company.name.casefold() for company in companies(scan) if company.known}
    names |= {cookie.vendor.casefold() for cookie in scan.cookies if cookie.vendor}
    return tuple(
        (vendor, any(_same_name(vendor.name.casefold(), name) for name in names)) for vendor in scan.declaration.vendors
    )


def _same_name(declared: str, seen: str) -> bool:
    """`Google` covers `Google Analytics`, `Meta Platforms` is `Meta`; never a mere part of a word."""
    short, long = sorted((declared.split(), seen.split()), key=len)
    return bool(short) and long[: len(short)] == short


def _broken(scan: Scan, claim: Claim) -> Finding | None:
    for finding in scan.findings:
        if finding.rule == "promise-broken" and claim.code in finding.subject.split(", "):
            return finding
    return None
