"""The same pages as a folder: complete, linked, and replaced as a whole."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from scanner.dashboard import Export, Shown
from scanner.errors import UsageError
from scanner.store.history import open_history
from scanner.store.places import open_place
from tests.dashboard import watched
from tests.dashboard.conftest import NAMES, Known
from tests.report import samples

WRITTEN = "2026-11-22T10:00:00Z"


def _export(known: Known, folder: Path, names: list[str] | None = None, kept: int = 1) -> None:
    shown = Shown(watched.fleet(names or NAMES), known.history, open_place(known.reports))
    done = Export(shown, folder, written=WRITTEN, kept=kept).write()
    assert done.index == folder / "index.html"


@pytest.fixture(scope="module")
def folder(known: Known, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export with a report of each site."""
    made = tmp_path_factory.mktemp("export") / "pages"
    _export(known, made)
    return made


def test_every_link_leads_to_a_file_in_the_folder(folder: Path) -> None:
    """Relative, from every page; only the watched sites themselves are elsewhere."""
    pages = [path for path in folder.rglob("*.html") if "Cookie watch" in path.read_text(encoding="utf-8")]
    assert len(pages) == len(NAMES) + 2
    for page in pages:
        for link in re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8")):
            if link.startswith(("https://www.shop-", "#")):
                continue
            assert not re.match(r"[a-z]+:|/", link), f"{page}: {link}"
            assert (page.parent / unquote(link.partition("#")[0])).is_file(), f"{page}: {link}"


def test_no_page_of_an_export_has_a_form(folder: Path) -> None:
    """There is nobody to answer it."""
    assert [path for path in folder.rglob("index*.html") if "<form" in path.read_text(encoding="utf-8")] == []


def test_every_company_and_cookie_stands_on_one_page(folder: Path, known: Known) -> None:
    """With the sites that have it: the question that a search would answer."""
    page = (folder / "who.html").read_text(encoding="utf-8")
    for name in NAMES:
        for life in (*known.history.vendors(name), *known.history.cookies(name)):
            assert life.gone or life.name in page


def test_the_last_report_comes_along(folder: Path, known: Known, tmp_path: Path) -> None:
    """One of each site, or as many as are wanted, or none."""
    assert len(list(folder.glob("sites/*/2026*.html"))) >= len(NAMES)
    _export(known, tmp_path / "more", kept=2)
    assert len(list((tmp_path / "more").glob(f"sites/{NAMES[0]}/2026*.html"))) == 2
    _export(known, tmp_path / "none", kept=0)
    assert list((tmp_path / "none").glob("sites/*/2026*.html")) == []


def test_another_export_into_the_folder_replaces_the_first(known: Known, tmp_path: Path) -> None:
    """What is no longer there is removed."""
    history = open_history(str(tmp_path / "history.db"))
    reports = tmp_path / "reports"
    watched.record(history, samples.shop(), "old-shop", reports=reports)
    _export(Known(history, reports), tmp_path / "pages", ["old-shop"])
    assert (tmp_path / "pages/sites/old-shop/index.html").is_file()
    _export(known, tmp_path / "pages")
    assert not (tmp_path / "pages/sites/old-shop").exists()
    assert (tmp_path / "pages/sites" / NAMES[0] / "index.html").is_file()
    history.close()


def test_a_folder_with_other_things_is_left_alone(known: Known, tmp_path: Path) -> None:
    """Nothing in it is touched."""
    (tmp_path / "thesis.txt").write_text("ten years", encoding="utf-8")
    with pytest.raises(UsageError, match="holds other things"):
        _export(known, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_written_is_told_in_a_line(known: Known, tmp_path: Path) -> None:
    """Not with a traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        _export(known, tmp_path / "file" / "below")


def test_what_strangers_wrote_does_nothing_in_an_export(tmp_path: Path) -> None:
    """Names with markup are text there too, and no name becomes a path."""
    history = open_history(str(tmp_path / "history.db"))
    watched.record(history, samples.hostile(), "shop", owner=samples.ATTACK)
    shown = Shown(watched.fleet([]), history, open_place(tmp_path / "reports"))
    Export(shown, tmp_path / "pages", written=WRITTEN, kept=1).write()
    for path in (tmp_path / "pages").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"<script[^>]*>", text) in (['<script src="tables.js">'], ['<script src="../../tables.js">'])
        assert "<img" not in text
        assert not re.search(r"<[^>]*\son[a-z]+=", re.sub(r'"[^"]*"', '""', text))
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {
        ".cookie-watch", "index.html", "who.html", "sites", "sites.csv", "companies-and-cookies.csv", "style.css",
        "icon.svg", "tables.js",
    }  # fmt: skip
    history.close()
