"""Browsers that several runs share, one for each way of starting a browser, replaced before they grow old."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from scanner.capture import BrowserOptions
from scanner.capture.instrument import Instrument
from scanner.config import Config
from scanner.pipeline import browser_options, open_instrument
from scanner.schedule.memory import MIB, memory_of
from scanner.site import host_of

_CLOSING_S = 20.0
"""How long a browser may take to end; then it is killed."""

Key = tuple[BrowserOptions, str]
_log = structlog.get_logger(__name__)


@dataclass
class _Browser:
    """One browser, kept by a task of its own from its start to its end."""

    key: Key
    ready: asyncio.Future[Instrument]
    leave: asyncio.Event = field(default_factory=asyncio.Event)
    users: int = 0
    scans: int = 0
    retired: str | None = None
    """Why nobody shall use it any more; null while it is good."""


class Browsers:
    """A pool. `slots`: how many browsers may stay open while nobody uses them; `memory_mb` null: no limit.

    `replaced` hears why a browser is given to nobody any more.
    """

    def __init__(
        self,
        *,
        slots: int,
        recycle_after: int,
        memory_mb: int | None,
        replaced: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._replaced = replaced
        self._slots = slots
        self._recycle_after = recycle_after
        self._memory = memory_mb * MIB if memory_mb is not None else None
        self._current: dict[Key, _Browser] = {}
        self._all: dict[asyncio.Task[None], _Browser] = {}
        """Every browser whose keeper has not ended."""

    @asynccontextmanager
    async def lease(self, config: Config, url: str) -> AsyncIterator[Instrument]:
        """A calibrated browser as the configuration wants it, for one scan of an address; it may be shared.

        Raises:
            BrowserNotFoundError: none starts here.
            UsageError: the configuration contradicts itself.
        """
        browser = self._for(config, url)
        browser.users += 1
        browser.scans += 1
        try:
            instrument = await asyncio.shield(browser.ready)
            yield instrument
        finally:
            browser.users -= 1
            self._look_at(browser)
        await self._weigh(browser)

    async def close(self) -> None:
        """End all browsers; whatever runs in one fails. Those that do not end by themselves are killed."""
        for browser in self._all.values():
            self._retire(browser, "end")
            browser.leave.set()
        if self._all:
            await asyncio.wait(set(self._all), timeout=2 * _CLOSING_S)

    def _for(self, config: Config, url: str) -> _Browser:
        # What one site's owner may reach through `given` is not for the next site in the same browser.
        key = (browser_options(config), host_of(url) if config.guard == "given" else "")
        browser = self._current.pop(key, None)
        if browser is not None and (worn := self._worn(browser)) is not None:
            self._retire(browser, worn)
            browser = None
        if browser is None:
            browser = _Browser(key, asyncio.get_running_loop().create_future())
            keeper = asyncio.create_task(_keep(browser, config), name="browser")
            self._all[keeper] = browser
            keeper.add_done_callback(self._all.pop)
        self._current[key] = browser  # last in order: used last
        return browser

    def _worn(self, browser: _Browser) -> str | None:
        """Why a browser shall take no further scan; null where it may."""
        if browser.ready.done():
            if browser.ready.cancelled() or browser.ready.exception() is not None:
                return "did not start"
            if not browser.ready.result().alive:
                return "died"
        return "scans" if browser.scans >= self._recycle_after else browser.retired

    def _look_at(self, browser: _Browser) -> None:
        """After each scan: a browser that died or is worn is replaced; too many idle ones are closed."""
        worn = self._worn(browser)
        if worn is not None:
            self._retire(browser, worn)
        idle = [other for other in self._current.values() if not other.users]
        for other in idle[: max(0, len(self._current) - self._slots)]:
            self._retire(other, "idle")

    async def _weigh(self, browser: _Browser) -> None:
        """A browser that has grown beyond the limit is replaced."""
        if self._memory is None or browser.retired is not None:
            return
        pid = browser.ready.result().pid
        if pid is not None and await asyncio.to_thread(memory_of, pid) > self._memory:
            self._retire(browser, "memory")

    def _retire(self, browser: _Browser, why: str) -> None:
        """Give a browser to nobody any more; it ends once nobody uses it."""
        if self._current.get(browser.key) is browser:
            del self._current[browser.key]
        if browser.retired is None:
            browser.retired = why
            _log.debug("browser retired", why=why, scans=browser.scans)
            self._replaced(why)
        if not browser.users:
            browser.leave.set()


async def _keep(browser: _Browser, config: Config) -> None:
    """Open a browser and close it in one task, however many others use it meanwhile."""
    closing: asyncio.TimerHandle | None = None
    try:
        async with open_instrument(config) as instrument:
            browser.ready.set_result(instrument)
            await browser.leave.wait()
            closing = asyncio.get_running_loop().call_later(_CLOSING_S, end, instrument)
    except Exception as error:  # noqa: BLE001 - whoever waits for the browser gets it; how one ends is nobody's error
        if not browser.ready.done():
            browser.ready.set_exception(error)
            browser.ready.exception()  # retrieved, should nobody wait any more
        else:
            _log.warning("browser ended badly", error=f"{type(error).__name__}: {error}"[:300])
            end(browser.ready.result())
    finally:
        if closing is not None:
            closing.cancel()
        browser.ready.cancel()


def end(instrument: Instrument) -> None:
    """End a browser at once, with all its processes."""
    if instrument.pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(instrument.pid, signal.SIGKILL)
