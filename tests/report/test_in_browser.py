"""Reports in a real browser: they run nothing foreign, ask nobody, and their tables work."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from scanner.capture.locate import find_browser
from scanner.report import render_index, render_report, write_reports
from tests.chromium import LIGHT

from . import samples

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module."""
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", LIGHT])
        yield started
        await started.close()


class Witness:
    """A page that writes down everything it should not do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: list[str] = []
        page.on("request", lambda one: self._request(one.url))
        page.on("requestfailed", lambda one: self.seen.append(f"failed {one.url}: {one.failure}"))
        page.on("dialog", lambda dialog: self.seen.append(f"dialog {dialog.message}"))
        page.on("pageerror", lambda error: self.seen.append(f"error {error}"))
        page.on("console", lambda message: self.seen.append(f"console {message.text}"))
        page.on("popup", lambda _: self.seen.append("popup"))

    def _request(self, url: str) -> None:
        if not url.startswith(("file:", "data:")):
            self.seen.append(f"request {url}")


async def _open(browser: Browser, path: Path, **options: object) -> Witness:
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    witness = Witness(await context.new_page())
    await witness.page.goto(path.as_uri())
    return witness


async def test_a_hostile_report_does_nothing(browser: Browser, tmp_path: Path) -> None:
    """Opened, unfolded, filtered and hovered over, it runs no foreign script and sends no request."""
    paths = write_reports(samples.hostile(), tmp_path, pictures=samples.PICTURES)
    (tmp_path / "index.html").write_text(render_index([(".", samples.hostile())]), encoding="utf-8")
    for path in (paths.report, tmp_path / "declaration.html", tmp_path / "index.html"):
        witness = await _open(browser, path)
        await witness.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for box in await witness.page.get_by_role("searchbox").all():
            await box.fill("alert")
        await witness.page.evaluate("dispatchEvent(new Event('beforeprint')), dispatchEvent(new Event('afterprint'))")
        assert witness.seen == []
        assert await witness.page.evaluate("document.images.length") == 0
        await witness.page.context.close()


async def test_a_foreign_script_would_not_run(browser: Browser, tmp_path: Path) -> None:
    """The content policy holds even if markup should slip through."""
    paths = write_reports(samples.shop(), tmp_path, pictures={})
    text = paths.report.read_text(encoding="utf-8")
    smuggled = (
        "<script>document.title='owned'</script><img src='https://evil.test/x' onerror=\"document.title='owned'\">"
    )
    paths.report.write_text(text.replace("</main>", smuggled + "</main>"), encoding="utf-8")
    witness = await _open(browser, paths.report)
    assert await witness.page.title() == "Cookie audit of shop.example"
    refused = [line for line in witness.seen if line.startswith("failed")]
    assert len([line for line in witness.seen if line.startswith("request")]) == len(refused) == 1
    assert refused == ["failed https://evil.test/x: csp"]
    await witness.page.context.close()


@pytest.mark.parametrize("width", [390, 900, 1440])
async def test_no_page_is_wider_than_its_window(browser: Browser, tmp_path: Path, width: int) -> None:
    """Tables scroll inside themselves, also with endless names."""
    for scan in (samples.shop(), samples.hostile()):
        paths = write_reports(scan, tmp_path, pictures=samples.PICTURES)
        for path in (paths.report, tmp_path / "declaration.html"):
            witness = await _open(browser, path, viewport={"width": width, "height": 900})
            assert await witness.page.evaluate("document.documentElement.scrollWidth") == width
            await witness.page.context.close()


async def test_long_tables_filter_sort_and_page(browser: Browser, tmp_path: Path) -> None:
    """Five thousand cookies: fifty are shown, a word finds one, a heading sorts, the pages turn, paper shows all."""
    paths = write_reports(samples.large(), tmp_path, pictures={})
    begun = time.perf_counter()
    witness = await _open(browser, paths.report)
    assert time.perf_counter() - begun < 20
    page = witness.page
    table = page.locator("#all-cookies")
    rows = table.locator("tbody tr")
    await expect(rows).to_have_count(50)
    await page.get_by_label("Find a cookie, company or purpose").fill("cookie_04321")
    await expect(rows).to_have_count(1)
    await expect(page.locator("#cookies").get_by_text("1 of 5000 rows")).to_be_visible()
    await page.get_by_label("Find a cookie, company or purpose").fill("")
    heading = table.get_by_role("button", name="Cookie")
    await heading.click()
    await heading.click()
    await expect(table.locator("thead th").first).to_have_attribute("aria-sort", "descending")
    await expect(rows.first).to_contain_text("cookie_04999")
    turner = page.get_by_role("navigation", name="Pages of: All cookies")
    await turner.get_by_role("button", name="Next").click()
    await expect(turner).to_contain_text("51 to 100 of 5000")
    await expect(rows.first).to_contain_text("cookie_04949")
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    await expect(rows).to_have_count(5000)
    await page.evaluate("dispatchEvent(new Event('afterprint'))")
    await expect(rows).to_have_count(50)
    await rows.first.get_by_text("Details").click()
    await expect(rows.first.locator("dl.facts")).to_contain_text("the answer of a server")
    assert witness.seen == []
    await page.context.close()


async def test_details_made_when_they_are_opened_run_nothing(browser: Browser, tmp_path: Path) -> None:
    """In a very long table of a hostile site, what was text until now is markup of the report, not of the site."""
    (tmp_path / "report.html").write_text(
        render_report(samples.poisoned(samples.large(cookies=600, hosts=5)), {}), encoding="utf-8"
    )
    witness = await _open(browser, tmp_path / "report.html")
    await witness.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    await expect(witness.page.locator("#all-cookies dl.facts")).to_have_count(50)
    assert witness.seen == []
    assert await witness.page.evaluate("document.images.length") == 0
    await witness.page.context.close()


async def test_without_script_everything_can_be_read(browser: Browser, tmp_path: Path) -> None:
    """Every row and its details are in the page; no control stands there that would do nothing."""
    paths = write_reports(samples.large(cookies=520, hosts=10), tmp_path, pictures={})
    witness = await _open(browser, paths.report, java_script_enabled=False)
    await expect(witness.page.locator("#all-cookies tbody tr")).to_have_count(520)
    await expect(witness.page.locator("#all-cookies tbody tr").last).to_be_visible()
    await expect(witness.page.locator("#all-cookies dl.facts")).to_have_count(520)
    assert await witness.page.get_by_role("searchbox").count() == 0
    assert await witness.page.get_by_role("button").count() == 0
    await witness.page.context.close()


async def test_the_declaration_can_be_copied(browser: Browser, tmp_path: Path) -> None:
    """The button puts the source on the clipboard, or selects it and says how to go on."""
    write_reports(samples.shop(), tmp_path, pictures={})
    witness = await _open(browser, tmp_path / "declaration.html")
    await witness.page.get_by_role("button", name="Copy the HTML").click()
    await expect(witness.page.locator("#copied")).to_have_text("Copied.")
    assert witness.seen == []
    await witness.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_contrast(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """Every word on every page has a contrast of 4.5 to 1 with what lies behind it (WCAG 2.2, 1.4.3)."""
    paths = write_reports(samples.shop(), tmp_path, pictures=samples.PICTURES)
    for path in (paths.report, tmp_path / "declaration.html"):
        witness = await _open(browser, path, color_scheme=scheme)
        assert await witness.page.evaluate(_CONTRAST) == []
        await witness.page.context.close()


_CONTRAST = """() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('script, style, svg, button:disabled, .hidden')) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(walker.currentNode.data.trim().slice(0, 60));
  }
  return poor;
}"""
