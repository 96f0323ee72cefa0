"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on loopback and a socket, without fsync.

`server()` starts one for the whole test session; `server().database()` gives a fresh, empty database. Where no
PostgreSQL is installed the tests that need one are skipped, and say what to install.
"""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import uuid
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

MISSING = "no PostgreSQL is installed (Debian and Ubuntu: apt install postgresql)"
_USER = "tests"


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest where there are several; null where there is none."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name), reverse=True
    )
    for path in debian:
        return path.parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """One running cluster. `port` is its port on 127.0.0.1; nobody is asked for a password."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._root = Path(tempfile.mkdtemp(prefix="cookie-scanner-pg-"))
        self._data = self._root / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._who = _unprivileged(self._root)
        self.port = _free_port()
        self._run("initdb", "-D", str(self._data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it says that it is ready."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._root),
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "max_connections": "100",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(self.port), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self._root,
            **self._who,
        )
        stream = self._process.stderr
        assert stream is not None
        told = []
        for line in stream:
            told.append(line.decode(errors="replace"))
            if b"ready to accept connections" in line:
                break
        else:
            raise RuntimeError(f"PostgreSQL did not start: {''.join(told)[-2000:]}")
        # What it says from now on is read, so that it never waits for a reader.
        threading.Thread(target=_drain, args=(stream,), daemon=True).start()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends all connections and writes everything down; SIGQUIT is as good as a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop and start it again, on the same port."""
        self.stop(how)
        self.start()

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self._address(name)

    def _address(self, name: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def size(self, address: str) -> int:
        """How many bytes a database has on disk."""
        with psycopg.connect(address) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        """Stop it and remove its files."""
        self.stop()
        shutil.rmtree(self._root, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(command, capture_output=True, cwd=self._root, check=False, **self._who)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stderr.decode()[-2000:]}")


@functools.cache
def server() -> Server:
    """The server of this test session. Skips the test where no PostgreSQL is installed."""
    binaries = programs()
    if binaries is None:
        pytest.skip(MISSING)
    running = Server(binaries)
    atexit.register(running.close)
    return running


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _drain(stream: IO[bytes]) -> None:
    with stream:
        for _ in stream:
            pass


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: its processes then belong to another user, to whom the folder is given."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("there is neither a user postgres nor a user nobody to run PostgreSQL as")
