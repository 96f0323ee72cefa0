"""Documents become blocks, tables and sentences, whatever the format."""

from __future__ import annotations

import textwrap

import pytest

from scanner.errors import PolicyError
from scanner.model.recorded import Document
from scanner.policy.readers.grid import RawCell, RawTable, build_grid
from scanner.policy.reading import Reading
from scanner.policy.sentences import split_sentences
from scanner.policy.text import read_blocks


def reading(text: str, media_type: str = "text/html") -> Reading:
    return read_blocks(Document(url="https://a.example/", media_type=media_type, sha256="", text=text))


def cells(text: str, media_type: str = "text/html") -> list[list[str]]:
    return [[cell.text for cell in row] for row in reading(text, media_type).tables[0].rows]


def test_headings_stand_above_what_follows_them() -> None:
    blocks = reading("<h1>A</h1><p>a</p><h2>B</h2><p>b</p><h3>C</h3><p>c</p><h2>D</h2><p>d</p>").blocks
    assert [block.section_path for block in blocks if block.kind == "paragraph"] == [
        ("A",),
        ("A", "B"),
        ("A", "B", "C"),
        ("A", "D"),
    ]


def test_a_bold_line_of_its_own_is_a_heading_and_emphasis_is_not() -> None:
    blocks = reading("<p><strong>Marketing cookies:</strong></p><p><b>We</b> use them.</p>").blocks
    assert [(block.kind, block.level) for block in blocks] == [("heading", 7), ("paragraph", 0)]


def test_rowspan_and_colspan_fill_the_grid_and_say_so() -> None:
    grid = build_grid(
        RawTable([[RawCell("a", rowspan=2), RawCell("b", colspan=2)], [RawCell("c")], [RawCell("d", rowspan=0)]])
    )
    assert [[cell.text for cell in row] for row in grid] == [["a", "b", "b"], ["a", "c", ""], ["d", "", ""]]
    assert grid[1][0].spanned and not grid[0][0].spanned


def test_what_repeats_for_narrow_screens_is_dropped() -> None:
    text = '<table><tr><td>_ga<span class="is-hidden-tablet">, _gid</span></td><td>x</td></tr></table>'
    assert cells(text) == [["_ga", "x"]]
    assert reading('<p>Seen<span style="display:none"> unseen</span></p>').text == "Seen"


def test_a_closed_accordion_is_part_of_the_policy() -> None:
    hidden = '<div style="display: none"><p>' + "These cookies are needed. " * 6 + "</p></div>"
    assert "needed" in reading(hidden).text


def test_menus_and_footers_are_left_out_but_never_everything() -> None:
    text = (
        "<nav><a href='/'>Home</a></nav><main><p>"
        + "We use cookies here. " * 20
        + "</p></main><footer>Imprint</footer>"
    )
    assert "Home" not in reading(text).text and "Imprint" not in reading(text).text
    assert reading("<footer><p>Cookie policy</p></footer>").text == "Cookie policy"


def test_a_table_around_tables_is_layout() -> None:
    result = reading("<table><tr><td><p>Intro</p><table><tr><td>Name</td><td>_ga</td></tr></table></td></tr></table>")
    assert len(result.tables) == 1
    assert [block.text for block in result.blocks] == ["Intro", "Name", "_ga"]


def test_two_line_breaks_begin_a_paragraph_and_one_a_line() -> None:
    blocks = reading("<p>Name: _ga<br>Duration: 2 years<br><br>Name: _gid</p>").blocks
    assert [block.lines for block in blocks] == [("Name: _ga", "Duration: 2 years"), ("Name: _gid",)]


def test_a_list_knows_what_introduces_it() -> None:
    sentences = reading("<p>Hello. We will not:</p><ul><li>sell data<ul><li>to anyone</li></ul></li></ul>").sentences
    assert [(s.text, s.lead_in) for s in sentences][2:] == [("sell data", "We will not:"), ("to anyone", "sell data")]


def test_markdown_tables_emphasis_escapes_and_links_are_read() -> None:
    text = "# Cookies\n\n| Name | By |\n|---|---|\n| \\_ga\\_\\* | [Google](https://g.example/a_b) |\n"
    text += "\n**Bold** and `code_x`\n"
    result = reading(text, "text/markdown")
    assert [[cell.text for cell in row] for row in result.tables[0].rows] == [["Name", "By"], ["_ga_*", "Google"]]
    assert result.blocks[-1].marked("strong") == ("Bold",)
    assert result.blocks[-1].marked("code") == ("code_x",)
    assert result.links[0].url == "https://g.example/a_b"


def test_underscores_of_a_name_are_not_emphasis() -> None:
    assert reading("_gat_UA_ and __utma, __utmb and _really_ so", "text/markdown").text == (
        "_gat_UA_ and __utma, __utmb and really so"
    )


def test_wrapped_lines_of_plain_text_are_joined_and_rows_are_not() -> None:
    wrapped = textwrap.fill("We use cookies to make this website work for you, and to learn how it is used. " * 4, 72)
    assert len(reading(wrapped, "text/plain").blocks) == 1
    rows = "Name Purpose\n_ga Tells one visitor from the next, for the statistics of this very website\n_gid The same"
    assert [block.text.split()[0] for block in reading(rows, "text/plain").blocks] == ["Name", "_ga", "_gid"]


def test_bullets_and_numbered_headings_of_plain_text_are_told() -> None:
    text = "1. Cookies\n\nWe use:\n\n• _ga\n• _gid\n\n1.1 More about them\n\nNothing else is used by this website."
    kinds = [(block.kind, block.level) for block in reading(text, "text/plain").blocks]
    assert kinds == [("heading", 2), ("heading", 2), ("item", 1), ("item", 1), ("heading", 3), ("paragraph", 0)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We use Google Inc. and others. It is so.", 2),
        ("Art. 6 Abs. 1 lit. f DSGVO gilt. Ende.", 2),
        ("See e.g. the list. Done", 2),
        ("これはクッキーです。次の文です。", 2),
        ("Costs 1.5 EUR a day", 1),
        ("Usamos p. ej. cookies propias. Fin.", 2),
    ],
)
def test_abbreviations_do_not_end_a_sentence(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count


def test_sentences_are_verbatim() -> None:
    text = "First sentence, „quoted“.  Second one! Third?"
    for sentence in reading(f"<p>{text}</p>").sentences:
        assert sentence.text in " ".join(text.split())


def test_the_language_is_that_of_the_text_not_of_the_page() -> None:
    text = "<html lang='es'><p>" + "This site uses cookies and we will tell you what they are for. " * 3
    result = reading(text)
    assert (result.language, result.declared_language) == ("en", "es")


def test_an_unreadable_kind_is_one_clear_error() -> None:
    with pytest.raises(PolicyError, match="application/zip"):
        reading("PK", "application/zip")


def test_what_stands_after_the_end_of_the_page_is_read_as_a_browser_reads_it() -> None:
    text = "<html><body><h1>Cookies</h1></body></html><section><p>We use cookies.</p></section>"
    document = Document(url="https://a.example/", media_type="text/html", sha256="", text=text)
    assert [block.text for block in read_blocks(document).blocks] == ["Cookies", "We use cookies."]
