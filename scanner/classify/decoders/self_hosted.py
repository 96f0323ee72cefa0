"""Measurement that often runs on the customer's own host: Matomo, Snowplow, Adobe Analytics, Segment."""

from __future__ import annotations

import re

from scanner.classify.decoders.hit import Decoded, Decoder, Hit, parameters, present, text_at

_REPORT_SUITE = re.compile(r"/b/ss/([A-Za-z0-9_.,-]+)/")
_ADOBE_IDENTIFIERS = ("mid", "aid", "vid", "fid", "mcorgid_uid")
_EDGE = re.compile(r"/ee/(?:[a-z0-9-]+/)?v\d/(?:interact|collect)$")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}.*")
_SNOWPLOW_EVENTS = {
    "pv": "page view",
    "pp": "page ping",
    "se": "structured event",
    "ue": "self-describing event",
    "tr": "transaction",
    "ti": "transaction item",
}
_SEGMENT_TYPES = frozenset({"page", "track", "identify", "group", "alias", "screen"})


def _matomo(hit: Hit) -> tuple[Decoded, ...]:
    document = hit.document
    bulk = document.get("requests") if isinstance(document, dict) else None
    if isinstance(bulk, list):
        rows = [parameters(one.lstrip("?")) for one in bulk if isinstance(one, str)]
    else:
        rows = [hit.given]
    found = []
    for given in rows:
        if given.get("rec") != "1" or not given.get("idsite"):
            continue
        found.append(
            Decoded(
                "matomo",
                event=_matomo_event(given),
                account=given["idsite"],
                identifiers=present(given, ("_id", "uid", "cid", "pv_uid")),
            )
        )
    return tuple(found)


def _matomo_event(given: dict[str, str]) -> str:
    if given.get("e_c"):
        return ": ".join(part for part in ("event", given["e_c"], given.get("e_a", "")) if part)
    for name, event in (
        ("link", "outlink"),
        ("download", "download"),
        ("search", "search"),
        ("idgoal", "goal"),
        ("ping", "ping"),
        ("c_n", "content"),
        ("ma_id", "media"),
        ("hsr_ev", "recording"),
    ):
        if given.get(name):
            return event
    return "page view"


def _snowplow(hit: Hit) -> tuple[Decoded, ...]:
    document = hit.document
    rows: list[object] = []
    if isinstance(document, dict) and "snowplow/payload_data" in str(document.get("schema", "")):
        data = document.get("data")
        rows = data if isinstance(data, list) else []
    elif {"e", "p", "tv"} <= hit.query.keys() and hit.query["e"] in _SNOWPLOW_EVENTS:
        rows = [hit.query]
    found = []
    for row in rows:
        if not isinstance(row, dict):
            continue
        given = {str(key): str(value) for key, value in row.items()}
        event = _SNOWPLOW_EVENTS.get(given.get("e", ""), given.get("e"))
        if given.get("se_ac"):
            event = f"{event}: {given['se_ac']}"
        identifiers = present(given, ("duid", "uid", "sid", "nuid", "tnuid"))
        found.append(Decoded("snowplow", event=event, account=given.get("aid"), identifiers=identifiers))
    return tuple(found)


def _adobe(hit: Hit) -> tuple[Decoded, ...]:
    suite = _REPORT_SUITE.search(hit.path)
    given = hit.given
    if suite is None or "AQB" not in given:
        return ()
    event = given.get("events") or given.get("pe") or "page view"
    identifiers = present(given, _ADOBE_IDENTIFIERS)
    return (Decoded("adobe-analytics", event=event, account=suite[1], identifiers=identifiers),)


def _adobe_edge(hit: Hit) -> tuple[Decoded, ...]:
    account = hit.query.get("configId") or hit.query.get("dataStreamId") or ""
    if not _EDGE.search(hit.path) or not _UUID.fullmatch(account):
        return ()
    document = hit.document
    events = document.get("events") if isinstance(document, dict) else None
    kind = text_at(events[0], "xdm", "eventType") if isinstance(events, list) and events else None
    identifiers = tuple(name for name in ("ECID", "FPID") if f'"{name}"' in hit.body)
    return (Decoded("adobe-analytics", event=kind, account=account, identifiers=identifiers),)


def _segment(hit: Hit) -> tuple[Decoded, ...]:
    document = hit.document
    if not isinstance(document, dict):
        return ()
    batch = document.get("batch")
    rows = batch if isinstance(batch, list) else [document]
    found = []
    for row in rows:
        kind = text_at(row, "type")
        account = text_at(row, "writeKey") or text_at(document, "writeKey")
        if kind not in _SEGMENT_TYPES or text_at(row, "messageId") is None:
            continue
        if account is None and not hit.on("segment.io", "segment.com"):
            continue
        name = text_at(row, "event") or text_at(row, "name")
        identifiers = [
            label
            for label, path in (
                ("anonymousId", ("anonymousId",)),
                ("userId", ("userId",)),
                ("email", ("traits", "email")),
                ("context.traits.email", ("context", "traits", "email")),
            )
            if text_at(row, *path)
        ]
        event = f"{kind}: {name}" if name else kind
        found.append(Decoded("segment", event=event, account=account, identifiers=tuple(sorted(identifiers))))
    return tuple(found)


MATOMO = Decoder("Matomo", ("idsite=", "matomo.php", "piwik.php"), _matomo)
SNOWPLOW = Decoder("Snowplow", ("snowplow", "/tp2", "/i?"), _snowplow)
ADOBE = Decoder("Adobe Analytics", ("/b/ss/",), _adobe)
ADOBE_EDGE = Decoder("Adobe Experience Edge", ("/ee/",), _adobe_edge)
SEGMENT = Decoder("Segment", ("/v1/p", "/v1/t", "/v1/i", "/v1/g", "/v1/a", "/v1/s", "/v1/b", "segment"), _segment)
