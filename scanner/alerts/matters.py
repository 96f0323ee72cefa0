"""Which changes are worth a message."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.config.fleet import Alerts
from scanner.model.finding import SEVERITIES, Severity
from scanner.model.watch import ChangeKind, ChangeRow, Recorded

_ALWAYS: frozenset[ChangeKind] = frozenset({"policy-changed", "banner-lost", "banner-found"})
_BY_LEVEL: frozenset[ChangeKind] = frozenset({"finding-new", "finding-worse", "finding-resolved"})


def matters(recorded: Recorded, settings: Alerts) -> tuple[ChangeRow, ...]:
    """The changes of one scan that are told, in the order in which they came.

    A finding at the level or above, new, worse or resolved; a policy's text; the banner, lost or back; a site that has
    not been reached as many times as it takes, once, and its return. What a scan recorded before has told is not told
    again.
    """
    if not recorded.fresh:
        return ()
    told = [change for change in recorded.changes if _is_told(change, recorded, settings)]
    if recorded.failures == settings.unreachable_after:
        told.insert(0, _unreachable(recorded))
    return tuple(told)


def besides(changes: Sequence[ChangeRow], told: Sequence[ChangeRow]) -> dict[ChangeKind, int]:
    """How many changes there are of each kind that are not told one by one."""
    counts: dict[ChangeKind, int] = {}
    for change in changes:
        if change not in told and change.kind not in ("unreachable", "reachable-again"):
            counts[change.kind] = counts.get(change.kind, 0) + 1
    return counts


def _is_told(change: ChangeRow, recorded: Recorded, settings: Alerts) -> bool:
    if change.kind in _ALWAYS:
        return True
    if change.kind in _BY_LEVEL:
        return change.severity is not None and _reaches(change.severity, settings.level)
    # That a site can be reached again is news only to those who heard that it could not.
    return change.kind == "reachable-again" and recorded.failed_before >= settings.unreachable_after


def _reaches(severity: Severity, level: Severity) -> bool:
    return SEVERITIES.index(severity) <= SEVERITIES.index(level)


def _unreachable(recorded: Recorded) -> ChangeRow:
    row = recorded.row
    return ChangeRow(
        site=row.run.site,
        scan=row.id,
        at=row.started,
        kind="unreachable",
        subject=row.run.site,
        detail=row.problem or "",
    )
