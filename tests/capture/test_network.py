"""What counts as under way, seen without a browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scanner.capture import network
from scanner.capture.network import OPENING_SOCKET, Network


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the network sees; change the one item to let time pass.

    Only this module sees them: were it the whole process, the event loops of servers in other threads would sleep for
    as many hours as the machine has been up.
    """
    now = [100.0]
    monkeypatch.setattr(network, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_an_answer_whose_body_nobody_reads_is_not_waited_for(clock: list[float]) -> None:
    flights = Network()
    flights.started("1", "https://a.test/hit", "Fetch")
    flights.answered("1")
    assert not flights.idle
    clock[0] += 0.3
    assert flights.idle


def test_as_long_as_somebody_reads_an_answer_is_waited_for(clock: list[float]) -> None:
    flights = Network()
    flights.started("1", "https://a.test/long", "Fetch")
    flights.answered("1")
    for _ in range(5):
        clock[0] += 0.2
        flights.data("1")
        assert not flights.idle
    flights.ended("1")
    assert flights.idle


@pytest.mark.parametrize("kind", ["Script", "Document", "Image"])
def test_what_the_browser_itself_reads_is_waited_for_to_its_end(clock: list[float], kind: str) -> None:
    flights = Network()
    flights.started("1", "https://a.test/x", kind)
    flights.answered("1")
    clock[0] += 5
    assert not flights.idle


def test_a_socket_that_is_being_opened_beside_an_event_stream_holds_nothing_up(clock: list[float]) -> None:
    """The page's time stands still for the stream, and the page hears of the socket only when time goes on."""
    flights = Network()
    flights.started("1", "wss://a.test/live", OPENING_SOCKET)
    assert not flights.streaming
    flights.started("2", "https://a.test/events", "EventSource")
    assert flights.streaming
    flights.started("3", "https://a.test/x", "Script")
    assert not flights.streaming
