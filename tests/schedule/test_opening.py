"""What a service opens when it starts: a database that is not there yet is waited for, one that is wrong is not."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from scanner.config.fleet import read_fleet
from scanner.schedule.opening import open_watch
from scanner.store.history import AwayError
from tests.postgres import server


def _fleet(folder: Path, database: str) -> Path:
    path = folder / "scan.toml"
    path.write_text(f'[history]\ndatabase = "{database}"\n[[site]]\nurl = "https://a.example/"\n')
    return path


def test_a_database_that_starts_later_is_waited_for(tmp_path: Path) -> None:
    running = server()
    fleet = read_fleet(_fleet(tmp_path, running.database()))
    running.stop()
    starting = threading.Timer(1.5, running.start)
    starting.start()
    try:
        with open_watch(fleet, wait_s=60) as watch:
            assert watch.history.sites() == ()
    finally:
        starting.join()


def test_one_that_never_comes_is_told_in_a_line_without_a_password(tmp_path: Path) -> None:
    fleet = read_fleet(_fleet(tmp_path, "postgresql://me@127.0.0.1:9/none"))
    began = time.monotonic()
    with pytest.raises(AwayError, match="cannot be opened") as caught, open_watch(fleet, wait_s=1.5):
        pass
    assert time.monotonic() - began >= 1.5
    assert "\n" not in str(caught.value)


def test_what_asks_once_does_not_wait(tmp_path: Path) -> None:
    fleet = read_fleet(_fleet(tmp_path, "postgresql://me@127.0.0.1:9/none"))
    began = time.monotonic()
    with pytest.raises(AwayError), open_watch(fleet):
        pass
    assert time.monotonic() - began < 30
