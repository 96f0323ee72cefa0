"""Any input gives an answer or a clear error, soon, and the same one each time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import PolicyError
from scanner.model.recorded import Document
from scanner.policy import document_from_bytes, find_cookies, read
from scanner.policy.reading import Reading
from scanner.policy.text import read_blocks

SECONDS = 5.0
"""Processor time that any document may take."""


def attempt(text: str, media_type: str) -> Reading | None:
    try:
        return read_blocks(Document(url="x", media_type=media_type, sha256="", text=text))
    except PolicyError:
        return None


def cookies_within_time(text: str, media_type: str) -> None:
    begun = time.process_time()
    reading = attempt(text, media_type)
    if reading is not None:
        find_cookies(reading)
    assert time.process_time() - begun < SECONDS


PIECES = st.sampled_from(
    [
        *(
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "<td rowspan=0>",
            "<td colspan=99999>",
            "<th>Name",
            "<th>Duration",
            "<ul>",
        ),
        *(
            "<li>",
            "</ul>",
            "<dl><dt>",
            "<dd>",
            "<div>",
            "</div>",
            "<h2>",
            "</h2>",
            "<br>",
            "<b>",
            "</b>",
            "<!--",
            "-->",
        ),
        *(
            "<p hidden>",
            "<nav>",
            "_ga",
            "_gid, _gat",
            "2 years",
            "Session",
            "Name: ",
            "Duration: ",
            "Marketing cookies",
        ),
        *(
            "|",
            "\n",
            "\n\n",
            "---|---",
            "# ",
            "- ",
            "* ",
            "1. ",
            "**",
            "`",
            "[",
            "](",
            ")",
            "\\",
            "\t",
            "🍪",
            "مرحبا",
            "\u202e",
        ),
        *("\x00", "&#0;", "&lt;", "𝒳", "é", "e\u0301", ":", "(", "{", "<"),
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(["text/html", "text/markdown", "text/plain"]))
def test_broken_markup_of_any_kind_is_read_the_same_way_twice(text: str, media_type: str) -> None:
    one, other = attempt(text, media_type), attempt(text, media_type)
    assert one == other
    if one is not None:
        assert find_cookies(one) == find_cookies(one)
        assert all(0 <= s.start < s.end <= len(b.text) for b in one.blocks for s in b.spans)
        assert all(len(row) == len(table.rows[0]) for table in one.tables for row in table.rows)


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_any_bytes_become_a_document_or_a_clear_error(data: bytes) -> None:
    try:
        find_cookies(read_blocks(document_from_bytes(data, "x")))
    except PolicyError as error:
        assert str(error).startswith("x: ")


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("<div>" * 100_000 + "cookie _ga", "text/html"),
        ("<table><tr><td>" * 20_000 + "_ga", "text/html"),
        ("<p>cookie policy " + "<span>" * 50_000 + "_ga", "text/html"),
        ("<table>" + "<tr>" + "<td rowspan=60000 colspan=1000>_ga</td>" * 50 + "<tr><td>_x</td>" * 5_000, "text/html"),
        ('<div style="display:none">' * 1_500 + "<p>x</p>" * 20_000, "text/html"),
        ("<p>" + "_ga: 1 day<br>" * 8_000, "text/html"),
        ("a" * 500_000, "text/plain"),
        ("_" * 500_000, "text/plain"),
        ("(" * 500_000, "text/plain"),
        ("1 year " * 60_000, "text/plain"),
        ("Name: " * 60_000, "text/plain"),
        ("Name\nDuration\n" * 8_000, "text/plain"),
        ("*a_" * 100_000, "text/markdown"),
        ("[a](" * 4_900 + "\n\n", "text/markdown"),
        ("`" * 19_000 + "\n\n" + "a ``" * 4_000, "text/markdown"),
        ("|a|b|\n" * 12_000, "text/markdown"),
    ],
    ids=lambda value: None if len(value) < 40 and "/" in value else value[:16],
)
def test_a_hostile_document_takes_bounded_time(text: str, media_type: str) -> None:
    cookies_within_time(text, media_type)


def test_twenty_megabytes_are_an_answer_or_a_clear_error() -> None:
    begun = time.process_time()
    with pytest.raises(PolicyError, match="too large to be a policy"):
        read_blocks(Document(url="x", media_type="text/html", sha256="", text="<p>We use cookies.</p>\n" * 870_000))
    assert time.process_time() - begun < SECONDS


def test_a_large_picture_in_the_page_does_not_matter() -> None:
    text = f'<h1>Cookie policy</h1><img src="data:image/png;base64,{"A" * 15_000_000}"><p>The cookie _ga lasts.</p>'
    assert [cookie.name for cookie in find_cookies(attempt(text, "text/html") or Reading(""))] == ["_ga"]


def test_reading_takes_time_in_proportion_to_length() -> None:
    sentence = "<p>We use cookies such as _ga and _gid (Google Analytics) for 2 years. You may change your mind.</p>"

    def spent(times: int) -> float:
        begun = time.process_time()
        cookies = find_cookies(attempt(sentence * times, "text/html") or Reading(""))
        assert {cookie.name for cookie in cookies} == {"_ga", "_gid"}
        return time.process_time() - begun

    spent(50)
    assert spent(2_000) < 12 * max(spent(400), 0.02)


def test_a_table_of_thousands_of_rows_is_read_whole_within_time() -> None:
    rows = "".join(
        f"<tr><td>c_{i}</td><td>Google</td><td>Counts visits {i}</td><td>2 years</td></tr>" for i in range(3000)
    )
    head = "<tr><th>Cookie</th><th>Provider</th><th>Purpose</th><th>Duration</th></tr>"
    page = f"<title>Cookie policy</title><p>We use cookies and personal data.</p><table>{head}{rows}</table>"
    begun = time.process_time()
    declaration = read([document_from_bytes(page.encode(), "u")])
    assert time.process_time() - begun < SECONDS
    assert len(declaration.cookies) == 3000


def test_a_tag_with_endless_attributes_takes_no_time() -> None:
    attributes = " ".join(f'a{i}="x"' for i in range(60_000))
    cookies_within_time(f"<p {attributes}>Cookies _ga</p>", "text/html")
