"""Packages from npm for tests, in a cache and never in the repository; where npm or its registry is not, none."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


def installed(name: str, packages: Sequence[str]) -> Path | None:
    """The `node_modules` of these packages (`alias@npm:package@version` or `package@version`), installed if need be.

    `name` tells the folder of the cache. Null where they cannot be had.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "cookie-scanner-tests" / name
    modules = folder / "node_modules"
    if all((modules / package.split("@", 1)[0] / "package.json").exists() for package in packages):
        return modules
    npm = shutil.which("npm")
    if npm is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    except (subprocess.SubprocessError, OSError):
        return None
    return modules
