"""Scans on disk: the files are the truth, everything else is an index."""

from scanner.store.evidence import EvidenceWriter, Recorded, clear, document_of, read_evidence

__all__ = ["EvidenceWriter", "Recorded", "clear", "document_of", "read_evidence"]
