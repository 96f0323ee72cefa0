"""Ends a test that does not end, and says what it was waiting for.

A test that hangs would hold up the whole run until whatever started it loses patience, and leave nothing to look at.
Pytest's own `faulthandler_timeout` no longer watches once a test has failed, and what it prints shows of a coroutine
only the loop it waits in.

The test fails, or the fixture that is at its end. Where that does not help, its process is ended: pytest-xdist takes
this for a failed test and starts another for the rest, for whose end it may wait for ever where there is no rest.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import inspect
import os
import signal
from collections.abc import Generator
from types import FrameType
from typing import IO

import pytest

_GRACE_S = 60.0
_stream = pytest.StashKey[IO[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("test_limit_s", "seconds that a test may take, its fixtures included", default="0")


def pytest_configure(config: pytest.Config) -> None:
    # Where the process's messages went before pytest took them.
    config.stash[_stream] = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_stream].close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    limit_s = float(item.config.getini("test_limit_s"))
    stream = item.config.stash[_stream]

    def end(_: int, __: FrameType | None) -> None:
        print(f"\n{item.nodeid} did not end in {limit_s:g} s. What runs:", file=stream)
        for task in [thing for thing in gc.get_objects() if isinstance(thing, asyncio.Task) and not thing.done()]:
            print(task, *_where(task.get_coro()), sep="\n", file=stream)
        stream.flush()
        faulthandler.dump_traceback(file=stream)
        stream.flush()
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
        pytest.fail(f"it did not end in {limit_s:g} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _where(waiting: object) -> list[str]:
    """The lines at which a coroutine waits, through all that it waits for. `Task.print_stack` ends at a generator."""
    lines = []
    while waiting is not None:
        for kind, onward in (("cr", "await"), ("gi", "yieldfrom"), ("ag", "await")):
            frame = getattr(waiting, f"{kind}_frame", None)
            if frame is not None:
                lines.append(f"  {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}")
                waiting = getattr(waiting, f"{kind}_{onward}")
                break
        else:
            # The step of an asynchronous generator names it only to the collector of garbage.
            waiting = next((thing for thing in gc.get_referents(waiting) if inspect.isasyncgen(thing)), None)
    return lines
