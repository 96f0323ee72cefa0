"""What the catalogue answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from scanner.model.base import Category

Kind = Literal["cookie", "local", "session", "indexeddb", "cache"]
"""Where a named value is kept."""

KINDS: tuple[Kind, ...] = ("cookie", "local", "session", "indexeddb", "cache")

EXACT_NAME_AND_DOMAIN = "exact name and domain"
EXACT_NAME = "exact name"
PATTERN_AND_DOMAIN = "pattern and domain"
LONGEST_PATTERN = "longest pattern"
SETTER_VENDOR = "vendor of the third-party setter"
SCRIPT_VENDOR = "vendor of the script that set a first-party cookie"
CNAME_TARGET = "CNAME target"
FILTER_LIST = "filter list"
INFERRED_SESSION = "inferred: session id"
INFERRED_WORD = "inferred: necessary word"
UNKNOWN = "unknown"

CATEGORY_SOURCES: tuple[str, ...] = (
    EXACT_NAME_AND_DOMAIN,
    EXACT_NAME,
    PATTERN_AND_DOMAIN,
    LONGEST_PATTERN,
    SETTER_VENDOR,
    SCRIPT_VENDOR,
    CNAME_TARGET,
    FILTER_LIST,
    INFERRED_SESSION,
    INFERRED_WORD,
    UNKNOWN,
)
"""The steps of decision in their order. A classification adds in brackets what it rests on: the catalogue or the
user's pack, with the day on which the fact was checked. `filter list` speaks only where the user named such a list.
"""

GATHERING_ROLES = frozenset({"service", "collect", "script", "ads", "sync", "replay"})
"""Host roles that gather data on visitors, where the category is analytics or marketing."""

BORROWED_ROLES = frozenset({"cdn", "platform", "font", "tag-manager"})
"""Roles of hosts that serve other people's scripts: what such a script does is not the host's doing."""


_SHOWN = 6
"""How many domains an answer to a person names."""


def shown(domains: Sequence[str]) -> str:
    """The first of some domains, for a person."""
    more = len(domains) - _SHOWN
    return ", ".join(domains[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


class VendorInfo(NamedTuple):
    """A vendor as compiled. `nobody` marks a file of names that belong to no company: it is no vendor to report."""

    id: str
    name: str
    owner: str | None
    aliases: tuple[str, ...]
    country: str | None
    category: Category
    purpose_category: str
    privacy: str | None
    tcf_id: int | None
    checked: str
    nobody: bool = False


class HostMatch(NamedTuple):
    """What a host is. `host` is the entry that matched (the host itself or a parent), `path` its prefix if any.

    `cited` names the catalogue or pack and its date; `rule` the rule of a filter list, where that is all that is known.
    """

    host: str
    path: str
    vendor: VendorInfo
    category: Category
    role: str
    cited: str
    rule: str | None = None

    @property
    def gathers(self) -> bool:
        """Whether the host's work is to gather data on visitors for a purpose that is not necessary."""
        return self.role in GATHERING_ROLES and self.category in ("analytics", "marketing")


class CookieMatch(NamedTuple):
    """What a cookie or storage key is, by which step it was found (`source`), and what that rests on (`cited`)."""

    pattern: str
    vendor: VendorInfo
    category: Category
    source: str
    cited: str
    consent_exempt: Literal["yes", "no", "depends"]
    exempt_condition: str | None
    role: str
    purpose: str
    lifetime: str | None
    confidence: Literal["certain", "likely"]
    domains: tuple[str, ...]
    record: str | None = None


class Match(NamedTuple):
    """The answer to one query. `match` says how it was found, null where nothing was; `category` is then `unknown`.

    `lifetime` is the catalogue's word (`2y`, `session`), `lifetime_seconds` the same in seconds where it has any.
    `cited` names the catalogue or pack and its date; `record` tells how a consent record is read. `bound_to` are
    domains where entries of the name hold, `used_by` vendors in whose company they do, for a name that is claimed
    nowhere else: asked without a domain, it is nobody's.
    """

    query: str
    kind: Literal["cookie", "host"] | None
    vendor: str | None
    vendor_id: str | None
    category: Category
    purpose: str | None
    lifetime: str | None
    lifetime_seconds: int | None
    match: str | None
    pattern: str | None = None
    role: str | None = None
    consent_exempt: Literal["yes", "no", "depends"] | None = None
    exempt_condition: str | None = None
    confidence: Literal["certain", "likely"] | None = None
    cited: str | None = None
    record: str | None = None
    bound_to: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, str | int | list[str] | None]:
        """All fields, ready for JSON."""
        return {**self._asdict(), "bound_to": list(self.bound_to), "used_by": list(self.used_by)}

    def as_text(self) -> str:
        """One line for a person."""
        if self.match is None:
            known = [f"known on {shown(self.bound_to)} (ask for {self.query}@DOMAIN)"] if self.bound_to else []
            known += [f"also used by {shown(self.used_by)}, known by other signs"] if self.used_by else []
            if not known:
                return f"{self.query}: not in the catalogue"
            return f"{self.query}: nobody's by its name alone; {'; '.join(known)}"
        parts = [self.vendor or "no one company's", self.category]
        if self.purpose:
            parts.append(self.purpose.rstrip("."))
        if self.lifetime:
            parts.append("kept for " + self.lifetime if self.lifetime[0].isdigit() else self.lifetime)
        if self.consent_exempt == "depends" and self.exempt_condition:
            parts.append(f"exempt from consent {self.exempt_condition}")
        elif self.consent_exempt == "yes":
            parts.append("exempt from consent")
        if self.record:
            parts.append(f"read so: {self.record.rstrip('.')}")
        return f"{self.query}: {'; '.join(parts)} ({self.match}; {self.cited})"
