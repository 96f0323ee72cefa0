"""Moments: after a choice they are counted from the click, and the button is named where it is certain."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from scanner.messages import speaking
from scanner.model.inventory import FirstSeen
from scanner.report import render_report
from scanner.report.moments import first_seen, moment_of, pressed
from scanner.report.timeline import aftermaths, timeline

from . import samples

ACCEPTED = FirstSeen(state="accept", page=samples.HOME, ms=1900.0, after_choice_ms=404.0, phase="chosen")


def test_what_followed_a_click_is_counted_from_it() -> None:
    """The button's words, the time since the click, and still the time since the page began to load."""
    states = samples.shop().states
    assert moment_of(ACCEPTED, states) == "404 ms after the click on “Alle akzeptieren”"
    ((_, when), (_, page)) = first_seen(ACCEPTED, states)
    assert when == (
        "404 ms after the click on “Alle akzeptieren”, 1.9 s after the page began to load (After accepting)"
    )
    assert page == samples.HOME


def test_the_button_is_named_in_the_readers_language_of_quotation() -> None:
    with speaking("de"):
        assert moment_of(ACCEPTED, samples.shop().states) == "404 ms nach dem Klick auf „Alle akzeptieren“"


def test_a_choice_of_several_clicks_names_no_button() -> None:
    """The clock runs from the first press, which was on another button than the one that refused."""
    states = samples.shop().states
    seen = FirstSeen(state="reject", page=samples.HOME, ms=3150.0, after_choice_ms=404.0, phase="chosen")
    assert states["reject"].choice.clicks == 2
    assert moment_of(seen, states) == "404 ms after the choice was begun"


def test_a_choice_through_an_interface_or_of_two_like_buttons_names_no_button() -> None:
    state = samples.shop().states["accept"]
    assert pressed(state) == "Alle akzeptieren"
    assert pressed(state.model_copy(update={"choice": state.choice.model_copy(update={"via_api": True})})) == ""
    (accept, *others) = state.banner.buttons
    twice = (accept, accept.model_copy(update={"text": "OK"}), *others)
    assert pressed(state.model_copy(update={"banner": state.banner.model_copy(update={"buttons": twice})})) == ""
    assert pressed(None) == ""


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (FirstSeen(state="before", page="", ms=412.0), "412 ms after the page began to load, before any choice"),
        (FirstSeen(state="reject", page="", ms=412.0), "412 ms after the page began to load, before the click"),
        (
            FirstSeen(state="reject", page="", ms=412.0, phase="chosen"),
            "412 ms after the page began to load, after the click",
        ),
        (FirstSeen(state="before", page=""), "time not known, before any choice"),
    ],
)
def test_other_moments_are_counted_from_the_load(seen: FirstSeen, words: str) -> None:
    assert moment_of(seen, samples.shop().states) == words


def test_what_a_refusal_brought_stands_apart_from_what_consent_brought() -> None:
    """Only first sightings after a choice; what was expected after accepting is folded."""
    scan = samples.refused()
    accepted, refused = aftermaths(scan)
    assert (accepted.title, accepted.expected) == ("After the click on “Alle akzeptieren”", True)
    assert [event.what for event in accepted.timeline.events] == ["cookie prefs_x"]
    assert (refused.title, refused.expected) == ("After the choice: After refusing", False)
    assert [event.what for event in refused.timeline.events] == [
        "data sent to pixel.social.test (PageView)",
        "cookie vid",
    ]
    assert {event.ms for event in refused.timeline.events} == {404.0}
    before = {event.what for event in timeline(scan).events}
    assert not before & {"cookie vid", "cookie prefs_x"}
    assert aftermaths(samples.shop()) == ()


def test_the_page_tells_what_a_choice_brought_and_which_personal_data_went_where() -> None:
    soup = BeautifulSoup(render_report(samples.refused(), {}), "lxml")
    part = soup.select_one("#aftermaths")
    assert part is not None
    assert "After the choice: After refusing" in part.get_text(" ", strip=True)
    assert part.select_one("details") is not None
    row = soup.select_one("#all-personal-data tbody tr")
    assert row is not None
    words = " ".join(row.get_text(" ", strip=True).split())
    assert words.startswith("E-mail address typed into a form by the scan, which did not send the form Social Pixel")
    assert "as a digest (SHA-256), in the body of the request https://pixel.social.test/events.js seen" in words
    proof = " ".join(text.get_text(" ", strip=True) for text in soup.select("#finding-1 .proof details"))
    assert "Personal data: E-mail address" in proof
    assert "404 ms after the choice was begun" in proof
    plain = BeautifulSoup(render_report(samples.shop(), {}), "lxml")
    assert plain.select_one("#personal-data") is None and plain.select_one("#aftermaths") is None


def test_a_hostile_site_with_all_this_stays_text() -> None:
    soup = BeautifulSoup(render_report(samples.poisoned(samples.refused()), {}), "lxml")
    assert len(soup.find_all("script")) == 2
    assert soup.find_all("img") == []
