"""policy-stale: what no longer exists."""

from __future__ import annotations

import pytest

from scanner.audit.rules.policy_stale import OUTDATED
from scanner.policy.lexicon import load

from .builders import NO_POLICY, claim, declaration, inventory, judged, named, remark, row

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


@pytest.mark.parametrize(
    ("subject", "severity"),
    [("Privacy Shield", "low"), ("Internet Explorer", "info"), ("TTDSG", "info"), ("Ley Orgánica 15/1999", "info")],
)
def test_a_remark_on_the_whole_text_is_enough(subject: str, severity: str) -> None:
    said = declaration(remark("outdated", subject, f"We rely on {subject}."))
    (finding,), check = judged(RULE, inventory(), said)
    assert check.outcome == "found"
    assert (finding.subject, finding.severity) == (subject, severity)
    assert finding.observed == ("/declaration/remarks/0",)
    assert finding.declared is not None
    assert finding.declared.quote == f"We rely on {subject}."


def test_a_remark_and_a_quoted_claim_on_the_same_thing_are_one_finding() -> None:
    said = declaration(
        remark("outdated", "Privacy Shield"), claim("transfer_safeguards", "certified under the Privacy Shield")
    )
    (finding,), _ = judged(RULE, inventory(), said)
    assert finding.observed == ("/declaration/remarks/0", "/declaration/claims/0")


def test_every_thing_of_the_past_that_the_reader_knows_has_its_reason() -> None:
    known = load("quality")["outdated"]
    assert {outdated.what for outdated in OUTDATED} == set(known)


def test_a_policy_older_than_the_gdpr_is_told_by_its_latest_date() -> None:
    said = declaration(remark("last_changed", "2016-03-01"), remark("last_changed", "2017-11-30"))
    (finding,), _ = judged(RULE, inventory(), said)
    assert (finding.subject, finding.severity) == ("2017-11-30", "low")
    assert finding.observed == ("/declaration/remarks/1",)


def test_a_policy_that_was_changed_since_passes_and_other_regions_have_no_such_day() -> None:
    newer = declaration(remark("last_changed", "2016-03-01"), remark("last_changed", "2018-05-25"))
    assert judged(RULE, inventory(), newer)[1].outcome == "passed"
    old = declaration(remark("last_changed", "2016-03-01"))
    assert judged(RULE, inventory(), old, profile="us-ca")[0] == ()
