"""Google Analytics 4 and Universal Analytics, on Google's hosts and on a site's own tagging server."""

from __future__ import annotations

import re

from scanner.classify.decoders.consent_mode import denied, signal
from scanner.classify.decoders.hit import Decoded, Decoder, Hit, parameters, present

_VENDOR = "google-analytics"
_GA4_ID = re.compile(r"(G|GT|AW|DC|HA|MC)-[A-Z0-9]+")
_UA_ID = re.compile(r"(UA|YT|MO)-\d+-\d+")
_IDENTIFIERS = ("cid", "uid", "sid", "_fplc", "gclid", "ecid")
_OLD_IDENTIFIERS = ("cid", "uid", "gclid", "_gid", "jid", "gjid")


def _ga4(hit: Hit) -> tuple[Decoded, ...]:
    """One answer for each event: a batch has one line of its body for each."""
    shared = hit.query
    account = shared.get("tid", "")
    if shared.get("v") != "2" or not _GA4_ID.fullmatch(account):
        return ()
    lines = [line for line in hit.body.splitlines() if "=" in line] or [""]
    found = []
    for line in lines:
        given = {**shared, **parameters(line)}
        refused = denied(given, "analytics_storage")
        found.append(
            Decoded(
                _VENDOR,
                event=given.get("en"),
                account=account,
                consent=signal(given),
                denied=refused,
                identifiers=present(given, _IDENTIFIERS),
            )
        )
    return tuple(found)


def _universal(hit: Hit) -> tuple[Decoded, ...]:
    lines = [line for line in hit.body.splitlines() if "=" in line] or [""]
    found = []
    for line in lines:
        given = {**hit.query, **parameters(line)}
        account = given.get("tid", "")
        if given.get("v") != "1" or not _UA_ID.fullmatch(account):
            continue
        event = given.get("t")
        if event == "event" and given.get("ea"):
            event = f"event: {given['ea']}"
        found.append(
            Decoded(
                _VENDOR,
                event=event,
                account=account,
                consent=signal(given),
                denied=denied(given, "analytics_storage"),
                identifiers=present(given, _OLD_IDENTIFIERS),
            )
        )
    return tuple(found)


def _classic(hit: Hit) -> tuple[Decoded, ...]:
    """The oldest script's `__utm.gif`."""
    given = hit.query
    account = given.get("utmac", "")
    if not _UA_ID.fullmatch(account):
        return ()
    return (Decoded(_VENDOR, event=given.get("utmt", "page"), account=account, identifiers=present(given, ("utmcc",))),)


GA4 = Decoder("Google Analytics 4", ("/collect?", "tid=G-"), _ga4)
UNIVERSAL = Decoder("Universal Analytics", ("/collect", "/r/collect"), _universal)
CLASSIC = Decoder("Google Analytics classic", ("__utm.gif",), _classic)
