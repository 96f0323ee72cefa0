"""What is under way on a tab's network right now: what waiting needs to know, and nothing else."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

OPENING_SOCKET = "WebSocketHandshake"
"""The kind of a flight that ends when a socket is open."""

_STREAMS = frozenset({"EventSource", "WebSocket"})
_REPEATS_OF_A_POLL = 8
_LONG_BODY_S = 3.0
_UNREAD_S = 0.25


@dataclass
class Flight:
    """One request under way. `answered`: when its headers came (seconds), `last_data`: when a piece of its body did;
    `given_up`: nobody waits for it any more.
    """

    url: str
    kind: str
    started: float
    answered: float | None = None
    last_data: float = 0.0
    given_up: bool = False

    @property
    def unread(self) -> bool:
        """Whether a script fetched this and does not read the body, as with hits whose answer nobody wants.

        The browser tells the end of a body only when it was read. As long as somebody reads, the pieces come.
        """
        if self.kind != "Fetch" or self.answered is None:
            return False
        return time.monotonic() - max(self.answered, self.last_data) >= _UNREAD_S


@dataclass
class Network:
    """Requests under way, and the moment of the last event (`time.monotonic()` seconds)."""

    flights: dict[str, Flight] = field(default_factory=dict)
    last_event: float = field(default_factory=time.monotonic)
    polled: str | None = None
    _times_seen: Counter[str] = field(default_factory=Counter)
    _known_polls: set[str] = field(default_factory=set)
    """Addresses that an earlier page of this tab polled: the next one will, too."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _answers_due: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """A new visit: what went before is forgotten."""
        self.flights.clear()
        self._answers_due.clear()
        self._times_seen.clear()
        self.polled = None
        self._touch()

    def started(self, request_id: str, url: str, kind: str) -> None:
        """A request left; one address asked for again and again is a poll."""
        self.flights[request_id] = Flight(url, kind, time.monotonic())
        if kind in ("XHR", "Fetch", "Script", "Image"):
            parts = urlsplit(url)
            place = f"{parts.netloc}{parts.path}"
            self._times_seen[place] += 1
            repeated = self._times_seen[place] >= _REPEATS_OF_A_POLL
            if kind != "Image" and (repeated or place in self._known_polls):
                self.polled = place
                self._known_polls.add(place)
        self._touch()

    def answered(self, request_id: str) -> None:
        """Headers came."""
        flight = self.flights.get(request_id)
        if flight is not None:
            flight.answered = flight.answered or time.monotonic()
        self._answers_due.discard(request_id)
        self._touch()

    def data(self, request_id: str) -> None:
        """A piece of a body came; that of a stream, or of a body that takes for ever, is no sign of progress."""
        flight = self.flights.get(request_id)
        if flight is None or flight.kind in _STREAMS:
            return
        flight.last_data = time.monotonic()
        if flight.answered is None or time.monotonic() - flight.answered < _LONG_BODY_S:
            self._touch()

    def ended(self, request_id: str, *, left: bool = False) -> None:
        """The request is over. `left`: its document went away, and the answer is still to come (a leaving hit)."""
        flight = self.flights.pop(request_id, None)
        if left and flight is not None and flight.answered is None:
            self._answers_due.add(request_id)
        self._touch()

    def give_up(self) -> None:
        """Wait no longer for what is under way now."""
        for flight in self.flights.values():
            flight.given_up = True
        self._answers_due.clear()
        self._changed.set()

    @property
    def held_up(self) -> bool:
        """Whether something that was given up is still under way: timers would wait for it."""
        return any(flight.given_up for flight in self.flights.values())

    @property
    def streaming(self) -> bool:
        """Whether nothing but streams, which never end, is under way.

        A socket that is being opened counts as one: a page's time stands still for an event stream, and the page
        hears of an open socket only when time goes on.
        """
        return any(flight.kind in _STREAMS for flight in self.flights.values()) and all(
            flight.kind in _STREAMS or flight.kind == OPENING_SOCKET or flight.unread
            for flight in self.flights.values()
        )

    @property
    def idle(self) -> bool:
        """Whether nothing is under way but streams, what was given up, and answers that nobody reads."""
        return not self._answers_due and all(
            flight.given_up or flight.kind in _STREAMS or flight.unread for flight in self.flights.values()
        )

    def quiet_for(self) -> float:
        """Seconds since the last event."""
        return time.monotonic() - self.last_event

    def wake(self) -> None:
        """The tab is gone: nothing more will come, and nobody should wait for it."""
        self.flights.clear()
        self._answers_due.clear()
        self._touch()

    def _touch(self) -> None:
        self.last_event = time.monotonic()
        self._changed.set()

    async def change(self, timeout_s: float) -> bool:
        """Wait for the next event, at most so long; whether there was one."""
        self._changed.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def until_idle(self, ceiling_s: float) -> bool:
        """Wait until nothing is under way, at most so long; whether it came to that."""
        end = time.monotonic() + ceiling_s
        while not self.idle:
            left = end - time.monotonic()
            if left <= 0:
                return False
            await self.change(min(left, _UNREAD_S))
        return True
