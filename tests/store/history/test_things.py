"""Cookies, companies and findings through a site's scans: what is new, what is gone, and what cannot be told."""

from __future__ import annotations

import pytest

from scanner.model.finding import Acceptance
from scanner.store.history import History
from tests.store.history.weeks import ALL, RECORDED, at, cookie, finding, record, request, scan, told

RULE = "tracking-before-consent"
ACCEPTED = Acceptance(reason="known", until="2026-12-31")


def test_a_first_scan_has_nothing_to_be_compared_with(history: History) -> None:
    first = record(
        history, 0, scan(0, cookies=[cookie("_ga")], requests=[request("Tags Inc")], findings=[finding(RULE, "x")])
    )
    assert first.fresh and first.changes == () and first.previous is None
    assert [life.name for life in history.cookies("shop")] == ["_ga"]
    assert [life.name for life in history.vendors("shop")] == ["Tags Inc"]
    assert [(life.rule, life.subject, life.resolved) for life in history.findings("shop")] == [(RULE, "x", None)]


def test_a_recorded_scan_has_the_figures_of_its_result(history: History) -> None:
    """Counted anew from a scan of the demonstration, beside what its own summary says."""
    row = record(history, 0, RECORDED).row
    kept = [one for one in RECORDED.cookies if one.blocked is None]
    before = RECORDED.summary.cookies["before"]
    assert row.findings == RECORDED.summary.findings and row.score == RECORDED.summary.score
    assert row.cookies <= len(kept) and row.cookies_before == sum(before.values()) > 0
    assert row.nonessential_before == before["analytics"] + before["marketing"] > 0
    assert row.banner is True and row.problem is None and row.tool == RECORDED.tool.version
    assert history.scan(row.id) == row == history.scans("shop")[0]


def test_what_comes_and_goes_is_told_with_its_scan(history: History) -> None:
    record(history, 0, scan(0, cookies=[cookie("old")], requests=[request("Old Ltd")]))
    second = record(history, 1, scan(1, cookies=[cookie("new", vendor="Tags Inc")], requests=[request("Tags Inc")]))
    assert told(second) == [
        ("vendor-new", "Tags Inc"),
        ("cookie-new", "new@shop.example"),
        ("vendor-gone", "Old Ltd"),
        ("cookie-gone", "old@shop.example"),
    ]
    assert history.changes("shop", scan=second.row.id) == tuple(reversed(second.changes))
    lives = {life.name: life for life in history.cookies("shop")}
    assert lives["old"].gone and lives["old"].last_seen == at(0)
    assert not lives["new"].gone and lives["new"].first_seen == at(1)


def test_what_returns_is_new_again_and_keeps_its_first_day(history: History) -> None:
    record(history, 0, scan(0, cookies=[cookie("_ga")]))
    record(history, 1, scan(1))
    assert told(record(history, 2, scan(2, cookies=[cookie("_ga")]))) == [("cookie-new", "_ga@shop.example")]
    life = history.cookies("shop")[0]
    assert (life.first_seen, life.last_seen, life.gone) == (at(0), at(2), False)


def test_an_identifier_in_a_name_is_no_new_cookie(history: History) -> None:
    record(
        history,
        0,
        scan(0, cookies=[cookie("_session_4f2a99b1c0")], findings=[finding(RULE, "_id_4f2a99b1c0@shop.example")]),
    )
    second = scan(1, cookies=[cookie("_session_91dd03e7aa")], findings=[finding(RULE, "_id_91dd03e7aa@shop.example")])
    assert told(record(history, 1, second)) == []
    assert [life.name for life in history.cookies("shop")] == ["_session_*"]


def test_a_refused_cookie_was_never_kept(history: History) -> None:
    record(history, 0, scan(0, cookies=[cookie("refused", blocked="SameSite")]))
    assert history.cookies("shop") == () and history.scans("shop")[0].cookies == 0


def test_a_partial_scan_makes_nothing_gone(history: History) -> None:
    record(history, 0, scan(0, cookies=[cookie("_ga")], requests=[request("Tags Inc")]))
    assert told(record(history, 1, scan(1, outcome="partial"))) == []
    assert [life.gone for life in (*history.cookies("shop"), *history.vendors("shop"))] == [False, False]
    assert len(told(record(history, 2, scan(2)))) == 2


def test_a_thing_is_not_gone_while_a_state_it_was_seen_in_is_not_reached(history: History) -> None:
    record(
        history, 0, scan(0, cookies=[cookie("both", states=("before", "accept")), cookie("early", states=("before",))])
    )
    second = record(history, 1, scan(1, reached=("before", "reject")))
    assert told(second) == [("cookie-gone", "early@shop.example")]
    assert told(record(history, 2, scan(2))) == [("cookie-gone", "both@shop.example")]


def test_the_states_of_a_thing_outlive_a_scan_that_did_not_reach_them(history: History) -> None:
    record(history, 0, scan(0, cookies=[cookie("_ga", states=("before", "accept"))]))
    record(history, 1, scan(1, reached=("accept",), cookies=[cookie("_ga", states=("accept",))]))
    assert history.cookies("shop")[0].states == ("accept", "before")
    record(history, 2, scan(2, cookies=[cookie("_ga", states=("accept",))]))
    assert history.cookies("shop")[0].states == ("accept",)


def test_what_is_only_in_a_state_that_no_scan_had_reached_is_no_change_of_the_site(history: History) -> None:
    record(history, 0, scan(0, reached=("before",)))
    second = scan(1, cookies=[cookie("later", states=("accept",)), cookie("now", states=("accept", "before"))])
    assert told(record(history, 1, second)) == [("cookie-new", "now@shop.example")]
    assert len(history.cookies("shop")) == 2


def test_a_state_once_reached_is_compared_however_long_ago(history: History) -> None:
    record(history, 0, scan(0))
    record(history, 1, scan(1, reached=("before",)))
    assert told(record(history, 2, scan(2, cookies=[cookie("a", states=("accept",))]))) == [
        ("cookie-new", "a@shop.example")
    ]


def test_a_finding_is_one_change_with_all_its_new_subjects(history: History) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a, b", title="Tags Inc follows")]))
    second = record(history, 1, scan(1, findings=[finding(RULE, "a, b, c, d", title="Tags Inc follows")]))
    change = second.changes[0]
    assert told(second) == [("finding-new", "c, d")]
    assert (change.rule, change.severity, change.detail) == (RULE, "high", "Tags Inc follows")
    assert len(history.findings("shop")) == 4


def test_a_worse_finding_is_told_and_a_milder_one_is_not(history: History) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a", "medium")]))
    assert told(record(history, 1, scan(1, findings=[finding(RULE, "a", "high")]))) == [("finding-worse", "a")]
    assert told(record(history, 2, scan(2, findings=[finding(RULE, "a", "low")]))) == []
    assert history.findings("shop")[0].severity == "low"


@pytest.mark.parametrize(
    ("outcome", "answer", "resolved"),
    [
        ("complete", "passed", True),
        ("complete", "not-applicable", True),
        ("complete", "inconclusive", False),
        ("partial", "passed", True),
        ("partial", "not-applicable", False),
        ("partial", "inconclusive", False),
    ],
)
def test_a_finding_is_resolved_by_a_scan_that_could_check_its_rule(
    history: History, outcome: str, answer: str, resolved: bool
) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a")]))
    second = record(history, 1, scan(1, outcome=outcome, checks={RULE: answer}))
    assert told(second) == ([("finding-resolved", "a")] if resolved else [])
    assert history.findings("shop")[0].resolved == (at(1) if resolved else None)


def test_a_finding_stands_while_none_of_its_states_is_reached(history: History) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a", states=("reject",))]))
    assert told(record(history, 1, scan(1, reached=("before", "accept")))) == []
    assert told(record(history, 2, scan(2))) == [("finding-resolved", "a")]


def test_a_finding_that_returns_is_new_again(history: History) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a")]))
    record(history, 1, scan(1))
    assert told(record(history, 2, scan(2, findings=[finding(RULE, "a")]))) == [("finding-new", "a")]
    life = history.findings("shop")[0]
    assert (life.first_seen, life.last_seen, life.resolved) == (at(0), at(2), None)


def test_an_accepted_finding_is_told_when_it_begins_to_count(history: History) -> None:
    record(history, 0, scan(0))
    accepted = finding(RULE, "a", accepted=ACCEPTED)
    assert told(record(history, 1, scan(1, findings=[accepted]))) == []
    assert history.site("shop").state == "clean"  # type: ignore[union-attr]
    assert history.findings("shop")[0].counts is False
    expired = finding(RULE, "a", accepted=ACCEPTED.model_copy(update={"expired": True}))
    assert told(record(history, 2, scan(2, findings=[expired]))) == [("finding-new", "a")]
    assert history.site("shop").state == "high"  # type: ignore[union-attr]


def test_that_an_accepted_finding_is_mended_is_not_told(history: History) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a", accepted=ACCEPTED), finding(RULE, "b", known=True)]))
    assert told(record(history, 1, scan(1))) == []
    assert all(life.resolved == at(1) for life in history.findings("shop"))


def test_a_subject_of_two_findings_has_the_worse_of_both(history: History) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a", "low"), finding(RULE, "a", "high")]))
    assert [life.severity for life in history.findings("shop")] == ["high"]


@pytest.mark.parametrize(("then", "now", "kind"), [(ALL, (), "banner-lost"), ((), ALL, "banner-found")])
def test_a_banner_is_lost_and_found(history: History, then: tuple[str, ...], now: tuple[str, ...], kind: str) -> None:
    record(history, 0, scan(0, banners=then))
    assert told(record(history, 1, scan(1, banners=now))) == [(kind, "banner")]
    assert [row.banner for row in history.scans("shop")] == [bool(now), bool(then)]


def test_a_banner_is_not_lost_where_its_state_was_not_reached(history: History) -> None:
    record(history, 0, scan(0, banners=("accept",)))
    assert told(record(history, 1, scan(1, reached=("before",), banners=()))) == []
    record(history, 2, scan(2, reached=(), banners=(), outcome="partial"))
    assert history.scans("shop")[0].banner is None
    record(history, 3, scan(3, banners=("before",)))
    record(history, 4, scan(4, reached=(), banners=(), outcome="partial"))
    lost = record(history, 5, scan(5, banners=()))
    assert told(lost) == [("banner-lost", "banner")], "compared with the last scan that could tell"


def test_the_worst_changes_come_first(history: History) -> None:
    record(history, 0, scan(0, requests=[request("Old Ltd")], findings=[finding("cookie-wall", "x")]))
    second = scan(
        1,
        banners=(),
        cookies=[cookie("need", category="necessary"), cookie("_ga")],
        requests=[request("Shop CDN", category="functional"), request("Tags Inc", host="t.example")],
        findings=[finding("insecure-cookie", "low", "low"), finding(RULE, "bad", "high")],
    )
    assert told(record(history, 1, second)) == [
        ("finding-new", "bad"),
        ("finding-new", "low"),
        ("banner-lost", "banner"),
        ("vendor-new", "Tags Inc"),
        ("vendor-new", "Shop CDN"),
        ("cookie-new", "_ga@shop.example"),
        ("cookie-new", "need@shop.example"),
        ("finding-resolved", "x"),
        ("vendor-gone", "Old Ltd"),
    ]
