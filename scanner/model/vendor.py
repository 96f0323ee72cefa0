"""A company or service as the catalogue knows it: what classification, policy reading and rules share."""

from __future__ import annotations

from scanner.model.base import Category, Model


class Vendor(Model):
    """One vendor. `owner` is the owning company; `aliases` are other names that a policy may use for it."""

    id: str
    name: str
    owner: str | None = None
    aliases: tuple[str, ...] = ()
    country: str | None = None
    category: Category
    privacy_url: str | None = None
    tcf_id: int | None = None
