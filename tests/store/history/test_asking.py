"""What the history is asked: order, pages, searches, and how the fleet stood week by week."""

from __future__ import annotations

import datetime

from scanner.model.watch import Week
from scanner.store.history import History
from tests.store.history.weeks import MONDAY, at, cookie, failed, finding, record, request, scan

RULE = "tracking-before-consent"


def _fleet(history: History) -> None:
    record(history, 0, scan(0), site="clean")
    record(history, 0, scan(0, findings=[finding(RULE, "a", "low")]), site="low")
    record(history, 0, scan(0, findings=[finding(RULE, "a", "medium")]), site="medium")
    record(history, 0, scan(0, findings=[finding(RULE, "a")]), site="one-high")
    record(history, 0, scan(0, findings=[finding(RULE, "a"), finding("cookie-wall", "b")]), site="two-high")
    for week in range(3):
        record(history, week, failed(week), site="long-gone")
    record(history, 0, failed(0), site="gone")


def test_the_worst_site_comes_first(history: History) -> None:
    _fleet(history)
    names = [row.name for row in history.sites()]
    assert names == ["long-gone", "gone", "two-high", "one-high", "medium", "low", "clean"]
    assert [row.name for row in history.sites(names=("low", "gone", "unknown"))] == ["gone", "low"]
    assert history.site("unknown") is None and history.sites(names=()) == ()


def test_at_a_glance_a_site_is_what_it_is_in_full(history: History) -> None:
    _fleet(history)
    record(history, 1, failed(1), site="two-high")
    rows, glances = history.sites(), history.glances()
    assert [(site.name, site.url, site.owner, site.state, site.failures) for site in glances] == [
        (row.name, row.url, row.owner, row.state, row.failures) for row in rows
    ]
    for row, site in zip(rows, glances, strict=True):
        assert site.findings == (
            None if row.good is None else tuple(row.good.findings[level] for level in ("high", "medium", "low"))
        )
        assert site.nonessential_before == (None if row.good is None else row.good.nonessential_before)
    newest_first = sorted(rows, key=lambda row: row.last.started if row.last else "", reverse=True)
    assert sorted(glances, key=lambda site: site.scanned or 0)[-1].name == newest_first[0].name


def test_a_thousand_sites_are_asked_for_by_name(history: History) -> None:
    _fleet(history)
    names = [f"unknown-{number}" for number in range(1000)]
    assert [row.name for row in history.sites(names=(*names, "low", "gone"))] == ["gone", "low"]


def test_scans_and_changes_are_paged(history: History) -> None:
    for week in range(7):
        record(history, week, scan(week, cookies=[cookie(f"c{week}")]))
    pages, before = [], None
    while page := history.scans("shop", limit=3, before=before):
        pages.append([row.run.due for row in page])
        before = page[-1].id
    assert pages == [[at(6), at(5), at(4)], [at(3), at(2), at(1)], [at(0)]]
    everything = history.changes()
    assert len(everything) == 12 and [change.id for change in everything] == sorted(
        (c.id for c in everything), reverse=True
    )
    first = history.changes("shop", limit=5)
    assert first + history.changes("shop", before=first[-1].id) == everything
    assert history.changes("other") == ()


def test_a_search_finds_names_domains_and_vendors_of_all_sites(history: History) -> None:
    seen = scan(
        0,
        cookies=[cookie("_fbp", vendor="Meta"), cookie("plain", domain="tags.example", states=("accept",))],
        requests=[request("Meta", states=("accept",)), request(None, host="x.unknown.example")],
    )
    record(history, 0, seen, site="a")
    record(history, 0, scan(0, cookies=[cookie("_fbp", vendor="Meta")]), site="b")
    record(history, 1, scan(1), site="b")
    assert [(life.site, life.name, life.gone) for life in history.search("META")] == [
        ("a", "Meta", False),
        ("a", "_fbp", False),
        ("b", "_fbp", True),
    ]
    assert [life.name for life in history.search("tags.example", kind="cookie")] == ["plain"]
    assert [life.name for life in history.search("meta", kind="vendor")] == ["Meta"]
    assert [(life.site, life.name) for life in history.search("meta", before_consent=True)] == [("a", "_fbp")]
    assert history.search("_fb_") == () and history.search("%") == ()


def test_before_consent_is_one_state_among_others_wherever_it_stands(history: History) -> None:
    states = [
        ("before",),
        ("accept", "before"),
        ("before", "reject"),
        ("accept", "before", "reject"),
        ("accept", "reject"),
    ]
    record(history, 0, scan(0, cookies=[cookie(f"n{place}x", states=some) for place, some in enumerate(states)]))
    assert [life.name for life in history.search("n", before_consent=True)] == ["n0x", "n1x", "n2x", "n3x"]


def test_the_trend_counts_sites_at_the_end_of_each_week(history: History) -> None:
    record(history, 0, scan(0), site="a")
    record(history, 1, scan(1, findings=[finding(RULE, "x")]), site="a")
    record(history, 1, failed(1), site="b")
    record(history, 3, scan(3), site="b")
    weeks = history.trend(weeks=5, now=MONDAY + datetime.timedelta(weeks=3, days=2))
    assert weeks == (
        Week(monday="2025-12-29", sites={}),
        Week(monday="2026-01-05", sites={"clean": 1}),
        Week(monday="2026-01-12", sites={"unreachable": 1, "high": 1}),
        Week(monday="2026-01-19", sites={"unreachable": 1, "high": 1}),
        Week(monday="2026-01-26", sites={"high": 1, "clean": 1}),
    )
    assert history.trend(weeks=1, now=MONDAY + datetime.timedelta(weeks=3, days=2), names=["b", "unknown"]) == (
        Week(monday="2026-01-26", sites={"clean": 1}),
    )


def test_lives_that_are_over_come_last(history: History) -> None:
    record(
        history,
        0,
        scan(0, cookies=[cookie("a"), cookie("b")], findings=[finding(RULE, "a"), finding(RULE, "b", "low")]),
    )
    record(history, 1, scan(1, cookies=[cookie("b")], findings=[finding(RULE, "b", "low")]))
    assert [life.name for life in history.cookies("shop")] == ["b", "a"]
    assert [life.subject for life in history.findings("shop")] == ["b", "a"]
