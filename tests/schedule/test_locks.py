"""One lock a site: held by one at a time, free as soon as its holder is dead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scanner.schedule.locks import Held, Locks
from tests.schedule.watching import utc

NOW = utc("2026-11-22T07:00:00+00:00")
DUE = "2026-11-22T06:00:00Z"

HOLDER = """
import datetime, pathlib, sys
from scanner.schedule.locks import Locks
with Locks(pathlib.Path(sys.argv[1])).take("shop", "2026-11-22T06:00:00Z", datetime.datetime.now(datetime.UTC)) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def test_two_do_not_hold_one_site_and_others_are_free(tmp_path: Path) -> None:
    locks = Locks(tmp_path / "locks")
    with locks.take("shop", DUE, NOW) as first, locks.take("shop", DUE, NOW) as second, locks.take("b", DUE, NOW) as b:
        assert (first, second, b) == (True, False, True)
    with locks.take("shop", DUE, NOW) as again:
        assert again


def test_who_looks_sees_which_sites_are_held_by_whom_since_when(tmp_path: Path) -> None:
    locks = Locks(tmp_path)
    assert locks.held() == ()
    with locks.take("shop", DUE, NOW):
        assert locks.held() == (Held("shop", os.getpid(), NOW, DUE),)
    assert locks.held() == ()


def test_a_lock_whose_words_cannot_be_read_is_held_all_the_same(tmp_path: Path) -> None:
    locks = Locks(tmp_path)
    with locks.take("shop", DUE, NOW):
        (tmp_path / "shop.lock").write_text("[]")
        assert locks.held() == (Held("shop", None, None, None),)


def test_the_lock_of_a_process_that_is_killed_is_free(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    locks = Locks(tmp_path)
    with locks.take("shop", DUE, NOW) as mine:
        assert not mine
    assert [(held.site, held.pid) for held in locks.held()] == [("shop", holder.pid)]
    holder.kill()
    holder.communicate()
    assert locks.held() == ()
    with locks.take("shop", DUE, NOW) as mine:
        assert mine
