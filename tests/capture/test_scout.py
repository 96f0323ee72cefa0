"""The pages of a site as its robots.txt, its sitemaps and its own scripts tell them, in a real browser."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from scanner.model.evidence import Gap, Request, Visit
from tests.capture.conftest import FIRST, Records, Scan, Site
from tests.capture.test_settling import never
from tests.capture.test_sitemaps import of

pytestmark = pytest.mark.browser

HOME = f"https://{FIRST}"


@pytest.fixture(autouse=True)
def clean(site: Site) -> Iterator[None]:
    """Every test has its own robots.txt."""
    site.log.clear()
    yield
    for path in ("/robots.txt", "/sitemap.xml"):
        site.answers.pop(path, None)


def visited(records: Records, state: str = "before") -> list[str]:
    """Other pages than the first, sorted: tabs work side by side, so that a visit begun later may end sooner."""
    visits = [visit for visit in records.of(Visit) if visit.context == state]
    first = min(visits, key=lambda visit: visit.started).url
    return sorted(visit.url.removeprefix(HOME) for visit in visits if visit.url != first)


def put(site: Site, *paths: str) -> None:
    for path in paths:
        site.put(path, f"<!doctype html><title>{path}</title>")


def notes(records: Records) -> list[str]:
    return [gap.message for gap in records.of(Gap) if gap.what == "pages"]


async def test_what_robots_forbids_is_not_visited_but_the_given_page_is(site: Site, scan: Scan) -> None:
    start = site.page("<a href='/closed/a'>a</a> <a href='/open/b'>b</a> <a href='/closed/privacy'>p</a>")
    put(site, "/closed/a", "/open/b", "/closed/privacy")
    path = start.removeprefix(HOME)
    site.put("/robots.txt", f"User-agent: *\nDisallow: /closed/\nDisallow: {path}\n", Content_Type="text/plain")
    records = await scan(start, pages=4)
    assert visited(records) == ["/open/b"]
    assert records.visit.error is None
    assert any("it was visited because it was asked for" in note for note in notes(records))
    assert any("forbids 2 more pages" in note for note in notes(records))
    assert not [request.url for request in records.of(Request) if "robots" in request.url or "sitemap" in request.url]
    assert records.all[-1].outcome == "complete"


async def test_told_to_ignore_it_robots_is_not_even_asked_for(site: Site, scan: Scan) -> None:
    put(site, "/closed/a")
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n")
    records = await scan(site.page("<a href='/closed/a'>a</a>"), pages=2, ignore_robots=True)
    assert visited(records) == ["/closed/a"]
    assert not site.asked("/robots.txt")


async def test_a_server_in_trouble_forbids_all_but_the_given_page(site: Site, scan: Scan) -> None:
    put(site, "/open/c")
    site.put("/robots.txt", status=503)
    records = await scan(site.page("<a href='/open/c'>c</a>"), pages=2)
    assert visited(records) == []
    assert any("status 503" in note for note in notes(records))


async def test_a_robots_that_never_answers_costs_its_limit_and_no_more(site: Site, scan: Scan) -> None:
    put(site, "/open/d")
    site.call("/robots.txt", never)
    records = await scan(site.page("<a href='/open/d'>d</a>"), pages=2)
    assert visited(records) == []
    assert any("could not be fetched" in note for note in notes(records))


async def test_sitemaps_fill_up_what_the_links_lack_alike_in_every_state(site: Site, scan: Scan) -> None:
    put(site, "/linked/x", "/from-gz/1", "/from-gz/2", "/from-xml/1", "/cookies")
    index = f"""<sitemapindex><sitemap><loc>{HOME}/maps/a.xml.gz</loc></sitemap>
        <sitemap><loc>{HOME}/maps/b.xml</loc></sitemap><sitemap><loc>https://elsewhere.example/c.xml</loc></sitemap>
        <sitemap><loc>{HOME}/maps/index.xml</loc></sitemap></sitemapindex>"""
    site.put("/maps/index.xml", index, Content_Type="text/xml")
    site.put(
        "/maps/a.xml.gz", gzip.compress(of(f"{HOME}/from-gz/1", f"{HOME}/from-gz/2")), Content_Type="application/gzip"
    )
    site.put("/maps/b.xml", of(f"{HOME}/from-xml/1", "https://elsewhere.example/no", f"{HOME}/cookies"))
    site.put("/robots.txt", f"Sitemap: {HOME}/maps/index.xml\n", Content_Type="text/plain")
    start = site.page("<a href='/linked/x'>x</a>")
    records = await scan(start, ("before", "gpc"), pages=5)
    assert visited(records) == ["/cookies", "/from-gz/1", "/from-xml/1", "/linked/x"]
    assert set(visited(records, "gpc")) == set(visited(records))
    assert not any(host.startswith("elsewhere") for _, host, _ in site.log)
    assert [path for _, _, path in site.log].count("/maps/index.xml") == 1


async def test_the_usual_place_is_tried_where_robots_names_none(site: Site, scan: Scan) -> None:
    put(site, "/only/there")
    site.put("/sitemap.xml", of(f"{HOME}/only/there"), Content_Type="text/xml")
    records = await scan(site.page("no links"), pages=2)
    assert visited(records) == ["/only/there"]


async def test_enough_kinds_among_the_links_make_a_sitemap_needless(site: Site, scan: Scan) -> None:
    put(site, "/kind-a/1", "/kind-b/1")
    records = await scan(site.page("<a href='/kind-a/1'>1</a><a href='/kind-b/1'>2</a>"), pages=3)
    assert visited(records) == ["/kind-a/1", "/kind-b/1"]
    assert site.asked("/robots.txt")
    assert not site.asked("/sitemap.xml")


async def test_routes_of_an_application_are_pages(site: Site, scan: Scan) -> None:
    put(site, "/pushed/1", "/held/1", "/handled/1", "/prerendered/1", "/terms-of-it")
    start = site.page(
        """<nav><a href="#/hash/1">hash</a> <a href="#top">top</a></nav>
        <div routerlink="/held/1">held</div> <button onclick="window.location.href='/handled/1'">go</button>
        <button onclick="location='/logout'">Log out</button>
        <link rel="privacy-policy" href="/terms-of-it">
        <script type="speculationrules">{"prefetch": [{"urls": ["/prerendered/1"]}]}</script>
        <script>
          const here = location.href;
          history.pushState({}, "", "/pushed/1"); history.pushState({}, "", here);
          if (location.hash) document.title = "route " + location.hash;
        </script>"""
    )
    records = await scan(start, pages=9)
    path = start.removeprefix(HOME)
    assert set(visited(records)) == {
        f"{path}#/hash/1",
        "/held/1",
        "/handled/1",
        "/pushed/1",
        "/prerendered/1",
        "/terms-of-it",
    }
    assert "route #/hash/1" in {visit.title for visit in records.of(Visit)}


async def test_cards_of_one_list_are_one_kind_and_a_menu_is_many(site: Site, scan: Scan) -> None:
    cards = "".join(
        f"<div class='tile tile-{n} {'first' if n == 0 else ''}'><a href='/{name}'><h3>{name}</h3></a> 9.99</div>"
        for n, name in enumerate(("hat", "coat", "shoe", "scarf"))
    )
    menu = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("blog", "stores", "help"))
    put(site, "/hat", "/blog", "/stores", "/help")
    records = await scan(site.page(f"<div class=grid>{cards}</div><ul>{menu}</ul>"), pages=5)
    assert visited(records) == ["/blog", "/hat", "/help", "/stores"]
