"""Documents to one declaration: every layout is tried, rows are completed from what stands above them and merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from scanner.model.declaration import Claim, Declaration, DeclaredCookie, DeclaredVendor, Remark, Source
from scanner.model.recorded import Document
from scanner.model.vendor import Vendor
from scanner.policy.claims import find_claims
from scanner.policy.context import surroundings
from scanner.policy.flattened import read_flattened
from scanner.policy.gate import is_policy_reading
from scanner.policy.glued import read_glued
from scanner.policy.headed import read_headed
from scanner.policy.lexicon import fold
from scanner.policy.listed import read_listed
from scanner.policy.platforms import is_list, read_list
from scanner.policy.prose import read_prose
from scanner.policy.quality import find_remarks
from scanner.policy.reading import Reading
from scanner.policy.records import read_records
from scanner.policy.rows import Draft, Harvest, Value
from scanner.policy.tables import read_tables
from scanner.policy.text import read_blocks
from scanner.policy.vendors import find_vendors

LAYOUTS: tuple[Callable[[Harvest], None], ...] = (
    read_tables,
    read_flattened,
    read_glued,
    read_records,
    read_headed,
    read_listed,
    read_prose,
)
"""Readers of layouts, the surest first; each leaves alone what an earlier one has used."""


_TABLE_OF_COOKIES = 3
"""A page with so many declared cookies is a policy whatever its other words are."""


def find_cookies(reading: Reading, known: Sequence[Vendor] = ()) -> tuple[DeclaredCookie, ...]:
    """Every cookie that one document declares, in reading order."""
    return _cookies_of(_harvest(reading, known))


def _harvest(reading: Reading, known: Sequence[Vendor]) -> Harvest:
    names = frozenset(fold(name) for vendor in known for name in (vendor.name, *vendor.aliases))
    harvest = Harvest(reading, names)
    for layout in LAYOUTS:
        layout(harvest)
    _complete(harvest)
    return harvest


def _cookies_of(harvest: Harvest) -> tuple[DeclaredCookie, ...]:
    return tuple(_declared(draft, harvest.reading.url) for draft in _merged(harvest.rows))


def _complete(harvest: Harvest) -> None:
    """Give each row the category and party that stand above it, where it has none of its own."""
    above = surroundings(harvest)
    for draft in harvest.rows:
        place = above[draft.at]
        if draft.label is None:
            draft.label = place.label or draft.weak_label or place.product
        if draft.party is None:
            draft.party = place.party
        if draft.duration is None and not (draft.duration_text or "").strip():
            if draft.storage == "local_storage":
                draft.duration = "persistent"
            elif draft.storage == "session_storage":
                draft.duration = "session"


def _merged(rows: Iterable[Draft]) -> list[Draft]:
    """Each row once. A row that says less than another of the same name is part of it, one of prose only adds names."""
    ordered = sorted(rows, key=lambda draft: (draft.rank, draft.at))
    best_rank: dict[str, int] = {}
    kept: dict[str, list[Draft]] = {}
    for draft in ordered:
        key = fold(draft.name)
        if best_rank.setdefault(key, draft.rank) < draft.rank:
            continue
        group = kept.setdefault(key, [])
        for other in group:
            if _absorbs(other, draft):
                break
        else:
            group[:] = [other for other in group if not _absorbs(draft, other)]
            group.append(draft)
    return sorted((draft for group in kept.values() for draft in group), key=lambda draft: draft.at)


def _absorbs(full: Draft, part: Draft) -> bool:
    """Whether `part` says nothing that `full` does not say."""
    pairs: tuple[tuple[object, object], ...] = (
        (full.duration, part.duration),
        (_category(full), _category(part)),
        (full.party, part.party),
    )
    same_provider = full.provider == part.provider or part.provider is None or part.rank > 0
    return same_provider and all(theirs is None or ours == theirs for ours, theirs in pairs)


def _category(draft: Draft) -> str | None:
    return draft.label.first if draft.label is not None else None


def _declared(draft: Draft, source: str) -> DeclaredCookie:
    value: Value = draft.duration
    return DeclaredCookie(
        name=draft.name,
        provider=draft.provider,
        category=draft.label.first if draft.label is not None else None,
        purpose=draft.purpose,
        duration=value,
        duration_text=(draft.duration_text or "").strip() or None,
        party=draft.party,
        quote=draft.quote,
        source=source,
    )


def _read_one(
    document: Document, known: Sequence[Vendor]
) -> tuple[Reading, tuple[DeclaredCookie, ...], frozenset[int]] | None:
    """A document as read, its cookies, and the blocks that list them; None where it is no policy."""
    if is_list(document):
        declared = read_list(document)
        reading = Reading(url=document.url, title=document.title, language=document.language)
        return (reading, declared, frozenset()) if declared else None
    reading = read_blocks(document)
    harvest = _harvest(reading, known)
    declared = _cookies_of(harvest)
    if not is_policy_reading(reading) and len(declared) < _TABLE_OF_COOKIES:
        return None
    return reading, declared, frozenset(harvest.used)


def read(documents: Sequence[Document], *, known_vendors: Sequence[Vendor] = ()) -> Declaration:
    """What all policy documents of a site declare together.

    Pure: the same documents give the same declaration, with every list sorted. `found` is false where no document is
    a policy. Raises `PolicyError` where a document cannot be read at all.
    """
    policies: list[tuple[Document, Reading]] = []
    cookies: set[DeclaredCookie] = set()
    vendors: dict[tuple[str, str | None], DeclaredVendor] = {}
    claims: dict[tuple[str, str], Claim] = {}
    remarks: set[Remark] = set()
    for document in documents:
        known = _read_one(document, known_vendors)
        if known is None:
            continue
        reading, declared, rows = known
        policies.append((document, reading))
        cookies.update(declared)
        for vendor in find_vendors(reading, known_vendors, declared):
            vendors.setdefault((fold(vendor.name), vendor.purpose_category), vendor)
        for claim in find_claims(reading, declared, rows):
            claims.setdefault((claim.code, claim.source), claim)
        remarks.update(find_remarks(reading, rows))
    languages = Counter(
        reading.language for _, reading in policies if reading.language for _ in range(len(reading.sentences))
    )
    return Declaration(
        found=bool(policies),
        sources=tuple(
            sorted(
                (
                    Source(
                        url=document.url,
                        kind="list" if is_list(document) else "page",
                        title=reading.title,
                        language=reading.language,
                        retrieved=document.retrieved,
                        sha256=document.sha256,
                    )
                    for document, reading in policies
                ),
                key=lambda source: (source.url, source.sha256),
            )
        ),
        policy_language=max(sorted(languages), key=lambda language: languages[language], default=None),
        cookies=tuple(sorted(_across(cookies), key=_cookie_order)),
        vendors=tuple(
            sorted(
                vendors.values(), key=lambda vendor: (fold(vendor.name), vendor.purpose_category or "", vendor.source)
            )
        ),
        claims=tuple(sorted(claims.values(), key=lambda claim: (claim.code, claim.source))),
        remarks=tuple(sorted(remarks, key=lambda remark: (remark.kind, remark.subject, remark.source))),
    )


def _across(cookies: Iterable[DeclaredCookie]) -> list[DeclaredCookie]:
    """Rows of several documents: the same row in two of them counts once, with the first source."""
    seen: dict[tuple[object, ...], DeclaredCookie] = {}
    for cookie in sorted(cookies, key=_cookie_order):
        seen.setdefault((cookie.name, cookie.provider, cookie.category, cookie.duration, cookie.party), cookie)
    return list(seen.values())


def _cookie_order(cookie: DeclaredCookie) -> tuple[str, ...]:
    return (
        cookie.name.casefold(),
        cookie.name,
        cookie.provider or "",
        cookie.category or "",
        str(cookie.duration or ""),
        cookie.party or "",
        cookie.source,
        cookie.quote,
    )
