"""Databases of trackers that a user may have: DuckDuckGo's Tracker Radar and blocklist, Disconnect's services.

They are under licences that do not allow shipping them here, so they are only read from a path. Each becomes a layer
of hosts behind the shipped catalogue: it speaks where that is silent.

Shapes: https://github.com/duckduckgo/tracker-radar/blob/main/docs/DATA_MODEL.md,
https://github.com/disconnectme/disconnect-tracking-protection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from scanner.classify.catalogue.compiled import FORMAT, Layer, vendor_line
from scanner.classify.catalogue.schema import HostName, VendorFile
from scanner.model.base import Category

_HOST = TypeAdapter(HostName)


class _Meaning(NamedTuple):
    category: Category
    role: str
    purpose: str


_RADAR: tuple[tuple[str, _Meaning], ...] = (
    ("Session Replay", _Meaning("analytics", "replay", "analytics")),
    ("Ad Motivated Tracking", _Meaning("marketing", "ads", "marketing")),
    ("Advertising", _Meaning("marketing", "ads", "marketing")),
    ("Action Pixels", _Meaning("marketing", "collect", "marketing")),
    ("Third-Party Analytics Marketing", _Meaning("marketing", "collect", "marketing")),
    ("Audience Measurement", _Meaning("analytics", "collect", "analytics")),
    ("Analytics", _Meaning("analytics", "collect", "analytics")),
    ("Consent Management Platform", _Meaning("necessary", "consent", "consent")),
    ("Online Payment", _Meaning("necessary", "payment", "payment")),
    ("Fraud Prevention", _Meaning("functional", "security", "security")),
    ("Ad Fraud", _Meaning("marketing", "security", "marketing")),
    ("Federated Login", _Meaning("functional", "login", "functional")),
    ("SSO", _Meaning("functional", "login", "functional")),
    ("Support Chat Widget", _Meaning("functional", "chat", "functional")),
    ("Social - Comment", _Meaning("functional", "social", "social")),
    ("Social - Share", _Meaning("marketing", "social", "social")),
    ("Social Network", _Meaning("marketing", "social", "social")),
    ("Tag Manager", _Meaning("functional", "tag-manager", "functional")),
    ("Embedded Content", _Meaning("functional", "widget", "functional")),
    ("Badge", _Meaning("functional", "widget", "functional")),
    ("CDN", _Meaning("functional", "cdn", "hosting")),
)
"""Tracker Radar's words for what a host does, the one that concerns visitors most first."""

_DISCONNECT: Mapping[str, _Meaning] = {
    "Advertising": _Meaning("marketing", "ads", "marketing"),
    "Analytics": _Meaning("analytics", "collect", "analytics"),
    "Social": _Meaning("marketing", "social", "social"),
    "Content": _Meaning("functional", "widget", "functional"),
    "FingerprintingInvasive": _Meaning("marketing", "collect", "marketing"),
    "FingerprintingGeneral": _Meaning("marketing", "collect", "marketing"),
    "Email": _Meaning("marketing", "email", "email"),
    "EmailAggressive": _Meaning("marketing", "email", "email"),
    "ConsentManagers": _Meaning("necessary", "consent", "consent"),
    "Anti-fraud": _Meaning("functional", "security", "security"),
}


class _Owned(NamedTuple):
    host: str
    owner: str
    meaning: _Meaning
    privacy: str | None


def read_database(path: Path, date: str) -> Layer | None:
    """The hosts of a database as a layer; null where the path holds none that is known.

    `date` stands for the day of the database, which none of them states. Raises `OSError` and `ValueError` for a
    file that cannot be read.
    """
    if path.is_dir():
        folder = path / "domains" if (path / "domains").is_dir() else path
        files = sorted(folder.rglob("*.json"))
        return _layer(_of_radar(files), date) if files else None
    if path.suffix != ".json":
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("trackers"), dict):
        rows = [_of_domain({"domain": host, **row}) for host, row in data["trackers"].items() if isinstance(row, dict)]
        return _layer(filter(None, rows), date)
    if isinstance(data.get("categories"), dict):
        return _layer(_of_disconnect(data["categories"]), date)
    return None


def _of_radar(files: Iterable[Path]) -> Iterator[_Owned]:
    for file in files:
        data = json.loads(file.read_text(encoding="utf-8"))
        found = _of_domain(data) if isinstance(data, dict) else None
        if found is not None:
            yield found


def _of_domain(data: Mapping[str, Any]) -> _Owned | None:
    """One host of Tracker Radar; one without an owner or a known category says nothing."""
    host, owner, categories = data.get("domain"), data.get("owner"), data.get("categories")
    if not isinstance(host, str) or not isinstance(owner, dict) or not isinstance(categories, list):
        return None
    name = owner.get("displayName") or owner.get("name")
    meaning = next((meaning for word, meaning in _RADAR if word in categories), None)
    if not isinstance(name, str) or not name or meaning is None:
        return None
    privacy = owner.get("privacyPolicy")
    return _Owned(host, name, meaning, privacy if isinstance(privacy, str) and privacy.startswith("http") else None)


def _of_disconnect(categories: Mapping[str, Any]) -> Iterator[_Owned]:
    for word, companies in categories.items():
        meaning = _DISCONNECT.get(word)
        if meaning is None or not isinstance(companies, list):
            continue
        for company in companies:
            for name, sites in company.items() if isinstance(company, dict) else ():
                lists = sites.values() if isinstance(sites, dict) else ()
                for host in (host for hosts in lists if isinstance(hosts, list) for host in hosts):
                    if isinstance(host, str):
                        yield _Owned(host, name, meaning, None)


def _layer(rows: Iterable[_Owned], date: str) -> Layer | None:
    hosts: dict[str, _Owned] = {}
    for row in sorted(rows):
        host = row.host.lower().strip(".")
        if _is_host(host):
            hosts.setdefault(host, row)
    owners: dict[str, _Owned] = {}
    for row in hosts.values():
        owners.setdefault(_slug(row), row)
    numbers = {slug: number for number, slug in enumerate(owners)}
    if not numbers:
        return None
    return Layer(
        format=FORMAT,
        stamp="",
        edition=date,
        vendors="\n".join(vendor_line(_vendor(slug, row, date)) for slug, row in owners.items()),
        hosts={host: (numbers[_slug(row)], row.meaning.category, row.meaning.role) for host, row in hosts.items()},
        paths={},
        cnames={},
        cookies="",
        exact={},
        prefix={},
    )


def _slug(row: _Owned) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", row.owner.lower()).strip("-")
    return words or re.sub(r"[^a-z0-9]+", "-", row.host.lower()).strip("-")


def _vendor(slug: str, row: _Owned, date: str) -> VendorFile:
    return VendorFile.model_validate(
        {
            "id": slug,
            "name": row.owner,
            "owner": row.owner,
            "category": row.meaning.category,
            "purpose_category": row.meaning.purpose,
            "privacy": row.privacy,
            "checked": date,
        }
    )


def _is_host(text: str) -> bool:
    try:
        _HOST.validate_python(text)
    except ValidationError:
        return False
    return True
