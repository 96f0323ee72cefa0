"""The declaration laid beside the inventory: which declared row means which observed cookie or storage key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner import matching
from scanner.audit import companies
from scanner.model.declaration import Declaration, DeclaredCookie
from scanner.model.inventory import Cookie, Inventory
from scanner.site import site_of

Rows = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Indexes into the lists of both sides. A thing without a partner is missing from the mapping.

    Where several rows fit, the best ones stand here: the exact name before the pattern, the longer pattern before
    the shorter, the row whose provider is the cookie's own before the rest.
    """

    rows_of_cookie: Rows
    rows_of_storage: Rows
    cookies_of_row: Rows
    storage_of_row: Rows

    def seen(self, row: int) -> bool:
        """Whether anything observed fits a declared row."""
        return row in self.cookies_of_row or row in self.storage_of_row


def pair(inventory: Inventory, declaration: Declaration) -> Pairing:
    """Match every observed cookie and storage key with the declared rows that cover it."""
    present = frozenset(
        [cookie.name.casefold() for cookie in inventory.cookies] + [entry.key.casefold() for entry in inventory.storage]
    )
    declared = matching.DeclaredNames([row.name for row in declaration.cookies])
    known: dict[str, dict[int, matching.NameMatch]] = {}

    def fitting(name: str) -> dict[int, matching.NameMatch]:
        if name not in known:
            known[name] = declared.covering(name, present)
        return known[name]

    cookies: dict[int, tuple[int, ...]] = {}
    all_cookies: dict[int, tuple[int, ...]] = {}
    for index, cookie in enumerate(inventory.cookies):
        rows = fitting(cookie.name)
        if rows:
            best = matching.best(rows)
            cookies[index] = _of_provider(declaration, best, cookie) or best
            all_cookies[index] = tuple(sorted(rows))
    storage: dict[int, tuple[int, ...]] = {}
    all_storage: dict[int, tuple[int, ...]] = {}
    for index, entry in enumerate(inventory.storage):
        rows = fitting(entry.key)
        if rows:
            storage[index] = matching.best(rows)
            all_storage[index] = tuple(sorted(rows))
    return Pairing(cookies, storage, _turned(all_cookies), _turned(all_storage))


def _of_provider(declaration: Declaration, rows: tuple[int, ...], cookie: Cookie) -> tuple[int, ...]:
    return tuple(index for index in rows if _names_provider(declaration.cookies[index], cookie))


def _names_provider(row: DeclaredCookie, cookie: Cookie) -> bool:
    if not row.provider:
        return False
    if companies.names_host(row.provider, cookie.domain):
        return True
    return bool(cookie.vendor and companies.tokens(row.provider) == companies.tokens(cookie.vendor))


def _turned(rows: Rows) -> dict[int, tuple[int, ...]]:
    turned: dict[int, list[int]] = {}
    for observed, declared in rows.items():
        for row in declared:
            turned.setdefault(row, []).append(observed)
    return {row: tuple(observed) for row, observed in sorted(turned.items())}


def provider_site(row: DeclaredCookie) -> str | None:
    """The site of a provider that is given as a domain; null for a company's name or none."""
    return site_of(row.provider) if row.provider and companies.is_host(row.provider) else None
