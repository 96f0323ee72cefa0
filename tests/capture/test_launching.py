"""A browser starts or says why not, and when it has ended nothing of it is left, whatever it left behind itself."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from scanner.capture import BrowserOptions, find_browser, open_instrument
from scanner.errors import BrowserNotFoundError
from scanner.model.evidence import Visit
from tests.capture.conftest import Records, Site

pytestmark = pytest.mark.browser


def _wrapper(folder: Path, *lines: str) -> str:
    """A program that does something, then becomes the browser."""
    program = folder / "chromium"
    program.write_text("\n".join(("#!/bin/sh", *lines, f'exec "{find_browser(None)}" "$@"', "")))
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize("known", [True, False], ids=["with its profile", "with nothing of its"])
async def test_a_process_that_leaves_the_browsers_group_and_does_not_end_is_not_waited_for(
    tmp_path: Path, known: bool
) -> None:
    """As a handler of crashes that hangs. It holds the pipe on which the browser would say why it does not start."""
    left = tmp_path / "left"
    arguments = '"$@"' if known else ""
    leaving = f"setsid sh -c 'echo $$ > {left}.new; mv {left}.new {left}; sleep 600; :' sh {arguments} &"
    program = _wrapper(tmp_path, f'case "$1" in --version) ;; *) {leaving} ;; esac')
    try:
        async with asyncio.timeout(60), open_instrument(BrowserOptions(executable=program), calibrate=False) as running:
            assert running.alive
            while not left.exists():
                await asyncio.sleep(0.01)
            stranger = psutil.Process(int(left.read_text()))
            closing = time.monotonic()
        assert time.monotonic() - closing < 20
        gone, alive = await asyncio.to_thread(psutil.wait_procs, [stranger], timeout=0 if not known else 20)
        assert (gone if known else alive) == [stranger]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(int(left.read_text()), signal.SIGKILL)


@pytest.mark.parametrize("words", ["no display", "x" * 10_000], ids=["a line", "a very long line"])
async def test_a_browser_that_does_not_start_has_the_last_word(words: str, tmp_path: Path) -> None:
    program = _wrapper(tmp_path, "echo this is nothing >&2", f"echo '{words}' >&2", "exit 1")
    with pytest.raises(BrowserNotFoundError) as raised:
        async with open_instrument(BrowserOptions(executable=program), calibrate=False):
            pass
    assert str(raised.value) == f"the browser did not start: {words[:300]}"


async def test_nothing_of_a_page_that_crashed_is_kept_in_the_users_home(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    records = Records()
    options = BrowserOptions(host_rules=site.host_rules, ignore_https_errors=True)
    async with open_instrument(options, calibrate=False) as running:

        async def crash(request: web.BaseRequest) -> web.StreamResponse:
            for tab in running._hub._tabs.values():
                tab.page.post("Page.crash")
            return web.Response()

        site.call("/crash-here", crash)
        await running.visit_once(site.page("<script>fetch('/crash-here')</script>"), records.record)
    assert "crashed" in {visit.error_kind for visit in records.of(Visit)}
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ".dmp" or "rash" in path.name]
