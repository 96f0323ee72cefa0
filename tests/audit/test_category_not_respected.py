"""category-not-respected: one purpose allowed, another served."""

from __future__ import annotations

from .builders import ga_cookie, inventory, judged, meta_beacon, session_cookie, state, states

RULE = "category-not-respected"
ONLY = "category:analytics"


def test_marketing_where_only_statistics_were_allowed_is_high() -> None:
    seen = inventory(
        meta_beacon(states=(ONLY,)), ga_cookie(states=(ONLY,)), consent=states(**{ONLY: state(made="save")})
    )
    (finding,), check = judged(RULE, seen)
    assert check.outcome == "found"
    assert (finding.severity, finding.subject, finding.states) == ("high", "www.facebook.com", (ONLY,))
    assert finding.observed == ("/beacons/0", "/states/category:analytics/choice")


def test_what_was_allowed_passes() -> None:
    seen = inventory(ga_cookie(states=(ONLY,)), session_cookie(), consent=states(**{ONLY: state(made="save")}))
    assert judged(RULE, seen)[1].outcome == "passed"


def test_categories_of_the_site_s_own_making_are_left_alone() -> None:
    consent = states(**{"category:comfort": state(made="save")})
    seen = inventory(meta_beacon(states=("category:comfort",)), consent=consent)
    assert judged(RULE, seen)[1].outcome == "not-applicable"


def test_unvisited_and_unreached_states_are_inconclusive() -> None:
    assert judged(RULE, inventory(meta_beacon()))[1].outcome == "inconclusive"
    consent = states(**{ONLY: state(reached=False)})
    assert judged(RULE, inventory(meta_beacon(), consent=consent))[1].outcome == "inconclusive"
