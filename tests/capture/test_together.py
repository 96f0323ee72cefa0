"""Things done at once: none outlives whoever asked for it, whatever ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from scanner.capture.together import beside, meanwhile, together


class _Slow:
    """Work that takes a while to end when it is cancelled, as whoever writes down what was seen does."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = False

    async def work(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(50):
                await asyncio.sleep(0)
            self.ended = True


async def _fail(after: asyncio.Event) -> None:
    await after.wait()
    raise LookupError("not there")


async def test_results_come_in_the_order_asked_for() -> None:
    async def late(value: int, turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return value

    assert await together(late(1, 9), late(2, 1), late(3, 5)) == [1, 2, 3]
    assert await together() == []


async def test_a_failure_is_raised_itself_when_the_others_have_ended() -> None:
    slow = _Slow()
    with pytest.raises(LookupError, match="not there"):
        await together(slow.work(), _fail(slow.began))
    assert slow.ended


async def _in_company(slow: _Slow) -> None:
    quick = asyncio.Event().wait()
    await together(quick, slow.work())


async def _beside(slow: _Slow) -> None:
    async with beside(slow.work()):
        await asyncio.Event().wait()


async def _meanwhile(slow: _Slow) -> None:
    async with meanwhile(slow.work()):
        await asyncio.Event().wait()


@pytest.mark.parametrize("ways", [_in_company, _beside, _meanwhile])
@pytest.mark.parametrize("times", [1, 3])
async def test_cancelled_all_have_ended_before_it_returns(ways: Callable[[_Slow], object], times: int) -> None:
    slow = _Slow()
    task = asyncio.create_task(ways(slow))
    await slow.began.wait()
    for _ in range(times):
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert slow.ended


@pytest.mark.parametrize("way", [beside, meanwhile])
async def test_a_block_that_fails_ends_what_is_beside_it(way: Callable[..., object]) -> None:
    slow = _Slow()
    with pytest.raises(LookupError, match="not there"):
        async with way(slow.work()):
            await _fail(slow.began)
    assert slow.ended


async def test_what_fails_beside_a_block_ends_the_block() -> None:
    started = asyncio.Event()
    with pytest.raises(LookupError, match="not there"):
        async with beside(_fail(started)):
            started.set()
            await asyncio.Event().wait()


async def test_what_fails_meanwhile_does_not_disturb_the_block_and_is_raised_at_its_end() -> None:
    started, undisturbed = asyncio.Event(), False
    started.set()
    with pytest.raises(LookupError, match="not there"):
        async with meanwhile(_fail(started)) as task:
            await asyncio.wait({task})
            undisturbed = True
    assert undisturbed


async def test_a_block_beside_waits_and_a_block_meanwhile_does_not() -> None:
    done = False

    async def work() -> int:
        nonlocal done
        for _ in range(20):
            await asyncio.sleep(0)
        done = True
        return 7

    async with beside(work()) as task:
        pass
    assert done
    assert task.result() == 7
    done = False
    async with meanwhile(work()) as task:
        await asyncio.sleep(0)
    assert not done
    assert task.cancelled()


async def test_nothing_is_printed_of_a_failure_that_the_failing_block_did_not_look_at() -> None:
    said: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    started = asyncio.Event()
    started.set()
    with suppress(KeyError):
        async with meanwhile(_fail(started)) as task:
            await asyncio.wait({task})
            raise KeyError
    del task
    await asyncio.sleep(0)
    assert said == []
