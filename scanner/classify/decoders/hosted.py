"""Measurement on the vendor's own hosts: Hotjar, HubSpot, Yandex Metrica, Criteo."""

from __future__ import annotations

import re

from scanner.classify.decoders.hit import Decoded, Decoder, Hit, consent_strings, parameters, present

_HOTJAR_SITE = re.compile(r"/(?:sites|sessions)/(\d+)")
_HOTJAR_SCRIPTS = ("script.", "static.", "vars.", "www.", "help.", "insights.", "careers.")
_HUBSPOT_KINDS = {"1": "page view", "17": "form shown", "27": "custom event"}
_YANDEX_PATH = re.compile(r"/(watch|webvisor|clmap|clck|metrika)/(\d+)")
_YANDEX_HOST = re.compile(r"(?:^|\.)mc\.(?:yandex\.[a-z.]{2,6}|webvisor\.(?:org|com))$")
_CRITEO_EVENTS = {
    "vh": "home page view",
    "vp": "product view",
    "vl": "list view",
    "vb": "basket view",
    "vc": "purchase",
    "vs": "search",
    "ac": "add to cart",
}


def _hotjar(hit: Hit) -> tuple[Decoded, ...]:
    if not hit.on("hotjar.com", "hotjar.io") or hit.host.startswith(_HOTJAR_SCRIPTS):
        return ()
    path_site = _HOTJAR_SITE.search(hit.path)
    account = hit.query.get("site_id") or hit.query.get("site") or (path_site[1] if path_site else None)
    if hit.request.resource_type == "WebSocket":
        event = "recording"
    else:
        event = hit.path.rstrip("/").rsplit("/", 1)[-1] or "recording"
        event = "session" if event.isdigit() else event
    body = hit.document
    identifiers: tuple[str, ...] = ()
    if isinstance(body, dict):
        identifiers = tuple(sorted(key for key in body if key.endswith("uuid") and body[key]))
    return (Decoded("hotjar", event=event, account=account, identifiers=identifiers),)


def _hubspot(hit: Hit) -> tuple[Decoded, ...]:
    if not re.match(r"track[a-z0-9-]*\.hubspot\.com$", hit.host) or not hit.path.startswith("/__pt"):
        return ()
    given = hit.given
    kind = given.get("k")
    event = given.get("n") or _HUBSPOT_KINDS.get(kind or "") or (f"k={kind}" if kind else None)
    identifiers = present(given, ("vi", "u", "b", "i"))
    return (Decoded("hubspot", event=event, account=given.get("a"), identifiers=identifiers),)


def _yandex(hit: Hit) -> tuple[Decoded, ...]:
    found = _YANDEX_PATH.match(hit.path)
    if found is None or not _YANDEX_HOST.search(hit.host):
        return ()
    given = hit.given
    info = dict(part.partition(":")[::2] for part in _pairs(given.get("browser-info", "")))
    event = {"watch": "page view", "webvisor": "recording", "clmap": "click map", "clck": "click"}.get(found[1])
    page = given.get("page-url", "")
    if page.startswith("goal://"):
        event = f"goal: {page.rsplit('/', 1)[-1]}"
    names = [f"browser-info.{name}" for name in ("u", "uid") if info.get(name)]
    names += present(given, ("uid", "yuid", "client-id"))
    return (
        Decoded(
            "yandex-metrica",
            event=event,
            account=found[2],
            consent=consent_strings(given),
            identifiers=tuple(sorted(names)),
        ),
    )


def _pairs(info: str) -> list[str]:
    """`browser-info` is a list `name:value:name:value`."""
    parts = info.split(":")
    return [f"{name}:{value}" for name, value in zip(parts[::2], parts[1::2], strict=False)]


def _criteo(hit: Hit) -> tuple[Decoded, ...]:
    if not hit.on("criteo.com") or hit.path.rstrip("/") != "/event":
        return ()
    given = hit.given
    account = given.get("a")
    if not account:
        return ()
    inner = [parameters(value) for name, value in given.items() if re.fullmatch(r"p\d+", name)]
    events = [_CRITEO_EVENTS[one["e"]] for one in inner if one.get("e") in _CRITEO_EVENTS]
    names = set(present(given, ("bundle", "idcpy", "fbp", "idfs", "sid")))
    if any(one.get("e") == "ce" and one.get("m") not in (None, "", "[]") for one in inner):
        names.add("email")
    return (
        Decoded(
            "criteo",
            event=", ".join(events) or None,
            account=account,
            consent=consent_strings(given),
            identifiers=tuple(sorted(names)),
        ),
    )


HOTJAR = Decoder("Hotjar", ("hotjar.",), _hotjar)
HUBSPOT = Decoder("HubSpot", ("hubspot.com/__pt",), _hubspot)
YANDEX = Decoder("Yandex Metrica", ("//mc.",), _yandex)
CRITEO = Decoder("Criteo", ("criteo.com/event",), _criteo)
