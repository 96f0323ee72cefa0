"""Starting the browser as an instrument, and ending it without a trace.

We start the browser ourselves rather than through Playwright: its flags decide what can be seen, and its pipe is
where evidence comes from. Where somebody logs in, Playwright joins through a bridge (`bridge.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scanner.capture.cdp import Connection, ProtocolError
from scanner.capture.plan import BrowserOptions
from scanner.errors import BrowserNotFoundError

_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 3.0
_LAST_WORDS_S = 1.0
_LONGEST_LINE = 4096
_LONGEST_PATH = 60
_SHORT_PATH = "/tmp"
_DEV_SHM_ENOUGH = 512 * 1024 * 1024

# Third-party cookies are blocked by default in some builds, and neither flag nor protocol command changes that: only
# the profile's own preferences do, and contexts made later inherit them.
_PREFERENCES = {
    "profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False, "exit_type": "Normal"},
    "enable_a_ping": True,
    "signin": {"allowed": False, "allowed_on_next_startup": False},
    "safebrowsing": {"enabled": False},
    "search": {"suggest_enabled": False},
    "translate": {"enabled": False},
    "autofill": {"enabled": False},
}

# WebRTC speaks UDP, which does not go through a proxy.
_NOTHING_PAST_THE_GATE = {"webrtc": {"ip_handling_policy": "disable_non_proxied_udp"}}

_FEATURES_OFF = (
    # What the browser would send of itself.
    "AutofillServerCommunication",
    "CertificateTransparencyComponentUpdater",
    "InterestFeedContentSuggestions",
    "MediaRouter",
    "DialMediaRouteProvider",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "OptimizationGuideModelDownloading",
    "Translate",
    # One process for a page and all its frames: one clock, one event stream, a third of the memory. Storage and
    # cookie rules do not depend on it.
    "IsolateOrigins",
    "site-per-process",
    "IsolateSandboxedIframes",
    # With a new host for every document, what a page sends while it goes away is sent after the protocol let go.
    "RenderDocument",
    "HttpsUpgrades",
    "PaintHolding",
    # Pages of the browser's own address bar, loaded for each window: two renderers and a second of processor time.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)

_NOWHERE = "http://127.0.0.1:9/"

_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-startup-window",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    f"--component-updater=url-source={_NOWHERE}",
    f"--gaia-url={_NOWHERE}",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-service-autorun",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-blink-features=AutomationControlled",
    "--disable-site-isolation-trials",
    "--disable-back-forward-cache",
    "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-hang-monitor",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
)


@dataclass(frozen=True)
class Running:
    """A started browser, and our pipe into it."""

    connection: Connection
    pid: int


def realistic_user_agent(version: str) -> str:
    """What the same browser would call itself with a window: the word for headless is gone, the rest is its own."""
    system = {"darwin": "Macintosh; Intel Mac OS X 10_15_7", "win32": "Windows NT 10.0; Win64; x64"}.get(
        sys.platform, "X11; Linux x86_64"
    )
    major = version.partition(".")[0]
    return f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"


def flags(options: BrowserOptions, profile: Path, user_agent: str | None, gate_port: int | None = None) -> list[str]:
    """All command-line flags for these options. `gate_port`: everything goes through the gate on this port."""
    result = [*_FLAGS, f"--disable-features={','.join(_FEATURES_OFF)}", f"--user-data-dir={profile}"]
    width, height = options.viewport
    result.append(f"--window-size={width},{height}")
    if user_agent:
        result.append(f"--user-agent={user_agent}")
    if gate_port is not None:
        # The gate follows the host rules itself. Loopback, too, is to be asked for there, not reached directly.
        result += [f"--proxy-server=socks5://127.0.0.1:{gate_port}", "--proxy-bypass-list=<-loopback>"]
    elif options.host_rules:
        result.append(f"--host-resolver-rules={options.host_rules}")
    if options.ignore_https_errors:
        # The context option of Playwright alone leaves service workers and leaving beacons refused on such hosts.
        result.append("--ignore-certificate-errors")
    if options.proxy and gate_port is None:
        result.append(f"--proxy-server={options.proxy}")
    if options.locale:
        result.append(f"--lang={options.locale}")
    if _no_sandbox():
        result.append("--no-sandbox")
    if _small_shared_memory():
        result.append("--disable-dev-shm-usage")
    return result


@asynccontextmanager
async def launch(
    executable: str, options: BrowserOptions, user_agent: str | None, gate_port: int | None = None
) -> AsyncIterator[Running]:
    """Run the browser on a fresh profile; at the end it is gone, and the profile with it.

    Raises:
        BrowserNotFoundError: it did not start; the text holds its last words.
    """
    profile = Path(tempfile.mkdtemp(prefix="cookie-scanner-", dir=_temporary()))
    try:
        (profile / "Default").mkdir()
        preferences = _PREFERENCES | (_NOTHING_PAST_THE_GATE if gate_port is not None else {})
        (profile / "Default" / "Preferences").write_text(json.dumps(preferences), encoding="utf-8")
        async with _listening() as (said, ear):
            arguments = flags(options, profile, user_agent, gate_port)
            process, connection = await _start(executable, arguments, _environment(profile), ear)
            try:
                await said.ready(connection)
                yield Running(connection, process.pid)
            finally:
                await _stop(process, connection)
                # With the last of its children the pipe ends. The handlers of crashes are in sessions of their own.
                if not (await asyncio.wait({said.ended}, timeout=_STOP_TIMEOUT_S))[0]:
                    _end_all_of(profile)
    finally:
        shutil.rmtree(profile, ignore_errors=True)


async def _start(
    executable: str, arguments: list[str], environment: Mapping[str, str], ear: IO[bytes]
) -> tuple[asyncio.subprocess.Process, Connection]:
    to_browser, our_write = os.pipe()
    our_read, from_browser = os.pipe()
    # The browser expects its pipe as descriptors 3 and 4; the shell puts them there and is replaced by the browser.
    script = f'exec "$@" 3</dev/fd/{to_browser} 4>/dev/fd/{from_browser}'
    try:
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            script,
            "sh",
            executable,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=ear,
            pass_fds=(to_browser, from_browser),
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        os.close(our_write)
        os.close(our_read)
        raise BrowserNotFoundError(f"{executable} does not start: {error}") from error
    finally:
        ear.close()
        os.close(to_browser)
        os.close(from_browser)
    try:
        return process, await Connection.open(our_read, our_write)
    except BaseException:
        process.kill()
        raise


class _Said(asyncio.Protocol):
    """What the browser says on its standard error: why it does not start.

    It is read to the end, so that the browser never waits for us to listen.
    """

    def __init__(self) -> None:
        self.ended = asyncio.get_running_loop().create_future()
        self._last = b""
        self._line = b""

    def data_received(self, data: bytes) -> None:
        *lines, line = (self._line + data).split(b"\n")
        self._line = line[:_LONGEST_LINE]
        self._last = next((told for line in reversed(lines) if (told := line.strip())), self._last)

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    async def ready(self, connection: Connection) -> None:
        """Return once the browser answers.

        Raises:
            BrowserNotFoundError: the browser ended, or took too long; the text holds its last words.
        """
        answer = connection.root.post("Browser.getVersion")
        waiting: set[asyncio.Future[Any]] = {answer, self.ended}
        await asyncio.wait(waiting, timeout=_START_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() or answer.exception() is not None:
            await asyncio.wait({self.ended}, timeout=_LAST_WORDS_S)
            last = (self._line.strip() or self._last).decode("utf-8", "replace")
            raise BrowserNotFoundError(f"the browser did not start: {last[:300] or 'it said nothing'}")


@asynccontextmanager
async def _listening() -> AsyncIterator[tuple[_Said, IO[bytes]]]:
    """A pipe for the browser's standard error: what hears it, and the end that the browser gets.

    Were it asyncio's own, waiting for the browser's end would be waiting for everyone who holds the pipe.
    """
    here, there = os.pipe()
    with os.fdopen(there, "wb", 0) as ear:
        hearing, said = await asyncio.get_running_loop().connect_read_pipe(_Said, os.fdopen(here, "rb", 0))
        try:
            yield said, ear
        finally:
            hearing.close()


async def _stop(process: asyncio.subprocess.Process, connection: Connection) -> None:
    with contextlib.suppress(ProtocolError):
        await connection.root.send("Browser.close", timeout_s=_STOP_TIMEOUT_S)
    connection.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _STOP_TIMEOUT_S)
    # Its children share the process group that was made for it; whichever is left goes now.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _STOP_TIMEOUT_S)


def _end_all_of(profile: Path) -> None:
    """End every process that was started with this profile, whatever group it is in; where /proc tells of them."""
    for told in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if bytes(profile) in told.read_bytes():
                os.kill(int(told.parent.name), signal.SIGKILL)


def _environment(profile: Path) -> dict[str, str]:
    # Without it, what a page had in memory as it crashed is kept in the user's home:
    # https://source.chromium.org/chromium/chromium/src/+/main:chrome/app/chrome_main_delegate.cc
    return {**os.environ, "TMPDIR": _temporary(), "BREAKPAD_DUMP_LOCATION": str(profile / "Crashes")}


def _temporary() -> str:
    """The folder for what lives as long as the browser: its sockets there do not bear a long path."""
    usual = tempfile.gettempdir()
    return usual if len(usual) <= _LONGEST_PATH or not os.access(_SHORT_PATH, os.W_OK) else _SHORT_PATH


def _no_sandbox() -> bool:
    """Whether the browser's sandbox cannot work here: as root, and where users may not make namespaces."""
    if not sys.platform.startswith("linux"):
        return False
    if os.geteuid() == 0:
        return True
    for switch, forbids in (
        ("/proc/sys/kernel/unprivileged_userns_clone", "0"),
        ("/proc/sys/user/max_user_namespaces", "0"),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
    ):
        with contextlib.suppress(OSError):
            if Path(switch).read_text(encoding="ascii").strip() == forbids:
                return True
    return Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()


def _small_shared_memory() -> bool:
    with contextlib.suppress(OSError):
        return sys.platform.startswith("linux") and shutil.disk_usage("/dev/shm").free < _DEV_SHM_ENOUGH
    return sys.platform.startswith("linux")
