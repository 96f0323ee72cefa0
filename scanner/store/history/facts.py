"""What history keeps of one scan: a pure reading of its result, with names by which the next scan knows them again."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.diff import WEIGHT, receivers
from scanner.diff.identity import of_finding, worse
from scanner.matching import collapsed
from scanner.model.base import Category, Party, StateName
from scanner.model.declaration import Declaration, Source
from scanner.model.finding import SEVERITIES, Finding, Severity
from scanner.model.inventory import Cookie
from scanner.model.scan import Scan
from scanner.model.watch import SITE_STATES, SiteState
from scanner.store.history.tables import bounded

_ADDRESS = 1000
_NONESSENTIAL = ("marketing", "analytics")
_OWN_CHOICE = "before"

_STANDS: Mapping[Severity, SiteState] = {"high": "high", "medium": "medium", "low": "low", "info": "clean"}

Basis = Literal["sentences", "declared"]
CookieKey = tuple[str, str]
FindingKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CookieFact:
    """A cookie that the browser kept, by its name without a visitor's identifier, and its domain without a dot."""

    name: str
    domain: str
    party: Party
    category: Category
    vendor: str | None
    states: tuple[StateName, ...]


@dataclass(frozen=True, slots=True)
class VendorFact:
    """A company, or an unknown third-party site, that was contacted."""

    name: str
    category: Category
    states: tuple[StateName, ...]


@dataclass(frozen=True, slots=True)
class FindingFact:
    """A rule and one subject: the worst that was said of it, and whether any of it counts."""

    severity: Severity
    title: str
    states: tuple[StateName, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One finding with the keys of its subjects, in its order."""

    rule: str
    severity: Severity
    title: str
    counts: bool
    keys: tuple[FindingKey, ...]


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """The text of a policy document as a sum that holds whatever the order of its sentences.

    `sums` are eight hexadecimal digits for each. `basis` says what the sentences are: all of the document's, or only
    the words from which its statements were read. `bytes_sha256` is one sum of all that was retrieved at the address.
    """

    url: str
    title: str
    language: str | None
    basis: Basis
    sha256: str
    sums: tuple[str, ...]
    bytes_sha256: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One scan, as history keeps it. `banners` are states in which there was a banner."""

    reached: tuple[StateName, ...]
    banners: tuple[StateName, ...]
    cookies: Mapping[CookieKey, CookieFact]
    vendors: Mapping[str, VendorFact]
    findings: Mapping[FindingKey, FindingFact]
    groups: tuple[Group, ...]
    documents: tuple[DocumentFact, ...]
    decided: frozenset[str]
    state: SiteState

    @property
    def banner(self) -> bool | None:
        """Whether there was a banner; null where no state was reached."""
        return bool(self.banners) if self.reached else None


def read_facts(scan: Scan, sentences: Mapping[str, Sequence[str]] | None) -> Facts:
    """What history keeps of a scan. `sentences` are those of each policy document, by its address."""
    reached = tuple(sorted(name for name, state in scan.states.items() if state.reached))
    return Facts(
        reached=reached,
        banners=tuple(sorted(name for name, state in scan.states.items() if state.banner.found)),
        cookies=_cookies(scan.cookies),
        vendors=_vendors(scan),
        findings=_findings(scan.findings),
        groups=tuple(_group(finding) for finding in scan.findings),
        documents=tuple(_documents(scan.declaration, sentences or {})),
        decided=_decided(scan),
        state=_state(scan),
    )


def _state(scan: Scan) -> SiteState:
    if scan.outcome == "failed":
        return "unreachable"
    worst: Severity = min(
        (finding.severity for finding in scan.findings if finding.counts), key=SEVERITIES.index, default="info"
    )
    return _STANDS[worst]


def _decided(scan: Scan) -> frozenset[str]:
    """The rules that could be checked. That a rule does not apply is an answer only where everything was seen."""
    answers = {"passed", "found", "not-applicable"} if scan.outcome == "complete" else {"passed", "found"}
    return frozenset(check.rule for check in scan.checks if check.outcome in answers)


def _cookies(cookies: Iterable[Cookie]) -> dict[CookieKey, CookieFact]:
    groups: dict[CookieKey, list[Cookie]] = {}
    for cookie in cookies:
        if cookie.blocked is None:
            key = bounded(collapsed(cookie.name)), bounded(cookie.domain.lstrip("."))
            groups.setdefault(key, []).append(cookie)
    return {
        key: CookieFact(
            name=key[0],
            domain=key[1],
            party="third" if all(cookie.party == "third" for cookie in group) else "first",
            category=min((cookie.category for cookie in group), key=WEIGHT.index),
            vendor=next((cookie.vendor for cookie in group if cookie.vendor is not None), None),
            states=_union(cookie.states for cookie in group),
        )
        for key, group in groups.items()
    }


def _vendors(scan: Scan) -> dict[str, VendorFact]:
    """Who was contacted, as a comparison of two scans counts it."""
    lines = receivers(scan).values()
    return {(name := bounded(line.name)): VendorFact(name, line.category, line.states) for line in lines}


def _findings(findings: Iterable[Finding]) -> dict[FindingKey, FindingFact]:
    found: dict[FindingKey, FindingFact] = {}
    for finding in findings:
        for key in _keys(finding):
            known = found.get(key)
            if known is None:
                found[key] = FindingFact(finding.severity, finding.title, finding.states, finding.counts)
                continue
            severity = worse(known.severity, finding.severity)
            found[key] = FindingFact(
                severity,
                known.title if severity == known.severity else finding.title,
                _union((known.states, finding.states)),
                known.counts or finding.counts,
            )
    return found


def _keys(finding: Finding) -> tuple[FindingKey, ...]:
    return tuple((rule, bounded(subject)) for rule, subject in of_finding(finding))


def _group(finding: Finding) -> Group:
    return Group(finding.rule, finding.severity, finding.title, finding.counts, _keys(finding))


def _union(lists: Iterable[tuple[StateName, ...]]) -> tuple[StateName, ...]:
    return tuple(sorted({state for states in lists for state in states}))


def before_choice(states: Sequence[StateName]) -> bool:
    """Whether a thing was there before the visitor had chosen."""
    return _OWN_CHOICE in states


def nonessential(category: Category) -> bool:
    """Whether a thing of this purpose serves the site's owner or others rather than the visitor."""
    return category in _NONESSENTIAL


def site_rank(state: SiteState) -> int:
    """The place of a state in SITE_STATES, as the database keeps it."""
    return SITE_STATES.index(state)


def _documents(declaration: Declaration, sentences: Mapping[str, Sequence[str]]) -> Iterable[DocumentFact]:
    """Every document of which there is a text. One without a sentence was not read, and says nothing."""
    sources: dict[str, list[Source]] = {}
    for source in declaration.sources:
        sources.setdefault(source.url, []).append(source)
    for url, several in sources.items():
        basis: Basis = "sentences" if url in sentences else "declared"
        sums = text_sums(sentences[url] if url in sentences else _declared(declaration, url))
        if sums:
            yield DocumentFact(
                url=bounded(url, _ADDRESS),
                title=several[0].title,
                language=several[0].language,
                basis=basis,
                sha256=hashlib.sha256("\n".join(sums).encode()).hexdigest(),
                sums=tuple(one[:8] for one in sums),
                bytes_sha256=hashlib.sha256(" ".join(source.sha256 for source in several).encode()).hexdigest(),
            )


def _declared(declaration: Declaration, url: str) -> list[str]:
    """The words of one document from which its rows and statements were read."""
    return [
        *(row.quote for row in declaration.cookies if row.source == url),
        *(row.quote for row in declaration.vendors if row.source == url),
        *(row.quote for row in declaration.remarks if row.source == url),
        *(claim.evidence for claim in declaration.claims if claim.source == url),
    ]


def text_sums(sentences: Iterable[str]) -> list[str]:
    """The SHA-256 of each different sentence, sorted: case, spacing, soft hyphens and order do not matter."""
    plain = {" ".join(unicodedata.normalize("NFKC", text).replace("\u00ad", "").split()) for text in sentences}
    return sorted({hashlib.sha256(text.casefold().encode("utf-8", "replace")).hexdigest() for text in plain if text})
