"""Policies by themselves: fetched from their addresses or read from files, without a scan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scanner import policy as policies
from scanner.capture.instrument import Instrument
from scanner.classify import load_catalogue
from scanner.config import Config
from scanner.config.address import target_url
from scanner.errors import SiteError
from scanner.given import split_policies
from scanner.model.declaration import Declaration
from scanner.model.evidence import DocumentKept, Record, Visit
from scanner.model.recorded import Document
from scanner.pipeline import open_instrument
from scanner.store import document_of


async def read_policies(names: Sequence[str], config: Config) -> list[tuple[str, Declaration]]:
    """What each address or file declares, in the order given. Files need no browser.

    Raises PolicyError for a file that cannot be read, and SiteError for an address that gives no document.
    """
    addresses, files = split_policies(names)
    catalogue = load_catalogue(tuple(Path(name) for name in config.catalogue))
    documents = {name: [policies.document_from_file(Path(name))] for name in files}
    if addresses:
        async with open_instrument(config, calibrate=False) as instrument:
            for url in addresses:
                documents[url] = await _fetched(instrument, url)
    return [(name, policies.read(documents[name], known_vendors=catalogue.vendors)) for name in names]


async def _fetched(instrument: Instrument, url: str) -> list[Document]:
    sink = _Memory()
    await instrument.fetch_documents([target_url(url)], sink)
    kept = [record for record in sink.records if isinstance(record, DocumentKept)]
    if not kept:
        errors = [record.error for record in sink.records if isinstance(record, Visit) and record.error]
        raise SiteError("policy", f"{url}: no policy could be fetched{': ' + errors[0] if errors else ''}")
    return [document_of(record, sink.files[f"evidence/{record.file}"]) for record in kept]


class _Memory:
    """A sink that keeps nothing on disk."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.files: dict[str, bytes] = {}

    def record(self, record: Record) -> None:
        self.records.append(record)

    def file(self, name: str, data: bytes) -> None:
        self.files[name] = data
