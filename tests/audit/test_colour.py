"""Contrast as WCAG computes it."""

from __future__ import annotations

import pytest

from scanner.audit.colour import contrast


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000", "#fff", 21.0),
        ("rgb(0, 0, 0)", "rgba(255, 255, 255, 1)", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("rgb(255 0 0)", "#ffffff", 4.0),
        ("#123456", "#123456", 1.0),
    ],
)
def test_known_ratios(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("other", [None, "", "transparent", "rgba(0, 0, 0, 0.5)", "color(srgb 1 1 1)", "#12"])
def test_what_is_not_understood_is_not_guessed(other: str | None) -> None:
    assert contrast("#000000", other) is None
