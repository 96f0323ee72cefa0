"""Where evidence goes: the one seam between driving a browser and keeping what it saw."""

from __future__ import annotations

from typing import Protocol

from scanner.model.evidence import Record


class Sink(Protocol):
    """Keeps records and files, append-only. Both calls return when the operating system has the bytes."""

    def record(self, record: Record) -> None:
        """Append one record."""

    def file(self, name: str, data: bytes) -> None:
        """Keep a file under the scan's folder, such as `screenshots/accept-banner.png`."""
