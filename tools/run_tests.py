"""Run the tests; the few that failed beside others are run once more, alone, and named either way.

Browsers of several tests share a machine's cores, so a test can lose a race that no visitor's machine would run. One
that fails alone too, or one of more than three, fails the run. A test that passes alone is named in the last lines: it
has told of a defect, mostly its own, and is to be looked at (docs/decisions/0015).

Usage: tools/run_tests.py [arguments of pytest]
"""

from __future__ import annotations

import faulthandler
import subprocess
import sys
import tempfile

import pytest

FEW = 3
LIMIT_S = 3600
"""Several times what all tests take. A test that hangs is ended long before, by tests/watchdog.py."""


class Failed:
    """A plugin of pytest that remembers which tests failed.

    Pytest itself forgets one at which a process ended, once another process has passed it.
    """

    def __init__(self) -> None:
        self.tests: dict[str, bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """As pytest calls it, for each phase of each test."""
        if report.failed:
            self.tests[report.nodeid] = True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """As pytest calls it; for `--last-failed`."""
        if session.config.cache is not None:
            session.config.cache.set("cache/lastfailed", self.tests)


def run_tests(arguments: list[str]) -> int:
    """The status of pytest: of the first run, or of the second, where a second is due."""
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    failed = Failed()
    with tempfile.TemporaryDirectory() as memory:
        kept = ("-o", f"cache_dir={memory}", *arguments)
        status = int(pytest.main(["-n", "2", "--dist", "loadfile", "--durations", "10", *kept], [failed]))
        if status != pytest.ExitCode.TESTS_FAILED or not 0 < len(failed.tests) <= FEW:
            return status
        print(f"\n{len(failed.tests)} failed beside other tests. Once more, alone:", flush=True)
        again = [sys.executable, "-m", "pytest", "--last-failed", *kept]
        status = subprocess.run(again, check=False).returncode
    if status == 0:
        print("Failed beside other tests, passed alone:", *sorted(failed.tests), sep="\n  ", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(run_tests(sys.argv[1:]))
