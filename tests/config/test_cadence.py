"""How often: what is understood, and how a mistake is told."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scanner.config.fleet import Cadence
from scanner.config.fleet.cadence import DAY_S, CadenceTable


@pytest.mark.parametrize(
    "expression",
    [
        "daily",
        "weekly",
        "monthly",
        "0 4 * * *",
        "*/15 8-18 * * mon-fri",
        "0 0 L * *",
        "0 0 LW * *",
        "30 6 * * 1#2",
        "0 0 * * 5L",
        "0 0 29 2 *",
    ],
)
def test_words_and_cron_expressions_of_five_fields_are_understood(expression: str) -> None:
    assert len(Cadence(expression=expression).cron.split()) == 5


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("hourly", "neither daily"),
        ("0 0 * *", "five fields"),
        ("0 0 * * * *", "five fields"),
        ("@daily", "write 'daily'"),
        ("60 * * * *", "bad minute"),
        ("0 24 * * *", "bad hour"),
        ("0 0 30 2 *", "bad day-of-month"),
        ("0 0 */30 2 1#2", "no day that there will ever be"),
        ("*/" + "9" * 500 + " * * * *", "five fields"),
        ("", "five fields"),
    ],
)
def test_what_is_no_cadence_is_told(expression: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words.replace("(", r"\(")):
        Cadence(expression=expression)


@pytest.mark.parametrize(
    ("name", "words"),
    [("Europe/Berln", "did you mean 'Europe/Berlin'"), ("../etc/passwd", "no time zone"), ("", "no time zone")],
)
def test_a_time_zone_must_exist(name: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Cadence(expression="daily", timezone=name)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("1.5h", 5400), ("3 d", 3 * DAY_S), (120, 120), (0.5, 0.5)]
)
def test_a_jitter_is_seconds_or_a_span(text: object, seconds: float) -> None:
    assert CadenceTable.model_validate({"every": "daily", "jitter": text}).jitter == seconds


@pytest.mark.parametrize("text", ["-1h", "2 weeks", "h", "29d", -1])
def test_what_is_no_span_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        CadenceTable.model_validate({"every": "daily", "jitter": text})


def _over(site: dict[str, object], beneath: dict[str, object]) -> Cadence | None:
    return CadenceTable.model_validate(site).over(CadenceTable.model_validate(beneath)).cadence()


def test_without_a_jitter_the_sites_of_a_word_are_spread_over_its_period() -> None:
    assert CadenceTable(every="weekly").cadence() == Cadence(expression="weekly", jitter_s=7 * DAY_S)
    assert CadenceTable(cron="0 4 * * *").cadence() == Cadence(expression="0 4 * * *", jitter_s=0.0)


def test_what_a_site_does_not_say_stands_beneath_it() -> None:
    zone = {"timezone": "Europe/Berlin"}
    assert _over({"every": "daily"}, {**zone, "jitter": "2h"}) == Cadence(
        expression="daily", timezone="Europe/Berlin", jitter_s=7200
    )
    assert _over({"jitter": 60}, {"cron": "0 4 * * *", **zone}) == Cadence(
        expression="0 4 * * *", timezone="Europe/Berlin", jitter_s=60
    )
    assert _over(zone, {}) is None


def test_a_jitter_goes_with_the_rhythm_that_it_came_with() -> None:
    """Two hours of a day would crowd all sites of a week into its first two hours."""
    found = _over({"every": "weekly"}, {"every": "daily", "jitter": "2h", "timezone": "Europe/Berlin"})
    assert found == Cadence(expression="weekly", timezone="Europe/Berlin", jitter_s=7 * DAY_S)
