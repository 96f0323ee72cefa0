"""A folder in which a test can write sites of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demo.asking import SITE, WriteSite


@pytest.fixture
def write_site(tmp_path: Path) -> WriteSite:
    """Writes a site (`own` by default) and answers the folder of all sites; keyword arguments are file contents."""

    def write(site: str = SITE, expected: str = "", *, name: str = "own", files: dict[str, str] | None = None) -> Path:
        folder = tmp_path / name
        (folder / "pages").mkdir(parents=True, exist_ok=True)
        (folder / "site.toml").write_text(site, encoding="utf-8")
        (folder / "expected.toml").write_text(expected, encoding="utf-8")
        for path, text in {"pages/index.html": "<h1>Own</h1>", **(files or {})}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def write_party(tmp_path: Path) -> Callable[[str, str], None]:
    """Writes the `party.toml` of a third party by name."""

    def write(name: str, text: str) -> None:
        folder = tmp_path / "_third_parties" / name
        folder.mkdir(parents=True)
        (folder / "party.toml").write_text(text, encoding="utf-8")

    return write
