"""Tables for spreadsheets, and the declaration as it should read."""

from __future__ import annotations

import csv
import io
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.scan import Scan
from scanner.report import cookies_csv, declaration_csv, findings_csv, render_declaration
from scanner.report.declared import draft
from scanner.report.tables import csv_text, safe_cell

from . import samples


def rows(text: str) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet reads it."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_each_cookie_is_a_row_with_its_states() -> None:
    """Columns for each state, numbers as numbers, and the line that set it."""
    table = {row["name"]: row for row in rows(cookies_csv(samples.shop()))}
    assert len(table) == 10
    vid = table["vid"]
    assert [vid["seen: Before a choice"], vid["seen: After accepting"], vid["seen: After refusing"]] == [
        "no",
        "yes",
        "no",
    ]
    assert table["_ga"]["lifetime_seconds"] == "63072000" and table["_ga"]["kept_seconds"] == "34560000"
    assert table["basket"]["lifetime_seconds"] == "" and table["basket"]["session"] == "yes"
    assert table["_fbp"]["set_line"].startswith("_fbp=fb.1.1; Max-Age=7776000")
    assert table["refused"]["refused"] == "SameSiteNoneInsecure"


def test_each_finding_is_a_row() -> None:
    """Worst first, with the words of the policy, the remedy and the proof."""
    table = rows(findings_csv(samples.shop()))
    assert [row["severity"] for row in table] == ["high", "high", "medium", "medium", "medium", "low", "info"]
    assert table[4]["policy_says"] == "Wir setzen keine Cookies zu Werbezwecken ein."
    assert table[0]["observed"].split() == ["/beacons/0", "/beacons/1", "/cookies/0", "/cookies/1", "/cookies/2"]
    assert "\n" not in table[0]["what_to_do"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r\n=1",
        " =1",
        "'=1",
        '"=1',
        "＝1+1",
        "|cmd",
        "%0A",
        "\x00=1",
        "\u2028=1",
    ],
)
def test_a_formula_stays_text(text: str) -> None:
    """An apostrophe in front stops every spreadsheet; nothing invisible can hide the beginning."""
    assert safe_cell(text).startswith("'")
    assert not re.search(r"[\x00-\x1f]", safe_cell(text))


def test_a_semicolon_starts_no_formula() -> None:
    """Where the semicolon separates cells, what follows one begins no formula either."""
    assert safe_cell('a;=cmd; "+x;b') == "a;'=cmd; \"'+x;b"


def test_numbers_and_truth_stay_what_they_are() -> None:
    """A negative number is no formula."""
    assert [safe_cell(value) for value in (-3, 2.5, 3600.0, True, False, None)] == [
        "-3",
        "2.5",
        "3600",
        "yes",
        "no",
        "",
    ]


@given(st.lists(st.text(), min_size=2, max_size=4))
def test_no_cell_of_any_table_begins_like_a_formula(cells: list[str]) -> None:
    """Whatever strangers write: quotation, separators and lines hold, and no cell is a formula."""
    text = csv_text(("a", "b"), [cells]).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert len(read) == 2 and len(read[1]) == len(cells)
    assert not any(re.match(r"\s*[=+\-@]", cell) for cell in read[1])


@pytest.mark.parametrize("write", [cookies_csv, findings_csv, declaration_csv])
def test_a_hostile_scan_makes_no_formula(write: object) -> None:
    """Every cell of every table of the hostile site."""
    assert callable(write)
    text: str = write(samples.hostile())
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) for cell in row]
    assert any("=cmd" in cell for cell in cells)
    assert not any(re.match(r"\s*[=+\-@]", cell) for cell in cells)


def test_the_declaration_is_grouped_and_collapsed() -> None:
    """Categories in the order of a declaration; identifiers become stars; refused cookies are left out."""
    made = draft(samples.shop())
    groups = {category: [entry.name for entry in entries] for category, entries in made.groups}
    assert groups == {"necessary": ["basket"], "functional": ["lang"], "analytics": ["_ga", "_ga_*", "uid_*"]}
    assert [entry.name for entry in made.incomplete] == ["_ads_id", "cmp_consent", "_fbp", "prefs_x", "vid"]
    assert {entry.name: entry.missing for entry in made.incomplete}["prefs_x"] == ("category", "purpose")
    assert [row.name for row in made.unseen] == ["chat_open"]
    statistics = dict(made.groups)["analytics"]
    assert [(entry.type, entry.duration) for entry in statistics] == [
        ("Cookie", "2 years"),
        ("Cookie", "2 years"),
        ("Local storage", "until deleted"),
    ]


def test_cookies_of_one_pattern_are_one_row() -> None:
    """Two identifiers, two lifetimes: one row with both durations."""
    cookies = tuple(
        samples.cookie(name, ".shop.example", "analytics", vendor="V", purpose="Counts.", days=days)
        for name, days in (("_ga_8X2K9QL1AB", 730), ("_ga_9Y3L0RM2BC", 365))
    )
    ((_, (entry,)),) = draft(samples.scan(cookies=cookies)).groups
    assert (entry.name, entry.duration, entry.names) == (
        "_ga_*",
        "2 years or 1 year",
        ["_ga_8X2K9QL1AB", "_ga_9Y3L0RM2BC"],
    )


def test_the_words_of_the_present_policy_stand_in() -> None:
    """A cookie that the catalogue does not know takes category and purpose from the site's own declaration."""
    row = samples.clean().declaration.cookies[0]
    scan = samples.clean().model_copy(update={"cookies": (samples.cookie("basket", samples.HOST, "unknown"),)})
    assert row.purpose == "Remembers the basket."
    ((category, (entry,)),) = draft(scan).groups
    assert (category, entry.purpose, entry.provider) == ("necessary", row.purpose, "This website (shop.example)")


def test_the_page_offers_its_own_source_to_paste() -> None:
    """The block and the source shown are the same, and the source holds nothing but plain elements."""
    soup = BeautifulSoup(render_declaration(samples.shop()), "lxml")
    source = BeautifulSoup(soup.select("#source")[0].get_text(), "lxml")
    assert [cell.get_text() for cell in source.select("td")] == [cell.get_text() for cell in soup.select(".sheet td")]
    assert {tag.name for tag in source.find_all()} == {
        *("html", "body", "section", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td")
    } - {"p"}
    assert not [tag for tag in source.find_all() for name in tag.attrs if name != "scope"]
    assert soup.select("main table.wide tbody tr th")[0].get_text() == "_ads_id"
    assert "Delete the sentence, or the advertising." in soup.get_text()


def test_a_hostile_source_stays_text_when_pasted() -> None:
    """What is pasted into a policy carries no markup of strangers."""
    soup = BeautifulSoup(render_declaration(samples.hostile()), "lxml")
    source = BeautifulSoup(soup.select("#source")[0].get_text(), "lxml")
    assert not source.select("script, img, style, iframe")
    assert not soup.select("main script, main img")


def test_a_failed_scan_has_no_declaration() -> None:
    """Nothing was seen, so nothing is drafted."""
    text = render_declaration(samples.failed())
    assert "no declaration can be drafted" in text and "<table" not in text


def test_the_csv_of_the_declaration_ends_with_what_is_to_be_completed() -> None:
    """Complete rows first, in the words of the page."""
    table = rows(declaration_csv(samples.shop()))
    assert table[0]["category"] == "Necessary" and table[0]["duration"] == "until the browser is closed"
    assert [row["to_be_completed"] for row in table][-3:] == ["purpose", "category, purpose", "purpose"]


def test_tables_are_functions_of_their_scan() -> None:
    """The same scan gives the same bytes, also after a trip through its file."""
    again = Scan.model_validate_json(samples.shop().model_dump_json(by_alias=True))
    for write in (cookies_csv, findings_csv, declaration_csv, render_declaration):
        assert write(again) == write(samples.shop())
