"""What the dashboard needs from the rest of the program, and nothing besides: a history to read, reports, and a runner.

The history is asked and never written. Whoever starts the dashboard puts the parts together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import IO, Literal, Protocol

from scanner.model.watch import (
    ChangeRow,
    CookieLife,
    FindingLife,
    PolicyVersion,
    ScanRow,
    SiteGlance,
    SiteRow,
    VendorLife,
    Week,
)

Kind = Literal["vendor", "cookie"]

Tell = Callable[[str], None]
"""Hears what a running scan is doing, a line at a time."""

Begin = Callable[[str, Tell], Awaitable[int | None]]
"""Scans the configured site of that name now, and gives the number of the recorded scan, null where there is none.

Raises ScannerError with a line for the user. It is cancelled when the dashboard ends.
"""


class Past(Protocol):
    """The reading half of the history. Every method may be called from any thread."""

    def sites(self, *, names: Collection[str] | None = None) -> tuple[SiteRow, ...]:
        """All sites (or those of some names), worst first."""

    def glances(self) -> tuple[SiteGlance, ...]:
        """All sites, worst first, with what it takes to find them and to put them in order."""

    def site(self, name: str) -> SiteRow | None:
        """One site; null where the history does not know it."""

    def scans(self, site: str, *, limit: int | None = None, before: int | None = None) -> tuple[ScanRow, ...]:
        """A site's scans, newest first; `before` is the number of the scan to go on from."""

    def scan(self, id: int) -> ScanRow | None:  # noqa: A002 - the history's own word
        """One scan by its number."""

    def cookies(self, site: str) -> tuple[CookieLife, ...]:
        """Every cookie that was ever seen on a site."""

    def vendors(self, site: str) -> tuple[VendorLife, ...]:
        """Every company that a site ever contacted."""

    def findings(self, site: str) -> tuple[FindingLife, ...]:
        """Every finding that a site ever had."""

    def policies(self, site: str) -> tuple[PolicyVersion, ...]:
        """Every text of a site's policies."""

    def changes(
        self, site: str | None = None, *, limit: int | None = None, before: int | None = None
    ) -> tuple[ChangeRow, ...]:
        """What changed, newest first, on one site or all; `before` is the number of the change to go on from."""

    def search(
        self, text: str, *, kind: Kind | None = None, before_consent: bool = False
    ) -> tuple[CookieLife | VendorLife, ...]:
        """Cookies and companies of all sites whose name has this text."""

    def trend(self, *, weeks: int, now: datetime | None = None) -> tuple[Week, ...]:
        """How many sites stood how at the end of each of the last weeks, the oldest first."""


class Reports(Protocol):
    """The place of reports. Locations are relative, with `/`."""

    def open(self, location: str, name: str) -> IO[bytes]:
        """A file of a scan, for reading.

        Raises FileNotFoundError where there is none, and ScannerError where it cannot be had or would lie outside.
        """
