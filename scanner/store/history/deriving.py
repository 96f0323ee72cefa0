"""What changed: a scan's facts against what is known of its site. Pure: rows in, changes and edits out.

A thing is gone only by a complete scan that reached every state in which it was last seen; a finding is resolved only
where its rule was checked in a state in which it stood. What is seen in a state that no earlier scan reached is
remembered, and no change of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from scanner.model.base import StateName
from scanner.model.finding import SEVERITIES, Severity
from scanner.model.watch import ChangeKind
from scanner.store.history.facts import CookieFact, Facts, FindingFact, FindingKey, VendorFact, nonessential

_ORDER: tuple[ChangeKind, ...] = (
    "unreachable",
    "finding-new",
    "finding-worse",
    "banner-lost",
    "policy-changed",
    "vendor-new",
    "cookie-new",
    "finding-resolved",
    "banner-found",
    "vendor-gone",
    "cookie-gone",
    "reachable-again",
)


class Life(Protocol):
    """A row of one of the tables of lives."""

    id: int
    states: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A change before it has a number. `minor` puts it behind its like."""

    kind: ChangeKind
    subject: str
    rule: str | None = None
    severity: Severity | None = None
    detail: str = ""
    minor: bool = False


@dataclass(slots=True)
class Edits:
    """What is to be done to one table: rows to add, rows with new values (by `row`), rows that were only seen again,
    and rows whose thing has ended.
    """

    add: list[dict[str, Any]] = field(default_factory=list)
    alter: list[dict[str, Any]] = field(default_factory=list)
    touch: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Before:
    """What had been seen of the site. `reached` are all states that a good scan ever reached.

    `first`: there is no good scan yet. `banner_reached` and `banners` are of the last scan that could tell.
    """

    first: bool
    reached: frozenset[StateName]
    banner_reached: frozenset[StateName] = frozenset()
    banners: frozenset[StateName] = frozenset()


def in_order(drafts: Iterable[Draft]) -> list[Draft]:
    """The weightiest first."""
    return sorted(
        drafts,
        key=lambda one: (
            0 if one.kind == "unreachable" else 1,
            SEVERITIES.index(one.severity) if one.severity and one.kind != "finding-resolved" else len(SEVERITIES),
            _ORDER.index(one.kind),
            one.minor,
            one.rule or "",
            one.subject,
        ),
    )


def banner(before: Before, facts: Facts) -> Iterator[Draft]:
    """Whether the consent banner was lost or found, as far as the same states were looked at."""
    if not before.banner_reached or facts.banner is None:
        return
    if before.banners and not facts.banner:
        if before.banners & set(facts.reached):
            yield Draft("banner-lost", "banner")
    elif not before.banners and before.banner_reached & set(facts.banners):
        yield Draft("banner-found", "banner")


def cookies(
    known: Mapping[tuple[str, str], Any], facts: Facts, before: Before, *, whole: bool
) -> tuple[Edits, list[Draft]]:
    """Cookies against those known. `whole`: the scan is complete, so that what it has not is gone."""
    edits, drafts = Edits(), []
    for key, fact in facts.cookies.items():
        row = known.get(key)
        if _appears(row, fact.states, before):
            drafts.append(_cookie("cookie-new", fact))
        _note(edits, row, cookie_columns(fact) | {"states": _states(row, fact.states, facts)})
    for row in _missing(known, facts.cookies, facts, whole=whole):
        edits.end.append(row.id)
        fact = CookieFact(row.name, row.domain, row.party, row.category, row.vendor, split(row.states))
        drafts.append(_cookie("cookie-gone", fact))
    return edits, drafts


def vendors(known: Mapping[str, Any], facts: Facts, before: Before, *, whole: bool) -> tuple[Edits, list[Draft]]:
    """Companies against those known; `whole` as for `cookies`."""
    edits, drafts = Edits(), []
    for name, fact in facts.vendors.items():
        row = known.get(name)
        if _appears(row, fact.states, before):
            drafts.append(_vendor("vendor-new", fact))
        _note(edits, row, vendor_columns(fact) | {"states": _states(row, fact.states, facts)})
    for row in _missing(known, facts.vendors, facts, whole=whole):
        edits.end.append(row.id)
        drafts.append(_vendor("vendor-gone", VendorFact(row.name, row.category, split(row.states))))
    return edits, drafts


def findings(known: Mapping[FindingKey, Any], facts: Facts, before: Before) -> tuple[Edits, list[Draft]]:
    """Findings against those known, subject by subject. What does not count is remembered and not told."""
    edits = Edits()
    drafts = [] if before.first else list(_told(known, facts))
    for key, fact in facts.findings.items():
        row = known.get(key)
        _note(edits, row, finding_columns(key, fact) | {"states": _states(row, fact.states, facts)})
    reached = set(facts.reached)
    resolved = [
        row
        for key, row in known.items()
        if row.resolved is None
        and key not in facts.findings
        and row.rule in facts.decided
        and (not row.states or reached & set(split(row.states)))
    ]
    edits.end += [row.id for row in resolved]
    drafts += _mended(row for row in resolved if row.counts)
    return edits, drafts


def _told(known: Mapping[FindingKey, Any], facts: Facts) -> Iterator[Draft]:
    """New and worse findings; a subject that several findings of a rule share is told with the first of them."""
    told: set[FindingKey] = set()
    for group in facts.groups:
        if not group.counts:
            continue
        keys = [key for key in group.keys if key not in told]
        told.update(keys)
        new = [key for key in keys if not _stood(known.get(key))]
        worse = [key for key in keys if key not in new and _is_worse(facts.findings[key], known[key])]
        for kind, some in (("finding-new", new), ("finding-worse", worse)):
            if some:
                subject = ", ".join(subject for _, subject in some)
                yield Draft(kind, subject, group.rule, group.severity, group.title)  # type: ignore[arg-type]


def _stood(row: Any) -> bool:
    return row is not None and row.resolved is None and bool(row.counts)


def _is_worse(fact: FindingFact, row: Any) -> bool:
    return SEVERITIES.index(fact.severity) < SEVERITIES.index(row.severity)


def _mended(rows: Iterable[Any]) -> Iterator[Draft]:
    groups: dict[tuple[str, Severity, str], list[str]] = {}
    for row in rows:
        groups.setdefault((row.rule, row.severity, row.title), []).append(row.subject)
    for (rule, severity, title), subjects in groups.items():
        yield Draft("finding-resolved", ", ".join(sorted(subjects)), rule, severity, title)


def _appears(row: Any, states: Iterable[StateName], before: Before) -> bool:
    return not before.first and (row is None or bool(row.gone)) and not before.reached.isdisjoint(states)


def _missing(known: Mapping[Any, Any], seen: Mapping[Any, Any], facts: Facts, *, whole: bool) -> Iterator[Any]:
    if whole:
        reached = set(facts.reached)
        for key, row in known.items():
            if key not in seen and not row.gone and reached.issuperset(split(row.states)):
                yield row


def _states(row: Life | None, states: Iterable[StateName], facts: Facts) -> str:
    """The states of a thing as last seen: of one that was not reached this time, what was known stays."""
    kept = [] if row is None else [state for state in split(row.states) if state not in facts.reached]
    return ",".join(sorted({*states, *kept}))


def cookie_columns(fact: CookieFact) -> dict[str, Any]:
    """A row of `cookies`."""
    return {
        "name": fact.name,
        "domain": fact.domain,
        "party": fact.party,
        "category": fact.category,
        "vendor": fact.vendor,
        "states": ",".join(fact.states),
        "words": " ".join(part for part in (fact.name, fact.domain, fact.vendor) if part).casefold(),
        "gone": False,
    }


def vendor_columns(fact: VendorFact) -> dict[str, Any]:
    """A row of `vendors`."""
    return {
        "name": fact.name,
        "category": fact.category,
        "states": ",".join(fact.states),
        "words": fact.name.casefold(),
        "gone": False,
    }


def finding_columns(key: FindingKey, fact: FindingFact) -> dict[str, Any]:
    """A row of `findings`."""
    return {
        "rule": key[0],
        "subject": key[1],
        "severity": fact.severity,
        "title": fact.title,
        "states": ",".join(fact.states),
        "counts": fact.counts,
        "resolved": None,
    }


def _note(edits: Edits, row: Any, values: dict[str, Any]) -> None:
    if row is None:
        edits.add.append(values)
    elif all(getattr(row, name) == value for name, value in values.items()):
        edits.touch.append(row.id)
    else:
        edits.alter.append({"row": row.id} | values)


def split(states: str) -> tuple[StateName, ...]:
    """The consent states that one column holds."""
    return tuple(states.split(",")) if states else ()


def _cookie(kind: ChangeKind, fact: CookieFact) -> Draft:
    told = ", ".join(part for part in (fact.category, fact.vendor) if part)
    minor = not nonessential(fact.category)
    return Draft(kind, f"{fact.name}@{fact.domain}", detail=f"{told} ({', '.join(fact.states)})", minor=minor)


def _vendor(kind: ChangeKind, fact: VendorFact) -> Draft:
    minor = not nonessential(fact.category)
    return Draft(kind, fact.name, detail=f"{fact.category} ({', '.join(fact.states)})", minor=minor)
