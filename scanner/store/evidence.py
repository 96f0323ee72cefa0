"""Evidence on disk: an append-only log of records, the files they name, and a manifest of SHA-256 sums.

A folder of one scan holds `evidence/records.jsonl`, `evidence/documents/`, `evidence/manifest.json` and, beside
`evidence/`, `screenshots/`. The log is complete up to the last record at every moment, so that a killed scan can be
audited; what was cut off or altered since is told as a gap, never passed over.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TypeVar

from pydantic import ValidationError

from scanner.errors import EvidenceError
from scanner.model.consent import BannerSeen, ChoiceMade, Screenshot, SignalsRead
from scanner.model.evidence import (
    RECORD,
    DocumentKept,
    Gap,
    ImageSeen,
    JarSnapshot,
    Record,
    Request,
    ScanFinished,
    ScanStarted,
    ScriptCall,
    ScriptCookieWrite,
    StorageSnapshot,
    Visit,
)
from scanner.model.probes import CanaryPlanted, LoginBrought, NameResolved
from scanner.model.recorded import Document, Evidence

RECORDS = "evidence/records.jsonl"
MANIFEST = "evidence/manifest.json"
_R = TypeVar("_R", bound=Record)

_PDF = "application/pdf"


class EvidenceWriter:
    """Writes the evidence of one scan into a folder; a `Sink` for capture. Use it as a context manager.

    Raises EvidenceError where the folder already holds evidence, or cannot be written (a full disk, no permission);
    what was written before stays.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, tuple[str, int]] = {}
        self._sum = hashlib.sha256()
        self._size = 0
        log = folder / RECORDS
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            self._log = log.open("xb", buffering=0)
        except FileExistsError as error:
            raise EvidenceError(
                f"{folder} already holds the evidence of a scan; give another folder with --out"
            ) from error
        except OSError as error:
            raise EvidenceError(f"cannot write to {folder}: {error.strerror}; free or choose another folder") from error

    def record(self, record: Record) -> None:
        """Append one record as a line."""
        line = RECORD.dump_json(record, by_alias=True) + b"\n"
        try:
            written = 0
            while written < len(line):  # an unbuffered write may take less than it was given
                written += self._log.write(line[written:]) or 0
        except OSError as error:
            raise self._cannot(RECORDS, error) from error
        self._sum.update(line)
        self._size += len(line)

    def file(self, name: str, data: bytes) -> None:
        """Keep a file under the scan's folder; the name is relative and may not leave the folder."""
        path = self.folder / _inside(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise self._cannot(name, error) from error
        self._files[name] = (hashlib.sha256(data).hexdigest(), len(data))

    def close(self) -> None:
        """Make the log durable and write the manifest."""
        if self._log.closed:
            return
        try:
            os.fsync(self._log.fileno())
            self._log.close()
            entries = {RECORDS: (self._sum.hexdigest(), self._size), **self._files}
            manifest = {name: {"sha256": digest, "bytes": size} for name, (digest, size) in sorted(entries.items())}
            path = self.folder / MANIFEST
            draft = path.with_suffix(".json.new")
            draft.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            self._log.close()
            raise self._cannot(MANIFEST, error) from error

    def _cannot(self, name: str, error: OSError) -> EvidenceError:
        return EvidenceError(
            f"cannot write {self.folder / name}: {error.strerror}; what was recorded before is kept in {self.folder}"
        )

    def __enter__(self) -> EvidenceWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def clear(folder: Path) -> None:
    """Remove the evidence and pictures of an earlier scan from a folder, and nothing else that may lie there."""
    try:
        for name in ("screenshots", "evidence") if (folder / RECORDS).is_file() else ():
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
    except OSError as error:
        raise EvidenceError(f"cannot replace the scan in {folder}: {error.strerror}") from error


@dataclass(frozen=True)
class Recorded:
    """Evidence as read back, with the scan's folder and its pictures by name (`screenshots/...`)."""

    folder: Path
    evidence: Evidence
    pictures: dict[str, bytes]


def read_evidence(path: Path) -> Recorded:
    """Read a scan's folder, its `evidence` folder, or the log itself.

    A record that is cut off or damaged, and a file whose sum differs from the manifest, become gaps. Raises
    EvidenceError where there is no log, or where it does not begin with the record of a scan.
    """
    folder = _scan_folder(path)
    gaps = list(_altered(folder))
    records: list[Record] = []
    for number, line in enumerate(_lines(folder / RECORDS), start=1):
        try:
            records.append(RECORD.validate_json(line))
        except ValidationError as error:
            if number == 1:
                where = f"{folder / RECORDS}, line 1"
                raise EvidenceError(f"{where}: this is not the evidence of a scan ({_first(error)})") from error
            # Relative names only: the same evidence must give the same scan.json wherever it lies.
            message = f"{RECORDS}, line {number}: the record cannot be read ({_first(error)})"
            gaps.append(Gap(what="evidence-damaged", message=message))
    if not records or not isinstance(records[0], ScanStarted):
        raise EvidenceError(f"{folder / RECORDS}: this is not the evidence of a scan (it does not begin with one)")
    documents = []
    for kept in _of(records, DocumentKept):
        try:
            data = (folder / "evidence" / _inside(kept.file.removeprefix("evidence/"))).read_bytes()
            documents.append(document_of(kept, data))
        except OSError as error:
            gaps.append(Gap(what="evidence-damaged", url=kept.url, message=f"{kept.file}: {error.strerror}"))
    evidence = Evidence(
        scan=records[0],
        finished=next(reversed(_of(records, ScanFinished)), None),
        visits=_of(records, Visit),
        requests=_of(records, Request),
        script_cookies=_of(records, ScriptCookieWrite),
        jars=_of(records, JarSnapshot),
        storage=_of(records, StorageSnapshot),
        calls=_of(records, ScriptCall),
        images=_of(records, ImageSeen),
        banners=_of(records, BannerSeen),
        choices=_of(records, ChoiceMade),
        signals=_of(records, SignalsRead),
        screenshots=_of(records, Screenshot),
        documents=tuple(documents),
        canaries=_of(records, CanaryPlanted),
        names=_of(records, NameResolved),
        logins=_of(records, LoginBrought),
        gaps=(*_of(records, Gap), *gaps),
    )
    return Recorded(folder=folder, evidence=evidence, pictures=_pictures(folder))


def _of(records: list[Record], kind: type[_R]) -> tuple[_R, ...]:
    return tuple(record for record in records if isinstance(record, kind))


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"{name!r} is not a file name inside the scan's folder")
    return path


def _scan_folder(path: Path) -> Path:
    for folder in (path, path.parent, path.parent.parent):
        if (folder / RECORDS).is_file() and path in (folder, folder / "evidence", folder / RECORDS):
            return folder
    raise EvidenceError(f"{path}: no evidence here; give the folder of a scan (it holds {RECORDS})")


def _lines(log: Path) -> Iterator[bytes]:
    try:
        with log.open("rb") as stream:
            yield from (line for line in stream if line.strip())
    except OSError as error:
        raise EvidenceError(f"cannot read {log}: {error.strerror}") from error


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else problem["msg"]


def document_of(kept: DocumentKept, data: bytes) -> Document:
    """A policy document from its record and its bytes.

    Text is UTF-8, as capture keeps it; a PDF's bytes are carried one for one in the characters of Latin-1.
    """
    return Document(
        url=kept.final_url,
        title=kept.title,
        language=kept.language,
        media_type=kept.media_type,
        retrieved=kept.retrieved,
        sha256=kept.sha256,
        text=data.decode("latin-1") if kept.media_type == _PDF else data.decode("utf-8", errors="replace"),
    )


def _pictures(folder: Path) -> dict[str, bytes]:
    return {
        f"screenshots/{path.name}": path.read_bytes()
        for path in sorted((folder / "screenshots").glob("*"))
        if path.is_file()
    }


def _altered(folder: Path) -> Iterator[Gap]:
    """Files that differ from the manifest. A scan that was killed has none: nothing can be said then."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        sums = {str(name): str(entry["sha256"]) for name, entry in manifest.items()}
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        yield Gap(what="evidence-damaged", message=f"{MANIFEST}: the manifest cannot be read")
        return
    for name, expected in sums.items():
        try:
            actual = hashlib.sha256((folder / _inside(name)).read_bytes()).hexdigest()
        except (OSError, ValueError):
            yield Gap(what="evidence-altered", message=f"{name}: named in the manifest, but not readable")
            continue
        if actual != expected:
            yield Gap(what="evidence-altered", message=f"{name}: differs from the SHA-256 in the manifest")
