"""All sites at a glance: filtered, worst first, in pages, with figures and the weeks behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from scanner.dashboard.charts import Bars, small_bars
from scanner.dashboard.links import Query
from scanner.dashboard.seams import Past
from scanner.dashboard.wording import counted, trend_words, worst
from scanner.model.watch import SITE_STATES, ScanRow, SiteGlance, SiteRow, SiteState

ROWS = 50
"""Sites on a page of the server."""

SPARKED = 26
"""Scans in the row of bars beside a site."""

_LONGEST = 200
_REMEMBERED = 20_000
_SORTS = ("state", "name", "findings", "consent", "scanned")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the overview is wanted. `page` counts from 1."""

    text: str = ""
    owner: str = ""
    state: str = ""
    sort: str = "state"
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """What a query string asks for; what is not understood is left out."""
        state, sort = query.get("state", ""), query.get("sort", "state")
        return cls(
            query.get("text", "").strip()[:_LONGEST],
            query.get("owner", "")[:_LONGEST],
            state if state in SITE_STATES else "",
            sort if sort in _SORTS else "state",
            page_of(query),
        )

    def query(self, **other: str | int | None) -> Query:
        """The query string that asks for this, with changes; another filter or order begins at the first page."""
        asked = {"text": self.text, "owner": self.owner, "state": self.state, "sort": self.sort} | other
        if asked["sort"] == "state":
            asked["sort"] = None
        if asked.get("page") == 1:
            asked["page"] = None
        return asked


def page_of(query: Mapping[str, str]) -> int:
    """The page that a query asks for, 1 where it makes no sense."""
    text = query.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site's line with its row of bars."""

    row: SiteRow
    bars: Bars


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows. Figures are of all sites, `found` and `lines` of those that were asked for."""

    asked: Asked
    total: int
    states: dict[SiteState, int]
    tracking: int
    found: int
    lines: tuple[SiteLine, ...]
    pages: int
    owners: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The state of all sites in a sentence."""
        if not self.total:
            return "No site is watched yet."
        high, lost = self.states["high"], self.states["unreachable"]
        if not high and not lost:
            never = self.states["never"]
            if never == self.total:
                return "No site has been scanned yet."
            return "No site has a finding of high severity."
        parts = [_have(high)] if high else []
        if lost:
            parts.append(f"{lost} could not be reached" if parts else _lost(lost))
        return f"{', and '.join(parts)}."


def _have(count: int) -> str:
    return "One site has findings of high severity" if count == 1 else f"{count} sites have findings of high severity"


def _lost(count: int) -> str:
    return "One site could not be reached" if count == 1 else f"{count} sites could not be reached"


def glanced(past: Past, configured: Mapping[str, SiteRow]) -> tuple[SiteGlance, ...]:
    """Sites of the history, worst first, and those that are only configured; the configuration names the owner."""
    known = [_owned(site, configured) for site in past.glances()]
    names = {site.name for site in known}
    known += [
        SiteGlance(row.name, row.url, row.owner, row.state, row.failures, None, None, None)
        for name, row in sorted(configured.items())
        if name not in names
    ]
    return tuple(known)


def _owned(site: SiteGlance, configured: Mapping[str, SiteRow]) -> SiteGlance:
    own = configured.get(site.name)
    return site._replace(owner=own.owner) if own is not None and own.owner != site.owner else site


def rows_of(sites: Sequence[SiteGlance], past: Past, configured: Mapping[str, SiteRow]) -> list[SiteRow]:
    """All that is known of sites, in their order."""
    known = {row.name: row for row in past.sites(names=[site.name for site in sites])}
    rows = []
    for site in sites:
        row = known.get(site.name) or configured.get(site.name)
        if row is not None:  # else it was removed a moment ago
            rows.append(row.model_copy(update={"owner": site.owner}) if row.owner != site.owner else row)
    return rows


def chosen(sites: Iterable[SiteGlance], asked: Asked) -> list[SiteGlance]:
    """The sites that were asked for, in the order that was asked for. Words of a text are all needed, in any order."""
    words = asked.text.casefold().split()
    found = [
        site
        for site in sites
        if (not asked.state or site.state == asked.state)
        and (not asked.owner or site.owner == asked.owner)
        and (not words or _has(site, words))
    ]
    match asked.sort:
        case "name":
            found.sort(key=lambda site: site.name.casefold())
        case "findings":
            found.sort(key=lambda site: -sum(site.findings) if site.findings is not None else 1)
        case "consent":
            found.sort(key=lambda site: 1 if site.nonessential_before is None else -site.nonessential_before)
        case "scanned":
            found.sort(key=lambda site: site.scanned or 0)
        case _:
            pass
    return found


def _has(site: SiteGlance, words: Sequence[str]) -> bool:
    text = f"{site.name} {site.url} {site.owner or ''}".casefold()
    return all(word in text for word in words)


def overview(
    past: Past, configured: Mapping[str, SiteRow], asked: Asked, *, rows: int = ROWS, sparks: Sparks | None = None
) -> Overview:
    """The page that is asked for; past the last page is the last page. `sparks` remembers rows of bars."""
    drawn = sparks or Sparks(past)
    every = glanced(past, configured)
    found = chosen(every, asked)
    pages = max(1, -(-len(found) // rows))
    asked = replace(asked, page=min(asked.page, pages))
    start = (asked.page - 1) * rows
    tally = Counter(site.state for site in every)
    shown = rows_of(found[start : start + rows], past, configured)
    return Overview(
        asked,
        len(every),
        {state: tally.get(state, 0) for state in get_args(SiteState)},
        sum(1 for site in every if site.nonessential_before),
        len(found),
        tuple(SiteLine(row, drawn.of(row)) for row in shown),
        pages,
        tuple(sorted({site.owner for site in every if site.owner}, key=str.casefold)),
    )


class Sparks:
    """The rows of bars beside sites. They are remembered until a site has another last scan, for most pages are of
    sites that have none since somebody looked."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._drawn: dict[str, tuple[int, Bars]] = {}

    def of(self, row: SiteRow) -> Bars:
        """The bars of a site."""
        if row.last is None:
            return bars(())
        known = self._drawn.get(row.name)
        if known is not None and known[0] == row.last.id:
            return known[1]
        made = bars(self._past.scans(row.name, limit=SPARKED)[::-1])
        if len(self._drawn) >= _REMEMBERED:
            self._drawn.clear()
        self._drawn[row.name] = (row.last.id, made)
        return made


def bars(scans: Sequence[ScanRow]) -> Bars:
    """The row of bars of a site: findings that count in each scan, oldest first, in the colour of the worst."""
    heights: list[tuple[int | None, str]] = [
        (None, "lost") if one.outcome == "failed" else (counted(one.findings), worst(one.findings)) for one in scans
    ]
    return small_bars(heights, trend_words(tuple(scans)))
