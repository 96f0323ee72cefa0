"""Files of a scan as they are handed out: a closed list of names, and nothing in them may do anything here.

What a report shows was written by strangers. It is served in a sandbox, which makes it a page of no origin: it cannot
read the dashboard, has none of its cookies' rights, and runs no script but those that this program ships.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from scanner.dashboard.seams import Reports
from scanner.errors import EvidenceError, ScannerError

_SCRIPTS = ("early.js", "tables.js", "copy.js")
_RECORDS = "evidence/records.jsonl"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a file is handed out; `shown` in the browser, else as a download."""

    media: str
    shown: bool = False


FILES: dict[str, Kind] = {
    "report.html": Kind("text/html; charset=utf-8", shown=True),
    "declaration.html": Kind("text/html; charset=utf-8", shown=True),
    "scan.json": Kind("application/json"),
    "cookies.csv": Kind("text/csv; charset=utf-8"),
    "findings.csv": Kind("text/csv; charset=utf-8"),
    "declaration.csv": Kind("text/csv; charset=utf-8"),
    "report.pdf": Kind("application/pdf"),
    "report.md": Kind("text/markdown; charset=utf-8"),
    "findings.sarif": Kind("application/json"),
    "junit.xml": Kind("application/xml"),
}
"""The files of a scan that can be had. The evidence is not among them."""


@cache
def report_policy() -> str:
    """The content policy of a report: a sandbox, its own style, pictures inside the page, and our scripts by sum."""
    sums = " ".join(f"'{_sum(name)}'" for name in _SCRIPTS)
    return (
        f"sandbox allow-scripts; default-src 'none'; script-src {sums}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _sum(name: str) -> str:
    text = resources.files("scanner.report").joinpath("templates", name).read_bytes()
    return f"sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode('ascii')}"


def inside(location: str) -> str | None:
    """A location that stays within the place of reports; null for one that does not."""
    path = PurePosixPath(location)
    wrong = "\\" in location or "\0" in location or ":" in location or path.is_absolute() or ".." in path.parts
    return None if wrong or not path.parts else str(path)


def read(reports: Reports, location: str, name: str) -> bytes | None:
    """A file of the scan that lies at `location`; null where it has none, or the file cannot be had."""
    place = inside(location)
    if place is None or name not in FILES:
        return None
    try:
        return _got(reports, place, name)
    except (OSError, ScannerError):
        return None


@contextmanager
def brought(reports: Reports, location: str) -> Iterator[Path]:
    """What a comparison needs of a scan, in a folder for as long as it takes: its result and its policy documents.

    Of the evidence, which may be large, only the records of documents are brought; none where one of the documents is
    missing, for it would seem to be gone from the site. Raises EvidenceError where there is no result.
    """
    place = inside(location)
    with TemporaryDirectory(prefix="cookie-scanner-compare-") as name:
        folder = Path(name)
        try:
            (folder / "scan.json").write_bytes(_got(reports, place, "scan.json"))
        except (OSError, ScannerError) as error:
            raise EvidenceError(f"the files of this scan are no longer there ({location})") from error
        try:
            _bring_documents(reports, place, folder)
        except (OSError, ValueError, ScannerError):
            (folder / _RECORDS).unlink(missing_ok=True)
        yield folder


def _bring_documents(reports: Reports, place: str | None, folder: Path) -> None:
    lines = _got(reports, place, _RECORDS).splitlines()
    kept = [line for line in lines[1:] if b'"kind":"document"' in line]
    for line in kept:
        named = inside(str(json.loads(line)["file"]).removeprefix("evidence/"))
        if named is None:
            raise ValueError("a document outside the evidence")
        target = folder / "evidence" / named
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_got(reports, place, f"evidence/{named}"))
    (folder / "evidence").mkdir(exist_ok=True)
    (folder / _RECORDS).write_bytes(b"\n".join((*lines[:1], *kept, b"")))


def _got(reports: Reports, place: str | None, file: str) -> bytes:
    if place is None:
        raise FileNotFoundError(file)
    with reports.open(place, file) as stream:
        return stream.read()
