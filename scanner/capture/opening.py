"""The browser found, proven, and started; what drives it is loaded meanwhile.

A browser takes half a second to start, and so do the modules of this program, each mostly on a core of its own. So this
module loads little, and the rest (`instrument`) in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from scanner.capture.gate import gate_for
from scanner.capture.launch import launch, realistic_user_agent
from scanner.capture.locate import find_browser, name_and_version
from scanner.capture.plan import BrowserOptions
from scanner.capture.remembered import keep_result, kept_result
from scanner.capture.together import beside
from scanner.model.instrument import Browser, Calibration

if TYPE_CHECKING:
    from scanner.capture.instrument import Instrument
    from scanner.model.evidence import Record


@asynccontextmanager
async def open_instrument(options: BrowserOptions, *, calibrate: bool = True) -> AsyncIterator[Instrument]:
    """Find a browser, prove it (or read that it was proven before), start it, and end it without a trace.

    Raises:
        BrowserNotFoundError: there is none that runs.
    """
    executable = find_browser(options.executable)
    browser = await proven(executable) if calibrate else unproven(executable)
    async with start(options, executable, browser) as instrument:
        yield instrument


@asynccontextmanager
async def start(options: BrowserOptions, executable: str, browser: Browser) -> AsyncIterator[Instrument]:
    """Start a browser that was found and proven before.

    Raises:
        BrowserNotFoundError: it does not start.
    """
    user_agent = options.user_agent or (realistic_user_agent(browser.version) if browser.version else None)
    async with AsyncExitStack() as stack:
        gate = await stack.enter_async_context(gate_for(options))
        launched = launch(executable, options, user_agent, gate.port if gate else None)
        async with beside(stack.enter_async_context(launched)) as running:
            await asyncio.to_thread(import_module, "scanner.capture.instrument")
        from scanner.capture.instrument import equipped  # noqa: PLC0415 - loaded just now

        yield await stack.enter_async_context(equipped(running.result(), options, browser, gate))


def unproven(executable: str) -> Browser:
    """A browser of which nothing is known but its name and version."""
    name, version = name_and_version(executable)
    return Browser(
        name=name,
        version=version,
        executable=executable,
        third_party_cookies=False,
        calibration=Calibration(passed=False),
    )


async def proven(executable: str) -> Browser:
    """The browser with its calibration: the result kept for this build, or a new one.

    Raises:
        BrowserNotFoundError: it does not start.
    """
    kept = kept_result(executable)
    return kept if kept is not None else await calibrate_browser(executable)


async def calibrate_browser(executable: str) -> Browser:
    """Load the calibration page on loopback, whatever was found before, and keep the result.

    Raises:
        BrowserNotFoundError: it does not start.
    """
    # Once for each build of a browser: no other scan needs these.
    from scanner.capture.calibration import judge, sees_third_party_cookies  # noqa: PLC0415
    from scanner.capture.calibration_site import HOSTS, URL, answer  # noqa: PLC0415
    from scanner.loopback import serve  # noqa: PLC0415

    blank = unproven(executable)
    records: list[Record] = []
    async with serve(answer, HOSTS) as server:
        options = BrowserOptions(host_rules=server.host_rules, ignore_https_errors=True)
        async with start(options, executable, blank) as instrument:
            await instrument.visit_once(URL, records.append)
    calibration = judge(records)
    browser = blank.model_copy(
        update={"calibration": calibration, "third_party_cookies": sees_third_party_cookies(calibration)}
    )
    keep_result(executable, browser)
    return browser
