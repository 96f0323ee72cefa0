"""What is tried again, and when."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.config.fleet import WorkerSize
from scanner.model.inventory import Problem
from scanner.model.watch import Run
from scanner.report import load_scan
from scanner.schedule.retrying import PASSING, again_at, passing_failure
from tests.schedule.watching import ROOT, utc

RUN = Run(site="shop", due="2026-11-22T06:00:00Z")
NOW = utc("2026-11-22T07:00:00Z")
SCAN = load_scan(next(iter(sorted((ROOT / "fixtures/golden").rglob("scan.json")))))


@given(st.integers(1, 60), st.floats(1, 3600))
def test_the_wait_doubles_with_each_failure_gives_or_takes_a_quarter_and_is_never_longer_than_a_day_and_a_quarter(
    attempts: int, first: float
) -> None:
    worker = WorkerSize(retry_after_s=first)
    wait = (again_at(RUN, attempts, NOW, NOW, worker) - NOW).total_seconds()
    plain = min(first * 2.0 ** (attempts - 1), 86_400)
    assert plain * 0.75 - 0.001 <= wait <= plain * 1.25 + 0.001


def test_the_wait_is_the_same_for_whoever_asks_and_another_for_another_site() -> None:
    worker = WorkerSize(retry_after_s=300)
    waits = {again_at(Run(site=f"s{n}", due=RUN.due), 1, NOW, NOW, worker) for n in range(20)}
    assert len(waits) == 20
    assert again_at(RUN, 1, NOW, NOW, worker) == again_at(RUN, 1, NOW, NOW + datetime.timedelta(hours=1), worker)


def test_a_failure_of_later_than_now_counts_as_of_now() -> None:
    worker = WorkerSize(retry_after_s=300)
    ahead = NOW + datetime.timedelta(days=30)
    assert again_at(RUN, 1, ahead, NOW, worker) == again_at(RUN, 1, NOW, NOW, worker)


@pytest.mark.parametrize("kind", sorted(PASSING))
def test_a_failed_scan_is_tried_again_where_the_failure_may_pass(kind: str) -> None:
    problem = Problem(kind=kind, message="so it was", state="before", url="https://shop.example/")
    scan = SCAN.model_copy(update={"outcome": "failed", "problems": (problem,)})
    assert passing_failure(scan) == (kind, "so it was")


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [("failed", "certificate"), ("failed", "private-address"), ("failed", "time"), ("partial", "timeout")],
)
def test_what_will_fail_again_or_saw_something_is_not_tried_again(outcome: str, kind: str) -> None:
    problem = Problem(kind=kind, message="so it was")
    assert passing_failure(SCAN.model_copy(update={"outcome": outcome, "problems": (problem,)})) is None
