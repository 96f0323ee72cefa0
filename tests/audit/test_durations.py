"""Lifetimes: tolerance, caps, months, ceilings, words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.audit.durations import compare, same_seconds, words

from .builders import DAY, cookie, row


def asked(seconds: float | None, kept: float | None = None) -> object:
    return cookie("c", lifetime_seconds=seconds, kept_seconds=kept, session=False)


@pytest.mark.parametrize("days", range(390, 397))
def test_thirteen_months_are_390_to_396_days(days: int) -> None:
    assert compare(row("c", duration=13 * 30 * DAY), asked(float(days * DAY))) == "same"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("declared", "observed", "answer"),
    [
        (30 * DAY, 27.0 * DAY, "shorter"),
        (30 * DAY, 33.0 * DAY, "longer"),
        (365 * DAY, 730.0 * DAY, "longer"),
        (365 * DAY, 366.0 * DAY, "same"),
        (60, 63.0, "same"),
        (60, 90.0, "longer"),
        ("persistent", 60.0, "same"),
        ("session", 60.0, "longer"),
        (None, 60.0, "unknown"),
        (90 * DAY, None, "unknown"),
    ],
)
def test_comparison(declared: object, observed: float | None, answer: str) -> None:
    assert compare(row("c", duration=declared), asked(observed)) == answer  # type: ignore[arg-type]


def test_the_browser_s_cap_hides_nothing_and_accuses_nobody() -> None:
    """Where nobody saw what was asked for, 400 days kept may stand for any longer time, but for no shorter one."""
    capped = asked(None, 400.0 * DAY)
    assert compare(row("c", duration=730 * DAY), capped) == "unknown"  # type: ignore[arg-type]
    assert compare(row("c", duration=90 * DAY), capped) == "longer"  # type: ignore[arg-type]


def test_a_session_cookie() -> None:
    assert compare(row("c", duration="session"), cookie("c")) == "same"
    assert compare(row("c", duration=DAY), cookie("c")) == "shorter"


@pytest.mark.parametrize("text", ["up to 2 years", "max. 2 years", "bis zu 2 Jahre", "jusqu'à 2 ans", "< 2 years"])
def test_a_ceiling_is_kept_by_a_shorter_life(text: str) -> None:
    said = row("c", duration=730 * DAY, duration_text=text)
    assert compare(said, asked(30.0 * DAY)) == "same"  # type: ignore[arg-type]
    assert compare(said, asked(3650.0 * DAY)) == "longer"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (1800, "30 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (DAY, "1 day"),
        (36 * 3600, "36 hours"),
        (90 * DAY, "90 days"),
        (365 * DAY, "1 year"),
        (395 * DAY, "395 days"),
        (730 * DAY, "2 years"),
    ],
)
def test_words(seconds: float, text: str) -> None:
    assert words(seconds) == text


@given(st.floats(min_value=1, max_value=1e11), st.floats(min_value=1, max_value=1e11))
def test_equality_knows_no_order(first: float, second: float) -> None:
    assert same_seconds(first, second) == same_seconds(second, first)
    assert same_seconds(first, first)
