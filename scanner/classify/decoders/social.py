"""The pixels of social networks: Meta, TikTok, LinkedIn and Pinterest."""

from __future__ import annotations

import re

from scanner.classify.decoders.hit import Decoded, Decoder, Hit, consent_strings, present, text_at

_NUMBER = re.compile(r"\d{5,}")
_META_IDENTIFIERS = (
    "fbp",
    "fbc",
    "external_id",
    "udff[em]",
    "udff[ph]",
    "ud[em]",
    "ud[ph]",
    "ud[external_id]",
    "cs_fbp",
)


def _meta(hit: Hit) -> tuple[Decoded, ...]:
    given = hit.given
    own = hit.on("facebook.com", "facebook.net")
    account = given.get("id", "")
    if (
        not hit.path.startswith(("/tr", "/privacy_sandbox/pixel"))
        or not _NUMBER.fullmatch(account)
        or "ev" not in given
    ):
        return ()
    if not own and "dl" not in given:
        return ()
    return (
        Decoded(
            "meta",
            event=given.get("ev"),
            account=account,
            consent=consent_strings(given),
            identifiers=present(given, _META_IDENTIFIERS),
        ),
    )


def _tiktok(hit: Hit) -> tuple[Decoded, ...]:
    if not hit.on("tiktok.com") or "/api/v" not in hit.path:
        return ()
    document = hit.document
    batch = document.get("batch") if isinstance(document, dict) else None
    found = []
    for one in batch if isinstance(batch, list) else [document]:
        event = text_at(one, "event") or text_at(one, "action")
        account = text_at(one, "context", "pixel", "code") or hit.query.get("sdkid")
        names = [
            name
            for name, path in (
                ("anonymous_id", ("context", "user", "anonymous_id")),
                ("ttp", ("context", "user", "ttp")),
                ("ttclid", ("context", "ad", "callback")),
                ("email", ("context", "user", "email")),
                ("phone_number", ("context", "user", "phone_number")),
                ("device_id", ("context", "device", "device_id")),
                ("session_id", ("context", "pageview", "session_id")),
                ("ttcsid", ("context", "user", "ttcsid")),
            )
            if text_at(one, *path)
        ]
        found.append(Decoded("tiktok", event=event, account=account, identifiers=tuple(sorted(names))))
    return tuple(found)


def _linkedin(hit: Hit) -> tuple[Decoded, ...]:
    if not hit.on("ads.linkedin.com") and not (hit.on("linkedin.com") and hit.path.startswith(("/px", "/li_track"))):
        return ()
    given = hit.given
    document = hit.document
    account = given.get("pid") or text_at(document, "pids")
    event = f"conversion: {given['conversionId']}" if given.get("conversionId") else None
    if event is None:
        event = "page view" if hit.path.startswith("/collect") else hit.path.strip("/").split("/")[0] or None
    identifiers = present(given, ("li_fat_id", "liFatId", "liGiant", "li_adsId", "e_ipv6", "cookiesTest"))
    return (
        Decoded(
            "linkedin",
            event=event,
            account=account,
            consent=consent_strings(given),
            identifiers=tuple(name for name in identifiers if name != "cookiesTest"),
        ),
    )


def _pinterest(hit: Hit) -> tuple[Decoded, ...]:
    if not hit.on("ct.pinterest.com") or not hit.path.startswith(("/v3", "/user", "/stats")):
        return ()
    given = hit.given
    account = given.get("tid")
    if not account:
        return ()
    event = given.get("event") or ("init" if hit.path.startswith("/user") else None)
    identifiers = set(present(given, ("pd", "epik", "derived_epik")))
    if "em" not in (given.get("pd") or "") and "external_id" not in (given.get("pd") or ""):
        identifiers.discard("pd")
    return (Decoded("pinterest", event=event, account=account, identifiers=tuple(sorted(identifiers))),)


META = Decoder("Meta pixel", ("/tr", "/privacy_sandbox/"), _meta)
TIKTOK = Decoder("TikTok pixel", ("tiktok.com/",), _tiktok)
LINKEDIN = Decoder("LinkedIn Insight", ("linkedin.com/",), _linkedin)
PINTEREST = Decoder("Pinterest tag", ("ct.pinterest.com/",), _pinterest)
