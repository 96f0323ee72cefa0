"""Messages that wait in the history, on their way to a real web hook on loopback through Apprise."""

from __future__ import annotations

import datetime
import io
import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import IO, Any

import pytest

from scanner.alerts import Message
from scanner.config.fleet import Alerts, Target
from scanner.config.secret import Secret
from scanner.model.watch import Outgoing, Run
from scanner.schedule.telling import deliver, parcels
from scanner.store.history import History, open_history

NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)


class Hook:
    """A web hook that remembers what it was told; `status` is what it answers."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self.server.server_port}/hook"


class Files:
    """Reports as they lie in a place."""

    def open(self, location: str, name: str) -> IO[bytes]:
        if location.startswith("gone"):
            raise FileNotFoundError(location)
        return io.BytesIO(f"<p>{location}/{name}".encode())


@pytest.fixture
def hook() -> Iterator[Hook]:
    running = Hook()
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.server.shutdown()
    thread.join()
    running.server.server_close()


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(str(tmp_path / "history.db"))
    yield opened
    opened.close()


def queue(history: History, site: str, *targets: str, when: str = "2026-11-22T11:00:00Z", attach: bool = False) -> int:
    message = Message.model_validate(
        {
            "site": site, "url": f"https://{site}.example/", "scanned": "2026-11-22T11:00:05Z",
            "lines": ({"mark": "bad", "text": f"New finding at {site}"},),
            "attach": f"{site}/20261122T110000Z" if attach else None,
        }
    )  # fmt: skip
    run = Run(site=site, due="2026-11-22T11:00:00Z")
    body = message.model_dump(mode="json")
    return history.queue(run, [Outgoing(target=name, message=body, not_before=when) for name in targets])


def targets(hook: Hook) -> dict[str, Target]:
    return {"team": Target(url=hook.address)}


def test_what_waits_for_one_target_goes_out_as_one_message_and_only_once(hook: Hook, history: History) -> None:
    for site in ("a", "b", "c"):
        assert queue(history, site, "team") == 1
        assert queue(history, site, "team") == 0
    told = deliver(history, targets(hook), Alerts(), Files(), NOW)
    assert (told.arrived, told.waiting, told.lost, told.problems) == (3, 0, 0, ())
    assert deliver(history, targets(hook), Alerts(), Files(), NOW).arrived == 0
    assert [heard["title"] for heard in hook.heard] == ["cookie-scanner: 3 sites: 3 problems"]
    assert all(f"New finding at {site}" in hook.heard[0]["message"] for site in ("a", "b", "c"))


def test_a_message_is_not_sent_before_its_time(hook: Hook, history: History) -> None:
    queue(history, "a", "team", when="2026-11-23T06:00:00Z")
    assert deliver(history, targets(hook), Alerts(), Files(), NOW).arrived == 0
    assert [moment for _, moment in history.pending()] == ["2026-11-23T06:00:00Z"]
    assert deliver(history, targets(hook), Alerts(), Files(), NOW + datetime.timedelta(hours=18)).arrived == 1


def test_a_target_that_refuses_is_tried_again_later_and_the_others_are_not_held_up(
    hook: Hook, history: History
) -> None:
    queue(history, "a", "team", "broken")
    both = {**targets(hook), "broken": Target(url="json://127.0.0.1:1/closed")}
    told = deliver(history, both, Alerts(), Files(), NOW)
    assert (told.arrived, told.waiting) == (1, 1)
    assert told.problems == ("broken: the service could not be reached, or refused the message",)
    hook.status = 500
    queue(history, "b", "team")
    assert deliver(history, targets(hook), Alerts(), Files(), NOW).waiting == 1
    hook.status = 200
    assert deliver(history, targets(hook), Alerts(), Files(), NOW).arrived == 0
    assert deliver(history, targets(hook), Alerts(), Files(), NOW + datetime.timedelta(minutes=2)).arrived == 1


def test_a_target_that_was_taken_out_of_the_configuration_gets_nothing_and_is_named(
    hook: Hook, history: History
) -> None:
    queue(history, "a", "former")
    told = deliver(history, targets(hook), Alerts(), Files(), NOW)
    assert (told.lost, told.problems) == (1, ("former: there is no [notify.former] any more",))
    assert history.pending() == ()


def test_a_secret_of_an_address_stands_in_no_problem(
    hook: Hook, history: History, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HOOK", "json://user:verysecret@127.0.0.1:1/closed")
    queue(history, "a", "team")
    told = deliver(history, {"team": Target(url=Secret(env="HOOK"))}, Alerts(), Files(), NOW)
    assert told.waiting == 1
    assert "verysecret" not in str(told.problems) + caplog.text
    monkeypatch.delenv("HOOK")
    told = deliver(
        history, {"team": Target(url=Secret(env="HOOK"))}, Alerts(), Files(), NOW + datetime.timedelta(hours=1)
    )
    assert told.waiting == 1
    assert "HOOK" in told.problems[0]


def test_the_report_comes_along_where_it_can_be_had(hook: Hook, history: History) -> None:
    queue(history, "a", "team", attach=True)
    queue(history, "gone", "team", attach=True)
    assert deliver(history, targets(hook), Alerts(attach=True), Files(), NOW).arrived == 2
    assert [file["filename"] for file in hook.heard[0]["attachments"]] == ["a-2026-11-22.html"]


def test_a_message_that_cannot_be_read_is_given_up_and_told(hook: Hook, history: History) -> None:
    run = Run(site="a", due="2026-11-22T11:00:00Z")
    history.queue(run, [Outgoing(target="team", message={"of": "another version"}, not_before=run.due)])
    assert parcels([waiting for waiting, _ in history.pending()]) == ()
    told = deliver(history, targets(hook), Alerts(), Files(), NOW)
    assert (told.arrived, told.lost) == (0, 1)
    assert history.pending() == ()


def test_whoever_dies_with_messages_in_hand_loses_them_to_the_next(hook: Hook, history: History) -> None:
    queue(history, "a", "team")

    class Killed(BaseException):
        """As a process that is gone."""

    def dies(address: str, title: str, body: str, grade: str, attach: Sequence[Path]) -> None:
        raise Killed

    with pytest.raises(Killed):
        deliver(history, targets(hook), Alerts(), Files(), NOW, sending=dies)
    assert deliver(history, targets(hook), Alerts(), Files(), NOW).arrived == 0
    assert deliver(history, targets(hook), Alerts(), Files(), NOW + datetime.timedelta(hours=1)).arrived == 1
