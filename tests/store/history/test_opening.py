"""Opening a history: what is made, what is refused in one line, and how a schema moves on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from scanner.errors import UsageError
from scanner.store.history import HistoryError, migrations, open_history
from scanner.store.history.database import Database
from tests.postgres import server
from tests.store.history.weeks import ROOT, record, scan


def test_what_was_recorded_is_there_when_it_is_opened_again(address: str) -> None:
    first = open_history(address)
    record(first, 0, scan(0))
    first.close()
    second = open_history(address)
    assert [row.name for row in second.sites()] == ["shop"]
    second.close()


def test_folders_are_made(tmp_path: Path) -> None:
    open_history(str(tmp_path / "a/b/history.db")).close()
    assert (tmp_path / "a/b/history.db").is_file()


def test_a_file_may_be_given_as_an_address(tmp_path: Path) -> None:
    open_history(f"sqlite:///{tmp_path}/x.db").close()
    assert (tmp_path / "x.db").is_file()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://root:hunter2@db.example/x", "postgresql://"),
        ("postgresql://me:hunter2@db.example:port/x", "cannot be read"),
        ("postgresql://me:hunter2@127.0.0.1:9/x", "cannot be opened"),
        ("sqlite://", "postgresql://"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_one_line_without_its_password(address: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_history(address)
    message = str(caught.value)
    assert words in message and "hunter2" not in message and "\n" not in message


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.write_text("My diary. " * 1000)
    with pytest.raises(UsageError, match="cannot be opened: file is not a database"):
        open_history(str(path))
    assert path.read_text() == "My diary. " * 1000


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for address in (str(tmp_path), str(tmp_path / "file" / "history.db")):
        with pytest.raises(UsageError, match="cannot be opened"):
            open_history(address)


def test_a_history_of_a_newer_program_is_refused_and_left_alone(address: str) -> None:
    book = open_history(address)
    record(book, 0, scan(0))
    book._database.write(lambda connection: connection.execute(text("UPDATE schema_version SET version = 99")))
    book.close()
    with pytest.raises(UsageError, match=r"newer cookie-scanner \(its schema is 99, this program knows 1\)"):
        open_history(address)


def test_an_older_schema_is_led_to_the_newest_step_by_step(address: str) -> None:
    """Each step once, in order, and none on a new database."""
    open_history(address).close()
    done: list[int] = []

    def step(number: int) -> migrations.Step:
        def work(connection: Connection) -> None:
            done.append(number)
            connection.execute(text(f"ALTER TABLE sites ADD COLUMN extra{number} INTEGER"))

        return work

    steps = (step(2), step(3))
    database = Database(address)
    for some in (steps[:1], steps, steps):
        migrations.migrate(database._writing, "x", steps=some)
    assert done == [2, 3]
    assert (
        database.read(lambda connection: connection.execute(text("SELECT version FROM schema_version")).scalar()) == 3
    )
    database.close()


def test_a_step_that_fails_leaves_the_old_schema_whole(address: str) -> None:
    open_history(address).close()

    def broken(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE sites ADD COLUMN half INTEGER"))
        raise ValueError("no")

    database = Database(address)
    with pytest.raises(ValueError, match="no"):
        migrations.migrate(database._writing, "x", steps=(broken,))
    assert "half" not in database.read(lambda connection: connection.execute(text("SELECT * FROM sites")).keys())
    database.close()
    open_history(address).close()


def test_many_processes_may_open_a_new_history_at_once(address: str) -> None:
    code = "import sys; from scanner.store.history import open_history; open_history(sys.argv[1]).sites()"
    several = [subprocess.Popen([sys.executable, "-c", code, address], cwd=ROOT) for _ in range(4)]
    assert [one.wait(timeout=120) for one in several] == [0, 0, 0, 0]


def test_a_server_that_is_gone_is_told_in_one_line_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.store.history.database._PATIENCE_S", 0.2)
    running = server()
    book = open_history(running.database())
    record(book, 0, scan(0))
    running.stop()
    try:
        with pytest.raises(HistoryError, match="cannot be used"):
            book.sites()
    finally:
        running.start()
    assert [row.name for row in book.sites()] == ["shop"]
    book.close()


def test_the_database_is_what_another_program_can_read(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    book = open_history(str(path))
    record(book, 0, scan(0))
    book.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sites").fetchall() == [("shop",)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
