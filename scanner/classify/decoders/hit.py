"""A request as decoders read it, and what they find in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from scanner.model.base import Category
from scanner.model.evidence import Request

MAX_BODY = 1_000_000
"""Characters of a body that are read; a longer one holds nothing more that these decoders look for."""


class Hit:
    """One request, its address and body taken apart when first asked for."""

    def __init__(self, request: Request) -> None:
        self.request = request
        try:
            parts = urlsplit(request.url)
            self.host = (parts.hostname or "").lower()
            self.path = parts.path or "/"
            self._query = parts.query
        except ValueError:
            self.host, self.path, self._query = "", "/", ""

    @property
    def body(self) -> str:
        """The body as text; empty where there is none."""
        return (self.request.post_data or "")[:MAX_BODY]

    @cached_property
    def query(self) -> dict[str, str]:
        """Parameters of the address, percent-encoding undone; the first of several of one name."""
        return parameters(self._query)

    @cached_property
    def form(self) -> dict[str, str]:
        """Parameters of a form body."""
        return parameters(self.body) if self.body[:1] not in ("{", "[") else {}

    @cached_property
    def given(self) -> dict[str, str]:
        """Parameters of address and form body together; the body's win."""
        return {**self.query, **self.form}

    @cached_property
    def document(self) -> object:
        """The body as JSON; null where it is none."""
        try:
            return json.loads(self.body) if self.body[:1] in ("{", "[") else None
        except ValueError:
            return None

    def on(self, *domains: str) -> bool:
        """Whether the host is one of these domains or below one."""
        return any(self.host == domain or self.host.endswith(f".{domain}") for domain in domains)


class Decoded(NamedTuple):
    """What one hit says. `vendor` is the vendor's id in the catalogue; `identifiers` names of parameters that carry
    one; `category` null where it is the vendor's.

    `consent` is the consent signal as the hit carries it. `denied` says that the signal refuses what this hit would
    need to keep or read identifiers: what looks like one is then made anew for each page.
    """

    vendor: str
    event: str | None = None
    account: str | None = None
    consent: str | None = None
    denied: bool = False
    identifiers: tuple[str, ...] = ()
    category: Category | None = None


class Decoder(NamedTuple):
    """One kind of hit. `marks` are pieces of an address, one of which every such hit holds; `decode` gives one answer
    for each event in the hit, and none where it is another's after all.
    """

    name: str
    marks: tuple[str, ...]
    decode: Callable[[Hit], tuple[Decoded, ...]]


def parameters(text: str) -> dict[str, str]:
    """Parameters of a query or form; the first of several of one name."""
    found: dict[str, str] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        return found
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def present(given: dict[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """Which of these parameters have a value, sorted."""
    return tuple(sorted(name for name in names if given.get(name) not in (None, "", "0", "null", "undefined")))


def consent_strings(given: dict[str, str]) -> str | None:
    """The general consent parameters of a hit: IAB TCF (`gdpr`, `gdpr_consent`), US privacy and GPP."""
    parts = [f"{name}={given[name]}" for name in ("gdpr", "gdpr_consent", "us_privacy", "gpp_sid") if given.get(name)]
    return " ".join(parts) or None


def text_at(document: object, *path: str) -> str | None:
    """A text or number inside a JSON document, by the keys that lead to it."""
    for key in path:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    if isinstance(document, bool) or document is None:
        return None
    return str(document) if isinstance(document, str | int | float) and document != "" else None
