"""How a site stands: what failed, in which order scans arrive, and what is recorded once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pytest
from sqlalchemy import text

from scanner.model.finding import Finding
from scanner.model.watch import Outgoing, Recorded, Run
from scanner.store.history import History
from tests.store.history.weeks import MONDAY, at, cookie, failed, finding, record, request, run, scan, told

RULE = "tracking-before-consent"
NOW = MONDAY + datetime.timedelta(weeks=500)


def _bad(subject: str = "a") -> list[Finding]:
    return [finding(RULE, subject)]


def test_a_run_is_recorded_once(history: History) -> None:
    record(history, 0, scan(0))
    first = record(history, 1, scan(1, cookies=[cookie("_ga")], findings=_bad()))
    again = record(history, 1, scan(1, cookies=[cookie("another")]))
    assert again == first.model_copy(update={"fresh": False})
    assert [life.name for life in history.cookies("shop")] == ["_ga"]
    assert history.is_recorded(run(1)) and not history.is_recorded(run(2))
    late = Run(site="shop", due=at(1).replace("Z", ".000Z"))
    assert history.is_recorded(late), "the moment counts, not how it is written"


def test_the_same_moment_of_another_site_is_another_run(history: History) -> None:
    assert record(history, 0, scan(0), site="a").fresh and record(history, 0, scan(0), site="b").fresh
    assert history.last_dues() == {"a": MONDAY, "b": MONDAY} and history.last_due("c") is None


def test_a_failed_scan_changes_nothing_but_that_it_failed(history: History) -> None:
    record(history, 0, scan(0, cookies=[cookie("_ga")], requests=[request("Tags Inc")], findings=_bad()))
    one, two = record(history, 1, failed(1)), record(history, 2, failed(2))
    assert told(one) == [("unreachable", "www.harbour-courier.example")] and one.failures == 1
    assert (one.failed_before, two.failed_before) == (0, 1)
    assert one.changes[0].detail == one.row.problem == "the name was not found"
    assert told(two) == [] and two.failures == 2 and two.previous == one.previous
    site = history.site("shop")
    assert site is not None and site.state == "unreachable" and site.failures == 2
    assert site.last == two.row and site.good == one.previous
    assert not any(life.gone for life in (*history.cookies("shop"), *history.vendors("shop")))
    assert history.findings("shop")[0].resolved is None
    back = record(history, 3, scan(3, cookies=[cookie("_ga")], requests=[request("Tags Inc")], findings=_bad()))
    assert told(back) == [("reachable-again", "www.harbour-courier.example")] and back.failures == 0
    assert back.failed_before == 2 == record(history, 3, scan(3)).failed_before
    assert history.site("shop").state == "high"  # type: ignore[union-attr]


def test_a_site_that_never_answered_is_unreachable(history: History) -> None:
    first = record(history, 0, failed(0))
    assert told(first) == [("unreachable", "www.harbour-courier.example")] and first.previous is None
    site = history.site("shop")
    assert site is not None and site.good is None and site.state == "unreachable"
    assert told(record(history, 1, scan(1, cookies=[cookie("_ga")]))) == [
        ("reachable-again", "www.harbour-courier.example")
    ]


@pytest.mark.parametrize(
    ("severity", "state"), [("high", "high"), ("medium", "medium"), ("low", "low"), ("info", "clean")]
)
def test_a_site_stands_as_its_worst_finding(history: History, severity: str, state: str) -> None:
    record(history, 0, scan(0, findings=[finding(RULE, "a", severity)]))
    assert history.site("shop").state == state  # type: ignore[union-attr]


def test_a_scan_that_comes_late_changes_nothing_of_the_present(history: History) -> None:
    record(history, 2, scan(2, cookies=[cookie("both")], findings=_bad("both")), now=NOW)
    before = history.site("shop")
    late = record(history, 1, scan(1, cookies=[cookie("both"), cookie("past")], findings=_bad("both, past")), now=NOW)
    assert late.fresh and told(late) == [] and late.previous is None
    assert history.site("shop") == before
    assert [row.run.due for row in history.scans("shop")] == [at(2), at(1)]
    lives = {life.name: (life.first_seen, life.last_seen, life.gone) for life in history.cookies("shop")}
    assert lives == {"both": (at(1), at(2), False), "past": (at(1), at(1), True)}
    findings = {life.subject: (life.first_seen, life.resolved) for life in history.findings("shop")}
    assert findings == {"both": (at(1), None), "past": (at(1), at(2))}


def test_a_late_scan_after_the_last_good_one_is_the_good_one(history: History) -> None:
    record(history, 0, scan(0), now=NOW)
    record(history, 3, failed(3), now=NOW)
    record(history, 2, failed(2), now=NOW)
    assert history.site("shop").failures == 2  # type: ignore[union-attr]
    late = record(history, 1, scan(1, cookies=[cookie("_ga")]), now=NOW)
    assert told(late) == [("cookie-new", "_ga@shop.example")]
    site = history.site("shop")
    assert site is not None and site.good == late.row and site.state == "unreachable" and site.failures == 2


def test_a_scan_from_the_future_is_followed_by_those_of_the_present(history: History) -> None:
    """A clock that was ahead for a day must not silence a site until it is overtaken."""
    record(history, 0, scan(0), now=MONDAY)
    record(history, 400, scan(400, cookies=[cookie("_ga")]), now=MONDAY)
    present = MONDAY + datetime.timedelta(weeks=1, hours=1)
    back = record(history, 1, scan(1), now=present)
    assert told(back) == [("cookie-gone", "_ga@shop.example")]
    assert history.site("shop").last == back.row  # type: ignore[union-attr]
    assert history.last_due("shop") == MONDAY + datetime.timedelta(weeks=1)


def test_messages_are_queued_with_their_scan_or_not_at_all(history: History) -> None:
    def tell(recorded: Recorded) -> Iterable[Outgoing]:
        yield Outgoing(target="team", message={"changes": len(recorded.changes)}, not_before=at(1))
        if recorded.row.run.due == at(2):
            raise ValueError("no")

    record(history, 0, scan(0))
    record(history, 1, scan(1, cookies=[cookie("_ga")]), tell=tell)
    assert not record(history, 1, scan(1), tell=tell).fresh
    with pytest.raises(ValueError, match="no"):
        record(history, 2, scan(2), tell=tell)
    assert not history.is_recorded(run(2)) and [row.run.due for row in history.scans("shop")] == [at(1), at(0)]
    assert [(one.run, one.message) for one in history.take(NOW)] == [(run(1), {"changes": 1})]


def test_attempts_are_counted_until_the_run_is_recorded(history: History) -> None:
    assert history.attempts(run(0)) == (0, None)
    assert history.attempt(run(0), kind="dns", message="no name", at=MONDAY) == 1
    later = MONDAY + datetime.timedelta(minutes=5)
    assert history.attempt(run(0), kind="timeout", message="slow", at=later) == 2
    assert history.attempts(run(0)) == (2, later) and history.attempts(run(1)) == (0, None)
    record(history, 0, failed(0))
    assert history.attempts(run(0)) == (0, None)


def test_strangers_may_call_things_what_they_like(history: History) -> None:
    """Names that a database chokes on, or that are longer than an index can hold."""
    nasty = [
        "'; DROP TABLE scans; --",
        "nul\0inside",
        "half\ud800",
        "x" * 5000 + "a",
        "x" * 5000 + "b",
        "100%_",
        "Ä€😀",
    ]
    for week in (0, 1):
        recorded = record(
            history,
            week,
            scan(
                week,
                cookies=[cookie(name, domain=name) for name in nasty],
                requests=[request(name) for name in nasty],
                findings=[finding(RULE, name, title=name * 3) for name in nasty],
                policies=dict.fromkeys(nasty, "a" * 64),
            ),
            sentences={name: [name, f"{name} {week}"] for name in nasty},
        )
    assert {kind for kind, _ in told(recorded)} == {"policy-changed"} or told(recorded) == []
    assert len(history.cookies("shop")) == len(history.vendors("shop")) == len(history.findings("shop")) == len(nasty)
    assert len(history.search("100%_", kind="vendor")) == 1 and history.search("100__", kind="vendor") == ()
    assert len(history.search("ä€😀", kind="vendor")) == 1


def test_foreign_keys_and_the_log_are_on(address: str, history: History) -> None:
    """SQLite does neither unless it is told."""
    if "://" in address:
        pytest.skip("settings of SQLite")
    found = history._database.read(
        lambda connection: [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        ]
    )
    assert found[:3] == ["wal", 1, 1] and found[3] >= 10_000
