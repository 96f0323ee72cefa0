"""The order of a scan: the browser started, each site recorded (`recording`), then judged (`judging`) and printed.

Recording writes evidence into a folder, judging reads it, and neither knows the other; whoever scans (this module, the
runner of watched sites, the demonstration) calls one after the other. A browser takes half a second to start, and so
does either half of this program to load: here they are loaded while it starts.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scanner import capture as capturing
from scanner.capture.together import beside, together
from scanner.config import Config
from scanner.errors import ScannerError
from scanner.model.instrument import Browser

if TYPE_CHECKING:
    from scanner.capture.consent.explain import Explanation
    from scanner.capture.instrument import Instrument
    from scanner.classify import Catalogue
    from scanner.judging import Done
    from scanner.recording import Progress

_TURN_S = 0.0002


def browser_options(config: Config) -> capturing.BrowserOptions:
    """How the configuration wants the browser started."""
    return capturing.BrowserOptions(
        executable=config.browser,
        host_rules=config.host_rules,
        ignore_https_errors=config.ignore_https_errors,
        proxy=config.proxy,
        user_agent=config.user_agent,
        locale=config.locale,
        timezone=config.timezone,
        viewport=config.viewport,
        geolocation=config.geolocation,
        guard=config.guard,
        allow=config.allow,
    )


@asynccontextmanager
async def open_instrument(config: Config, *, calibrate: bool = True) -> AsyncIterator[Instrument]:
    """A calibrated browser as the configuration wants it. Raises UsageError for a name server that is none."""
    if config.name_server not in ("system", "off"):
        from scanner.capture.resolving import server_address  # noqa: PLC0415 - who asks no name server needs no client

        server_address(config.name_server)
    async with capturing.open_instrument(browser_options(config), calibrate=calibrate) as instrument:
        yield instrument


async def prove(config: Config) -> Browser:
    """Find the browser and calibrate it anew, whatever is remembered of an earlier time."""
    return await capturing.calibrate(capturing.find_browser(config.browser))


async def scan_sites(
    urls: Sequence[str],
    config: Config,
    folder_of: Callable[[str], Path],
    progress: Progress,
    done: Callable[[str, Done | ScannerError], None],
    explained: Callable[[str, str, Explanation], None] | None = None,
) -> None:
    """Capture and audit every site, `config.jobs` at once, in one browser; `done` is called as each site ends.

    Before it, where somebody wants to know, `explained` is called with the site's address, each consent state, and
    what happened to the banner in it. An error of one site is handed to `done` and does not touch the others.
    Interrupted, evidence so far is kept. Raises UsageError for a catalogue that cannot be read.
    """
    gate = asyncio.Semaphore(config.jobs)
    async with beside(asyncio.to_thread(_get_ready, config)) as ready, open_instrument(config) as instrument:
        from scanner.capture.consent.explain import Trace  # noqa: PLC0415 - loaded with the instrument
        from scanner.recording import capture  # noqa: PLC0415 - no more than has been loaded, and what writes it down

        async def one(url: str) -> None:
            async with gate:
                folder = folder_of(url)
                try:
                    traces = {state: Trace() for state in config.states} if explained is not None else {}
                    await capture(instrument, url, config, folder, progress, traces.get)
                    for state, trace in traces.items():
                        if explained is not None:
                            explained(url, state, trace.explanation(urlsplit(url).hostname or url))
                    done(url, await _judged(folder, config, await ready))
                except ScannerError as error:
                    done(url, error)

        await together(*(one(url) for url in urls))


async def _judged(folder: Path, config: Config, catalogue: Catalogue) -> Done:
    from scanner.judging import audit  # noqa: PLC0415 - loaded by `_get_ready`
    from scanner.printing import print_report  # noqa: PLC0415

    result = await asyncio.to_thread(audit, folder, config, catalogue)
    await print_report(result, config)
    return result


def _get_ready(config: Config) -> Catalogue:
    """Load both halves, and make what they would lose time with, in the order in which it is needed."""
    with _giving_way(), _kept_for_good():
        instrument = import_module("scanner.capture.instrument")
        import_module("scanner.recording")
        instrument.get_ready()
        import_module("scanner.policy")
        from scanner.classify import load_catalogue  # noqa: PLC0415

        catalogue = load_catalogue(tuple(Path(name) for name in config.catalogue))
        import_module("scanner.printing")
        from scanner.judging import get_ready  # noqa: PLC0415

        get_ready(catalogue)
        return catalogue


@contextmanager
def _kept_for_good() -> Iterator[None]:
    """What is loaded and made for the first time is never garbage: Python does not look through it, now or later."""
    if gc.get_freeze_count():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _giving_way() -> Iterator[None]:
    """While a thread computes, let the event loop have Python's lock at once.

    The browser sends messages by the thousand, and for each the loop would wait out the thread's turn of 5 ms.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
