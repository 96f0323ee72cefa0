"""Figures for a monitoring, and whether all is well."""

from __future__ import annotations

import asyncio
import datetime
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scanner.errors import UsageError
from scanner.model.watch import HostLimits, Run
from scanner.report import load_scan
from scanner.schedule import metrics as module
from scanner.schedule.metrics import CONTENT_TYPE, Metrics, serve
from scanner.schedule.running import RunEnd
from scanner.store.history import History, HistoryError, open_history
from tests.schedule.watching import watched

SAMPLE = Path(__file__).resolve().parents[2] / "reports/sample/scan.json"
UTC = datetime.UTC


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(str(tmp_path / "history.db"))
    yield opened
    opened.close()


def _values(metrics: Metrics) -> dict[str, float]:
    """Every sample by its name and labels."""
    return {
        f"{sample.name}{json.dumps(sample.labels) if sample.labels else ''}": sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def _record(history: History, name: str, due: datetime.datetime) -> RunEnd:
    run = Run(site=name, due=due.strftime("%Y-%m-%dT%H:%M:%SZ"))
    recorded = history.record(load_scan(SAMPLE), run=run, url=f"https://{name}.example/", location=f"{name}/x")
    return RunEnd(run, "recorded", attempt=1, seconds=7.0, recorded=recorded)


def test_what_happened_is_counted_by_outcome_and_duration(history: History) -> None:
    figures = Metrics(history, ())
    end = _record(history, "shop", datetime.datetime.now(UTC))
    figures.run_ended(end)
    figures.run_ended(RunEnd(end.run, "retry", attempt=1))
    figures.run_ended(RunEnd(end.run, "known"))
    figures.browser_replaced("memory")
    figures.job_returned()
    figures.queue_seen(waiting=3, later=1, running=2)
    found = _values(figures)
    assert found['cookie_scanner_runs_total{"result": "recorded"}'] == 1
    assert found['cookie_scanner_runs_total{"result": "retry"}'] == 1
    assert end.recorded is not None
    assert found[f'cookie_scanner_scans_total{{"outcome": "{end.recorded.row.outcome}"}}'] == 1
    assert sum(value for name, value in found.items() if name.startswith("cookie_scanner_scans_total")) == 1
    assert found["cookie_scanner_scan_seconds_count"] == 1
    assert found['cookie_scanner_scan_seconds_bucket{"le": "5.0"}'] == 0
    assert found['cookie_scanner_scan_seconds_bucket{"le": "10.0"}'] == 1
    assert found['cookie_scanner_browser_restarts_total{"reason": "memory"}'] == 1
    assert found["cookie_scanner_jobs_returned_total"] == 1
    assert [found[f'cookie_scanner_queue_jobs{{"state": "{name}"}}'] for name in ("waiting", "later", "running")] == [
        3, 1, 2,
    ]  # fmt: skip


def test_sites_are_counted_by_state_and_runs_that_are_due_by_age(history: History) -> None:
    now = datetime.datetime.now(UTC)
    row = _record(history, "done", now).recorded
    assert row is not None
    _record(history, "stranger", now)
    figures = Metrics(history, (watched("done"), watched("never", "0 0 1 1 *"), watched("asleep", None)))
    found = _values(figures)
    site = history.site("done")
    assert site is not None
    assert found[f'cookie_scanner_sites{{"state": "{site.state}"}}'] == 1
    assert found['cookie_scanner_sites{"state": "never"}'] == 2
    assert sum(value for name, value in found.items() if name.startswith("cookie_scanner_sites{")) == 3
    assert found["cookie_scanner_runs_due"] == 1
    overdue = now - now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    assert found["cookie_scanner_runs_overdue"] == (overdue > datetime.timedelta(hours=1))
    assert abs(found["cookie_scanner_oldest_due_seconds"] - overdue.total_seconds()) < 120
    assert found["cookie_scanner_hosts_resting"] == 0
    for _ in range(5):
        history.ended("done.example", now, HostLimits(), ok=False)
    assert _values(Metrics(history, ()))["cookie_scanner_hosts_resting"] == 1
    assert "example" not in figures.text().decode(), "no address of a site leaves by the figures"


def test_a_database_that_is_away_is_told_and_the_last_figures_stay(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FRESH_S", -1.0)
    monkeypatch.setattr(module, "_SHARE", -1.0)
    figures = Metrics(history, (watched("shop"),))
    assert _values(figures)["cookie_scanner_database_up"] == 1
    assert figures.health().state == "ok"

    def away(**_: object) -> None:
        raise HistoryError("the history cannot be used: connection refused")

    monkeypatch.setattr(history, "glances", away)
    found = _values(figures)
    assert found["cookie_scanner_database_up"] == 0
    assert found['cookie_scanner_sites{"state": "never"}'] == 1
    health = figures.health()
    assert (health.state, health.database) == ("failing", False)
    assert "connection refused" in health.problems[0]


def test_ticks_that_do_not_come_are_a_problem(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    figures, dashboard = Metrics(history, (), tick_s=30), Metrics(history, ())
    now = datetime.datetime.now(UTC)
    figures.ticked(now)
    assert figures.health().last_tick == now
    monkeypatch.setattr(module, "_now", lambda: now + datetime.timedelta(seconds=290))
    assert figures.health().state == "ok"
    monkeypatch.setattr(module, "_now", lambda: now + datetime.timedelta(seconds=310))
    assert "nothing has looked what is due for 310 s" in figures.health().problems[0]
    assert dashboard.health().state == "ok"
    figures.ticked(now + datetime.timedelta(seconds=300))
    assert figures.health().state == "ok"


async def test_both_are_served_on_loopback(history: History) -> None:
    def get(path: str) -> tuple[int, str, str]:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read().decode()

    figures = Metrics(history, (), tick_s=30)
    async with serve(figures, 0) as port:
        status, kind, text = await asyncio.to_thread(get, "/metrics")
        assert (status, kind) == (200, CONTENT_TYPE)
        assert "cookie_scanner_database_up 1.0" in text
        status, kind, text = await asyncio.to_thread(get, "/healthz")
        assert (status, json.loads(text)["status"]) == (200, "ok")
        assert kind.startswith("application/json")
        figures.ticked(datetime.datetime(2000, 1, 1, tzinfo=UTC))
        status, _, text = await asyncio.to_thread(get, "/healthz")
        assert (status, json.loads(text)["status"]) == (503, "failing")
        assert (await asyncio.to_thread(get, "/"))[0] == 404
        with pytest.raises(UsageError, match="figures cannot be served"):
            async with serve(figures, port):
                pass
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
