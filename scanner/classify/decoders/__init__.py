"""What known hits say: account, event, consent signal, identifiers. One registry, asked in order."""

from __future__ import annotations

from scanner.classify.decoders.google_ads import ADS, FLOODLIGHT
from scanner.classify.decoders.google_analytics import CLASSIC, GA4, UNIVERSAL
from scanner.classify.decoders.hit import Decoded, Decoder, Hit
from scanner.classify.decoders.hosted import CRITEO, HOTJAR, HUBSPOT, YANDEX
from scanner.classify.decoders.microsoft import CLARITY, UET
from scanner.classify.decoders.self_hosted import ADOBE, ADOBE_EDGE, MATOMO, SEGMENT, SNOWPLOW
from scanner.classify.decoders.social import LINKEDIN, META, PINTEREST, TIKTOK
from scanner.model.evidence import Request

DECODERS: tuple[Decoder, ...] = (
    GA4,
    UNIVERSAL,
    CLASSIC,
    ADS,
    FLOODLIGHT,
    META,
    TIKTOK,
    LINKEDIN,
    PINTEREST,
    UET,
    CLARITY,
    MATOMO,
    SNOWPLOW,
    ADOBE,
    ADOBE_EDGE,
    SEGMENT,
    HOTJAR,
    HUBSPOT,
    YANDEX,
    CRITEO,
)


_MARKS: tuple[tuple[str, Decoder], ...] = tuple((mark, decoder) for decoder in DECODERS for mark in decoder.marks)


def decode(request: Request) -> tuple[Decoded, ...]:
    """What a request says, one answer for each event in it; empty where no decoder knows it."""
    url = request.url
    candidates = [decoder for mark, decoder in _MARKS if mark in url]
    if candidates:
        hit = Hit(request)
        for decoder in candidates:
            found = decoder.decode(hit)
            if found:
                return found
    return ()


__all__ = ["DECODERS", "Decoded", "Decoder", "Hit", "decode"]
