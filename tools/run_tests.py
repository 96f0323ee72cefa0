"""Run the tests; the few that failed beside others are run once more, alone, and named either way.

Browsers of several tests share a machine's cores, so a test can lose a race that no visitor's machine would run. One
that fails alone too, or one of more than three, fails the run. A test that passes alone is named in the last lines: it
has told of a defect, mostly its own, and is to be looked at (docs/decisions/0015).

Usage: tools/run_tests.py [arguments of pytest]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FEW = 3
FAILED = 1
"""Pytest's own status: tests were run, and some failed."""


def run_tests(arguments: list[str]) -> int:
    """The status of pytest: of the first run, or of the second, where a second is due."""
    with tempfile.TemporaryDirectory() as memory:
        kept = ("-o", f"cache_dir={memory}", *arguments)
        status = _pytest("-n", "2", "--dist", "loadfile", *kept)
        failed = _failed(Path(memory)) if status == FAILED else []
        if not failed or len(failed) > FEW:
            return status
        print(f"\n{len(failed)} failed beside other tests. Once more, alone:", flush=True)
        status = _pytest("--last-failed", *kept)
    if status == 0:
        print("Failed beside other tests, passed alone:", *failed, sep="\n  ", flush=True)
    return status


def _pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


def _failed(memory: Path) -> list[str]:
    """The tests that failed in the run that just ended, as pytest remembers them."""
    try:
        return sorted(json.loads((memory / "v" / "cache" / "lastfailed").read_text()))
    except (OSError, ValueError):
        return []


if __name__ == "__main__":
    sys.exit(run_tests(sys.argv[1:]))
