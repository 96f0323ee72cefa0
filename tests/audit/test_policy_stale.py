"""policy-stale: what no longer exists."""

from __future__ import annotations

import pytest

from .builders import NO_POLICY, claim, declaration, inventory, judged, named, row

RULE = "policy-stale"


@pytest.mark.parametrize(
    ("said", "subject", "severity"),
    [
        (claim("transfer_safeguards", "Google is certified under the EU-US Privacy Shield"), "Privacy Shield", "low"),
        (claim("transfer_safeguards", "according to the Safe Harbour principles"), "Safe Harbor", "low"),
        (claim("data_subject_rights", "rights under Directive 95/46/EC"), "Directive 95/46/EC", "info"),
        (named("Google+"), "Google+", "info"),
        (row("_gat", quote="_gat | Universal Analytics | 1 minute"), "Universal Analytics", "info"),
    ],
)
def test_a_thing_of_the_past_is_named_and_quoted(said: object, subject: str, severity: str) -> None:
    (finding,), check = judged(RULE, inventory(), declaration(said))
    assert check.outcome == "found"
    assert (finding.subject, finding.severity) == (subject, severity)
    assert finding.declared is not None
    assert finding.observed[0].startswith("/declaration/")


@pytest.mark.parametrize(
    "evidence",
    ["The Privacy Shield was declared invalid; we use standard contractual clauses", "Data Privacy Framework"],
)
def test_a_sentence_that_knows_it_is_over_passes(evidence: str) -> None:
    assert judged(RULE, inventory(), declaration(claim("transfer_safeguards", evidence)))[1].outcome == "passed"


def test_without_policy_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(), NO_POLICY)[1].outcome == "inconclusive"
