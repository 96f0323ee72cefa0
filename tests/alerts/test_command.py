"""`cookie-scanner alerts` as its user meets it: nothing is sent unless it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from scanner.alerts import Message
from scanner.cli import main
from scanner.model.watch import Outgoing, Run
from scanner.report import load_scan
from scanner.store.history import open_history

SAMPLE = Path(__file__).resolve().parents[2] / "reports" / "sample" / "scan.json"


@pytest.fixture
def heard() -> Iterator[tuple[str, list[bytes]]]:
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/", bodies
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path, heard: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and a message that waits."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scan.toml").write_text(
        f"""
[notify.team]
url = "{heard[0]}"

[[site]]
name = "shop"
url = "https://www.shop.example/"
notify = ["team"]
"""
    )
    (tmp_path / "reports").mkdir()
    history = open_history("reports/history.db")
    message = Message.model_validate(
        {
            "site": "shop", "url": "https://www.shop.example/", "scanned": "2026-11-01T11:00:05Z",
            "lines": ({"mark": "bad", "text": "New finding (high) tracking-before-consent: [red]_ga@x"},),
        }
    )  # fmt: skip
    run = Run(site="shop", due="2026-11-01T11:00:00Z")
    history.queue(run, [Outgoing(target="team", message=message.model_dump(mode="json"), not_before=run.due)])
    history.close()
    return tmp_path


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["cookie-scanner", "alerts", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_what_waits_is_shown_as_it_would_be_sent_and_nothing_is_sent(
    folder: Path, heard: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert command(monkeypatch) == 0
        shown = capsys.readouterr().out
        assert "to team, not before 2026-11-01T11:00:00Z" in shown
        assert "tracking-before-consent: [red]_ga@x" in shown
    assert heard[1] == []


def test_it_is_sent_when_asked_for_and_only_once(
    folder: Path, heard: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, "--send") == 0
    assert "messages sent: 1" in capsys.readouterr().out
    assert command(monkeypatch, "--send") == 0
    assert len(heard[1]) == 1
    assert command(monkeypatch) == 0
    assert "no message waits" in capsys.readouterr().out


def test_a_target_can_be_tried(
    folder: Path, heard: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, "--test", "team") == 0
    assert b"a test" in heard[1][0]
    assert command(monkeypatch, "--test", "nobody") == 2
    assert "[notify.nobody]" in capsys.readouterr().err


def test_what_the_last_scan_would_say_is_shown_without_a_message_being_made(
    folder: Path, heard: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = load_scan(SAMPLE)
    quiet = scan.model_copy(
        update={"findings": (), "checks": tuple(one.model_copy(update={"outcome": "passed"}) for one in scan.checks)}
    )
    history = open_history("reports/history.db")
    for day, one in ((2, quiet), (3, scan)):
        run = Run(site="shop", due=f"2026-11-0{day}T11:00:00Z")
        history.record(
            one, run=run, url="https://www.shop.example/", owner=None, location=f"shop/{day}", sentences=None
        )
    pending = len(history.pending())
    history.close()
    assert command(monkeypatch, "--site", "shop") == 0
    shown = capsys.readouterr().out
    assert all(finding.rule in shown for finding in scan.findings if finding.severity in ("high", "medium"))
    assert "to: team" in shown
    assert pending == 1
    assert heard[1] == []


def test_a_site_that_was_never_scanned_or_does_not_exist_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, "--site", "shop") == 0
    assert "never scanned" in capsys.readouterr().out
    assert command(monkeypatch, "--site", "nowhere") == 2
    assert "no [[site]] of that name" in capsys.readouterr().err
    assert command(monkeypatch, "--send", "--test", "team") == 2
