"""Finding the pages of a site while its start page is being looked at: robots.txt, links, and sitemaps if need be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scanner.capture import sitemaps
from scanner.capture.pages.choosing import Choice, choose
from scanner.capture.resources import load
from scanner.capture.robots import MOST_BYTES, Robots, robots_url
from scanner.capture.sitemaps import read_sitemap
from scanner.capture.tab import Tab
from scanner.capture.together import together
from scanner.model.evidence import Link
from scanner.site import host_of, site_of

_ROBOTS_S = 5.0
_SITEMAPS_S = 4.0
_MOST_HOSTS = 4
_MOST_SITEMAPS = 6
_MOST_OF_ONE = 300
_USUAL_PLACE = "/sitemap.xml"


@dataclass
class Scout:
    """Chooses the pages of one site, in the tab in which its start page stands.

    The sitemap is asked for only where the links do not give as many kinds of pages as are wanted: a page's own links
    come in the order in which its author thinks them important, a sitemap's do not.
    """

    tab: Tab
    start: Sequence[str]
    links: Sequence[Link]
    lists: Sequence[int | None]
    pages: int
    ignore_robots: bool = False
    problems: list[str] = field(default_factory=list)
    _robots: dict[str, Robots] = field(default_factory=dict)

    async def find(self) -> tuple[str, ...]:
        """The pages to visit after the start page. `problems` then tells what kept the scout from more."""
        if self.pages <= 1:
            return ()
        choice = await self._permitted(())
        if choice.kinds < self.pages - 1:
            further = await self._sitemaps()
            if further:
                choice = await self._permitted(further)
        self._tell(choice)
        return choice.pages

    async def _permitted(self, further: Sequence[str]) -> Choice:
        """Choose; each host that has a page among the chosen is asked for its rules, until all of them were."""
        while True:
            choice = choose(
                self.start, self.links, self.pages, lists=self.lists, further=further, permitted=self._permits
            )
            unknown = {robots_url(url) for url in (self.start[-1], *choice.pages)} - set(self._robots)
            if not unknown or self.ignore_robots:
                return choice
            await self._ask(sorted(unknown))

    def _permits(self, url: str) -> bool:
        if self.ignore_robots:
            return True
        place = robots_url(url)
        known = self._robots.get(place)
        if known is None:
            return len(self._robots) < _MOST_HOSTS
        return known.permits(url)

    async def _ask(self, places: Sequence[str]) -> None:
        """Fetch rules. Hosts beyond the limit are as good as forbidden: their pages are not chosen."""
        room = max(0, _MOST_HOSTS - len(self._robots))
        asked = places[:room]
        answers = await together(
            *(load(self.tab, place, most_bytes=MOST_BYTES, timeout_s=_ROBOTS_S) for place in asked)
        )
        for place, answer in zip(asked, answers, strict=True):
            self._robots[place] = Robots.read(answer.status, answer.data)
        for place in places[room:]:
            self._robots[place] = Robots(problem="more hosts than are asked for their robots.txt")

    async def _sitemaps(self) -> tuple[str, ...]:
        """Addresses from the sitemaps that robots.txt names, or else from the usual place; children in turn."""
        home = urlsplit(self.start[-1])
        named = [url for robots in self._robots.values() for url in robots.sitemaps if self._ours(url)]
        queue = named or [f"{home.scheme}://{home.netloc}{_USUAL_PLACE}"]
        read: list[tuple[str, ...]] = []
        seen: set[str] = set()
        try:
            async with asyncio.timeout(_SITEMAPS_S):
                while queue and len(seen) < _MOST_SITEMAPS:
                    batch = [url for url in dict.fromkeys(queue) if url not in seen][: _MOST_SITEMAPS - len(seen)]
                    seen.update(batch)
                    answers = await together(
                        *(load(self.tab, url, most_bytes=sitemaps.MOST_BYTES, timeout_s=_SITEMAPS_S) for url in batch)
                    )
                    found = [read_sitemap(answer.data) for answer in answers if answer.status == 200]
                    read += [sitemap.pages for sitemap in found]
                    queue = [url for sitemap in found for url in sitemap.sitemaps if self._ours(url)]
        except TimeoutError:
            self.problems.append(f"the sitemaps were not read in {_SITEMAPS_S:g} s")
        return tuple(_in_turn(read))

    def _ours(self, url: str) -> bool:
        return site_of(host_of(url)) == site_of(host_of(self.start[-1]))

    def _tell(self, choice: Choice) -> None:
        if self.ignore_robots:
            return
        home = self._robots.get(robots_url(self.start[-1]))
        if home is not None and home.problem is not None:
            self.problems.append(f"{home.problem}, which forbids all pages: only the given address was visited")
        elif home is not None and not home.permits(self.start[-1]):
            self.problems.append("robots.txt forbids this page; it was visited because it was asked for")
        if len(choice.pages) < self.pages - 1 and choice.forbidden and (home is None or home.problem is None):
            self.problems.append(f"robots.txt forbids {len(choice.forbidden)} more pages, so fewer were visited")


def _in_turn(lists: Iterable[Sequence[str]]) -> Iterable[str]:
    """The first of each list, the second of each, and so on: one sitemap often holds one kind of pages.

    Of a long list some are taken at even distances, for what stands together is often alike.
    """
    rows = [list(reversed(entries[:: -(-len(entries) // _MOST_OF_ONE)])) for entries in lists if entries]
    while rows:
        rows = [row for row in rows if row]
        for row in rows:
            yield row.pop()
