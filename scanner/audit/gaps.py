"""Gaps of a scan that bear on what its silence means."""

from __future__ import annotations

CUTS = frozenset({"time", "interrupted", "cookies", "requests", "page"})
"""Kinds of problems after which the absence of a cookie or request proves nothing."""
