"""The committed sample report is what the program makes of the committed evidence today."""

from __future__ import annotations

from pathlib import Path

from scanner.classify import load_catalogue
from scanner.config import Config
from scanner.judging import audit

SITE = "deaf-ear-news"
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "reports" / "sample"


def test_the_sample_is_current(tmp_path: Path) -> None:
    """After a change that is meant, `make sample` writes it anew."""
    evidence = ROOT / "fixtures" / "evidence" / SITE
    audit(evidence, Config(), load_catalogue(), out=tmp_path / "sample")
    made = {path.name: path.read_bytes() for path in (tmp_path / "sample").iterdir()}
    assert sorted(made) == sorted(path.name for path in SAMPLE.iterdir())
    assert [name for name, data in made.items() if data != (SAMPLE / name).read_bytes()] == []
