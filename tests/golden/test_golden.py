"""Recorded evidence in, the whole result out: `scan.json` and the reports are what they were.

After a change that is meant, `make golden` (or `python tools/golden.py`) writes them anew; the difference is then part
of the change.
"""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest

from tools import golden


@pytest.mark.parametrize("site", golden.sites())
def test_the_result_of_recorded_evidence_has_not_changed(site: str, tmp_path: Path) -> None:
    """Every file is compared byte for byte; the first lines that differ are shown."""
    for name, content in golden.made(site, tmp_path).items():
        kept = (golden.GOLDEN / site / name).read_text(encoding="utf-8")
        now = content.decode("utf-8")
        if now != kept:
            lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=1)
            pytest.fail(
                f"{site}/{name} differs:\n" + "\n".join(line[:300] for _, line in zip(range(40), lines, strict=False))
            )


@pytest.mark.parametrize("site", golden.sites())
def test_the_language_of_the_reader_changes_no_fact(site: str) -> None:
    """`scan.json` stays English in every language: names of rules, titles, and the reasons of checks."""
    scan = json.loads((golden.GOLDEN / site / "scan.json").read_text(encoding="utf-8"))
    titles = " ".join(finding["title"] for finding in scan["findings"])
    assert not any(word in titles for word in (" verfolgt ", " suit ", " Erklärung", " politique"))
    assert f'<html lang="{golden.LANGUAGES.get(site, "en")}">' in (golden.GOLDEN / site / "report.html").read_text(
        encoding="utf-8"
    )
