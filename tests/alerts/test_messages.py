"""Which changes become a message, in which words, and when it may go out."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.alerts import Message, again, messages, not_before, text, title, worst
from scanner.config import Config
from scanner.config.fleet import Alerts, WatchedSite
from scanner.model.finding import Severity
from scanner.model.watch import ChangeKind, ChangeRow, Outcome, Recorded, Run, ScanRow

NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
SITE = WatchedSite(name="shop", urls=("https://www.shop.example/",), config=Config(), notify=("team", "client"))


def change(
    kind: ChangeKind, subject: str = "_ga@.shop.example", severity: Severity | None = None, detail: str = ""
) -> ChangeRow:
    rule = "tracking-before-consent" if kind.startswith("finding") else None
    return ChangeRow(
        site="shop", scan=7, at="2026-11-22T11:00:00Z", kind=kind, subject=subject, rule=rule, severity=severity,
        detail=detail,
    )  # fmt: skip


def recorded(
    *changes: ChangeRow, fresh: bool = True, failures: int = 0, failed_before: int = 0, outcome: Outcome = "complete"
) -> Recorded:
    row = ScanRow(
        id=7, run=Run(site="shop", due="2026-11-22T11:00:00Z"), started="2026-11-22T11:00:05Z",
        finished="2026-11-22T11:00:30Z", outcome=outcome, score=61, findings={"high": 1, "medium": 0, "low": 2},
        cookies=9, cookies_before=4, nonessential_before=2, vendors=5, vendors_before=3, banner=True,
        problem="the name does not exist" if outcome == "failed" else None, location="shop/20261122T110000Z", tool="1",
    )  # fmt: skip
    return Recorded(
        row=row, fresh=fresh, previous=None, failures=failures, failed_before=failed_before, changes=changes
    )


def told(one: Recorded, settings: Alerts | None = None) -> Message | None:
    made = messages(SITE, one, settings or Alerts(), NOON)
    assert len(made) in (0, len(SITE.notify))
    return Message.model_validate(made[0].message, strict=False) if made else None


@pytest.mark.parametrize(
    ("one", "level", "is_told"),
    [
        (change("finding-new", severity="high"), "medium", True),
        (change("finding-new", severity="medium"), "medium", True),
        (change("finding-new", severity="low"), "medium", False),
        (change("finding-new", severity="info"), "low", False),
        (change("finding-worse", severity="medium"), "high", False),
        (change("finding-resolved", severity="high"), "medium", True),
        (change("finding-resolved", severity="low"), "medium", False),
        (change("policy-changed", "https://www.shop.example/privacy"), "high", True),
        (change("banner-lost", "banner"), "high", True),
        (change("cookie-new"), "low", False),
        (change("vendor-gone", "Meta"), "low", False),
        (change("unreachable", "www.shop.example"), "low", False),
        (change("reachable-again", "www.shop.example"), "low", False),
    ],
)
def test_only_what_matters_is_told(one: ChangeRow, level: str, *, is_told: bool) -> None:
    settings = Alerts.model_validate({"level": level})
    assert (told(recorded(one), settings) is not None) is is_told


def test_a_scan_that_was_recorded_before_tells_nothing_again() -> None:
    assert told(recorded(change("finding-new", severity="high"), fresh=False)) is None


def test_a_site_out_of_reach_is_told_once_after_so_many_failures_and_so_is_its_return() -> None:
    heard = [
        told(recorded(failures=count, failed_before=count - 1, outcome="failed")) is not None for count in range(1, 6)
    ]
    assert heard == [False, False, True, False, False]
    assert told(recorded(change("reachable-again", "www.shop.example"), failed_before=2)) is None
    back = told(recorded(change("reachable-again", "www.shop.example"), failed_before=3))
    assert back is not None
    assert worst([back]) == "good"
    assert "after 3 failed scans" in back.lines[0].text


def test_everything_of_one_scan_is_one_message_for_each_target_with_the_rest_counted() -> None:
    one = recorded(
        change("finding-new", "_ga@.shop.example, _fbp@.shop.example", "high"),
        change("policy-changed", "https://www.shop.example/privacy"),
        change("cookie-new"),
        change("cookie-new", "_gid@.shop.example"),
        change("vendor-new", "Meta"),
        change("finding-new", "x@y", "low"),
    )
    made = messages(SITE, one, Alerts(), NOON)
    assert [each.target for each in made] == ["team", "client"]
    message = Message.model_validate(made[0].message, strict=False)
    assert [line.mark for line in message.lines] == ["bad", "news"]
    assert message.besides == "2 new cookies, 1 new company, 1 new finding of less weight"
    body = text([message])
    assert "tracking-before-consent: _ga@.shop.example, _fbp@.shop.example" in body
    assert "findings: 1 high, 2 low, score 61" in body
    assert title([message]) == "cookie-scanner: shop: 1 problem"


def test_several_sites_go_out_as_one_message_the_worst_first() -> None:
    good = Message(
        site="a", url="https://a/", scanned="2026-11-22T11:00:00Z", lines=({"mark": "good", "text": "fine"},)  # type: ignore[arg-type]
    )  # fmt: skip
    bad = Message(
        site="b", url="https://b/", scanned="2026-11-22T11:00:00Z", lines=({"mark": "bad", "text": "worse"},)  # type: ignore[arg-type]
    )  # fmt: skip
    assert title([good, bad]) == "cookie-scanner: 2 sites: 1 problem"
    assert text([good, bad]).index("b (https://b/)") < text([good, bad]).index("a (https://a/)")


def test_words_of_a_page_cannot_call_everybody_or_bring_markup() -> None:
    evil = "<img src=x onerror=1>@everyone `x` <!channel>\u202e\x1b[31m@here\nSubject: y"
    message = told(recorded(change("finding-new", evil, "high", detail=evil)))
    assert message is not None
    body = text([message])
    assert not set(body) & set("<>`\x1b\u202e")
    assert "@everyone" not in body
    assert "@here" not in body
    assert len(message.lines) == 1
    assert len(body.splitlines()) == 3


def test_the_link_leads_to_the_report_or_wherever_its_places_say() -> None:
    one = recorded(change("banner-lost", "banner"))
    plain = told(one, Alerts(link="https://files.example/reports/"))
    assert plain is not None
    assert plain.link == "https://files.example/reports/shop/20261122T110000Z/report.html"
    filled = told(one, Alerts(link="https://dash.example/scans/{scan}/report.html?of={site}"))
    assert filled is not None
    assert filled.link == "https://dash.example/scans/7/report.html?of=shop"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-22T12:00:00+00:00", "2026-11-22T12:00:00+00:00"),
        ("2026-11-22T21:30:00+00:00", "2026-11-23T06:00:00+00:00"),  # 22:30 in Berlin
        ("2026-11-23T05:59:59+00:00", "2026-11-23T06:00:00+00:00"),
        ("2026-11-23T06:00:00+00:00", "2026-11-23T06:00:00+00:00"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29T05:00:00+00:00"),  # the night in which the clock goes forward
        ("2026-10-24T22:00:00+00:00", "2026-10-25T06:00:00+00:00"),  # and back
    ],
)
def test_in_quiet_hours_nothing_goes_out(moment: str, expected: str) -> None:
    settings = Alerts(quiet="22:00-07:00", timezone="Europe/Berlin")
    assert not_before(datetime.datetime.fromisoformat(moment), settings) == datetime.datetime.fromisoformat(expected)


@given(
    some.datetimes(
        min_value=datetime.datetime(2020, 1, 1),  # noqa: DTZ001
        max_value=datetime.datetime(2035, 1, 1),  # noqa: DTZ001
        timezones=some.just(datetime.UTC),
    ),
    some.sampled_from(["00:00-06:00", "22:00-07:00", "23:30-00:10", "09:00-17:00"]),
    some.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_a_message_is_never_early_and_waits_less_than_a_day(moment: datetime.datetime, quiet: str, zone: str) -> None:
    settings = Alerts(quiet=quiet, timezone=zone)
    start = not_before(moment, settings)
    assert datetime.timedelta(0) <= start - moment <= datetime.timedelta(hours=25)
    assert not_before(start, settings) == start


def test_a_target_that_fails_is_tried_ever_more_seldom_and_given_up_in_the_end() -> None:
    moments = [again(count, NOON, Alerts()) for count in range(1, 12)]
    pauses = [(moment - NOON).total_seconds() for moment in moments if moment is not None]
    assert pauses == sorted(pauses)
    assert pauses[0] == 60
    assert moments[-1] is None
    assert sum(pauses) > 24 * 3600
