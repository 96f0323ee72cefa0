"""The shape of a vendor file (`data/vendors/<id>.toml`, or a user's own pack of the same shape).

`docs/how-to/add-a-vendor.md` explains each field to contributors; this module is what holds them to it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from scanner.classify.catalogue.patterns import PatternError, parse
from scanner.model.base import Category
from scanner.model.declaration import PurposeCategory

HostRole = Literal[
    "service",
    "collect",
    "script",
    "ads",
    "sync",
    "replay",
    "tag-manager",
    "consent",
    "cdn",
    "api",
    "font",
    "video",
    "audio",
    "map",
    "image",
    "widget",
    "social",
    "chat",
    "payment",
    "security",
    "login",
    "email",
    "platform",
    "site",
]
"""What a host is for. `service` (the default) is the vendor's service as a whole, without telling more."""

CookieRole = Literal[
    "visitor-id",
    "session-id",
    "user-id",
    "click-id",
    "attribution",
    "ab-test",
    "frequency-cap",
    "sync",
    "history",
    "counter",
    "timestamp",
    "throttle",
    "cache",
    "state",
    "constant",
    "test",
    "consent-record",
    "opt-out",
    "preference",
    "language",
    "security",
    "bot-detection",
    "csrf",
    "login",
    "load-balancing",
    "cart",
    "payment",
    "other",
]
"""What a cookie or storage key holds."""

StorageKind = Literal["cookie", "local", "session", "indexeddb", "cache", "any"]
EntryParty = Literal["first", "third", "any"]
Exempt = Literal["yes", "no", "depends"]

HOST_ROLES: tuple[str, ...] = get_args(HostRole)
COOKIE_ROLES: tuple[str, ...] = get_args(CookieRole)

_HOST = r"^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
HostName = Annotated[str, StringConstraints(pattern=_HOST)]
"""A registrable domain or a host below one, lower case, no leading dot; it covers its subdomains."""

Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

_LIFETIME = re.compile(r"(session|persistent)|(\d+)(s|min|h|d|w|mo|y)")
_UNIT_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 604800, "mo": 2592000, "y": 31536000}


@lru_cache(maxsize=512)
def lifetime_seconds(text: str | None) -> int | None:
    """Seconds of a lifetime such as `2y` or `30min`; null for `session`, `persistent` and nothing."""
    found = _LIFETIME.fullmatch(text) if text else None
    if found is None or found[2] is None:
        return None
    return int(found[2]) * _UNIT_SECONDS[found[3]]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HostEntry(_Entry):
    """One host that differs from its vendor in category or role, or stands for a part of a shared host (`path`)."""

    name: HostName
    path: Annotated[str, StringConstraints(pattern=r"^/\S*$")] | None = None
    category: Category | None = None
    role: HostRole = "service"


class CookieEntry(_Entry):
    """One cookie or storage key, by name pattern and scope."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    kind: StorageKind = "cookie"
    party: EntryParty = "first"
    domains: tuple[HostName, ...] = ()
    needs_vendor: bool = False
    known_by_name: bool = False
    category: Category
    consent_exempt: Exempt
    exempt_condition: Words | None = None
    role: CookieRole
    purpose: Words
    lifetime: str | None = None
    value: str | None = None
    record: Words | None = None
    confidence: Literal["certain", "likely"] = "certain"
    sources: tuple[Url, ...] = ()

    @field_validator("name")
    @classmethod
    def _name_parses(cls, name: str) -> str:
        try:
            parse(name)
        except PatternError as error:
            raise ValueError(str(error)) from None
        return name

    @field_validator("lifetime")
    @classmethod
    def _lifetime_reads(cls, text: str | None) -> str | None:
        if text is not None and not _LIFETIME.fullmatch(text):
            raise ValueError("lifetime is `session`, `persistent`, or a number with s, min, h, d, w, mo or y")
        return text

    @field_validator("value")
    @classmethod
    def _value_compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"value is no regular expression: {error}") from None
        return pattern


class VendorFile(_Entry):
    """One vendor file. `nobody` marks names that belong to no company: standards and widespread snippets."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Words
    nobody: bool = False
    owner: Words | None = None
    aliases: tuple[Words, ...] = ()
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    category: Category
    purpose_category: PurposeCategory
    hosts: tuple[HostName, ...] = ()
    cname_targets: tuple[HostName, ...] = ()
    tcf_id: Annotated[int, Field(gt=0, strict=True)] | None = None
    privacy: Url | None = None
    sources: tuple[Url, ...] = ()
    checked: Day
    host: tuple[HostEntry, ...] = ()
    cookie: tuple[CookieEntry, ...] = ()
