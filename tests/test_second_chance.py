"""The runner of the tests: what passes alone is named, what fails alone fails, many failures get no second run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).parent.parent / "tools" / "run_tests.py"

TESTS = """
import pytest
from pathlib import Path

SETTINGS = Path(__file__).parent

@pytest.mark.parametrize("number", range(int((SETTINGS / "flaky").read_text())))
def test_flaky(number):
    seen = SETTINGS / f"seen{number}"
    first = not seen.exists()
    seen.touch()
    assert not first

def test_bad():
    assert not (SETTINGS / "bad").exists()

def test_good():
    with (SETTINGS / "runs").open("a") as runs:
        runs.write("x")
"""


@pytest.mark.parametrize(
    ("flaky", "bad", "status", "told"),
    [(0, False, 0, []), (1, False, 0, [0]), (3, False, 0, [0, 1, 2]), (4, False, 1, []), (1, True, 1, [])],
)
def test_what_failed_beside_others_runs_once_more_alone(
    flaky: int, bad: bool, status: int, told: list[int], tmp_path: Path
) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (tmp_path / "flaky").write_text(str(flaky))
    if bad:
        (tmp_path / "bad").touch()
    ended = _run(tmp_path)
    assert ended.returncode == status, ended.stdout
    assert _named(ended) == [f"test_it.py::test_flaky[{number}]" for number in told]
    assert (tmp_path / "runs").read_text() == "x"


HANGS = """
import asyncio
import threading
from pathlib import Path

import pytest

async def forever():
    await asyncio.Event().wait()

@pytest.fixture
async def room():
    yield
    seen = Path(__file__).with_name("seen")
    if not seen.exists():
        seen.touch()
        await forever()

@pytest.fixture(scope="session")
def thread():
    yield
    seen = Path(__file__).with_name("seen too")
    if not seen.exists():
        seen.touch()
        threading.Event().wait()

async def test_hangs(room):
    pass

def test_last(thread):
    pass
"""


def test_what_hangs_is_ended_tells_where_it_waited_and_runs_once_more_alone(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(HANGS)
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['tests.watchdog']\n")
    settings = ("test_limit_s = 3", "asyncio_mode = auto", "asyncio_default_fixture_loop_scope = function")
    (tmp_path / "pytest.ini").write_text("\n".join(("[pytest]", *settings, "")))
    ended = _run(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert _named(ended) == ["test_it.py::test_hangs", "test_it.py::test_last"]
    assert "test_it.py::test_hangs did not end in 3 s" in ended.stderr
    assert "test_it.py:9 in forever" in ended.stderr


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    """The runner over the tests in a folder, as if it had not been started by a test."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    outside["PYTHONPATH"] = str(RUNNER.parent.parent)
    return subprocess.run(
        [sys.executable, str(RUNNER), "-q"], cwd=folder, env=outside, capture_output=True, text=True, check=False
    )


def _named(ended: subprocess.CompletedProcess[str]) -> list[str]:
    _, _, last = ended.stdout.partition("passed alone:")
    return last.split()
