"""Where a policy may be named although no page links it: the site's sitemaps, and the layers of its banner."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urljoin, urlsplit

from scanner.capture.answering import VisitPace
from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.general.desk import Desk as BannerDesk
from scanner.capture.consent.general.desk import pick, second_layer, signature
from scanner.capture.consent.general.reading import Seen
from scanner.capture.consent.general.scan import Scanner
from scanner.capture.consent.hands import Hands
from scanner.capture.consent.waiting import until
from scanner.capture.contexts import VisitorContext
from scanner.capture.resources import load
from scanner.capture.robots import MOST_BYTES as ROBOTS_BYTES
from scanner.capture.robots import Robots, robots_url
from scanner.capture.sitemaps import MOST_BYTES, read_sitemap
from scanner.capture.tab import Tab
from scanner.capture.tab_page import TabPage
from scanner.capture.together import together
from scanner.capture.visit import VisitRun, VisitSpec
from scanner.model.evidence import Link
from scanner.site import host_of, site_of

IN_SITEMAP = "in the sitemap"
IN_BANNER = "in the banner"

MOST_SITEMAPS = 6
"""How many sitemaps of one site are read in search of a policy."""

_ANSWER_S = 4.0
_ALL_S = 8.0
_USUAL_PLACES = ("/sitemap.xml", "/sitemap_index.xml")
# Of many sitemaps, those of pages come before those of products and articles: a policy is a page.
_OF_PAGES = re.compile(r"page|pagina|seite|static|content|cms|legal|info|misc|corporate|main|other", re.I)
_OF_THINGS = re.compile(
    r"product|produ[ck]t|item|post|article|news|blog|image|video|categor|brand|tag|author|event|job|recipe", re.I
)

_APPEARS_MS = 3000.0
_OPENS_MS = 3000.0
_BANNER_S = 30.0
_MOST_LINKS = 200


async def sitemap_links(tab: Tab, home: str) -> tuple[Link, ...]:
    """The pages that the site's sitemaps list, as links without words; asked for from a tab where its page stands.

    `home` is an address of the site. The sitemaps are those that robots.txt names, else those at the usual places;
    sitemaps of pages are read before sitemaps of products and articles, at most `MOST_SITEMAPS`.
    """
    found: dict[str, None] = {}
    try:
        async with asyncio.timeout(_ALL_S):
            queue = await _first_sitemaps(tab, home)
            seen: set[str] = set()
            while queue and len(seen) < MOST_SITEMAPS:
                batch = [url for url in dict.fromkeys(queue) if url not in seen][: MOST_SITEMAPS - len(seen)]
                if not batch:
                    break
                seen.update(batch)
                answers = await together(*(load(tab, url, most_bytes=MOST_BYTES, timeout_s=_ANSWER_S) for url in batch))
                read = [read_sitemap(answer.data) for answer in answers if answer.status == 200]
                found.update(dict.fromkeys(url for sitemap in read for url in sitemap.pages))
                queue = sorted((url for s in read for url in s.sitemaps if _same_site(url, home)), key=_likely)
    except TimeoutError:
        pass  # what was read until then is better than nothing
    return tuple(Link(url=url) for url in found)


async def _first_sitemaps(tab: Tab, home: str) -> list[str]:
    answer = await load(tab, robots_url(home), most_bytes=ROBOTS_BYTES, timeout_s=_ANSWER_S)
    named = [url for url in Robots.read(answer.status, answer.data).sitemaps if _same_site(url, home)]
    parts = urlsplit(home)
    return sorted(named, key=_likely) or [f"{parts.scheme}://{parts.netloc}{place}" for place in _USUAL_PLACES]


def _likely(url: str) -> int:
    name = urlsplit(url).path
    return 0 if _OF_PAGES.search(name) and not _OF_THINGS.search(name) else 2 if _OF_THINGS.search(name) else 1


def _same_site(url: str, home: str) -> bool:
    return site_of(host_of(url)) == site_of(host_of(home))


async def banner_links(
    visitor: VisitorContext,
    spec: VisitSpec,
    *,
    next_id: Callable[[], str],
    also: Callable[[VisitRun], Awaitable[None]] | None = None,
) -> tuple[Link, ...]:
    """The links within the consent notice of a page, on its first layer and behind "Settings", in every frame.

    Nothing is accepted or refused. Whatever cannot be seen or opened gives no links. `also` is awaited with the visit
    while the settings stand there.

    Raises:
        ProtocolError: the browser failed.
    """
    tab = await visitor.new_tab()
    run = VisitRun(tab, spec)
    pace = VisitPace(tab, run, next_id=next_id, keep_file=_no_file)
    links: list[Link] = []
    try:
        if await run.open():
            async with pace.attended(_BANNER_S):
                links = await _both_layers(Scanner(TabPage(tab)), pace)
                if also is not None:
                    await also(run)
    except (TimeoutError, ProtocolError):
        pass  # the notice does not hold still, or the page went away: what was seen until then counts
    await run.close()
    await tab.close()
    return tuple(dict.fromkeys(links))[:_MOST_LINKS]


async def _both_layers(scanner: Scanner, pace: VisitPace) -> list[Link]:
    async def stands() -> bool:
        return await scanner.best() is not None

    await until(pace, stands, _APPEARS_MS)
    first = await scanner.best()
    if first is None:
        return []
    links = _links_of([first])
    button = pick(first.place, "settings")
    if button is None or button.link:  # a link leads to a page of its own, and is among those found already
        return links
    before = signature(first.place)
    await BannerDesk(scanner, Hands(scanner.documents, pace), pace).press(first, button, "opened the settings")
    opened: list[Seen] = []

    async def open_now() -> bool:
        found = await scanner.scan()
        layer = second_layer(found, before)
        opened[:] = [layer, *found] if layer is not None else []
        return bool(opened)

    await until(pace, open_now, _OPENS_MS)
    return links + _links_of(opened)


def _links_of(seen: Sequence[Seen]) -> list[Link]:
    """Every link of some places with its words, addresses made whole."""
    found = []
    for one in seen:
        for button in one.place.buttons:
            if not button.link or not button.href:
                continue
            try:
                url = urljoin(one.document.url or "", button.href)
            except ValueError:
                continue
            if url.startswith(("http://", "https://")):
                found.append(Link(url=url, text=button.words))
    return found


def _no_file(name: str, data: bytes) -> None:
    """Pictures of a page that is only read for its links are not kept."""
