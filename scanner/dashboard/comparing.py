"""Two scans of a site compared: read once, and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from scanner.dashboard.reports import brought
from scanner.dashboard.seams import Reports
from scanner.diff import Difference
from scanner.judging import difference
from scanner.model.watch import ScanRow

_KEPT = 16


class Comparisons:
    """Differences between recorded scans. A scan's files never change, so a difference holds."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self._kept: OrderedDict[tuple[str, str], Difference] = OrderedDict()
        self._lock = Lock()

    def of(self, old: ScanRow, new: ScanRow) -> Difference:
        """What changed between two scans.

        Raises EvidenceError where the files of one are gone, UsageError where they are no result of a scan.
        """
        key = (old.location, new.location)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with brought(self._reports, old.location) as earlier, brought(self._reports, new.location) as later:
            found, _ = difference(earlier, later)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found
