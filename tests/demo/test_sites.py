"""Every demonstration site as a plain client sees it: each page, each link, each file, each cookie by HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import bs4
import pytest

from scanner.demo import load_site, site_names
from tests.demo.asking import Client, client_of

RULES = re.compile(r"^[a-z]+(-[a-z]+)+$")
COOKIE = re.compile(r"^[^@\s]+@[a-z0-9.-]+$")


@pytest.fixture(scope="module")
async def ask() -> AsyncIterator[Client]:
    """A client of all sites at once."""
    async with client_of() as client:
        yield client


async def all_pages(ask: Client, start: str) -> dict[str, bs4.BeautifulSoup]:
    """Every page that can be reached by links from the start page, on its own host."""
    host = urlsplit(start).netloc
    pages: dict[str, bs4.BeautifulSoup] = {}
    waiting = [start]
    while waiting:
        url = waiting.pop()
        if url in pages:
            continue
        response, body = await ask(url)
        assert response.status == 200, f"{url} is a dead link"
        pages[url] = bs4.BeautifulSoup(body, "lxml")
        for link in pages[url].find_all("a", href=True):
            target = urljoin(url, str(link["href"])).partition("#")[0]
            if target.startswith("https://") and urlsplit(target).netloc == host:
                waiting.append(target)
    return pages


@pytest.mark.parametrize("name", site_names())
async def test_every_page_and_link_loads_in_its_language_and_leads_home(ask: Client, name: str) -> None:
    site = load_site(name)
    pages = await all_pages(ask, site.start)
    assert set(site.pages) <= set(pages), "a listed page cannot be reached from the start page"
    for url, page in pages.items():
        assert page.html is not None and page.html["lang"] == site.language, url
        assert page.title is not None and page.title.get_text(strip=True), url
        assert page.find("h1"), f"{url} has no heading"
        assert any(urljoin(url, str(link["href"])) == site.start for link in page.find_all("a", href=True)), url
        assert len(page.get_text(" ", strip=True)) > 120, f"{url} says hardly anything"


@pytest.mark.parametrize("name", site_names())
async def test_every_file_that_a_page_asks_for_is_served(ask: Client, name: str) -> None:
    site = load_site(name)
    known = set(site.all_hosts())
    for url, page in (await all_pages(ask, site.start)).items():
        asked = [tag.get("src") or tag.get("data-src") for tag in page.find_all(["script", "img", "iframe"])]
        asked += [tag.get("href") for tag in page.find_all("link")]
        for address in (urljoin(url, str(item)) for item in asked if item):
            assert urlsplit(address).hostname in known, f"{url} asks for {address}, a host that the site does not have"
            response, _ = await ask(address)
            assert response.status == 200, f"{url} asks for {address}"


@pytest.mark.parametrize("name", site_names())
def test_own_hosts_can_be_nobodys_and_third_parties_are_named(name: str) -> None:
    site = load_site(name)
    assert all(host.endswith((".example", ".test")) for host in site.hosts)
    assert not any(host.endswith((".example", ".test")) for host in site.third_party_hosts)


@pytest.mark.parametrize("name", site_names())
def test_the_truth_is_written_in_the_words_of_the_contract(name: str) -> None:
    site = load_site(name)
    for one in site.expected:
        assert RULES.match(one.rule)
        assert len(one.why) > 20
        if one.rule in ("undeclared-cookie", "category-mismatch", "lifetime-mismatch"):
            assert all(COOKIE.match(subject) for subject in one.subjects)
    for forbidden in site.must_not:
        assert forbidden.rule == "*" or RULES.match(forbidden.rule)
    assert site.expected or site.must_not


# What each HTTP answer sets: name, domain (empty: host-only), lifetime in seconds (null: session).
SET_BY_HTTP = [
    ("https://www.crumb-and-crust.example/", {("basket", "", None)}),
    (
        "https://www.kiezladen.example/",
        {("kl_sitzung", "", None), ("kl_merkliste", "", 365 * 86400)},
    ),
    ("https://www.tidewater-outdoor.example/", {("tw_session", "", None)}),
    (
        "https://www.lusoscottish-medical.example/",
        {
            ("XSRF-TOKEN", "www.lusoscottish-medical.example", None),
            ("hs", "www.lusoscottish-medical.example", None),
        },
    ),
    ("https://www.quiet-margin.example/", set()),
    (
        "https://metrics.tidewater-outdoor.example/g/collect?gcs=G101",
        {("FPID", "tidewater-outdoor.example", 730 * 86400), ("FPLC", "tidewater-outdoor.example", 20 * 3600)},
    ),
    ("https://metrics.tidewater-outdoor.example/g/collect?gcs=G100", set()),
    ("https://region1.google-analytics.com/g/collect?gcs=G111", set()),
    (
        "https://www.youtube.com/embed/abc",
        {
            ("YSC", "youtube.com", None),
            ("VISITOR_INFO1_LIVE", "youtube.com", 180 * 86400),
            ("VISITOR_PRIVACY_METADATA", "youtube.com", 180 * 86400),
            ("__Secure-ROLLOUT_TOKEN", "youtube.com", 180 * 86400),
        },
    ),
    (
        "https://googleads.g.doubleclick.net/pagead/viewthroughconversion/1/?random=1",
        {("test_cookie", "doubleclick.net", 900)},
    ),
    ("https://securepubads.g.doubleclick.net/gampad/ads", {("IDE", "doubleclick.net", 395 * 86400)}),
    ("https://analytics.tiktok.com/api/v2/pixel", {("_ttp", "tiktok.com", 390 * 86400)}),
    ("https://www.clarity.ms/tag/abc", {("CLID", "", 365 * 86400)}),
    ("https://c.clarity.ms/c.gif", {("SM", "c.clarity.ms", None)}),
    ("https://c.bing.com/c.gif", {("MUID", "bing.com", 390 * 86400)}),
    ("https://www.facebook.com/tr/?id=1", set()),
    ("https://cdn.jsdelivr.net/npm/plain-base@1.4.2/base.min.css", set()),
]


@pytest.mark.parametrize(("url", "cookies"), SET_BY_HTTP, ids=[url for url, _ in SET_BY_HTTP])
async def test_cookies_by_http_are_as_described(
    ask: Client, url: str, cookies: set[tuple[str, str, int | None]]
) -> None:
    response, _ = await ask(url)
    seen = set()
    for line in response.headers.getall("Set-Cookie", []):
        for name, morsel in SimpleCookie(line.replace("; Partitioned", "")).items():
            lifetime = int(morsel["max-age"]) if morsel["max-age"] else None
            seen.add((name, morsel["domain"].lstrip("."), lifetime))
    assert seen == cookies


async def test_the_cookie_test_of_an_ad_server_ends_for_a_browser_that_keeps_nothing(ask: Client) -> None:
    url = "https://googleads.g.doubleclick.net/pagead/viewthroughconversion/1/?random=1"
    first, _ = await ask(url)
    second, _ = await ask(first.headers["Location"])
    assert (first.status, second.status) == (302, 200)
    assert "Set-Cookie" not in second.headers
    accepted, _ = await ask(first.headers["Location"], headers={"Cookie": "test_cookie=CheckForPermission"})
    assert accepted.headers["Set-Cookie"].startswith("IDE=")


async def test_a_visitors_id_goes_round_between_two_domains(ask: Client) -> None:
    first, _ = await ask("https://c.clarity.ms/c.gif")
    second, _ = await ask(first.headers["Location"])
    muid = second.headers["Set-Cookie"].partition(";")[0]
    third, _ = await ask(second.headers["Location"], headers={"Cookie": muid})
    assert third.headers["Location"].startswith("https://c.clarity.ms/c.gif?")
    last, _ = await ask(third.headers["Location"])
    assert last.headers["Set-Cookie"].startswith(f"{muid};")
    refused, _ = await ask(second.headers["Location"])
    assert (refused.status, refused.content_type) == (200, "image/gif")


async def test_a_site_without_policy_has_none_at_the_usual_addresses(ask: Client) -> None:
    for path in ("/privacy", "/privacy-policy", "/cookies", "/cookie-policy", "/legal", "/datenschutz"):
        response, _ = await ask(f"https://www.castlegate-fitness.example{path}")
        assert response.status == 404
    pages = await all_pages(ask, "https://www.castlegate-fitness.example/")
    assert not any("privacy" in link.get_text().lower() for page in pages.values() for link in page.find_all("a"))
