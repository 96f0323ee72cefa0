"""PDFs are read as their readers see them: tables become rows, and what cannot be read is one clear error."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scanner.errors import PolicyError
from scanner.policy import document_from_bytes, document_from_file, read
from scanner.policy.readers.pdf import _markup, read_pdf

PDF = Path(__file__).resolve().parents[2] / "fixtures" / "policies" / "whole" / "tables-en.pdf"


def test_tables_of_a_pdf_become_rows_under_their_headings() -> None:
    declaration = read([document_from_file(PDF)])
    rows = {cookie.name: cookie for cookie in declaration.cookies}
    assert set(rows) == {"PHPSESSID", "cookie_consent_settings_v2", "_ga", "_gid"}
    assert rows["PHPSESSID"].category == "necessary"
    assert rows["_gid"].duration == 86_400
    assert rows["PHPSESSID"].purpose is not None
    assert rows["PHPSESSID"].purpose.startswith("Keeps the session")
    assert rows["PHPSESSID"].purpose.endswith("browsing the shop")


def test_a_table_that_runs_over_a_page_keeps_its_columns() -> None:
    first = " Name        Provider    Duration\n _ga         Google      2 years\n"
    second = "  _gid         Google       24 hours\n"
    markup = "".join(_markup([first, second]))
    assert markup.count("<table>") == 1
    assert "<td>_gid</td><td>Google</td><td>24 hours</td>" in markup


def test_a_locked_or_broken_pdf_is_one_clear_error() -> None:
    with pytest.raises(PolicyError, match="PDF cannot be read"):
        read_pdf(b"%PDF-1.7 nothing more")


@pytest.mark.parametrize("seed", range(12))
def test_damaged_pdfs_give_an_answer_or_a_clear_error(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(PDF.read_bytes())
    for _ in range(60):
        data[chance.randrange(8, len(data))] = chance.randrange(256)
    if seed % 3 == 0:
        del data[chance.randrange(2_000, len(data)) :]
    try:
        read([document_from_bytes(bytes(data), "damaged.pdf")])
    except PolicyError as error:
        assert "damaged.pdf" in str(error)
