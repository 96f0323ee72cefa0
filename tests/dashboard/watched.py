"""A fleet with a past: simulated scans of invented sites, recorded through the history itself."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.config import Config
from scanner.config.fleet import Cadence, Fleet, Serve, WatchedSite
from scanner.model.base import Category, StateName
from scanner.model.declaration import Declaration, Source
from scanner.model.evidence import DocumentKept, ScanStarted
from scanner.model.finding import Check, Finding
from scanner.model.inventory import Banner, Problem, Target
from scanner.model.scan import Scan
from scanner.model.watch import Recorded, Run
from scanner.report import write_reports
from scanner.store import EvidenceWriter
from scanner.store.history import History
from tests.report import samples

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OWNERS = ("Brand North", "Brand South", "Agency", "Shop team", None)

_FIRMS: tuple[tuple[str, str, Category, tuple[str, ...]], ...] = (
    ("Example Statistics", "collect.statistics.test", "analytics", ("_ga", "_ga_8X2K9QL1AB", "_gid")),
    ("Social Pixel", "pixel.social.test", "marketing", ("_fbp", "_fbc")),
    ("Ad Network", "ads.network.test", "marketing", ("_ads_id", "test_cookie", "IDE")),
    ("Heat Map", "hm.heat.test", "analytics", ("_hm_id", "_hm_session")),
    ("Retarget", "sync.retarget.test", "marketing", ("uid", "opt")),
    ("Video Host", "www.video.test", "marketing", ("vid", "visitor_info")),
    ("Chat Desk", "chat.desk.test", "functional", ("chat_open",)),
    ("Font Host", "cdn.fonts.test", "functional", ()),
    ("Tag Shop", "tags.shop.test", "functional", ()),
    ("Map Maker", "tiles.map.test", "functional", ("map_pref",)),
)


@dataclass
class Past:
    """How an invented site goes on from week to week. `firms` maps places in the list to whether they come early."""

    name: str
    rng: random.Random
    firms: dict[int, bool] = field(default_factory=dict)
    policy: int = 0
    careless: float = 0.3

    def week(self) -> None:
        """A week goes by: somebody adds a tag, somebody tidies up."""
        if self.rng.random() < 0.25 or not self.firms:
            self.firms[self.rng.randrange(len(_FIRMS))] = self.rng.random() < self.careless
        if len(self.firms) > 3 and self.rng.random() < 0.2:
            del self.firms[self.rng.choice(list(self.firms))]
        if self.rng.random() < 0.15:
            turned = self.rng.choice(list(self.firms))
            self.firms[turned] = self.rng.random() < self.careless
        if self.rng.random() < 0.08:
            self.policy += 1

    def scan(self, at: datetime) -> Scan:
        """What a scan of that moment says."""
        started = _utc(at)
        host = f"www.{self.name}.example"
        home = f"https://{host}/"
        target = Target(url=home, site=f"{self.name}.example", host=host)
        finished = _utc(at + timedelta(seconds=25))
        if self.rng.random() < 0.02:
            problem = Problem(url=home, kind="timeout", message=f"{host} did not answer within 45 seconds")
            return samples.scan(
                target=target, started=started, finished=finished, outcome="failed", problems=(problem,)
            )
        cookies, requests, early = [samples.cookie("session_id", host, "necessary", days=None)], [], []
        for place, before in sorted(self.firms.items()):
            firm, firm_host, category, names = _FIRMS[place]
            states: tuple[StateName, ...] = ("accept", "before", "reject") if before else ("accept",)
            requests.append(samples.request(firm_host, firm, category, states=states))
            cookies += [samples.cookie(name, f".{host}", category, vendor=firm, states=states) for name in names]
            if before and category in ("analytics", "marketing"):
                early.append(firm)
        sha = hashlib.sha256(f"{self.name} {self.policy}".encode()).hexdigest()
        source = Source(url=f"{home}cookies", title="Cookie policy", language="en", sha256=sha)
        return samples.scan(
            target=target,
            started=started,
            finished=finished,
            states={name: samples.state(banner=Banner(found=True)) for name in samples.ALL},
            cookies=tuple(cookies),
            requests=tuple(requests),
            declaration=Declaration(found=True, sources=(source,)),
            findings=tuple(self._findings(early)),
            checks=tuple(
                Check(rule=rule, outcome="passed") for rule in ("tracking-before-consent", "undeclared-cookie")
            ),
        )

    def _findings(self, early: list[str]) -> Iterator[Finding]:
        if early:
            yield Finding(
                rule="tracking-before-consent",
                severity="high" if len(early) > 1 else "medium",
                title="Companies receive data before a visitor has chosen",
                subject=", ".join(early),
                states=("before",),
                detail="Seen on the first page.",
                fix="Load them after consent.",
                observed=("/cookies/0",),
                confidence="certain",
            )
        undeclared = [name for place in self.firms for name in _FIRMS[place][3] if place % 3 == self.policy % 3]
        if undeclared:
            yield Finding(
                rule="undeclared-cookie",
                severity="low",
                title="Cookies are missing from the policy",
                subject=", ".join(f"{name}@www.{self.name}.example" for name in undeclared),
                states=("accept",),
                detail="They are not in the table.",
                fix="Add them.",
                observed=("/cookies/0",),
                confidence="certain",
            )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def location_of(site: str, due: str) -> str:
    """Where a run's files lie in the place of reports."""
    return f"{site}/{due.replace('-', '').replace(':', '')}"


def record(
    history: History, scan: Scan, site: str, *, reports: Path | None = None, owner: str | None = None, due: str = ""
) -> Recorded:
    """Record a scan, with its report on disk where a place is given."""
    run = Run(site=site, due=due or scan.started)
    location = location_of(site, run.due)
    if reports is not None:
        write_reports(scan, reports / location, pictures=samples.PICTURES)
    return history.record(scan, run=run, url=scan.target.url, location=location, owner=owner)


def site_names(count: int) -> list[str]:
    """Names of invented sites."""
    return [f"shop-{number:03d}" for number in range(1, count + 1)]


def fill(history: History, names: list[str], weeks: int, *, reports: Path | None = None, kept: int = 2) -> None:
    """Weekly scans of so many weeks up to now. Reports of the last `kept` scans are written, where a place is given."""
    pasts = []
    for name in names:
        rng = random.Random(name)
        pasts.append(Past(name, rng, careless=rng.choice((0.0, 0.1, 0.5, 0.9))))
    for week in range(weeks, 0, -1):
        for number, past in enumerate(pasts):
            past.week()
            scan = past.scan(NOW - timedelta(weeks=week - 1, minutes=7 * (len(names) - number) % 600))
            place = reports if week <= kept else None
            record(history, scan, past.name, reports=place, owner=OWNERS[number % len(OWNERS)])


def fleet(names: list[str], **serve: object) -> Fleet:
    """The configuration that has these sites."""
    sites = tuple(
        WatchedSite(
            name=name,
            urls=(f"https://www.{name}.example/",),
            config=Config(),
            cadence=Cadence(expression="weekly"),
            owner=OWNERS[number % len(OWNERS)],
        )
        for number, name in enumerate(names)
    )
    return Fleet(sites=sites, serve=Serve.model_validate(serve))


def add_policy(folder: Path, words: str, *, at: str) -> None:
    """Put evidence with one policy document beside a report."""
    body = f"<main><h1>Cookie policy</h1><p>{words}</p></main>"
    text = f"<html lang='en'><title>Cookie policy</title>{body}</html>"
    with EvidenceWriter(folder) as writer:
        writer.record(
            ScanStarted(
                url=samples.HOME, site=samples.HOST, host=samples.HOST, states=(), started=at, tool_version="1", pages=1
            )
        )
        name = "evidence/documents/policy.html"
        writer.file(name, text.encode())
        writer.record(
            DocumentKept(
                url=samples.POLICY,
                final_url=samples.POLICY,
                media_type="text/html",
                retrieved=at,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                file=name,
            )
        )
