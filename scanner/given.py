"""The policy as a user gives it: addresses for the browser, files that are evidence from the first moment."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from pathlib import Path

from scanner.model.evidence import DocumentKept, Record
from scanner.model.recorded import Document
from scanner.store import EvidenceWriter


def now() -> str:
    """This moment in UTC, ISO 8601 to the second."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def split_policies(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What `--policy` was given, as addresses and as files."""
    addresses = tuple(name for name in names if name.startswith(("http://", "https://")))
    return addresses, tuple(name for name in names if name not in addresses)


def policy_files(names: Sequence[str]) -> list[Document]:
    """The documents of all files among `names`. Raises PolicyError for one that is not there or cannot be read."""
    files = split_policies(names)[1]
    if not files:
        return []
    from scanner.policy import document_from_file  # noqa: PLC0415 - few scans are given files; the readers load slowly

    return [document_from_file(Path(name)) for name in files]


class GivenFirst:
    """A sink that keeps the policy files a user gave as evidence, right after the record that opens the scan."""

    def __init__(self, writer: EvidenceWriter, documents: Sequence[Document]) -> None:
        self._writer = writer
        self._documents = list(documents)

    def record(self, record: Record) -> None:
        self._writer.record(record)
        while self._documents:
            document = self._documents.pop(0)
            data = document.text.encode("utf-8")
            name = f"evidence/documents/given-{hashlib.sha256(data).hexdigest()[:12]}"
            self._writer.file(name, data)
            kept = DocumentKept(
                url=document.url,
                final_url=document.url,
                title=document.title,
                language=document.language,
                media_type=document.media_type,
                retrieved=now(),
                sha256=document.sha256,
                file=name.removeprefix("evidence/"),
                found_by="given by the user",
            )
            self._writer.record(kept)

    def file(self, name: str, data: bytes) -> None:
        self._writer.file(name, data)
