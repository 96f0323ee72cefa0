"""The cookie declaration as it should read: what was seen, grouped, named and ready to paste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.matching import collapsed
from scanner.messages import Message, say
from scanner.model.base import Category, Party
from scanner.model.declaration import DeclaredCookie
from scanner.model.inventory import Cookie, StorageEntry
from scanner.model.scan import Scan
from scanner.report.comparison import rows_covering
from scanner.report.proof import kept_as, lifetime
from scanner.report.purposes import purpose_words
from scanner.report.words import STORAGE_LABELS
from scanner.site import host_of, site_of

ORDER: tuple[Category, ...] = ("necessary", "functional", "analytics", "marketing")
"""Categories as a declaration lists them."""

_OR = Message(" or ")

Rows = Callable[[str], tuple[int, ...]]
"""Which declared rows mean a name."""


@dataclass(slots=True)
class Entry:
    """One row of a declaration. `missing` names what only the site's owner can say."""

    name: str
    type: str
    category: Category
    provider: str
    party: Party
    purpose: str
    durations: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def duration(self) -> str:
        """How long it is kept, in words; several where cookies of the same pattern differ."""
        return _OR().join(self.durations)

    @property
    def missing(self) -> tuple[str, ...]:
        """Which columns nobody could fill in."""
        gaps = [say("category")] * (self.category == "unknown") + [say("purpose")] * (not self.purpose)
        return tuple(gaps + [say("provider")] * (not self.provider))


@dataclass(frozen=True, slots=True)
class DeclarationDraft:
    """The draft: complete rows by category, rows to be completed, and declared rows that nothing was seen of."""

    groups: tuple[tuple[Category, tuple[Entry, ...]], ...]
    incomplete: tuple[Entry, ...]
    unseen: tuple[DeclaredCookie, ...]


def draft(scan: Scan) -> DeclarationDraft:
    """The declaration that follows from a scan.

    Cookies that the browser refused are left out. Where the catalogue knows nothing, the words of the present policy
    stand in. Names that differ only in an identifier become one row with a star.
    """
    entries: dict[tuple[str, str, str, Category], Entry] = {}
    declared = rows_covering(scan)
    for cookie in scan.cookies:
        if cookie.blocked is None:
            _add(entries, _from_cookie(scan, declared, cookie), lifetime(cookie), cookie.domain, cookie.name)
    for item in scan.storage:
        _add(
            entries,
            _from_storage(scan, declared, item),
            kept_as(item),
            host_of(item.origin) or item.origin,
            item.key,
        )
    rows = sorted(entries.values(), key=lambda row: (row.provider.casefold(), row.name.casefold(), row.type))
    complete = [row for row in rows if not row.missing]
    names = {cookie.name for cookie in scan.cookies} | {entry.key for entry in scan.storage}
    seen = {position for name in names for position in declared(name)}
    return DeclarationDraft(
        groups=tuple(
            (category, found)
            for category in ORDER
            if (found := tuple(row for row in complete if row.category == category))
        ),
        incomplete=tuple(row for row in rows if row.missing),
        unseen=tuple(row for position, row in enumerate(scan.declaration.cookies) if position not in seen),
    )


def _add(
    entries: dict[tuple[str, str, str, Category], Entry], entry: Entry, duration: str, domain: str, name: str
) -> None:
    row = entries.setdefault((entry.name, entry.type, entry.provider, entry.category), entry)
    for value, values in ((duration, row.durations), (domain, row.domains), (name, row.names)):
        if value and value not in values:
            values.append(value)
    row.purpose = row.purpose or entry.purpose


def _from_cookie(scan: Scan, names: Rows, cookie: Cookie) -> Entry:
    declared = _declared(scan, names, cookie.name)
    return _entry(scan, cookie, collapsed(cookie.name), say("Cookie"), site_of(cookie.domain), declared)


def _from_storage(scan: Scan, names: Rows, item: StorageEntry) -> Entry:
    declared = _declared(scan, names, item.key)
    site = site_of(host_of(item.origin))
    return _entry(scan, item, collapsed(item.key), STORAGE_LABELS[item.kind], site, declared)


def _entry(
    scan: Scan, item: Cookie | StorageEntry, name: str, kind: str, site: str, declared: DeclaredCookie | None
) -> Entry:
    category: Category = item.category
    if category == "unknown" and declared is not None and declared.category is not None:
        category = declared.category
    own = say("This website ({site})", site=scan.target.site) if item.party == "first" else site
    provider = item.vendor or (declared.provider if declared else None) or own
    purpose = purpose_words(item) or (declared.purpose if declared else None) or ""
    return Entry(name, kind, category, provider, item.party, purpose)


def _declared(scan: Scan, names: Rows, name: str) -> DeclaredCookie | None:
    return next((scan.declaration.cookies[position] for position in names(name)), None)
