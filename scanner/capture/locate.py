"""Finding a browser on this machine: the preferred one, an installed one, or Playwright's own download."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scanner.errors import BrowserNotFoundError

_NAMES = (
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
)
_PLACES = (
    "/opt/google/chrome/chrome",
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/snap/bin/chromium",
    "/opt/microsoft/msedge/msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_PLAYWRIGHT_BINARIES = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/chrome-mac*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
)
_VERSION = re.compile(r"(\d+\.\d+\.\d+\.\d+)")
_VERSION_TIMEOUT_S = 20


def find_browser(preferred: str | None = None) -> str:
    """The path of the browser to use.

    Order: the preferred path or command, an installed Chrome, Chromium or Edge, then Playwright's own download.

    Raises:
        BrowserNotFoundError: the preferred path is no program, or there is no browser; the text says what to run.
    """
    if preferred:
        found = shutil.which(str(Path(preferred).expanduser()))
        if found is None:
            raise BrowserNotFoundError(f"{preferred} is not a browser that can be run: check the path given as browser")
        return found
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None and not _is_snap_stub(found):
            return found
    for place in _PLACES:
        if shutil.which(place) is not None:
            return place
    downloaded = _playwright_download()
    if downloaded is not None:
        return downloaded
    raise BrowserNotFoundError(
        "no Chrome, Chromium or Edge found: run `apt-get install chromium` as root, or `python -m playwright install "
        "chromium`, or name one with --browser PATH"
    )


def name_and_version(executable: str) -> tuple[str, str]:
    """What a browser says of itself: its name and its four-part version (empty where it does not say)."""
    try:
        answer = subprocess.run(
            [executable, "--version"], capture_output=True, text=True, timeout=_VERSION_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "Chromium", ""
    match = _VERSION.search(answer.stdout)
    if match is None:
        return "Chromium", ""
    return answer.stdout[: match.start()].strip().splitlines()[-1].strip() or "Chromium", match.group(1)


def _is_snap_stub(path: str) -> bool:
    """Ubuntu's `chromium-browser` may be a script that only says to install the snap."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(4096)
    except OSError:
        return True
    return head.startswith(b"#!") and b"snap install" in head and shutil.which("/snap/bin/chromium") is None


def _playwright_download() -> str | None:
    folders = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")]
    folders.append("~/Library/Caches/ms-playwright" if sys.platform == "darwin" else "~/.cache/ms-playwright")
    for folder in folders:
        root = Path(folder).expanduser() if folder else None
        if root is None or not root.is_dir():
            continue
        for pattern in _PLAYWRIGHT_BINARIES:
            for path in sorted(root.glob(pattern), reverse=True):
                if os.access(path, os.X_OK):
                    return str(path)
    return None
