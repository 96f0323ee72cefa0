"""gpc-ignored: a rule of regions whose law binds sites to the signal."""

from __future__ import annotations

from .builders import ga_cookie, inventory, judged, meta_beacon, state, states

RULE = "gpc-ignored"
GPC = states(gpc=state())


def test_marketing_in_spite_of_the_signal_is_high_in_california() -> None:
    (finding,), check = judged(RULE, inventory(meta_beacon(states=("gpc",)), consent=GPC), profile="us-ca")
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == ("high", "www.facebook.com")
    assert any("1798.135" in reference.name for reference in finding.legal)


def test_statistics_and_respect_pass() -> None:
    seen = inventory(ga_cookie(states=("gpc",)), meta_beacon(states=("accept",)), consent=GPC)
    assert judged(RULE, seen, profile="us-ca")[1].outcome == "passed"


def test_elsewhere_it_does_not_apply() -> None:
    seen = inventory(meta_beacon(states=("gpc",)), consent=GPC)
    assert judged(RULE, seen)[1].outcome == "not-applicable"


def test_an_unvisited_state_is_inconclusive() -> None:
    assert judged(RULE, inventory(meta_beacon()), profile="us-ca")[1].outcome == "inconclusive"
