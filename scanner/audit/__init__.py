"""The judging half: rules that lay what was observed beside what is declared. Pure, without browser or network."""

from __future__ import annotations

from scanner.audit.profiles import PROFILES
from scanner.audit.rules import RULES
from scanner.audit.runner import audit
from scanner.audit.scoring import score
from scanner.audit.standing import standing

__all__ = ["PROFILES", "RULES", "audit", "score", "standing"]
