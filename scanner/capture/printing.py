"""Printing a page of ours to PDF, in the same kind of browser that scans."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Error, async_playwright

from scanner.capture.locate import find_browser
from scanner.errors import BrowserNotFoundError

_PRINT_TIMEOUT_MS = 120_000


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

    The browser has no network: nothing that the page names is fetched. Raises BrowserNotFoundError where there is no
    browser, it does not start, or it cannot print.
    """
    found = printer(executable)
    try:
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=found, chromium_sandbox=False)
            try:
                context = await browser.new_context(offline=True, service_workers="block")
                tab = await context.new_page()
                tab.set_default_timeout(_PRINT_TIMEOUT_MS)
                await tab.goto(page.resolve().as_uri())
                return await tab.pdf(
                    format="A4", prefer_css_page_size=True, print_background=True, outline=True, tagged=True
                )
            finally:
                await browser.close()
    except Error as error:
        said = str(error).strip().splitlines()
        raise BrowserNotFoundError(
            f"{found} could not print the report: {said[0] if said else 'no reason given'}"
        ) from error
