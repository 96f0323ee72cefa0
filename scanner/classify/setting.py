"""What a site asked the browser to keep: `Set-Cookie` lines, `document.cookie` strings, `cookieStore` calls.

Read as browsers do (RFC 6265, sections 5.1.1, 5.1.4 and 5.2), so that the lifetime asked for is known where the
browser keeps less.
"""

from __future__ import annotations

import calendar
import json
import math
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from scanner.model.base import Party
from scanner.site import site_of

LARGEST = 4096
"""Bytes of name and value together that browsers take (RFC 6265bis, section 5.6)."""


class Asked(NamedTuple):
    """One cookie as asked for. `domain` is null for a host-only cookie; `path` null where the default holds.

    `lifetime` is seconds from the moment of asking, null for a session cookie; zero or less asks to delete.
    """

    name: str
    value: str
    domain: str | None
    path: str | None
    lifetime: float | None
    secure: bool
    http_only: bool
    same_site: str
    partitioned: bool

    @property
    def deletes(self) -> bool:
        """Whether this asks the browser to forget the cookie."""
        return self.lifetime is not None and self.lifetime <= 0


_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_DELIMITERS = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_CLOCK = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?$")
_DAY = re.compile(r"(\d{1,2})(?:\D.*)?$")
_YEAR = re.compile(r"(\d{2,4})(?:\D.*)?$")
_SAME_SITE = {"strict": "strict", "lax": "lax", "none": "none"}


@lru_cache(maxsize=4096)
def cookie_date(text: str) -> float | None:
    """Seconds since the epoch of a cookie's date, by the forgiving rules of RFC 6265, section 5.1.1."""
    clock: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DELIMITERS.split(text):
        if clock is None and (found := _CLOCK.match(token)):
            clock = (int(found[1]), int(found[2]), int(found[3]))
        elif day is None and (found := _DAY.match(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS[token[:3].lower()]
        elif year is None and (found := _YEAR.match(token)):
            year = int(found[1])
    if clock is None or day is None or month is None or year is None:
        return None
    if 70 <= year <= 99:
        year += 1900
    elif year <= 69:
        year += 2000
    if not 1 <= day <= 31 or year < 1601 or clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    return float(calendar.timegm((year, month, day, *clock)))


def utc_seconds(text: str) -> float:
    """Seconds since the epoch of a `UtcTime`."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    day, _, clock = whole.partition("T")
    numbers = [int(part) for part in (*day.split("-"), *clock.split(":"))]
    return calendar.timegm((numbers[0], numbers[1], numbers[2], *numbers[3:])) + (
        float(f"0.{fraction}") if fraction else 0
    )


def parse_set_cookie(raw: str, now: float) -> Asked | None:
    """A `Set-Cookie` line or a `document.cookie` string; null where a browser would ignore it for its shape.

    `now` is seconds since the epoch at the moment of asking; `Expires` counts from there.
    """
    pair, *attributes = raw.split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", name
    name, value = name.strip(" \t\r\n"), value.strip(" \t\r\n")
    if not name and not value:
        return None
    max_age: float | None = None
    expires: float | None = None
    found: dict[str, str] = {}
    for attribute in attributes:
        key, _, argument = attribute.partition("=")
        key, argument = key.strip(" \t\r\n").lower(), argument.strip(" \t\r\n")
        if key == "max-age":
            if re.fullmatch(r"-?\d+", argument):
                max_age = float(argument[:18])
        elif key == "expires":
            date = cookie_date(argument)
            expires = date if date is not None else expires
        else:
            found[key] = argument
    # A date has whole seconds: the fraction of the moment in which it was computed was lost on the way.
    lifetime = max_age if max_age is not None else None if expires is None else expires - math.floor(now)
    domain = found.get("domain", "").lstrip(".").lower()
    path = found.get("path", "")
    return Asked(
        name=name,
        value=value,
        domain=domain or None,
        path=path if path.startswith("/") else None,
        lifetime=lifetime,
        secure="secure" in found,
        http_only="httponly" in found,
        same_site=_SAME_SITE.get(found.get("samesite", "").lower(), "unset"),
        partitioned="partitioned" in found,
    )


def parse_store_set(raw: str, now: float) -> Asked | None:
    """The argument of `cookieStore.set` as JSON: an object, or a list of name and value."""
    given = _json(raw)
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, list) and len(given) > 1 and isinstance(given[0], str):
        given = {"name": given[0], "value": given[1]}
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        return None
    expires = given.get("expires")
    domain = given.get("domain")
    path = given.get("path")
    return Asked(
        name=given["name"],
        value=str(given.get("value", "")),
        domain=domain.lstrip(".").lower() or None if isinstance(domain, str) else None,
        path=path if isinstance(path, str) and path.startswith("/") else "/",
        lifetime=expires / 1000 - now if isinstance(expires, int | float) else None,
        secure=True,
        http_only=False,
        same_site=_SAME_SITE.get(str(given.get("sameSite", "strict")).lower(), "strict"),
        partitioned=bool(given.get("partitioned")),
    )


def parse_store_delete(raw: str, now: float) -> Asked | None:
    """The argument of `cookieStore.delete` as JSON: a name, or an object that has one."""
    given = _json(raw)
    if isinstance(given, list) and given:
        given = given[0]
    if isinstance(given, str):
        given = {"name": given}
    if not isinstance(given, dict):
        return None
    return parse_store_set(json.dumps({**given, "value": "", "expires": (now - 1) * 1000}), now)


def refusal(asked: Asked, url: str, *, party: Party, by_script: bool) -> str | None:
    """Why browsers refuse a cookie whatever else is the case, in the words of the browser's protocol; null for none.

    RFC 6265bis, sections 4.1.3 (prefixes) and 5.6 (storage model); partitions need `Secure`. `url` is the address of
    the response, or of the document whose script asked. A third party's cookie needs `SameSite=None`; what the jar
    knows better (a partition, an exception) is for the caller to know.
    """
    secure_origin = not url.startswith(("http:", "ws:"))
    host = (urlsplit(url).hostname or "").lower() if "://" in url else ""
    name = asked.name.lower()
    if len(asked.name.encode()) + len(asked.value.encode()) > LARGEST:
        return "NameValuePairExceedsMaxSize"
    if by_script and asked.http_only:
        return "HttpOnly"
    if not covers(asked.domain, host):
        return "InvalidDomain"
    if asked.secure and not secure_origin:
        return "SecureOnly"
    at_root = asked.domain is None and (asked.path or default_path(url)) == "/"
    if name.startswith("__secure-") and not asked.secure:
        return "InvalidPrefix"
    if name.startswith("__host-") and not (asked.secure and at_root):
        return "InvalidPrefix"
    if asked.partitioned:
        return None if asked.secure else "InvalidPartitioned"
    if asked.same_site == "none":
        return None if asked.secure else "SameSiteNoneInsecure"
    if party == "third":
        return _NOT_FOR_THIRD_PARTIES[asked.same_site]
    return None


_NOT_FOR_THIRD_PARTIES = {
    "strict": "SameSiteStrict",
    "lax": "SameSiteLax",
    "unset": "SameSiteUnspecifiedTreatedAsLax",
}


def covers(domain: str | None, host: str) -> bool:
    """Whether a host may set a cookie for a domain: its own, or one above it within its site."""
    if domain is None or domain == host:
        return True
    site = site_of(host)
    return host.endswith(f".{domain}") and (domain == site or domain.endswith(f".{site}"))


def default_path(url: str) -> str:
    """The path of a cookie that names none (RFC 6265, section 5.1.4)."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return "/"
    at = path.rfind("/")
    return path[:at] if path.startswith("/") and at > 0 else "/"


def _json(raw: str) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return raw or None
