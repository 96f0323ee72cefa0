"""Printing a page of ours to PDF, in the same kind of browser that scans.

A browser knows on which sheet a heading lies only after it has printed, and its style sheets cannot ask
(`target-counter` of CSS Generated Content for Paged Media is not implemented in Chromium). So a page that has a table
of contents is printed, its sheets are counted, the numbers are written in, and it is printed again.
"""

from __future__ import annotations

import io
from pathlib import Path

from playwright.async_api import Error, Page, async_playwright
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from scanner.capture.locate import find_browser
from scanner.errors import BrowserNotFoundError

_PRINT_TIMEOUT_MS = 120_000
_MOST_PRINTS = 3
"""How often a page is printed at most until its numbers are right: they change nothing but themselves, as a rule."""
# Pages of the browser's own address bar, loaded for each window: a second of processor time.
_LIGHT = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup"

_FILL = """(numbers) => {
  let changed = 0;
  for (const leaf of document.querySelectorAll("[data-leaf]")) {
    const number = String(numbers[leaf.dataset.leaf] ?? "");
    if (leaf.textContent !== number) changed += 1;
    leaf.textContent = number;
  }
  return changed;
}"""
"""Writes the number of its sheet into every element that asks for that of an anchor; gives how many it changed."""


def printer(executable: str | None = None) -> str:
    """The browser that would print.

    Raises BrowserNotFoundError, with what needs it and what to run, where there is none.
    """
    try:
        return find_browser(executable)
    except BrowserNotFoundError as error:
        raise BrowserNotFoundError(f"the format pdf is printed by a browser: {error}") from error


async def print_page(page: Path, executable: str | None = None) -> bytes:
    """A local page as PDF on A4 paper: tagged, with an outline of its headings; page numbers are the page's own.

    Elements with `data-leaf="ID"` get the number of the sheet on which the element with that id begins, where a link
    of the page leads to it.

    The browser has no network: nothing that the page names is fetched. Raises BrowserNotFoundError where there is no
    browser, it does not start, or it cannot print.
    """
    found = printer(executable)
    try:
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=found, chromium_sandbox=False, args=[_LIGHT])
            try:
                context = await browser.new_context(offline=True, service_workers="block")
                tab = await context.new_page()
                tab.set_default_timeout(_PRINT_TIMEOUT_MS)
                await tab.goto(page.resolve().as_uri())
                return await _printed(tab)
            finally:
                await browser.close()
    except Error as error:
        said = str(error).strip().splitlines()
        raise BrowserNotFoundError(
            f"{found} could not print the report: {said[0] if said else 'no reason given'}"
        ) from error


async def _printed(tab: Page) -> bytes:
    """The page as PDF, its table of contents filled in where it has one."""
    pdf = b""
    for _ in range(_MOST_PRINTS):
        pdf = await tab.pdf(format="A4", prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
        if not await tab.evaluate(_FILL, sheets(pdf)):
            break
    return pdf


def sheets(pdf: bytes) -> dict[str, int]:
    """The sheet, counted from 1, on which each anchor lies that a link of the document leads to.

    Empty for what is no PDF that can be read.
    """
    try:
        reader = PdfReader(io.BytesIO(pdf))
        found = {
            name.removeprefix("/"): reader.get_destination_page_number(target)
            for name, target in reader.named_destinations.items()
        }
    except PyPdfError:
        return {}
    return {name: number + 1 for name, number in found.items() if number is not None and number >= 0}
