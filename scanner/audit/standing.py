"""Which findings weigh: known from an earlier scan, or accepted by the owner for a while.

Nothing is taken away. A finding that is known or accepted stands in every report and says so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from scanner.diff.identity import Identities, is_known
from scanner.model.finding import Accept, Acceptance, AuditResult, Finding


def standing(
    result: AuditResult, *, accepts: Sequence[Accept] = (), earlier: Identities | None = None, today: datetime.date
) -> AuditResult:
    """The same findings, marked.

    A finding is accepted where each of its subjects is, and only while every acceptance it needs still holds;
    one that has expired is shown as such and weighs again. `earlier` are the findings of the scan to compare with.
    """
    return result.model_copy(
        update={"findings": tuple(_marked(finding, accepts, earlier, today) for finding in result.findings)}
    )


def _marked(finding: Finding, accepts: Sequence[Accept], earlier: Identities | None, today: datetime.date) -> Finding:
    known = earlier is not None and is_known(finding, earlier)
    return finding.model_copy(update={"known": known, "accepted": _acceptance(finding, accepts, today)})


def _acceptance(finding: Finding, accepts: Sequence[Accept], today: datetime.date) -> Acceptance | None:
    needed: dict[tuple[str, datetime.date], Accept] = {}
    for subject in finding.subjects or ("",):
        fitting = [one for one in accepts if one.rule == finding.rule and _fits(one.subject, subject)]
        if not fitting:
            return None
        chosen = max(fitting, key=lambda one: one.until)
        needed[chosen.reason, chosen.until] = chosen
    first = min(one.until for one in needed.values())
    reasons = dict.fromkeys(one.reason.strip() for one in needed.values())
    return Acceptance(reason="; ".join(reasons), until=first.isoformat(), expired=first < today)


def _fits(pattern: str, subject: str) -> bool:
    """Whether a written subject means this one; only `*` stands for anything, because names hold other signs too."""
    pieces = [re.escape(piece) for piece in pattern.strip().split("*")]
    return re.fullmatch(".*".join(pieces), subject, re.S) is not None
