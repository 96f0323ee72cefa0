"""The printed report: what was judged, through a browser, to a PDF."""

from __future__ import annotations

from scanner.config import Config
from scanner.judging import Done
from scanner.report import write_whole


async def print_report(done: Done, config: Config) -> None:
    """Print the report to `report.pdf`, where the configuration asks for it.

    Raises BrowserNotFoundError where no browser can print.
    """
    if "pdf" in config.format:
        from scanner.capture.printing import print_page  # noqa: PLC0415 - few reports are printed

        pages = await print_page(done.folder / "report.html", config.browser)
        write_whole(done.folder / "report.pdf", pages)
