"""Scans of one made-up site, week after week: a recorded scan with only the things that a test is about."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.model.declaration import Source
from scanner.model.finding import SEVERITIES, Check, Finding
from scanner.model.inventory import Problem
from scanner.model.scan import Scan
from scanner.model.watch import ChangeRow, Recorded, Run
from scanner.store.history import History

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "fixtures/golden"
RECORDED = Scan.model_validate_json((GOLDEN / "deaf-ear-news/scan.json").read_text(encoding="utf-8"))
MONDAY = datetime.datetime(2026, 1, 5, 3, 0, tzinfo=datetime.UTC)
ALL = ("before", "accept", "reject")
POLICY = "https://shop.example/cookies"
TEXT = ("We use cookies.", "They remember your basket.", "You can refuse.")


def at(week: int) -> str:
    """When the run of a week was due."""
    return (MONDAY + datetime.timedelta(weeks=week)).strftime("%Y-%m-%dT%H:%M:%SZ")


def run(week: int, site: str = "shop") -> Run:
    """The run of a week."""
    return Run(site=site, due=at(week))


def cookie(name: str, *, states: Iterable[str] = ALL, **values: Any) -> Any:
    """A cookie that the browser kept."""
    return RECORDED.cookies[0].model_copy(
        update={
            "name": name, "domain": ".shop.example", "party": "first", "category": "analytics", "vendor": None,
            "blocked": None, "states": tuple(sorted(states)), **values,
        }
    )  # fmt: skip


def request(vendor: str | None, *, host: str = "cdn.tags.example", states: Iterable[str] = ALL, **values: Any) -> Any:
    """Requests to one host of a third party."""
    return RECORDED.requests[0].model_copy(
        update={
            "host": host, "site": "tags.example", "party": "third", "vendor": vendor, "category": "marketing",
            "states": tuple(sorted(states)), **values,
        }
    )  # fmt: skip


def finding(rule: str, subject: str, severity: str = "high", **values: Any) -> Finding:
    """A finding that counts."""
    title = values.pop("title", f"{rule} of {subject}")
    return RECORDED.findings[0].model_copy(
        update={
            "rule": rule, "subject": subject, "severity": severity, "title": title, "states": ("before",),
            "known": False, "accepted": None, **values,
        }
    )  # fmt: skip


def scan(
    week: int,
    *,
    cookies: Sequence[Any] = (),
    requests: Sequence[Any] = (),
    findings: Sequence[Finding] = (),
    checks: Mapping[str, str] | None = None,
    reached: Iterable[str] = ALL,
    banners: Iterable[str] = ALL,
    outcome: str = "complete",
    policies: Mapping[str, str] | None = None,
    **values: Any,
) -> Scan:
    """The scan of a week. `checks` are the rules' outcomes (`passed` where not said); `policies` sums by address."""
    state = RECORDED.states["before"]
    states = {
        name: state.model_copy(
            update={"reached": name in reached, "banner": state.banner.model_copy(update={"found": name in banners})}
        )
        for name in sorted({*ALL, *reached})
    }
    counts = {level: sum(one.severity == level for one in findings) for level in SEVERITIES}
    outcomes = {check.rule: "passed" for check in RECORDED.checks} | {one.rule: "found" for one in findings}
    outcomes |= dict(checks or {})
    sources = tuple(
        Source(url=url, title="Cookies", language="en", sha256=sum_) for url, sum_ in (policies or {}).items()
    )
    declaration = RECORDED.declaration.model_copy(
        update={"sources": sources, "cookies": (), "vendors": (), "claims": (), "remarks": ()}
    )
    return RECORDED.model_copy(
        update={
            "started": at(week), "finished": at(week), "outcome": outcome, "states": states,
            "cookies": tuple(cookies), "requests": tuple(requests), "beacons": (), "findings": tuple(findings),
            "checks": tuple(Check(rule=rule, outcome=found) for rule, found in outcomes.items()),  # type: ignore[arg-type]
            "declaration": declaration,
            "summary": RECORDED.summary.model_copy(update={"findings": counts}),
            **values,
        }
    )  # fmt: skip


def failed(week: int, message: str = "the name was not found") -> Scan:
    """A scan that saw nothing."""
    return scan(week, outcome="failed", reached=(), banners=(), problems=(Problem(kind="dns", message=message),))


def record(history: History, week: int, scanned: Scan, *, site: str = "shop", **values: Any) -> Recorded:
    """Record the scan of a week for its run."""
    return history.record(
        scanned, run=run(week, site), url="https://shop.example/", location=f"{site}/{week}", **values
    )


def told(recorded: Recorded | Iterable[ChangeRow]) -> list[tuple[str, str]]:
    """What changed, without figures and dates."""
    changes = recorded.changes if isinstance(recorded, Recorded) else recorded
    return [(change.kind, change.subject) for change in changes]
