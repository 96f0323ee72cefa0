"""A scan laid beside the truth and beside the server's log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scanner.model.evidence import Request
from scanner.model.recorded import Evidence
from tools.conformance.server import SCANNERS_OWN, Asking
from tools.conformance.truth import IDENTITY, Invisible, Row, Truth


@dataclass
class Channel:
    """How well one channel was seen. `due` things happened; `missed`, `invented` and `wrong` say what went amiss."""

    name: str
    due: int = 0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Which part of what happened was reported."""
        return 1 - len(self.missed) / self.due if self.due else 1.0

    @property
    def precision(self) -> float:
        """Which part of what was reported happened."""
        reported = self.due - len(self.missed) + len(self.invented)
        return 1 - len(self.invented) / reported if reported else 1.0

    @property
    def exactness(self) -> float:
        """Which part of what was reported rightly was also described rightly."""
        seen = self.due - len(self.missed)
        return 1 - len({text.partition(":")[0] for text in self.wrong}) / seen if seen else 1.0

    @property
    def perfect(self) -> bool:
        """Whether nothing was missed, invented or described wrongly."""
        return not (self.missed or self.invented or self.wrong)


def compare(scan: Mapping[str, object], evidence: Evidence, truth: Truth, log: Sequence[Asking]) -> tuple[Channel, ...]:
    """All channels: one for each list and area, and those that the server's log proves."""
    channels: dict[str, Channel] = {}
    for name in IDENTITY:
        _compare_list(name, _entries(scan, name), truth, channels)
    counted = [one for one in log if one.path not in SCANNERS_OWN]
    proven = (
        _requests(evidence, counted, truth),
        _bodies(evidence, counted),
        _lines(evidence, [one for one in counted if not _hidden(one, truth)]),
        _sent_to(_entries(scan, "cookies"), [one for one in counted if not _hidden(one, truth)]),
        _hosts(_entries(scan, "requests"), counted),
    )
    return (*(channels[name] for name in sorted(channels)), *proven)


def _entries(scan: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    found = scan.get(name, [])
    assert isinstance(found, list)
    return found


def _compare_list(
    name: str, entries: Sequence[Mapping[str, object]], truth: Truth, channels: dict[str, Channel]
) -> None:
    def channel(area: str) -> Channel:
        title = f"{name.replace('_', ' ')}: {truth.titles.get(area, area)}"
        return channels.setdefault(title, Channel(title))

    claimed: set[int] = set()
    for row in (row for row in truth.rows if row.table == name):
        found = [number for number, entry in enumerate(entries) if row.names(entry)]
        claimed |= set(found)
        if row.known_limit:
            continue
        one = channel(row.area)
        one.due += 1
        if not found:
            one.missed.append(f"{row.id}: {row.does}")
        elif len(found) > 1:
            one.wrong.append(f"{row.id}: reported {len(found)} times")
        else:
            one.wrong += [f"{row.id}: {text}" for text in row.wrong(entries[found[0]])]
    for absent in (absent for absent in truth.absent if absent.table == name):
        for number, entry in enumerate(entries):
            if absent.is_broken_by(entry):
                claimed.add(number)
                channel(absent.area).invented.append(f"{absent.id}: {absent.does} Reported: {_short(name, entry)}")
    for number, entry in enumerate(entries):
        if number not in claimed:
            channel(_area_of(entry, truth)).invented.append(f"nothing declared: {_short(name, entry)}")


def _area_of(entry: Mapping[str, object], truth: Truth) -> str:
    pages = entry.get("pages")
    for page in pages if isinstance(pages, list) else ():
        for area, url in truth.pages.items():
            if page == url:
                return area
    return "elsewhere"


def _short(name: str, entry: Mapping[str, object]) -> str:
    parts = [str(entry.get(field)) for field in (*IDENTITY[name], "blocked") if entry.get(field) is not None]
    return " ".join(parts)


def limits(truth: Truth) -> list[Row | Invisible]:
    """What is known not to be visible, to be told and not counted."""
    return [*(row for row in truth.rows if row.known_limit), *truth.invisible]


def _hidden(asking: Asking, truth: Truth) -> bool:
    return any(one.hides(asking.url) for one in truth.invisible)


# What the server's log proves. Evidence is compared request by request; the log has no states, so all are together.


def _over_the_network(evidence: Evidence) -> list[Request]:
    return [
        one
        for one in evidence.requests
        if one.url.startswith(("http", "ws"))
        and urlsplit(one.url).path not in SCANNERS_OWN
        and not (one.from_cache or one.from_service_worker)
        and (one.status is not None or one.failure is None)
    ]


def _plain(url: str) -> str:
    return url.partition("#")[0]


def _differ(name: str, due: Counter[str], found: Counter[str]) -> Channel:
    channel = Channel(name, due=due.total())
    channel.missed = sorted((due - found).elements())
    channel.invented = sorted((found - due).elements())
    return channel


def _requests(evidence: Evidence, log: Sequence[Asking], truth: Truth) -> Channel:
    due = Counter(f"{one.method} {one.url}" for one in log)
    found = Counter(f"{one.method} {_plain(one.url)}" for one in _over_the_network(evidence))
    for counter in (due, found):
        for text in counter:
            # What the browser asks for by itself and does not tell every time: once is enough.
            if any(one.hides(text.partition(" ")[2]) for one in truth.invisible):
                counter[text] = 1
    return _differ("server's log: requests", due, found)


def _bodies(evidence: Evidence, log: Sequence[Asking]) -> Channel:
    return _differ(
        "server's log: bodies",
        Counter(f"{one.url} {one.said}" for one in log if one.said),
        Counter(f"{_plain(one.url)} {one.post_data}" for one in _over_the_network(evidence) if one.post_data),
    )


def _lines(evidence: Evidence, log: Sequence[Asking]) -> Channel:
    return _differ(
        "server's log: Set-Cookie lines",
        Counter(f"{one.url} {line}" for one in log for line in one.set_cookies),
        Counter(f"{_plain(one.url)} {line.raw}" for one in _over_the_network(evidence) for line in one.set_cookies),
    )


def _sent_to(cookies: Sequence[Mapping[str, object]], log: Iterable[Asking]) -> Channel:
    due: defaultdict[str, set[str]] = defaultdict(set)
    for one in log:
        for name in one.cookies:
            due[name].add(one.host)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for cookie in cookies:
        hosts = cookie.get("sent_to")
        found[str(cookie["name"])] |= set(hosts) if isinstance(hosts, list) else set()
    return _differ(
        "server's log: where cookies were sent",
        Counter(f"{name} {host}" for name, hosts in due.items() for host in hosts),
        Counter(f"{name} {host}" for name, hosts in found.items() for host in hosts),
    )


def _hosts(hosts: Sequence[Mapping[str, object]], log: Sequence[Asking]) -> Channel:
    return _differ(
        "server's log: hosts",
        Counter({one.host for one in log}),
        Counter(str(host["host"]) for host in hosts),
    )
