"""The difference as a page and as lines: everything that changed is told, and nothing foreign acts."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from scanner.cli.tables import diff_lines
from scanner.diff import compare
from scanner.messages import LANGUAGES, speaking
from scanner.messages.speech import Language
from scanner.report import diff_headline, diff_parts, render_diff

from . import samples

FOUND = compare(samples.clean(), samples.shop(), old_text=("Old.",), new_text=("New one.",))


def test_the_page_tells_every_change() -> None:
    """Each line of each part stands on the page, under new, gone or changed."""
    soup = BeautifulSoup(render_diff(FOUND), "lxml")
    told = [item.get_text(" ", strip=True) for item in soup.select(".plainlist li strong")]
    lines = [line for part in diff_parts(FOUND) for line in (*part.new, *part.gone, *part.changed)]
    assert told == [" ".join(line.name.split()) for line in lines]
    assert len(lines) > 10


def test_the_sentence_counts_what_the_lists_hold() -> None:
    new, gone = len(FOUND.findings.new), len(FOUND.findings.gone)
    assert diff_headline(FOUND).startswith(f"{new} finding")
    assert f"{gone} {'is' if gone == 1 else 'are'} gone" in diff_headline(FOUND)
    same = compare(samples.shop(), samples.shop())
    assert diff_headline(same) == "Nothing changed between the two scans."


def test_a_hostile_scan_writes_nothing_but_text() -> None:
    """Names, quotations and sentences of strangers are escaped, on the page and on the terminal."""
    found = compare(samples.clean(), samples.hostile(), old_text=(), new_text=("<script>alert(1)</script>\x1b[2J",))
    soup = BeautifulSoup(render_diff(found), "lxml")
    assert len(soup.select("script")) == 2 and not soup.select("img, iframe, style ~ style, [onerror], [onload]")
    assert "\x1b" not in "".join(line.plain for line in diff_lines(found))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_language(language: Language) -> None:
    with speaking(language):
        soup = BeautifulSoup(render_diff(FOUND), "lxml")
    assert soup.html is not None and soup.html["lang"] == language
    words = {"en": "New", "de": "Neu", "fr": "Nouveau", "it": "Nuovo", "es": "Nuevo"}
    assert any(title.get_text().startswith(words[language]) for title in soup.select("h3"))


def test_the_terminal_marks_new_gone_and_changed() -> None:
    lines = [line.plain for line in diff_lines(FOUND)]
    assert any(line.startswith("  + [high] ") for line in lines)
    assert {line[2] for line in lines if line.startswith("  ")} >= {"+", "-"}
