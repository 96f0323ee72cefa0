"""Pictures of figures over time, drawn here: no script, no style in the page, and every value in a table behind.

A plot is 1000 wide and 300 high, however large it is shown: it is stretched to its place, and lines keep their width.
Words and numbers stand around it as text of the page, so that they keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

from scanner.messages import number
from scanner.report.words import day

WIDTH, HEIGHT = 1000, 300

Span = tuple[float, float]

_STEPS = (2, 4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Measured:
    """One moment of a site's history. `values` are in the order of the chart's series; null where nothing was seen."""

    at: str
    values: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Series:
    """What a line or a layer of a chart means. `look` is its class in the style sheet."""

    label: str
    look: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path of the plot with the class of its series."""

    path: str
    look: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of the plot that tells its moment and values when pointed at."""

    x: float
    width: float
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be shown. `told` says in words what there is to see."""

    id: str
    title: str
    series: tuple[Series, ...]
    now: tuple[int, ...] | None
    strokes: tuple[Stroke, ...]
    spots: tuple[Spot, ...]
    gaps: tuple[tuple[float, float], ...]
    top: int
    first: str
    last: str
    told: str


def stepped(id: str, title: str, series: Sequence[Series], moments: Sequence[Measured]) -> Chart:  # noqa: A002
    """Lines that hold each value until the next scan, oldest first. A failed scan is a gap."""
    top = ceiling(max((max(one.values) for one in moments if one.values), default=0))
    spans = _spans([one.at for one in moments])
    strokes = tuple(
        Stroke(_line([one.values[row] if one.values else None for one in moments], spans, top), one_series.look)
        for row, one_series in enumerate(series)
    )
    return _chart(id, title, series, moments, spans, strokes, top)


def stacked(id: str, title: str, series: Sequence[Series], moments: Sequence[Measured]) -> Chart:  # noqa: A002
    """Layers on each other, the first at the bottom, that hold until the next scan."""
    top = ceiling(max((sum(one.values) for one in moments if one.values), default=0))
    spans = _spans([one.at for one in moments])
    strokes = []
    for row, one_series in enumerate(series):
        bars = [None if one.values is None else (sum(one.values[:row]), sum(one.values[: row + 1])) for one in moments]
        strokes.append(Stroke(_layer(bars, spans, top), one_series.look))
    return _chart(id, title, series, moments, spans, tuple(strokes), top)


def _chart(
    id: str,  # noqa: A002
    title: str,
    series: Sequence[Series],
    moments: Sequence[Measured],
    spans: Sequence[Span],
    strokes: tuple[Stroke, ...],
    top: int,
) -> Chart:
    seen = [one for one in moments if one.values is not None]
    return Chart(
        id,
        title,
        tuple(series),
        seen[-1].values if seen else None,
        strokes,
        tuple(
            Spot(left, round(right - left, 1), f"{day(one.at)}: {_values(series, one.values)}")
            for one, (left, right) in zip(moments, spans, strict=True)
        ),
        tuple(
            (left, round(right - left, 1))
            for one, (left, right) in zip(moments, spans, strict=True)
            if one.values is None
        ),
        top,
        day(moments[0].at) if moments else "",
        day(moments[-1].at) if moments else "",
        _told(series, moments),
    )


def _values(series: Sequence[Series], values: Sequence[int] | None) -> str:
    if values is None:
        return "scan failed"
    return ", ".join(f"{one.label} {number(value)}" for one, value in zip(series, values, strict=True))


def _told(series: Sequence[Series], moments: Sequence[Measured]) -> str:
    seen = [one for one in moments if one.values is not None]
    if not seen:
        return "No scan has reached this site."
    failed = len(moments) - len(seen)
    parts = []
    for row, one in enumerate(series):
        values = [(found.values or ())[row] for found in seen]
        parts.append(
            f"{one.label}: {number(values[0])} at first, {number(values[-1])} now, "
            f"between {number(min(values))} and {number(max(values))}."
        )
    lost = f" {number(failed)} of them failed." if failed else ""
    span = f"{number(len(moments))} scans from {day(moments[0].at)} to {day(moments[-1].at)}."
    return (
        " ".join((span + lost, *parts)) if len(moments) > 1 else " ".join((f"One scan, {day(moments[0].at)}.", *parts))
    )


def ceiling(value: int) -> int:
    """The value at the top of an axis: even, so that its half is a whole number, and not much above the largest."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size >= value:
                return step * size
        size *= 10


def _spans(moments: Sequence[str]) -> list[Span]:
    """From where to where each moment holds; the last one as long as is usual between two."""
    if len(moments) < 2:
        return [(0.0, float(WIDTH))] * len(moments)
    times = [_seconds(one) for one in moments]
    usual = median(later - earlier for earlier, later in pairwise(times)) or 1.0
    whole = times[-1] + usual - times[0]
    return list(pairwise(round((one - times[0]) / whole * WIDTH, 1) for one in (*times, times[-1] + usual)))


def _seconds(utc: str) -> float:
    return datetime.fromisoformat(utc).astimezone(UTC).timestamp()


def _line(values: Sequence[int | None], spans: Sequence[Span], top: int) -> str:
    parts: list[str] = []
    running = False
    for value, (left, right) in zip(values, spans, strict=True):
        if value is None:
            running = False
            continue
        y = _y(value, top)
        parts.append(f"V{y}H{right}" if running else f"M{left} {y}H{right}")
        running = True
    return "".join(parts)


def _layer(bars: Sequence[tuple[int, int] | None], spans: Sequence[Span], top: int) -> str:
    """Rectangles; neighbours of one height are one."""
    merged: list[tuple[float, float, tuple[int, int]]] = []
    for bar, (left, right) in zip(bars, spans, strict=True):
        if bar is None or bar[0] == bar[1]:
            continue
        if merged and merged[-1][1] == left and merged[-1][2] == bar:
            merged[-1] = (merged[-1][0], right, bar)
        else:
            merged.append((left, right, bar))
    return "".join(
        f"M{left} {_y(low, top)}V{_y(high, top)}H{right}V{_y(low, top)}Z" for left, right, (low, high) in merged
    )


def _y(value: int, top: int) -> float:
    return round(HEIGHT - value / top * HEIGHT, 1)


@dataclass(frozen=True, slots=True)
class Bars:
    """A row of small bars with what they say. `strokes` fill a plot that is `width` by `height` pixels."""

    strokes: tuple[Stroke, ...]
    width: int
    height: int
    told: str


def small_bars(heights: Sequence[tuple[int | None, str]], told: str, *, width: int = 104, height: int = 28) -> Bars:
    """Up to 26 bars, oldest first: a height with the class of its colour, null for a scan that failed.

    The highest fills the picture, but a site with few findings does not look like one with many: below 4 the scale
    stays at 4. A height of 0 is a thin line.
    """
    shown = heights[-26:]
    top = max(4, *(value or 0 for value, _ in shown)) if shown else 4
    slot = width / 26
    paths: dict[str, list[str]] = {}
    for place, (value, look) in enumerate(shown):
        x = round((26 - len(shown) + place) * slot, 1)
        wide = round(slot - 1, 1)
        if value is None:
            paths.setdefault("lost", []).append(f"M{x} {height - 6}h{wide}v6h-{wide}z")
            continue
        high = max(1.5, round(value / top * height, 1))
        paths.setdefault(look, []).append(f"M{x} {round(height - high, 1)}h{wide}v{high}h-{wide}z")
    return Bars(tuple(Stroke("".join(parts), look) for look, parts in paths.items()), width, height, told)


def shares(
    rows: Sequence[tuple[str, Sequence[int]]], series: Sequence[Series], say: Callable[[str, str], str]
) -> tuple[tuple[Stroke, ...], tuple[Spot, ...], int]:
    """One bar a row, its layers on each other from the bottom, evenly spaced: layers, what each bar says, the scale.

    `say` makes the words of a bar from its label and the words for its values.
    """
    top = ceiling(max((sum(values) for _, values in rows), default=0))
    slot = WIDTH / max(1, len(rows))
    wide = round(slot * 0.82, 1)
    strokes = []
    for layer, one in enumerate(series):
        path = []
        for place, (_, values) in enumerate(rows):
            low, high = sum(values[:layer]), sum(values[: layer + 1])
            if high > low:
                x = round(place * slot, 1)
                path.append(f"M{x} {_y(low, top)}V{_y(high, top)}h{wide}V{_y(low, top)}Z")
        strokes.append(Stroke("".join(path), one.look))
    spots = tuple(
        Spot(round(place * slot, 1), wide, say(label, _values(series, values)))
        for place, (label, values) in enumerate(rows)
    )
    return tuple(strokes), spots, top
