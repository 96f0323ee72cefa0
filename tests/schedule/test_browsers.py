"""Browsers that runs share: one for each way of starting them, replaced before they grow old."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from scanner.config import Config
from scanner.errors import BrowserNotFoundError
from scanner.schedule.browsers import Browsers, end
from scanner.schedule.memory import MIB, family, memory_of

URL = "https://shop.example/"
PLAIN = Config(guard="off")


@asynccontextmanager
async def _pool(*, slots: int = 1, recycle_after: int = 100, memory_mb: int | None = None) -> AsyncIterator[Browsers]:
    pool = Browsers(slots=slots, recycle_after=recycle_after, memory_mb=memory_mb)
    try:
        yield pool
    finally:
        await pool.close()


async def _pid(pool: Browsers, config: Config = PLAIN) -> int:
    async with pool.lease(config, URL) as instrument:
        assert instrument.pid is not None
        return instrument.pid


def _gone(pid: int) -> None:
    left = psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=20)[1]
    assert not left, "the browser is still there"


@pytest.mark.browser
async def test_runs_share_a_browser_until_it_has_done_its_share_and_those_in_it_end_in_peace() -> None:
    async with _pool(recycle_after=2) as pool:
        async with pool.lease(PLAIN, URL) as first:
            async with pool.lease(PLAIN, URL) as second:
                assert first is second
            assert await _pid(pool) != first.pid
            assert first.alive
        assert first.pid is not None
        await asyncio.to_thread(_gone, first.pid)


@pytest.mark.browser
async def test_a_browser_that_has_grown_or_died_is_replaced_and_an_idle_one_of_another_kind_makes_way() -> None:
    async with _pool(memory_mb=1) as pool:
        grown = await _pid(pool)
        await asyncio.to_thread(_gone, grown)
        async with pool.lease(PLAIN, URL) as dying:
            end(dying)
            while dying.alive:
                await asyncio.sleep(0.01)
            async with pool.lease(PLAIN, URL) as other:
                assert other.pid != dying.pid
    async with _pool() as pool:
        english = await _pid(pool)
        german = await _pid(pool, Config(guard="off", locale="de-DE"))
        assert german != english
        await asyncio.to_thread(_gone, english)
        assert await _pid(pool, Config(guard="off", locale="de-DE")) == german
    _gone(german)


async def test_a_browser_that_does_not_start_is_an_error_for_each_who_wanted_it() -> None:
    async with _pool() as pool:
        for _ in range(2):
            with pytest.raises(BrowserNotFoundError):
                await _pid(pool, Config(browser="/nowhere/chromium"))


def test_memory_is_that_of_a_process_and_its_children() -> None:
    mine = memory_of(os.getpid())
    assert MIB < mine < 100_000 * MIB
    child = psutil.Popen(["sleep", "60"])
    try:
        assert child.pid in family(os.getpid())
    finally:
        child.kill()
        child.wait()
    assert memory_of(child.pid) == 0
    assert family(child.pid) == ()
