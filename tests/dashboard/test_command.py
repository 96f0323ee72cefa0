"""`cookie-scanner serve` as a process: it answers, ends when told, exports, and says in a line what is wrong."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from scanner.dashboard import Password
from scanner.store.history import open_history
from tests.dashboard import watched
from tests.report import samples

_SCANNER = (sys.executable, "-m", "scanner")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with a site, its history and a report."""
    (tmp_path / "scan.toml").write_text(
        '[[site]]\nname = "shop"\nurl = "https://shop.example/"\ncadence = "daily"\n', encoding="utf-8"
    )
    history = open_history(str(tmp_path / "reports" / "history.db"))
    watched.record(history, samples.shop(), "shop", reports=tmp_path / "reports")
    history.close()
    return tmp_path


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _run(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_SCANNER, "serve", *arguments], cwd=folder, capture_output=True, text=True, input=given, timeout=120
    )


@pytest.fixture
def started(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The dashboard as a process, and its port. It is gone afterwards, whatever becomes of the test."""
    port = _free_port()
    command = [*_SCANNER, "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process, port
    finally:
        process.kill()
        process.communicate()


def test_it_serves_until_it_is_told_to_end(started: tuple[subprocess.Popen[str], int]) -> None:
    """On loopback; the address stands on standard output; a signal ends it with status 0."""
    process, port = started
    assert process.stdout is not None and process.stderr is not None
    assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
    pages = {}
    for path in ("/", "/sites/shop", "/healthz", "/metrics", "/scans/1/report.html"):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path)
        answer = connection.getresponse()
        pages[path] = (answer.status, answer.read().decode("utf-8"))
        connection.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert "Traceback" not in process.stderr.read()
    assert {status for status, _ in pages.values()} == {200}
    assert "Scanned daily (UTC)." in pages["/sites/shop"][1]
    assert pages["/healthz"][1] == '{"status":"ok"}'
    assert 'cookie_scanner_sites{state="high"} 1.0' in pages["/metrics"][1]


def test_it_exports(folder: Path) -> None:
    """And says where."""
    done = _run(folder, "--export", "pages")
    assert (done.returncode, done.stdout) == (0, "pages/index.html: 1 sites, 1 reports\n")
    assert (folder / "pages" / "sites" / "shop" / "index.html").is_file()


def test_it_refuses_to_be_reached_without_users(folder: Path) -> None:
    """In one line, with exit status 2."""
    done = _run(folder, "--host", "0.0.0.0")
    assert done.returncode == 2
    assert re.fullmatch(r"cookie-scanner: .*\[serve\.users\].*\n", done.stderr)


def test_a_port_that_is_taken_is_told(folder: Path) -> None:
    """In one line, with exit status 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = _run(folder, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_is_hashed_for_the_configuration(folder: Path) -> None:
    """From standard input; a short one is refused."""
    done = _run(folder, "--hash-password", given="correct horse battery\n")
    assert done.returncode == 0
    assert Password.read(done.stdout.strip()).fits("correct horse battery")
    assert _run(folder, "--hash-password", given="short\n").returncode == 2
