"""Scans on disk: the files are the truth, everything else is an index."""

from scanner.store.evidence import EvidenceWriter, Recorded, clear, document_of, read_evidence
from scanner.store.redaction import Redacting, Redactor

__all__ = ["EvidenceWriter", "Recorded", "Redacting", "Redactor", "clear", "document_of", "read_evidence"]
