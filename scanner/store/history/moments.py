"""Moments as the database keeps them: whole microseconds since 1970, in UTC. They sort and compare on every engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: str | datetime) -> int:
    """A moment (UtcTime text, or an aware datetime) in microseconds."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (when - _EPOCH) // _MICROSECOND


def aware(value: int) -> datetime:
    """The moment as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=value)


def told(value: int) -> str:
    """The moment as UtcTime text, with as many decimals as it needs: none, three or six."""
    # Every row that is shown has several: the datetime's own method is the quickest.
    text = aware(value).isoformat(timespec="microseconds")[:-6]
    if text.endswith("000000"):
        return text[:-7] + "Z"
    return (text[:-3] if text.endswith("000") else text) + "Z"
