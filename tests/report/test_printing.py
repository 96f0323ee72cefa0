"""`report.pdf`: the page as paper, printed by the browser that scans."""

from __future__ import annotations

import asyncio
import io
import re
import zlib
from pathlib import Path

import pytest
from pypdf import PdfReader

from scanner.capture.printing import print_page, printer, sheets
from scanner.errors import BrowserNotFoundError
from scanner.report import write_reports

from . import samples


@pytest.mark.browser
async def test_the_report_is_printed_with_pages_outline_and_all_proofs(tmp_path: Path) -> None:
    """Several tagged A4 pages with bookmarks; what is folded on a screen is open on paper."""
    paths = write_reports(samples.shop(), tmp_path, pictures=samples.PICTURES)
    pdf = await print_page(paths.report)
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    text = pdf + b"".join(_streams(pdf))
    assert len(re.findall(rb"/Type\s*/Page\b", text)) > 3
    assert b"/Outlines" in text and b"/StructTreeRoot" in text
    (box,) = set(re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", text))
    assert [round(float(side)) for side in box] == [595, 842]
    _assert_contents_lead_to_their_sheets(PdfReader(io.BytesIO(pdf)), sheets(pdf))


def _assert_contents_lead_to_their_sheets(reader: PdfReader, found: dict[str, int]) -> None:
    """Every sheet has its number; the contents name, for each section and finding, the sheet where its title stands."""
    texts = [re.sub(r"\s+", " ", page.extract_text().replace("\ufb01", "fi")) for page in reader.pages]
    for position, text in enumerate(texts, start=1):
        assert f"{position} / {len(texts)}" in text
    lines = {
        match[1].strip(): int(match[2])
        for match in re.finditer(r"^(\D.*?)\s+(\d+)$", reader.pages[0].extract_text().replace("\ufb01", "fi"), re.M)
    }
    for entry, anchor, title in (
        ("All cookies", "cookies", "All cookies"),
        ("How it was measured", "method", "How it was measured"),
        ("For the engineer", "appendix", "For the engineer"),
        ("Glossary", "glossary", "Glossary"),
        ("Refusing takes two clicks, accepting takes one", "finding-3", "Refusing takes two clicks"),
    ):
        assert lines[entry] == found[anchor]
        assert title in texts[found[anchor] - 1]
    assert found["glossary"] > found["method"] > found["findings"]


def test_what_is_no_pdf_has_no_sheets() -> None:
    assert sheets(b"%PDF-1.7 cut short") == {}


def _streams(pdf: bytes) -> list[bytes]:
    """Compressed parts of a PDF, as far as they are plain zlib."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return found


def test_without_a_browser_the_reason_and_the_format_are_named() -> None:
    with pytest.raises(BrowserNotFoundError, match="pdf is printed by a browser"):
        printer("/nowhere/chromium")


@pytest.mark.browser
async def test_a_printed_page_fetches_nothing(tmp_path: Path) -> None:
    """The printing browser is offline: a picture on a server is not asked for, and the page is printed all the same."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    page = tmp_path / "page.html"
    own = tmp_path / "own.svg"
    own.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">Own picture</text></svg>', encoding="utf-8")
    page.write_text(
        f'<h1>Title</h1><img src="{own.name}"><img src="http://127.0.0.1:{port}/x.png" alt="x">'
        f'<script>fetch("http://localhost:{port}/y")</script>',
        encoding="utf-8",
    )
    async with server:
        pdf = await print_page(page)
    assert "Title" in (text := PdfReader(io.BytesIO(pdf)).pages[0].extract_text()) and "Own picture" in text
    assert asked == []


@pytest.mark.browser
async def test_a_page_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BrowserNotFoundError, match=r"could not print the report: net::ERR_FILE_NOT_FOUND$"):
        await print_page(tmp_path / "nothing.html")
