"""The declaration compared with what was seen: pairs, omissions, and rows that nothing was seen of.

Whether something is a fault is for the findings to say. This module only lays declared and observed rows side by
side; where a finding and a name disagree, the finding wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from scanner.model.declaration import Claim, DeclaredCookie, DeclaredVendor
from scanner.model.finding import Check, Finding
from scanner.model.inventory import Cookie
from scanner.model.scan import Scan
from scanner.report.companies import companies
from scanner.report.verdict import undeclared_cookies

_DIFFERENCES = ("category-mismatch", "lifetime-mismatch", "party-mismatch", "vendor-mismatch", "declaration-incomplete")

# How policies write "and some identifier here": a star, a word in brackets, a run of X, # or 0, an ellipsis.
_VARIABLE = re.compile(r"\*+|<[^<>]+>|\{[^{}]+\}|\[[^\[\]]+\]|(?<![A-Za-z])[xX]{2,}(?![A-Za-z])|#+|…|\.{3}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A declared row, the cookies that it covers, and the findings that say where the two differ."""

    declared: DeclaredCookie
    seen: tuple[Cookie, ...]
    differences: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`undeclared` are cookies that a finding calls so; `beside` were seen, are in no row and are no finding."""

    matched: tuple[Pair, ...]
    unseen: tuple[DeclaredCookie, ...]
    undeclared: tuple[Cookie, ...]
    beside: tuple[Cookie, ...]
    undeclared_vendors: tuple[Finding, ...]
    vendors: tuple[tuple[DeclaredVendor, bool], ...]
    claims: tuple[tuple[Claim, Finding | None], ...]
    undecided: tuple[Check, ...]


def comparison(scan: Scan) -> Comparison:
    """Lay the declaration beside the inventory."""
    omitted = set(undeclared_cookies(scan))
    candidates = [
        position for position, cookie in enumerate(scan.cookies) if cookie.blocked is None and position not in omitted
    ]
    hits_of = _hits(scan, candidates)
    differing = _differing(scan)
    matched: list[Pair] = []
    unseen: list[DeclaredCookie] = []
    paired: set[int] = set()
    for row, declared in enumerate(scan.declaration.cookies):
        hits = hits_of[row]
        if not hits:
            unseen.append(declared)
            continue
        paired.update(hits)
        pointers = (f"/declaration/cookies/{row}", *(f"/cookies/{position}" for position in hits))
        found = {id(finding): finding for pointer in pointers for finding in differing.get(pointer, ())}
        matched.append(Pair(declared, tuple(scan.cookies[hit] for hit in hits), tuple(found.values())))
    return Comparison(
        matched=tuple(matched),
        unseen=tuple(unseen),
        undeclared=tuple(scan.cookies[position] for position in sorted(omitted)),
        beside=tuple(scan.cookies[position] for position in candidates if position not in paired),
        undeclared_vendors=tuple(finding for finding in scan.findings if finding.rule == "undeclared-vendor"),
        vendors=_vendors(scan),
        claims=tuple((claim, _broken(scan, claim)) for claim in scan.declaration.claims),
        undecided=tuple(
            check for check in scan.checks if check.rule.startswith("undeclared-") and check.outcome == "inconclusive"
        ),
    )


def _hits(scan: Scan, candidates: Sequence[int]) -> list[list[int]]:
    """For each declared row the positions of the cookies that it covers."""
    by_name: dict[str, list[int]] = {}
    for position in candidates:
        by_name.setdefault(scan.cookies[position].name, []).append(position)
    hits: list[list[int]] = []
    for declared in scan.declaration.cookies:
        exact = by_name.get(declared.name.strip(), [])
        covered = [] if exact else [name for name in by_name if covers(declared.name, name)]
        hits.append(exact or sorted(position for name in covered for position in by_name[name]))
    return hits


def _differing(scan: Scan) -> dict[str, list[Finding]]:
    """Findings about a difference, by each pointer that they observe."""
    index: dict[str, list[Finding]] = {}
    for finding in scan.findings:
        if finding.rule in _DIFFERENCES:
            for pointer in finding.observed:
                index.setdefault(pointer, []).append(finding)
    return index


@lru_cache(maxsize=4096)
def _parts(written: str) -> tuple[str, ...]:
    """A declared name split at its variable parts; one part where nothing varies, none where all of it does."""
    parts = tuple(_VARIABLE.split(written))
    return parts if any(re.search(r"\w", part) for part in parts) else ()


def covers(declared: str, name: str) -> bool:
    """Whether a declared name or pattern (`_ga_*`, `_hjSession_<id>`) covers a cookie's name.

    Each variable part stands for at least one character. The search is linear: names come from strangers.
    """
    parts = _parts(declared.strip())
    if len(parts) < 2:
        return declared.strip() == name
    first, *middle, last = parts
    if not name.startswith(first) or not name.endswith(last):
        return False
    position, end = len(first), len(name) - len(last)
    for part in middle:
        found = name.find(part, position + 1, end)
        if found < 0:
            return False
        position = found + len(part)
    return position < end


def _vendors(scan: Scan) -> tuple[tuple[DeclaredVendor, bool], ...]:
    names = [company.name.casefold() for company in companies(scan) if company.known]
    names += [cookie.vendor.casefold() for cookie in scan.cookies if cookie.vendor]
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
