"""Printing a page of ours to PDF, in the same kind of browser that scans.

A browser knows on which sheet a heading lies only after it has printed, and its style sheets cannot ask
(`target-counter` of CSS Generated Content for Paged Media is not implemented in Chromium). So a page that has a table
of contents is printed, its sheets are counted, the numbers are written in, and it is printed again.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from scanner.capture.cdp import ProtocolError, Session
from scanner.capture.launch import launch
from scanner.capture.locate import find_browser
from scanner.capture.plan import BrowserOptions
from scanner.errors import BrowserNotFoundError

_PRINT_TIMEOUT_S = 120.0
_MOST_PRINTS = 3
"""How often a page is printed at most until its numbers are right: they change nothing but themselves, as a rule."""

_NO_HOST = "MAP * ~NOTFOUND"
_OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
_INCHES_A_MM = 1 / 25.4
_A4 = {
    "paperWidth": 210 * _INCHES_A_MM,
    "paperHeight": 297 * _INCHES_A_MM,
    "marginTop": 0,
    "marginBottom": 0,
    "marginLeft": 0,
    "marginRight": 0,
    "preferCSSPageSize": True,
    "printBackground": True,
    "generateDocumentOutline": True,
    "generateTaggedPDF": True,
}

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
        async with launch(found, BrowserOptions(host_rules=_NO_HOST), None) as running:
            async with asyncio.timeout(_PRINT_TIMEOUT_S):
                tab = await _opened(running.connection.root, page.resolve().as_uri())
                return await _printed(tab)
    except (ProtocolError, TimeoutError) as error:
        reason = str(error) or f"it took longer than {_PRINT_TIMEOUT_S:g} s"
        raise BrowserNotFoundError(f"{found} could not print the report: {reason}") from error


async def _opened(root: Session, url: str) -> Session:
    """A tab with a page of ours, loaded, that has no network."""
    made = await root.send("Target.createTarget", {"url": "about:blank"})
    joined = await root.send("Target.attachToTarget", {"targetId": made["targetId"], "flatten": True})
    tab = root.child(joined["sessionId"])
    if tab is None:
        raise ProtocolError("its tab closed at once")
    loaded = asyncio.Event()
    tab.on("Page.loadEventFired", lambda _, __: loaded.set())
    tab.on("detached", lambda _, __: loaded.set())
    await tab.send("Page.enable")
    await tab.send("Network.emulateNetworkConditions", _OFFLINE)
    answer = await tab.send("Page.navigate", {"url": url})
    if "errorText" in answer:
        raise ProtocolError(answer["errorText"])
    await loaded.wait()
    return tab


async def _printed(tab: Session) -> bytes:
    """The page as PDF, its table of contents filled in where it has one."""
    pdf = b""
    for _ in range(_MOST_PRINTS):
        answer = await tab.send("Page.printToPDF", _A4, timeout_s=_PRINT_TIMEOUT_S)
        pdf = base64.b64decode(answer["data"])
        fill = {"expression": f"({_FILL})({json.dumps(sheets(pdf))})", "returnByValue": True}
        filled = await tab.send("Runtime.evaluate", fill, timeout_s=_PRINT_TIMEOUT_S)
        if not filled["result"].get("value"):
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
