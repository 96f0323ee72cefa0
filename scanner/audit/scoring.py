"""One figure for a scan, from 0 to 100. It sorts many sites at a glance; the findings are what counts.

Each finding leaves a share of what is left: 70 % at high, 88 % at medium, 96 % at low, all of it at info. A finding
that is only likely weighs 80 % of that loss, one that is to be checked 40 %. So the order of findings makes no
difference, one more finding never raises the figure, and it never falls below zero.
"""

from __future__ import annotations

from scanner.audit.gaps import CUTS
from scanner.model.finding import AuditResult, Confidence, Severity
from scanner.model.inventory import Inventory

LOSS: dict[Severity, float] = {"high": 0.30, "medium": 0.12, "low": 0.04, "info": 0.0}
WEIGHT: dict[Confidence, float] = {"certain": 1.0, "likely": 0.8, "check": 0.4}


def score(inventory: Inventory, result: AuditResult) -> int | None:
    """The figure; null where the scan failed, or where a state was not observed that the figure would rest on.

    Those are the state before any choice and, where the site has a banner or the scan was cut short before that was
    settled, those after accepting and refusing. A refusal that the banner does not offer counts as observed: that is
    a finding, not a gap.
    """
    if inventory.outcome == "failed" or not _measured(inventory, result):
        return None
    left = 100.0
    for finding in result.findings:
        left *= 1 - LOSS[finding.severity] * WEIGHT[finding.confidence]
    return round(left)


def _measured(inventory: Inventory, result: AuditResult) -> bool:
    def reached(name: str) -> bool:
        return name in inventory.states and inventory.states[name].reached

    if not reached("before"):
        return False
    cut_short = any(problem.kind in CUTS for problem in inventory.problems)
    if not cut_short and not any(state.banner.found for state in inventory.states.values()):
        return True
    no_refusal = any(finding.rule in ("no-reject-option", "cookie-wall") for finding in result.findings)
    return reached("accept") and (reached("reject") or no_refusal)
