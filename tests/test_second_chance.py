"""The runner of the tests: what passes alone is named, what fails alone fails, and many failures get no second run."""

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
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ended = subprocess.run(
        [sys.executable, str(RUNNER), "-q"], cwd=tmp_path, env=outside, capture_output=True, text=True, check=False
    )
    assert ended.returncode == status, ended.stdout
    _, _, last = ended.stdout.partition("passed alone:")
    assert last.split() == [f"test_it.py::test_flaky[{number}]" for number in told]
    assert (tmp_path / "runs").read_text() == "x"
