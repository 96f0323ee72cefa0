"""The fleet week by week: how many sites stood how."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.dashboard.charts import Chart, Series, shares
from scanner.dashboard.wording import STATE_LABELS
from scanner.messages import number
from scanner.model.watch import SiteState, Week
from scanner.report.words import day, inside

_LAYERS: tuple[tuple[SiteState, str], ...] = (
    ("unreachable", "fill-unreachable"),
    ("high", "fill-high"),
    ("medium", "fill-medium"),
    ("low", "fill-low"),
    ("clean", "fill-clean"),
)
"""From the bottom: what needs action stands on the ground, where its height can be compared."""

Rows = tuple[tuple[str, tuple[int, ...]], ...]


def weeks_chart(weeks: Sequence[Week]) -> tuple[Chart, Rows]:
    """The picture of the weeks from the first with a scanned site on, and the figures behind it, newest first."""
    begun = next((place for place, week in enumerate(weeks) if any(week.sites.values())), len(weeks))
    shown = weeks[begun:]
    series = tuple(Series(inside(STATE_LABELS[state]), look) for state, look in _LAYERS)
    rows = tuple((day(week.monday), tuple(week.sites.get(state, 0) for state, _ in _LAYERS)) for week in shown)
    strokes, spots, top = shares(rows, series, lambda label, told: f"Week from {label}: {told}")
    chart = Chart(
        id="chart-weeks",
        title="Sites by state",
        series=series,
        now=rows[-1][1] if rows else None,
        strokes=strokes,
        spots=spots,
        gaps=(),
        top=top,
        first=rows[0][0] if rows else "",
        last=rows[-1][0] if rows else "",
        told=_told(rows),
    )
    return chart, rows[::-1]


def _told(rows: Rows) -> str:
    if not rows:
        return "No site has been scanned yet."
    parts = [f"{number(len(rows))} weeks from {rows[0][0]} to {rows[-1][0]}."]
    for place, (state, _) in enumerate(_LAYERS):
        label = STATE_LABELS[state]
        parts.append(f"{label}: {number(rows[0][1][place])} at first, {number(rows[-1][1][place])} now.")
    return " ".join(parts)
