"""Placeholders: made up anew for each request, or repeated from it; everything else in braces is left alone."""

from __future__ import annotations

import re
import uuid

from scanner.demo.placeholders import Asked, fill, fill_cookie

ASKED = Asked(
    host="metrics.shop.example",
    path="/g/collect",
    query_text="v=2&en=page_view",
    query={"v": "2", "en": "page_view"},
    cookies={"IDE": "known"},
)


def test_random_values_have_the_asked_length_and_differ_between_requests() -> None:
    first, second = (fill("{hex:16} {digits:9} {base64:11}", ASKED) for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{16} [1-9]\d{8} [\w-]{11}", first)
    assert first != second
    uuid.UUID(fill("{uuid}", ASKED))


def test_what_the_request_says_can_be_repeated() -> None:
    text = fill("{host} {site} {path} {query} {query:en} {query:none} {cookie:IDE} {cookie:none}", ASKED)
    assert text == "metrics.shop.example shop.example /g/collect v=2&en=page_view page_view  known "


def test_times_are_seconds_and_milliseconds_of_the_same_clock() -> None:
    seconds, milliseconds = fill("{time} {time_ms}", ASKED).split()
    assert 0 <= int(milliseconds) - int(seconds) * 1000 < 2000


def test_braces_that_are_no_placeholder_stay() -> None:
    assert fill('{"id": 1} {unknown} {hex} {hex:x} {host:y}', ASKED) == '{"id": 1} {unknown} {hex} {hex:x} {host:y}'


def test_what_a_browser_sends_is_not_filled_again() -> None:
    sent = Asked(host="a.example", path="/", query={"q": "{cookie:secret}"}, cookies={"secret": "s"})
    assert fill("{query:q}", sent) == "{cookie:secret}"


def test_a_known_cookie_keeps_its_value_and_a_new_one_gets_one() -> None:
    line = "IDE={hex:8}; Max-Age=60; Domain={site}"
    assert fill_cookie(line, ASKED) == "IDE=known; Max-Age=60; Domain=shop.example"
    fresh = Asked(host="www.shop.example", path="/")
    assert re.fullmatch(r"IDE=[0-9a-f]{8}; Max-Age=60; Domain=shop\.example", fill_cookie(line, fresh))


def test_a_line_that_deletes_a_cookie_does_so_for_a_known_one() -> None:
    assert fill_cookie("IDE=; Max-Age=0", ASKED) == "IDE=; Max-Age=0"
