"""The files of a report: what is always written, further formats, and how they reach the disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import UsageError
from scanner.messages import speaking
from scanner.model.recorded import Evidence
from scanner.model.scan import Scan
from scanner.report.canonical import scan_json
from scanner.report.har import har
from scanner.report.junit import junit
from scanner.report.markdown import markdown
from scanner.report.page import render_declaration, render_report
from scanner.report.sarif import sarif
from scanner.report.tables import cookies_csv, declaration_csv, findings_csv

Render = Callable[[Scan], str]

TABLES: tuple[tuple[str, Render], ...] = (
    ("declaration.html", render_declaration),
    ("declaration.csv", declaration_csv),
    ("cookies.csv", cookies_csv),
    ("findings.csv", findings_csv),
)
"""Files that are always written, besides `scan.json` and `report.html`."""

FORMATS: tuple[tuple[str, str, Render], ...] = (
    ("markdown", "report.md", markdown),
    ("sarif", "findings.sarif", sarif),
    ("junit", "junit.xml", junit),
)
"""Further formats on request: name, file, renderer."""

_ELSEWHERE = frozenset({"csv", "pdf"})
"""`csv` is written always; `pdf` is the page, printed by a browser."""

_FOR_PEOPLE = frozenset({"markdown"})


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Where a report's files are."""

    folder: Path
    scan_json: Path
    report: Path
    files: tuple[Path, ...]


def write_reports(
    scan: Scan,
    folder: Path,
    *,
    pictures: Mapping[str, bytes],
    formats: Sequence[str] = (),
    told: Scan | None = None,
    evidence: Evidence | None = None,
) -> ReportPaths:
    """Write all files of a report into `folder` (made where missing), each whole or not at all.

    `formats` adds files of `FORMATS`, and `har` where `evidence` is given; `csv` is always written and may be named;
    `pdf` is printed afterwards from the page. Everything is rendered before the first file is written. The pages are
    in the language spoken (`scanner.messages.speaking`); `told` is the same scan with its findings in that language,
    where it is not English. Raises `UsageError` for a format that is not known, `OSError` where the disk refuses.
    """
    told = told or scan
    rendered = {"scan.json": scan_json(scan), "report.html": render_report(told, pictures)}
    rendered.update((file, render(told)) for file, render in TABLES)
    known = {name: (file, render) for name, file, render in FORMATS}
    for name in formats:
        if name in _ELSEWHERE:
            continue
        if name == "har" and evidence is not None:
            rendered["requests.har"] = har(evidence)
            continue
        if name not in known:
            raise UsageError(
                f"Unknown report format “{name}”; known are: {', '.join(sorted([*known, *_ELSEWHERE, 'har']))}"
            )
        file, render = known[name]
        if name in _FOR_PEOPLE:
            rendered[file] = render(told)
            continue
        # Formats for programs are in one language, whoever reads the page.
        with speaking("en"):
            rendered[file] = render(scan)
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in rendered.items():
        write_whole(folder / file, text.encode("utf-8"))
    paths = tuple(folder / file for file in rendered)
    return ReportPaths(folder, folder / "scan.json", folder / "report.html", paths)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old or the new one, never a part: a temporary name, then a rename.

    What is no file, such as a terminal or a pipe, is written to; a link stays one.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = path.resolve() if path.is_symlink() else path
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner may read; a report is for others too.
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
