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
    when = aware(value)
    if when.microsecond == 0:
        return when.strftime("%Y-%m-%dT%H:%M:%SZ")
    digits = "milliseconds" if when.microsecond % 1000 == 0 else "microseconds"
    return when.replace(tzinfo=None).isoformat(timespec=digits) + "Z"
