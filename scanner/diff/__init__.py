"""What changed between two scans of a site: a pure comparison of two results."""

from scanner.diff.compare import WEIGHT, compare, receivers
from scanner.diff.identity import Identities, identities
from scanner.diff.shape import Difference

__all__ = ["WEIGHT", "Difference", "Identities", "compare", "identities", "receivers"]
