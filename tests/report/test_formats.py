"""Formats for other programs, the overview, and how files reach the disk."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from scanner.errors import UsageError
from scanner.report import FORMATS, render_index, write_reports, write_whole
from scanner.report.junit import junit
from scanner.report.markdown import markdown
from scanner.report.sarif import sarif

from . import samples

ALWAYS = {"scan.json", "report.html", "declaration.html", "declaration.csv", "cookies.csv", "findings.csv"}


def test_all_files_are_written_whole_and_twice_the_same(tmp_path: Path) -> None:
    """A folder that does not exist is made; nothing temporary stays; a second run changes no byte."""
    folder = tmp_path / "reports" / "shop"
    paths = write_reports(samples.shop(), folder, pictures=samples.PICTURES, formats=("csv",))
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(first) == ALWAYS == {path.name for path in paths.files}
    assert paths.report == folder / "report.html" and paths.scan_json == folder / "scan.json"
    write_reports(samples.shop(), folder, pictures=samples.PICTURES)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert stat.S_IMODE(paths.report.stat().st_mode) & 0o400


def test_every_format_has_its_file(tmp_path: Path) -> None:
    """Each registered format writes one more file."""
    names = [name for name, _, _ in FORMATS]
    write_reports(samples.shop(), tmp_path, pictures={}, formats=names)
    assert {path.name for path in tmp_path.iterdir()} == ALWAYS | {file for _, file, _ in FORMATS}


def test_an_unknown_format_is_named_before_anything_is_written(tmp_path: Path) -> None:
    """One line, with what is known."""
    with pytest.raises(UsageError, match="“docx”; known are: csv, har, junit, markdown, pdf, sarif"):
        write_reports(samples.shop(), tmp_path / "new", pictures={}, formats=("docx",))
    assert not (tmp_path / "new").exists()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """No part of a new file, and nothing temporary."""
    target = tmp_path / "scan.json"
    target.mkdir()
    (target / "kept").write_text("old")
    with pytest.raises(OSError):
        write_whole(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["scan.json"]
    assert (target / "kept").read_text() == "old"


def test_what_is_no_file_is_written_to_and_a_link_stays_one(tmp_path: Path) -> None:
    """`--out /dev/stdout` must not put a file in the place of a device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"page")
    assert os.read(reader, 9) == b"page"
    os.close(reader)
    assert pipe.is_fifo()
    (tmp_path / "link").symlink_to(tmp_path / "kept.html")
    write_whole(tmp_path / "link", b"page")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "kept.html").read_bytes() == b"page"


def test_the_overview_puts_sites_that_need_action_first() -> None:
    """Verdict in words, figures or dashes, and relative links to each report."""
    scans = [("clean/1", samples.clean()), ("failed one/1/", samples.failed()), ("shop/1/report.html", samples.shop())]
    soup = BeautifulSoup(render_index(scans), "lxml")
    assert [str(link["href"]) for link in soup.select("tbody a")] == [
        "shop/1/report.html",
        "failed%20one/1/report.html",
        "clean/1/report.html",
    ]
    tags = [tag.get_text() for tag in soup.select("tbody .tag")]
    assert tags == ["Action needed", "Not scanned", "No serious fault found"]
    numbers = [[cell.get_text() for cell in row.select("td.right")] for row in soup.select("tbody tr")]
    assert numbers == [["3", "3", "3"], ["–", "–", "–"], ["0", "0", "0"]]
    assert render_index(scans) == render_index(list(reversed(scans)))


def test_the_overview_of_a_hostile_site_stays_text() -> None:
    """Neither the site's name nor its folder becomes markup or another scheme."""
    soup = BeautifulSoup(render_index([('javascript:alert(1)/"><script>', samples.hostile())]), "lxml")
    assert len(soup.select("script")) == 2
    assert str(soup.select("tbody a")[0]["href"]).startswith("javascript%3Aalert")


def test_an_empty_overview_says_so() -> None:
    """No table without rows."""
    soup = BeautifulSoup(render_index([]), "lxml")
    assert "No site has been scanned yet." in soup.get_text() and not soup.select("table")


def _rendered(text: str) -> BeautifulSoup:
    return BeautifulSoup(MarkdownIt("commonmark").enable("table").render(text), "lxml")


def test_markdown_tells_the_verdict_and_every_finding() -> None:
    """Headings by severity, the quotation, and what to do."""
    soup = _rendered(markdown(samples.shop()))
    assert soup.select("h2")[0].get_text() == "Cookie audit of shop.example"
    heads = [head.get_text() for head in soup.select("h3")]
    assert heads[0] == "High: Three companies receive data before a visitor has chosen" and len(heads) == 7
    assert len(soup.select("blockquote")) == 3
    assert [cell.get_text() for cell in soup.select("tbody td:first-child")] == ["3", "3", "3", "7"]


def test_markdown_of_a_hostile_site_is_text() -> None:
    """No markup, link, picture or mention comes out of the words of strangers."""
    text = markdown(samples.hostile())
    soup = _rendered(text)
    assert not soup.select("script, img, a")
    assert not re.search(r"(?<!\\)@", re.sub(r"`[^`]*`", "", text))
    assert "alert(1)" in soup.get_text()


def test_sarif_carries_each_finding_with_a_lasting_fingerprint() -> None:
    """Levels, rules by index, logical places; the fingerprint depends on rule and subject alone."""
    run = json.loads(sarif(samples.shop()))["runs"][0]
    results = run["results"]
    assert [result["level"] for result in results] == ["error", "error", *["warning"] * 3, "note", "note"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in results)
    places = results[3]["locations"][0]["logicalLocations"]
    assert [place["fullyQualifiedName"] for place in places] == [
        "_ads_id@.network.test",
        "_fbp@.shop.example",
        "vid@.video.test",
    ]
    later = samples.shop().model_copy(update={"started": "2027-01-01T00:00:00Z"})
    prints = [result["partialFingerprints"] for result in json.loads(sarif(later))["runs"][0]["results"]]
    assert prints == [result["partialFingerprints"] for result in results]
    assert len({json.dumps(one) for one in prints}) == 7


def test_sarif_of_a_failed_scan_says_that_it_failed() -> None:
    """No result, and an invocation without success."""
    run = json.loads(sarif(samples.failed()))["runs"][0]
    assert run["results"] == [] and run["invocations"][0]["executionSuccessful"] is False
    assert "refused" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_junit_has_a_case_for_each_check() -> None:
    """Findings above a note fail, undecided checks are skipped, a note passes."""
    suite = ElementTree.fromstring(junit(samples.shop()).split("\n", 1)[1])[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "8",
        "failures": "6",
        "skipped": "1",
        "errors": "0",
    }
    cases = {case.get("name"): case for case in suite}
    assert cases["tracking-before-consent"].find("failure") is not None
    assert len(cases["declared-not-observed"]) == 0
    skipped = cases["no-withdrawal"].find("skipped")
    assert skipped is not None and skipped.get("message") == "inconclusive: The state was not part of this scan"


def test_junit_of_a_failed_scan_is_an_error() -> None:
    """A site that was not scanned never passes."""
    suite = ElementTree.fromstring(junit(samples.failed()).split("\n", 1)[1])[0]
    assert suite.get("errors") == "1" and suite[0].find("error") is not None


def test_junit_of_a_hostile_site_is_well_formed() -> None:
    """Also with characters that XML cannot carry."""
    finding = samples.shop().findings[0].model_copy(update={"title": "bad \x00 \x1b \ufffe title"})
    text = junit(samples.poisoned(samples.shop()).model_copy(update={"findings": (finding,)}))
    assert ElementTree.fromstring(text.split("\n", 1)[1]) is not None
