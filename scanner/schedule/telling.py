"""Messages that wait in the history, sent: those for one target at one time as one message."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, Protocol

from pydantic import ValidationError

from scanner.alerts import AlertError, Message, again, send, text, title, worst
from scanner.config.fleet import Alerts, Target
from scanner.errors import ScannerError
from scanner.model.watch import Waiting
from scanner.store.history import History

_HOLD = datetime.timedelta(minutes=15)
"""How long a message belongs to whoever took it: longer than any service takes to answer."""
_AT_ONCE = 500
_MOST_ATTACHED = 5
_LARGEST = 10_000_000
"""Bytes of a report beyond which it is not attached: most mail servers refuse more."""

Send = Callable[[str, str, str, str, Sequence[Path]], None]
"""Address, title, text, `bad`, `news` or `good`, and files."""


class Reports(Protocol):
    """Where finished reports lie."""

    def open(self, location: str, name: str) -> IO[bytes]:
        """One file, for reading. Raises FileNotFoundError where there is none."""
        ...


@dataclass(frozen=True)
class Told:
    """What one round of sending came to: messages that arrived, that wait for another try, that were given up."""

    arrived: int = 0
    waiting: int = 0
    lost: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parcel:
    """What goes to one target together."""

    target: str
    waiting: tuple[Waiting, ...]
    messages: tuple[Message, ...]

    @property
    def title(self) -> str:
        """Its subject line."""
        return title(self.messages)

    @property
    def text(self) -> str:
        """Its body."""
        return text(self.messages)


def parcels(waiting: Sequence[Waiting]) -> tuple[Parcel, ...]:
    """Messages by target, in the order of their names. A message that cannot be read any more is left out."""
    ordered = sorted(waiting, key=lambda one: (one.target, one.run.site, one.run.due))
    made = []
    for target, group in groupby(ordered, key=lambda one: one.target):
        pairs = [(one, message) for one in group if (message := _read(one)) is not None]
        if pairs:
            made.append(Parcel(target, tuple(one for one, _ in pairs), tuple(message for _, message in pairs)))
    return tuple(made)


def deliver(
    history: History,
    targets: Mapping[str, Target],
    settings: Alerts,
    reports: Reports,
    now: datetime.datetime,
    *,
    sending: Send = send,  # type: ignore[assignment]
) -> Told:
    """Send whatever may be sent at `now`. Nothing is raised for a target that fails: its messages wait, or are lost.

    Raises HistoryError where the history cannot be used.
    """
    waiting = history.take(now, hold=_HOLD, limit=_AT_ONCE)
    told = Told()
    for one in waiting:
        if _read(one) is None:
            history.failed(one.id, "it cannot be read", again=None, now=now)
            told = _plus(told, lost=1, problem=f"a message of {one.run.site} cannot be read")
    for parcel in parcels(waiting):
        target = targets.get(parcel.target)
        try:
            if target is None:
                raise _GoneError(f"there is no [notify.{parcel.target}] any more")
            with _attached(parcel, reports) as files:
                sending(target.address(), parcel.title, parcel.text, worst(parcel.messages), files)
        except (AlertError, ScannerError, OSError) as error:
            told = _put_off(history, parcel, error, settings, now, told)
        else:
            for one in parcel.waiting:
                history.delivered(one.id, now)
            told = _plus(told, arrived=len(parcel.waiting))
    return told


class _GoneError(AlertError):
    """Nobody is there to be told."""


def _put_off(
    history: History, parcel: Parcel, error: Exception, settings: Alerts, now: datetime.datetime, told: Told
) -> Told:
    why = f"{parcel.target}: {error}"
    for one in parcel.waiting:
        later = None if isinstance(error, _GoneError) else again(one.failures + 1, now, settings)
        history.failed(one.id, str(error), again=later, now=now)
        told = _plus(told, lost=int(later is None), waiting=int(later is not None))
    return _plus(told, problem=why)


def _plus(told: Told, *, arrived: int = 0, waiting: int = 0, lost: int = 0, problem: str | None = None) -> Told:
    problems = told.problems if problem is None else (*told.problems, problem)
    return Told(told.arrived + arrived, told.waiting + waiting, told.lost + lost, problems)


def _read(waiting: Waiting) -> Message | None:
    try:
        return Message.model_validate_json(json.dumps(waiting.message))
    except ValidationError:
        return None


@contextmanager
def _attached(parcel: Parcel, reports: Reports) -> Iterator[Sequence[Path]]:
    """The reports that come along, as files that are named after their sites; they are gone afterwards."""
    wanted = [message for message in parcel.messages if message.attach is not None][:_MOST_ATTACHED]
    if not wanted:
        yield ()
        return
    with tempfile.TemporaryDirectory(prefix="cookie-scanner-") as folder:
        files = []
        for message in wanted:
            try:
                with reports.open(message.attach or "", "report.html") as file:
                    data = file.read(_LARGEST + 1)
            except (OSError, ScannerError):
                continue  # the link, and the words, are worth sending without it
            if len(data) <= _LARGEST:
                path = Path(folder) / f"{message.site}-{message.scanned[:10]}.html"
                path.write_bytes(data)
                files.append(path)
        yield files
