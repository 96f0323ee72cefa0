"""Microsoft's measurement of advertisements (UET) and its recordings (Clarity)."""

from __future__ import annotations

from scanner.classify.decoders.hit import Decoded, Decoder, Hit, consent_strings, present

_UET_IDENTIFIERS = ("vid", "sid", "msclkid", "uid", "pagetype_uid")


def _uet(hit: Hit) -> tuple[Decoded, ...]:
    """`asc` is the hit's consent for advertising storage: G granted, D denied."""
    if not hit.on("bat.bing.com", "bat.bing.net") or not hit.path.startswith("/action"):
        return ()
    given = hit.given
    if not given.get("ti"):
        return ()
    event = given.get("evt")
    if event == "custom":
        event = ": ".join(part for part in ("custom", given.get("ea") or given.get("en")) if part)
    signal = given.get("asc")
    identifiers = [name for name in present(given, _UET_IDENTIFIERS) if given[name] != "N"]
    return (
        Decoded(
            "microsoft-advertising",
            event=event,
            account=given["ti"],
            consent=f"asc={signal}" if signal else consent_strings(given),
            denied=signal == "D",
            identifiers=tuple(identifiers),
        ),
    )


def _clarity(hit: Hit) -> tuple[Decoded, ...]:
    """A recording's envelope: version, sequence, start, duration, project, user, session, page, ..."""
    if not hit.on("clarity.ms"):
        return ()
    if hit.path.endswith("/c.gif"):
        shared = present(hit.query, ("MUID",))
        return (Decoded("microsoft-clarity", event="sync", identifiers=shared, category="marketing"),)
    if not hit.path.endswith("/collect"):
        return ()
    document = hit.document
    envelope = document.get("e") if isinstance(document, dict) else None
    if not isinstance(envelope, list) or len(envelope) < 7:
        return (Decoded("microsoft-clarity", event="recording"),)
    names = [name for name, value in (("user", envelope[5]), ("session", envelope[6])) if value]
    account = str(envelope[4]) if envelope[4] else None
    return (Decoded("microsoft-clarity", event="recording", account=account, identifiers=tuple(sorted(names))),)


UET = Decoder("Microsoft UET", ("bat.bing.",), _uet)
CLARITY = Decoder("Microsoft Clarity", ("clarity.ms/",), _clarity)
