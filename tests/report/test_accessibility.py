"""Everybody can read a report: axe-core finds no violation on any page, in light and dark, on a phone and a desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from scanner.capture.locate import find_browser
from scanner.diff import compare
from scanner.report import load_scan, render_diff, render_index
from tests.chromium import LIGHT
from tests.npm import installed

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "fixtures" / "golden"
SAMPLE = ROOT / "reports" / "sample"
PHONE, DESK = 390, 1280
# The success criteria of WCAG 2.2, levels A and AA (https://www.w3.org/TR/WCAG22/), and what axe recommends besides.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is wrong with a page is so at each width and in each colour, as a rule: each page is seen in both, not in all.
SEEN = [
    ("sample/report.html", PHONE, "dark"),
    ("sample/report.html", DESK, "light"),
    ("sample/declaration.html", PHONE, "light"),
    ("sample/declaration.html", DESK, "dark"),
    ("golden/medicines-group/report.html", PHONE, "light"),
    ("golden/medical-society/report.html", DESK, "dark"),
    ("golden/respectful-magazine/report.html", PHONE, "dark"),
    ("diff.html", PHONE, "dark"),
    ("diff.html", DESK, "light"),
    ("index.html", PHONE, "light"),
    ("index.html", DESK, "dark"),
]


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module."""
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", LIGHT])
        yield started
        await started.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    modules = installed("axe", ("axe-core@4.10.3",))
    if modules is None:
        pytest.skip("axe-core cannot be had from npm here")
    return (modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages that are not committed: the overview of all sites, and the difference between two scans."""
    folder = tmp_path_factory.mktemp("pages")
    scans = {path.name: load_scan(path) for path in sorted(GOLDEN.iterdir())}
    (folder / "index.html").write_text(render_index(list(scans.items())), encoding="utf-8")
    before, after = scans["respectful-magazine"], scans["medical-society"]
    (folder / "diff.html").write_text(
        render_diff(compare(before, after, old_text=("We use no cookies.",), new_text=("We use cookies.",))),
        encoding="utf-8",
    )
    return folder


def _path(name: str, made: Path) -> Path:
    folder, _, rest = name.partition("/")
    return {"sample": SAMPLE, "golden": GOLDEN}[folder] / rest if rest else made / name


@pytest.mark.parametrize(("name", "width", "scheme"), SEEN)
async def test_axe_finds_no_violation(
    browser: Browser, axe: str, made: Path, name: str, width: int, scheme: str
) -> None:
    """Whatever can be folded is open; pages forbid foreign scripts, so axe has to be let in."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    try:
        page = await context.new_page()
        await page.goto(_path(name, made).as_uri())
        await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        await page.evaluate(axe)
        result = await page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
        assert result["passes"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in result["violations"]] == []
    finally:
        await context.close()


async def test_axe_would_find_one(browser: Browser, axe: str, made: Path) -> None:
    """The overview with a picture nobody describes: the instrument works on pages of this kind."""
    context = await browser.new_context(bypass_csp=True)
    try:
        page = await context.new_page()
        await page.goto((made / "index.html").as_uri())
        await page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        await page.evaluate(axe)
        result = await page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
        assert [one["id"] for one in result["violations"]] == ["image-alt"]
    finally:
        await context.close()
