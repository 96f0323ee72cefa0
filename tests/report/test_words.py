"""Durations, times, names and foreign text as a reader sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.matching import collapsed
from scanner.report import words
from scanner.report.links import passage_link, safe_link
from scanner.report.text import Block, blocks, visible

DAY = 86400


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "not known"),
        (0, "deleted at once"),
        (10, "10 seconds"),
        (60, "1 minute"),
        (1800, "30 minutes"),
        (3 * 3600, "3 hours"),
        (DAY, "1 day"),
        (30 * DAY, "30 days"),
        (90 * DAY, "90 days"),
        (180 * DAY, "6 months"),
        (365 * DAY, "1 year"),
        (365 * DAY - 0.6, "1 year"),
        (390 * DAY, "13 months"),
        (393 * DAY, "13 months"),
        (396 * DAY, "13 months"),
        (397 * DAY, "397 days"),
        (360 * DAY, "12 months"),
        (366 * DAY, "1 year"),
        (400 * DAY, "400 days"),
        (730 * DAY, "2 years"),
        (731 * DAY, "2 years"),
        (10 * 365 * DAY, "10 years"),
    ],
)
def test_a_duration_is_said_in_the_largest_unit_that_fits(seconds: float | None, said: str) -> None:
    """No unit is chosen that would make the number wrong."""
    assert words.duration(seconds) == said


def test_a_session_says_so() -> None:
    """A session cookie has no number."""
    assert words.duration(None, session=True) == "until the browser is closed"


@given(st.floats(min_value=1, max_value=1e11))
def test_every_duration_has_words(seconds: float) -> None:
    """Whatever a site asks for can be said, and never as nothing."""
    assert any(character.isdigit() for character in words.duration(seconds))
    assert not words.duration(seconds).startswith("0")


def test_a_time_below_a_second_keeps_its_milliseconds() -> None:
    """A cookie of the first answer did not come after 0.0 seconds."""
    assert [words.elapsed(ms) for ms in (15.2, 999.4, 999.6, 31600.0, None)] == [
        "15 ms",
        "999 ms",
        "1.0 s",
        "31.6 s",
        "at a time not known",
    ]


def test_states_stand_in_the_order_of_a_visit() -> None:
    """Before, accept, reject, withdraw, GPC, then single categories."""
    given_states = ("gpc", "category:analytics", "reject", "accept", "before", "withdraw")
    assert words.in_order(given_states) == ("before", "accept", "reject", "withdraw", "gpc", "category:analytics")
    assert words.state_label("category:analytics") == "Only “analytics” accepted"


def test_long_rows_of_names_are_counted() -> None:
    """Two names are joined, a third is listed, more are counted."""
    assert words.listing(()) == ""
    assert words.listing(("A",)) == "A"
    assert words.listing(("A", "B", "C")) == "A, B and C"
    assert words.listing(("A", "B", "C", "D", "E")) == "A, B and 3 more"


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("_ga_8X2K9QL1AB", "_ga_*"),
        ("_ga", "_ga"),
        ("_gat_UA-12345-1", "_gat_UA-*"),
        ("_hjSession_1234567", "_hjSession_*"),
        ("_pk_id.1.1fff", "_pk_id.1.*"),
        ("wordpress_logged_in_0123456789abcdef0123456789abcdef", "wordpress_logged_in_*"),
        ("SSESS4f3b2a1c0d9e8f7a6b5c4d3e2f1a0b9c", "SSESS*"),
        ("mp_0123456789abcdef0123456789abcdef_mixpanel", "mp_*_mixpanel"),
        ("device.7af503ae-0c84-478f-98b0-ecfff5d67750", "device.*"),
        ("crisp-client%2Fsession%2F3f2504e0-4f89-11d3-9a0c-0305e82c3301", "crisp-client%2Fsession%2F*"),
        ("visitor_id123456", "visitor_id*"),
        ("__cf_bm", "__cf_bm"),
        ("euconsent-v2", "euconsent-v2"),
        ("_vwo_uuid_v2", "_vwo_uuid_v2"),
        ("cto_bundle", "cto_bundle"),
        ("x_base64data", "x_base64data"),
        ("PHPSESSID", "PHPSESSID"),
        ("1P_JAR", "1P_JAR"),
        ("wp-settings-time-1", "wp-settings-time-1"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ("", ""),
    ],
)
def test_only_an_identifier_becomes_a_star(name: str, pattern: str) -> None:
    """The word of a name stays; what differs from visitor to visitor goes."""
    assert collapsed(name) == pattern


@given(st.text(max_size=60))
def test_collapsing_is_done_once(name: str) -> None:
    """A pattern is a pattern already."""
    assert collapsed(collapsed(name)) == collapsed(name)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//host/x",
        "https:",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    """Any other scheme stays plain text."""
    assert safe_link(url) is None
    assert passage_link(url, "words of the policy") is None


def test_a_quotation_links_to_its_passage() -> None:
    """Short passages are given whole, long ones by their ends; the directive's own characters are encoded."""
    short = passage_link("https://shop.example/p", "No ads, no non-essential cookies & more")
    assert short == "https://shop.example/p#:~:text=No%20ads%2C%20no%20non%2Dessential%20cookies%20%26%20more"
    long = passage_link("https://shop.example/p#cookies", " ".join(f"word{position}" for position in range(80)))
    assert long is not None and long.startswith("https://shop.example/p#cookies:~:text=word0%20word1")
    assert long.endswith("word79") and long.count(",") == 1


def test_invisible_characters_are_spelled_out() -> None:
    """A name that turns the direction of writing cannot pass for another."""
    assert visible("a\u202eb\x00c\nd") == "a⟨U+202E⟩b⟨U+0000⟩c\nd"
    assert visible(7) == 7


def test_plain_text_keeps_its_structure() -> None:
    """Paragraphs, bullets and numbered steps are told apart."""
    assert blocks("Do this.\n1. First\n2. Second\n\n- one\n- two\n\n\nEnd.") == (
        Block("paragraph", ("Do this.",)),
        Block("steps", ("First", "Second")),
        Block("list", ("one", "two")),
        Block("paragraph", ("End.",)),
    )
    assert blocks("  \n") == ()
