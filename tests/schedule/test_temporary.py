"""A folder for everything temporary of a process: gone with it, or at the next start of another."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.schedule.temporary import own_temporary_folder


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as name:
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield Path(name)
    monkeypatch.setattr(tempfile, "tempdir", None)


HOLDER = """
import sys, tempfile
from scanner.schedule.temporary import own_temporary_folder
with own_temporary_folder() as folder:
    tempfile.mkdtemp()
    print(folder, flush=True)
    sys.stdin.read()
"""


def _holder(around: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(around)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_temporary_files_of_a_process_and_its_children_are_in_it_and_gone_at_the_end(around: Path) -> None:
    with own_temporary_folder() as folder:
        assert folder.parent == around
        assert Path(tempfile.mkdtemp()).parent == folder
        child = subprocess.run(
            [sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"], capture_output=True, text=True
        )
        assert child.stdout.strip() == str(folder)
    assert list(around.iterdir()) == []
    assert tempfile.gettempdir() == str(around)


def test_what_a_killed_process_left_is_removed_at_the_next_start_and_a_living_ones_stays(around: Path) -> None:
    living, of_living = _holder(around)
    dead, of_dead = _holder(around)
    dead.kill()
    dead.communicate()
    assert len(list(of_dead.iterdir())) == 2
    with own_temporary_folder():
        assert not of_dead.exists()
        assert of_living.is_dir()
    living.communicate("")
    assert list(around.iterdir()) == []


def test_sockets_do_not_get_long_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 60)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with own_temporary_folder() as folder:
        assert len(str(folder)) <= 60
