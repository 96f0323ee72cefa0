"""Durations in words of many languages become seconds, "session", "persistent", or nothing."""

from __future__ import annotations

import pytest

from scanner.policy.durations import is_duration, parse_duration, stated_lifetime, unit_in

DAY, WEEK, MONTH, YEAR, HOUR = 86400, 7 * 86400, 30 * 86400, 365 * 86400, 3600


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 years", 2 * YEAR),
        ("1 year 24 days", YEAR + 24 * DAY),
        ("1 year, 1 month and 4 days", YEAR + MONTH + 4 * DAY),
        ("Two weeks", 2 * WEEK),
        ("two (2) years", 2 * YEAR),
        ("12 moi", 12 * MONTH),
        ("bis zu 13 Monate", 13 * MONTH),
        ("7 days - 3 years", 3 * YEAR),
        ("6 to 13 months", 13 * MONTH),
        ("de 1 a 2 años", 2 * YEAR),
        ("20 minutes - 1 heure", HOUR),
        ("up to 12 months", 12 * MONTH),
        ("less than 1 day", DAY),
        ("2914047 Days", 2914047 * DAY),
        ("1,5 Jahre", 547 * DAY + 43200),
        ("24 Std.", DAY),
        ("6M", 6 * MONTH),
        ("24h", DAY),
        ("30 000 ms", 30),
        ("1 año", YEAR),
        ("90 dni", 90 * DAY),
        ("do 2 lat", 2 * YEAR),
        ("Deux ans", 2 * YEAR),
        ("1 mês", MONTH),
        ("4 weken", 4 * WEEK),
        ("2年", 2 * YEAR),
        ("1か月", MONTH),
        ("6 месяцев", 6 * MONTH),
        ("3 μήνες", 3 * MONTH),
        ("2 hours (or current browser session)", 2 * HOUR),
        ("365 days (1 year)", YEAR),
        ("Persistent (2 years)", 2 * YEAR),
        ("Session", "session"),
        ("Sitzung", "session"),
        ("fin de la session", "session"),
        ("When you close your browser", "session"),
        ("beim Schließen des Browsers", "session"),
        ("al cerrar el navegador", "session"),
        ("po zamknięciu przeglądarki", "session"),
        ("セッション", "session"),
        ("persistent", "persistent"),
        ("until deleted", "persistent"),
        ("bis zur Löschung", "persistent"),
        ("Never expires", "persistent"),
        ("Dauerhaft", "persistent"),
        ("stały", "persistent"),
        ("A few seconds", None),
        ("mehrere Monate", None),
        ("12/31/2037", None),
        ("various", None),
        ("see below", None),
        ("-", None),
        ("", None),
    ],
)
def test_a_duration_is_read_in_any_language_and_form(text: str, expected: int | str | None) -> None:
    assert parse_duration(text) == expected


def test_a_short_unit_means_what_it_means_in_the_language_of_the_text() -> None:
    assert parse_duration("61 j", "fr") == 61 * DAY
    assert parse_duration("2 J.", "de") == 2 * YEAR


def test_a_bare_number_takes_the_unit_of_its_column() -> None:
    assert unit_in("Lifespan (days)") == "day"
    assert parse_duration("365", unit="day") == YEAR
    assert parse_duration("365") is None


@pytest.mark.parametrize("text", ["ctb_session_uuid", "Session management and login", "Google", "31.12.2037", "lang"])
def test_words_that_are_no_duration_are_not_taken_for_one(text: str) -> None:
    assert not is_duration(text)


def test_a_description_states_a_duration_only_where_it_says_so() -> None:
    assert stated_lifetime("Tells visitors apart. It expires after 2 years.") == (2 * YEAR, "2 years")
    assert stated_lifetime("Counts visits of the last 30 days") is None
    assert stated_lifetime("Expires after 1 year or after 2 years") is None
