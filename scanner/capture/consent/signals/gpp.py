"""The header of an IAB Global Privacy Platform string: which sections it holds.

Source: "Global Privacy Platform" specification, IAB Tech Lab: a header of type 3 and version 1, whose section ids are
a range list in Fibonacci coding, followed by the sections, joined by `~`.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.capture.consent.signals.tcf import Bits, NotATcStringError

TCF_EU = 2
"""Id of the section that holds a TC string."""

_HEADER_TYPE = 3
_LONGEST_CODE = 24


@dataclass(frozen=True)
class GppString:
    """A decoded header. `sections` maps section ids to their text, still encoded."""

    version: int
    sections: dict[int, str]


def decode(text: str) -> GppString:
    """Decode a GPP string. Raises `NotATcStringError` for anything else."""
    header, *sections = text.split("~")
    bits = Bits(header + "A")  # the header is padded to six bits, not to eight
    if bits.number(6) != _HEADER_TYPE:
        raise NotATcStringError("not a GPP header")
    version = bits.number(6)
    ids: list[int] = []
    last = 0
    for _ in range(bits.number(12)):
        if bits.flag():
            first = last + _fibonacci(bits)
            last = first + _fibonacci(bits)
            ids += range(first, last + 1)
        else:
            last += _fibonacci(bits)
            ids.append(last)
    return GppString(version, dict(zip(ids, sections, strict=False)))


def _fibonacci(bits: Bits) -> int:
    """One number in Fibonacci coding: ends with two set bits."""
    total, one, two = 0, 1, 2
    before = False
    for _ in range(_LONGEST_CODE):
        bit = bits.flag()
        if bit and before:
            return total
        if bit:
            total += one
        before = bit
        one, two = two, one + two
    raise NotATcStringError("an endless number")
