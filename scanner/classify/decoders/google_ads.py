"""Google Ads conversions, remarketing and consent-mode hits, and Floodlight."""

from __future__ import annotations

import re

from scanner.classify.decoders.consent_mode import denied, signal
from scanner.classify.decoders.hit import Decoded, Decoder, Hit, present

_VENDOR = "google-ads"
_PATH = re.compile(
    r"/pagead/(?:viewthroughconversion|1p-conversion|1p-user-list|conversion|landing|form-data)(?:/(\d+))?"
    r"|/ccm/(?:collect|form-data|conversion)(?:/(\d+))?"
    r"|/rmkt/collect/(\d+)"
)
_HOSTS = ("google.com", "doubleclick.net", "googleadservices.com", "googlesyndication.com")
_IDENTIFIERS = (
    "auid",
    "gclid",
    "gclaw",
    "gclgb",
    "gcldc",
    "gac",
    "em",
    "eme",
    "ec_m",
    "uid",
    "cookie_id",
    "wbraid",
    "gbraid",
)
_ACTIVITY = re.compile(r"/(?:activityi?|ddm/activity|ddm/fls)[;/]", re.IGNORECASE)
_MATRIX = re.compile(r"([a-zA-Z0-9_~]+)=([^;?/]*)")


def _is_google(hit: Hit) -> bool:
    return hit.on(*_HOSTS) or re.search(r"(?:^|\.)google\.(?:com?\.)?[a-z]{2,3}$", hit.host) is not None


def _ads(hit: Hit) -> tuple[Decoded, ...]:
    found = _PATH.match(hit.path)
    if found is None or not _is_google(hit):
        return ()
    given = hit.given
    number = next((group for group in found.groups() if group), None)
    account = given.get("tid") or (f"AW-{number}" if number else None)
    label = given.get("label")
    kind = "remarketing" if "user-list" in found[0] or "rmkt" in found[0] or "viewthrough" in found[0] else None
    event = given.get("en") or (f"conversion: {label}" if label else kind or found[0].split("/")[2])
    return (
        Decoded(
            _VENDOR,
            event=event,
            account=account,
            consent=signal(given),
            denied=denied(given, "ad_storage"),
            identifiers=present(given, _IDENTIFIERS),
        ),
    )


def _floodlight(hit: Hit) -> tuple[Decoded, ...]:
    if not _ACTIVITY.search(hit.path) or not hit.on("doubleclick.net"):
        return ()
    given = {**dict(_MATRIX.findall(hit.path)), **hit.query}
    source = given.get("src")
    if not source:
        return ()
    event = ": ".join(given[name] for name in ("type", "cat") if given.get(name)) or None
    return (
        Decoded(
            "doubleclick",
            event=event,
            account=f"DC-{source}",
            consent=signal(given),
            denied=denied(given, "ad_storage"),
            identifiers=present(given, ("auiddc", "gcldc", "gclaw", "u", "dc_lat")),
        ),
    )


ADS = Decoder("Google Ads", ("/pagead/", "/ccm/", "/rmkt/"), _ads)
FLOODLIGHT = Decoder("Floodlight", ("/activity", "/ddm/"), _floodlight)
