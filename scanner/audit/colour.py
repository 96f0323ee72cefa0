"""Contrast of two colours as browsers write them, by the formula of the Web Content Accessibility Guidelines."""

from __future__ import annotations

import re

_RGB = re.compile(r"rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:\s*[,/]\s*([\d.]+%?))?\s*\)", re.I)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.I)

Rgb = tuple[float, float, float]


def contrast(first: str | None, second: str | None) -> float | None:
    """The contrast ratio, 1 to 21 (WCAG 2.2); null where a colour is not given, not opaque or not understood."""
    one, other = _parse(first), _parse(second)
    if one is None or other is None:
        return None
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _parse(text: str | None) -> Rgb | None:
    if text is None:
        return None
    found = _RGB.fullmatch(text.strip())
    if found is not None:
        if found[4] not in (None, "1", "1.0", "100%"):
            return None
        return float(found[1]), float(found[2]), float(found[3])
    found = _HEX.fullmatch(text.strip())
    if found is None:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return float(int(digits[:2], 16)), float(int(digits[2:4], 16)), float(int(digits[4:], 16))


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    linear: float = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return linear
