"""The exception tree. Every error that a user can cause or meet carries one clear line: what, where, what to do."""

from __future__ import annotations


class ScannerError(Exception):
    """Base of all errors of this program; its text is one line for the user."""


class UsageError(ScannerError):
    """Wrong arguments or configuration (exit status 2)."""


class BrowserNotFoundError(ScannerError):
    """No usable browser on this machine; the text says what to run."""


class SiteError(ScannerError):
    """A site could not be scanned (exit status 3). `kind` is a short stable word, such as `dns` or `refused`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class EvidenceError(ScannerError):
    """Recorded evidence cannot be read; the text names the file and the line."""


class PolicyError(ScannerError):
    """A policy document cannot be read."""
