"""Doing several things at once, so that none of them outlives whoever asked for it.

What is still running when a scan has ended writes into evidence that is closed, and uses pages that are gone.
`asyncio.gather` ends with the first of its tasks that fails or is cancelled and lets the others run on; these wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

_T = TypeVar("_T")


async def together(*works: Coroutine[Any, Any, _T]) -> list[_T]:
    """Do all at once; what each returned, in their order. The first failure ends the others, and is raised itself."""
    async with _group() as group:
        tasks = [group.create_task(work) for work in works]
    return [task.result() for task in tasks]


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, _T]) -> AsyncIterator[asyncio.Task[_T]]:
    """Do something beside the block, which ends when both have; what fails in one ends the other, and is raised."""
    async with _group() as group:
        yield group.create_task(work)


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, _T]) -> AsyncIterator[asyncio.Task[_T]]:
    """Do something for as long as the block lasts, then cancel it. The block is not disturbed: what fails is raised
    at its end, or where it looks at the result."""
    task = asyncio.create_task(work)
    try:
        yield task
    except BaseException:
        await _end(task)
        raise
    await _end(task)
    if not task.cancelled():
        task.result()


async def afterwards(work: Coroutine[Any, Any, _T]) -> _T:
    """Do what is left to do when one was cancelled, in a task that was not.

    In a cancelled task a timeout raises the cancellation once more instead of `TimeoutError` before Python 3.11.4
    (https://github.com/python/cpython/issues/102780), which Debian 12 has not.
    """
    async with meanwhile(work) as task:
        await asyncio.wait({task})
    return task.result()


async def _end(task: asyncio.Task[_T]) -> None:
    """Cancel a task and wait for its end, even where whoever waits is cancelled once more."""
    again: asyncio.CancelledError | None = None
    task.cancel()
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as cancelled:
            again = cancelled
    if not task.cancelled():
        task.exception()  # looked at, lest it be printed as one that nobody did
    if again is not None:
        raise again


@asynccontextmanager
async def _group() -> AsyncIterator[asyncio.TaskGroup]:
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        # Whoever catches these catches them by their names, as from any other call.
        raise failures.exceptions[0]  # noqa: B904 - not a consequence of the group, but what is in it
