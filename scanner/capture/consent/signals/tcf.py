"""A decoder for TC strings of the IAB Transparency and Consent Framework, version 2 (policies 2.0 to 2.3).

Source: "Consent string and vendor list formats v2", IAB Tech Lab, GDPR-Transparency-and-Consent-Framework.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import Any

CORE_VERSION = 2
_SIGNS = {sign: n for n, sign in enumerate(string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_")}
_PURPOSES = 24
_SPECIAL_FEATURES = 12


class NotATcStringError(ValueError):
    """The text is no TC string of version 2."""


@dataclass(frozen=True)
class Restriction:
    """A publisher's restriction of one purpose for some vendors. `kind`: 0 not allowed, 1 consent, 2 legitimate."""

    purpose: int
    kind: int
    vendors: frozenset[int]


@dataclass(frozen=True)
class TcString:
    """A decoded TC string. Times are seconds since 1970; sets hold the numbers whose bit is set."""

    created: float
    updated: float
    cmp_id: int
    cmp_version: int
    screen: int
    language: str
    vendor_list: int
    policy: int
    service_specific: bool
    non_standard_texts: bool
    special_features: frozenset[int]
    purposes: frozenset[int]
    legitimate_interests: frozenset[int]
    purpose_one_treatment: bool
    publisher_country: str
    vendors: frozenset[int]
    vendor_legitimate_interests: frozenset[int]
    restrictions: tuple[Restriction, ...] = ()
    disclosed_vendors: frozenset[int] | None = None
    publisher_purposes: frozenset[int] = field(default_factory=frozenset)
    publisher_legitimate_interests: frozenset[int] = field(default_factory=frozenset)


class Bits:
    """Reads bits from the front of a base64url segment. Raises `NotATcStringError` beyond its end."""

    def __init__(self, segment: str) -> None:
        try:
            # Six bits a sign: encoders pad to six bits, to eight or to 24, and all of that is met.
            self._bits = "".join(f"{_SIGNS[sign]:06b}" for sign in segment.rstrip("="))
        except KeyError as error:
            raise NotATcStringError("not base64url") from error
        self._at = 0

    def number(self, width: int) -> int:
        """The next `width` bits as a number."""
        part = self._bits[self._at : self._at + width]
        if len(part) < width:
            raise NotATcStringError("cut short")
        self._at += width
        return int(part, 2)

    def flag(self) -> bool:
        """The next bit."""
        return self.number(1) == 1

    def flags(self, count: int) -> frozenset[int]:
        """The next `count` bits as the set of their positions, counted from 1."""
        return frozenset(position for position in range(1, count + 1) if self.flag())

    def letters(self) -> str:
        """Two letters of six bits each."""
        return "".join(chr(ord("A") + self.number(6)) for _ in range(2))

    def ranges(self) -> frozenset[int]:
        """A list of ranges, as vendors of restrictions are written."""
        found: set[int] = set()
        for _ in range(self.number(12)):
            if self.flag():
                first, last = self.number(16), self.number(16)
                found.update(range(first, last + 1))
            else:
                found.add(self.number(16))
        return frozenset(found)

    def vendors(self) -> frozenset[int]:
        """A vendor section: a bit field, or ranges."""
        highest = self.number(16)
        return self.ranges() if self.flag() else self.flags(highest)


def decode(text: str) -> TcString:
    """Decode a TC string. Raises `NotATcStringError` for anything else."""
    segments = text.split(".")
    bits = Bits(segments[0])
    if bits.number(6) != CORE_VERSION:
        raise NotATcStringError("not version 2")
    core = _core(bits)
    disclosed: frozenset[int] | None = None
    own: frozenset[int] = frozenset()
    own_interests: frozenset[int] = frozenset()
    for segment in segments[1:]:
        more = Bits(segment)
        kind = more.number(3)
        if kind == 1:
            disclosed = more.vendors()
        elif kind == 3:
            own, own_interests = more.flags(_PURPOSES), more.flags(_PURPOSES)
    return TcString(
        **core, disclosed_vendors=disclosed, publisher_purposes=own, publisher_legitimate_interests=own_interests
    )


def _core(bits: Bits) -> dict[str, Any]:
    core: dict[str, Any] = {
        "created": bits.number(36) / 10,
        "updated": bits.number(36) / 10,
        "cmp_id": bits.number(12),
        "cmp_version": bits.number(12),
        "screen": bits.number(6),
        "language": bits.letters(),
        "vendor_list": bits.number(12),
        "policy": bits.number(6),
        "service_specific": bits.flag(),
        "non_standard_texts": bits.flag(),
        "special_features": bits.flags(_SPECIAL_FEATURES),
        "purposes": bits.flags(_PURPOSES),
        "legitimate_interests": bits.flags(_PURPOSES),
        "purpose_one_treatment": bits.flag(),
        "publisher_country": bits.letters(),
        "vendors": bits.vendors(),
        "vendor_legitimate_interests": bits.vendors(),
    }
    core["restrictions"] = tuple(
        Restriction(bits.number(6), bits.number(2), bits.ranges()) for _ in range(bits.number(12))
    )
    return core
