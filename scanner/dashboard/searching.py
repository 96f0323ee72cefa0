"""Who still loads it: one company or cookie over all sites, first those where it comes before any choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.dashboard.links import Query
from scanner.dashboard.overview import page_of
from scanner.dashboard.seams import Kind, Past
from scanner.model.base import Category
from scanner.model.watch import CookieLife, VendorLife
from scanner.report.words import NEEDS_CONSENT

ROWS = 100
"""Lines on a page."""

SHORTEST = 2
"""Characters of a text that can be searched for."""

_LONGEST = 200
_KINDS: tuple[Kind, ...] = ("vendor", "cookie")

Life = CookieLife | VendorLife


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for. `before` asks for what comes before a choice only, `gone` for what is no more, too."""

    text: str = ""
    kind: Kind | None = None
    before: bool = False
    gone: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """What a query string asks for; what is not understood is left out."""
        kind = query.get("kind", "")
        return cls(
            query.get("text", "").strip()[:_LONGEST],
            next((one for one in _KINDS if one == kind), None),
            query.get("before", "") == "1",
            query.get("gone", "") == "1",
            page_of(query),
        )

    def query(self, **other: str | int | None) -> Query:
        """The query string that asks for this, with changes; without one of `page`, for its first page."""
        return {
            "text": self.text,
            "kind": self.kind,
            "before": int(self.before),
            "gone": int(self.gone),
        } | other


@dataclass(frozen=True, slots=True)
class Hit:
    """A company or cookie on a site. `kept` is the cookie's domain, `vendor` who is behind it."""

    site: str
    what: Kind
    name: str
    domain: str
    vendor: str | None
    category: Category
    states: tuple[str, ...]
    before: bool
    first_seen: str
    last_seen: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. Counts are of sites that have it now."""

    wanted: Wanted
    hits: tuple[Hit, ...]
    total: int
    pages: int
    sites: int
    sites_before: int


def search(past: Past, wanted: Wanted, *, rows: int = ROWS) -> Found:
    """A page of what is searched for. Without a text of two characters nothing is."""
    lives = found_lives(past, wanted)
    pages = max(1, -(-len(lives) // rows))
    page = min(wanted.page, pages)
    return Found(
        replace(wanted, page=page),
        tuple(_hit(life) for life in lives[(page - 1) * rows : page * rows]),
        len(lives),
        pages,
        len({life.site for life in lives if not life.gone}),
        len({life.site for life in lives if not life.gone and "before" in life.states}),
    )


def hits_of(past: Past, wanted: Wanted) -> list[Hit]:
    """Everything that is searched for."""
    return [_hit(life) for life in found_lives(past, wanted)]


def found_lives(past: Past, wanted: Wanted) -> list[Life]:
    """What is searched for, in order; without a text of two characters it would be everything, and nothing is said."""
    if len(wanted.text) < SHORTEST:
        return []
    lives = past.search(wanted.text, kind=wanted.kind, before_consent=wanted.before)
    return in_order(life for life in lives if wanted.gone or not life.gone)


def in_order(lives: Iterable[Life]) -> list[Life]:
    """What comes before a choice first, what is gone last, then by site and name, a company before its cookies."""
    return sorted(
        lives,
        key=lambda life: (
            life.gone,
            "before" not in life.states,
            life.site.casefold(),
            isinstance(life, CookieLife),
            life.name.casefold(),
        ),
    )


def ordered(lives: Iterable[Life]) -> list[Hit]:
    """Lives as lines, in the order of a search."""
    return [_hit(life) for life in in_order(lives)]


def _hit(life: Life) -> Hit:
    cookie = isinstance(life, CookieLife)
    return Hit(
        life.site,
        "cookie" if cookie else "vendor",
        life.name,
        life.domain if isinstance(life, CookieLife) else "",
        life.vendor if isinstance(life, CookieLife) else life.name,
        life.category,
        life.states,
        "before" in life.states,
        life.first_seen,
        life.last_seen,
        life.gone,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """A company, or a cookie's name, with all sites that have it: a section of an exported page."""

    what: Kind
    name: str
    hits: tuple[Hit, ...]

    @property
    def before(self) -> int:
        """On how many sites it comes before a choice."""
        return len({hit.site for hit in self.hits if hit.before})

    @property
    def sites(self) -> int:
        """On how many sites it is."""
        return len({hit.site for hit in self.hits})


def grouped(lives: Iterable[Life]) -> Sequence[Group]:
    """What stands now on all sites, by company and by cookie: first what most sites load before a choice."""
    groups: dict[tuple[Kind, str], list[Hit]] = {}
    for hit in ordered(life for life in lives if not life.gone):
        groups.setdefault((hit.what, hit.name), []).append(hit)
    made = [Group(what, name, tuple(hits)) for (what, name), hits in groups.items()]
    made.sort(key=lambda group: (group.what != "vendor", -group.before, -group.sites, group.name.casefold()))
    return made


def leaders(past: Past, most: int = 25) -> tuple[tuple[str, Category, int], ...]:
    """Companies for advertising or statistics that most sites contact before a choice, with the number of sites."""
    sites: dict[tuple[str, Category], set[str]] = {}
    for life in past.search("", kind="vendor", before_consent=True):
        if life.category in NEEDS_CONSENT and not life.gone:
            sites.setdefault((life.name, life.category), set()).add(life.site)
    counts = [(name, category, len(names)) for (name, category), names in sites.items()]
    return tuple(sorted(counts, key=lambda one: (-one[2], one[0].casefold()))[:most])
