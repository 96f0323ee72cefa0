"""What changed between two scans of a site: a pure comparison of two results."""

from scanner.diff.compare import compare
from scanner.diff.identity import Identities, identities
from scanner.diff.shape import Difference

__all__ = ["Difference", "Identities", "compare", "identities"]
