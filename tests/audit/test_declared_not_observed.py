"""declared-not-observed: information, never a fault."""

from __future__ import annotations

from .builders import (
    NO_BANNER,
    NO_POLICY,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    judged,
    named,
    row,
    state,
    states,
    storage,
    without_banner,
)

RULE = "declared-not-observed"


def test_rows_not_seen_are_one_piece_of_information() -> None:
    said = declaration(row("_fbp"), row("_ga"), row("_hjSession_*"))
    (finding,), check = judged(RULE, inventory(ga_cookie()), said)
    assert check.outcome == "found"
    assert (finding.severity, finding.confidence, finding.subject) == ("info", "check", "_fbp, _hjSession_*")
    assert finding.observed == ("/declaration/cookies/0", "/declaration/cookies/2")
    assert finding.declared is not None
    assert finding.declared.quote == "_fbp | as declared"


def test_companies_that_a_browser_would_meet_are_named_apart() -> None:
    said = declaration(
        named("Google Analytics", "analytics"), named("Hetzner", "hosting"), named("Tradedoubler", "marketing")
    )
    (finding,), _ = judged(RULE, inventory(ga_beacon()), said)
    assert finding.subject == "Tradedoubler"


def test_what_was_seen_refused_or_kept_in_storage_counts_as_seen() -> None:
    said = declaration(row("_ga"), row("theme"))
    findings, check = judged(RULE, inventory(ga_cookie(blocked="UserPreferences"), storage("theme")), said)
    assert (findings, check.outcome) == ((), "passed")


def test_a_site_without_banner_shows_all_it_has_before_any_choice() -> None:
    (finding,), _ = judged(RULE, inventory(consent=without_banner()), declaration(row("_ga")))
    assert finding.subject == "_ga"


def test_without_the_state_after_accepting_it_is_inconclusive() -> None:
    consent = states(accept=state(reached=False))
    findings, check = judged(RULE, inventory(consent=consent), declaration(row("_ga")))
    assert (findings, check.outcome) == ((), "inconclusive")


def test_without_policy_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(), NO_POLICY)[1].outcome == "inconclusive"
    assert judged(RULE, inventory(consent={"before": state(NO_BANNER)}), declaration())[1].outcome == "not-applicable"
