"""A site's policy is found wherever it is named: in a sitemap, in the banner's layers, at a usual path, elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scanner.capture import Plan
from scanner.capture.instrument import Instrument
from scanner.model.evidence import DocumentKept, Link
from scanner.policy import choose_documents, document_from_bytes, read
from tests.capture.conftest import FIRST, Records, Site

pytestmark = pytest.mark.browser

POLICY = (
    "<!doctype html><html lang=en><title>Cookie policy</title><h1>Cookie policy</h1><p>We use cookies on this site to"
    " count visits. You may withdraw your consent to cookies at any time.</p><table><tr><th>Cookie<th>Purpose<th>"
    "Duration<tr><td>_visits<td>Counts visits<td>2 years</table>"
)
HOME = "<!doctype html><html lang=en><title>Lamps</title><h1>Lamps</h1><p>Lamps of all kinds.</p>"


@pytest.fixture
def fresh(site: Site) -> Iterator[Site]:
    """The server with a robots.txt and nothing else: what is not put up does not exist."""
    before = dict(site.answers)
    for path in ("/sitemap.xml", "/sitemap_index.xml", "/cookie-policy", "/cookies", "/privacy-policy", "/privacy"):
        site.put(path, "<title>Not found</title><h1>Not found</h1>", status=404)
    site.put("/robots.txt", "User-agent: *\nAllow: /\n", Content_Type="text/plain")
    yield site
    site.answers.clear()
    site.answers.update(before)


async def found(site: Site, instrument: Instrument, body: str, **more: object) -> list[DocumentKept]:
    """The documents of a site whose start page is this."""
    url = f"https://{FIRST}{site.put('/home', body)}"

    def choose(links: Sequence[Link]) -> Sequence[tuple[str, str]]:
        return choose_documents(links, url)

    records = Records()
    plan = Plan(url=url, states=("before",), pages=1, tool_version="0", **more)  # type: ignore[arg-type]
    await instrument.scan(plan, records, progress=lambda _: None, choose_documents=choose)
    kept = records.of(DocumentKept)
    for document in kept:
        data = records.files[f"evidence/{document.file}"]
        declared = read([document_from_bytes(data, document.final_url, document.media_type)])
        assert [cookie.name for cookie in declared.cookies] == ["_visits"]
    return kept


async def test_a_policy_that_only_the_sitemap_lists_is_found(fresh: Site, instrument: Instrument) -> None:
    fresh.put(
        "/sitemap.xml",
        f"<sitemapindex><sitemap><loc>https://{FIRST}/sitemap-products.xml</loc></sitemap>"
        f"<sitemap><loc>https://{FIRST}/sitemap-pages.xml</loc></sitemap></sitemapindex>",
        Content_Type="application/xml",
    )
    fresh.put(
        "/sitemap-products.xml",
        f"<urlset><url><loc>https://{FIRST}/product/cookies</loc></url></urlset>",
        Content_Type="application/xml",
    )
    fresh.put(
        "/sitemap-pages.xml",
        f"<urlset><url><loc>https://{FIRST}/about</loc></url>"
        f"<url><loc>https://{FIRST}/info/politica-de-cookies</loc></url></urlset>",
        Content_Type="application/xml",
    )
    fresh.put("/info/politica-de-cookies", POLICY)
    (document,) = await found(fresh, instrument, HOME)
    assert document.final_url.endswith("/info/politica-de-cookies")
    assert document.found_by == 'address has "politicadecookies", in the sitemap'
    assert not fresh.asked("/product/cookies")


async def test_a_policy_that_only_the_settings_of_the_banner_link_is_found(fresh: Site, instrument: Instrument) -> None:
    fresh.put("/legal-texts/7", POLICY)
    banner = """
    <div id=box role=dialog aria-label="Cookies" style="position:fixed;inset:auto 0 0 0;background:#fff;padding:2em;
     border:1px solid">
      <p>We use cookies to count visits and to show advertising. Do you consent to cookies?</p>
      <button>Accept all</button> <button id=more>Cookie settings</button></div>
    <script>more.onclick = () => { setTimeout(() => { box.innerHTML = `<h2>Cookie settings</h2>
      <p>Choose which cookies we may use. Read more in our <a href="/legal-texts/7">cookie policy</a>.</p>
      <label><input type=checkbox checked disabled> Necessary cookies</label>
      <label><input type=checkbox> Statistics cookies</label>
      <label><input type=checkbox> Marketing cookies</label>
      <button>Save choices</button> <button>Accept all</button>`; }, 120); };</script>"""
    (document,) = await found(fresh, instrument, HOME + banner)
    assert document.final_url.endswith("/legal-texts/7")
    assert document.found_by == 'link "cookie policy", in the banner'


async def test_a_policy_that_only_a_banner_in_a_frame_links_is_found(fresh: Site, instrument: Instrument) -> None:
    fresh.put("/legal-texts/8", POLICY)
    fresh.put(
        "/frame",
        "<!doctype html><html lang=de><body style='margin:0;background:#fff'><p>Wir verwenden Cookies für Statistik und"
        f" Werbung. Mehr in der <a target=_top href='https://{FIRST}/legal-texts/8'>Cookie-Richtlinie</a>.</p>"
        "<button>Alle akzeptieren</button> <button>Nur notwendige Cookies</button>",
    )
    banner = (
        "<iframe src='https://consent.shop.test/frame' title='Cookies' style='position:fixed;left:0;right:0;bottom:0;"
        "width:100%;height:260px;border:0;z-index:99'></iframe>"
    )
    (document,) = await found(fresh, instrument, HOME + banner)
    assert document.found_by == 'link "Cookie-Richtlinie", in the banner'


async def test_a_policy_that_nothing_links_is_found_at_a_usual_path(fresh: Site, instrument: Instrument) -> None:
    fresh.put("/privacy", POLICY)
    (document,) = await found(fresh, instrument, HOME)
    assert document.found_by == "well-known path /privacy"


async def test_a_policy_on_a_host_of_policies_is_found(fresh: Site, instrument: Instrument) -> None:
    fresh.put("/privacy-policy/123/cookie-policy", POLICY)
    link = "<footer><a href='https://www.iubenda.com/privacy-policy/123/cookie-policy'>Cookie Policy</a></footer>"
    (document,) = await found(fresh, instrument, HOME + link)
    assert document.final_url == "https://www.iubenda.com/privacy-policy/123/cookie-policy"


async def test_a_policy_to_which_the_site_s_own_link_is_redirected_is_kept(fresh: Site, instrument: Instrument) -> None:
    fresh.put("/our-cookie-policy", "", status=302, Location="https://elsewhere.example/lamps/cookie-policy")
    fresh.put("/lamps/cookie-policy", POLICY)
    (document,) = await found(fresh, instrument, HOME + "<a href='/our-cookie-policy'>Cookie policy</a>")
    assert document.final_url == "https://elsewhere.example/lamps/cookie-policy"


async def test_a_usual_path_that_leads_to_another_site_is_not_the_policy(fresh: Site, instrument: Instrument) -> None:
    fresh.put("/privacy", "", status=302, Location="https://elsewhere.example/parked")
    fresh.put("/parked", POLICY)
    assert await found(fresh, instrument, HOME) == []


async def test_a_policy_in_a_pdf_is_found(fresh: Site, instrument: Instrument) -> None:
    pdf = Path(__file__).parents[2] / "fixtures" / "policies" / "whole" / "tables-en.pdf"
    fresh.put("/files/cookie-policy.pdf", pdf.read_bytes(), Content_Type="application/pdf")
    url = f"https://{FIRST}{fresh.put('/home', HOME + '<a href=/files/cookie-policy.pdf>Cookie policy (PDF)</a>')}"
    records = Records()
    plan = Plan(url=url, states=("before",), pages=1, tool_version="0")
    await instrument.scan(
        plan, records, progress=lambda _: None, choose_documents=lambda links: choose_documents(links, url)
    )
    (document,) = records.of(DocumentKept)
    assert document.media_type == "application/pdf"
    data = records.files[f"evidence/{document.file}"]
    assert read([document_from_bytes(data, document.final_url, document.media_type)]).cookies


async def test_a_policy_in_a_frame_of_another_site_is_read_and_small_frames_are_not(
    fresh: Site, instrument: Instrument
) -> None:
    more = "<p>Nobody but us reads these cookies, and what they count is thrown away at the end of the year.</p>" * 8
    fresh.put("/viewer", POLICY + more)
    fresh.put("/advert", "<!doctype html><p>Cookie: _advert, two years.</p>" + more)
    fresh.put(
        "/p/2",
        "<!doctype html><title>Cookie policy</title><h1>Cookie policy</h1>"
        "<iframe src=https://elsewhere.example/viewer width=800 height=600></iframe>"
        "<iframe src=https://ads.example/advert width=300 height=100></iframe>",
    )
    (document,) = await found(fresh, instrument, HOME + "<a href=/p/2>Cookie policy</a>")
    assert document.final_url.endswith("/p/2")


async def test_where_the_page_links_its_policy_neither_sitemap_nor_banner_is_asked(
    fresh: Site, instrument: Instrument
) -> None:
    fresh.put("/p/1", POLICY)
    fresh.log.clear()
    (document,) = await found(fresh, instrument, HOME + "<a href=/p/1>Cookie policy</a>")
    assert document.found_by == 'link "Cookie policy"'
    assert not fresh.asked("/sitemap.xml")
    assert [path for _, _, path in fresh.log].count("/home") == 2, "the visit and its reload"


SHELL = (
    "<!doctype html><html lang=en><title>Lamps</title><h1>Lamps</h1><p>Lamps of all kinds, for desk, wall and floor."
    "<div id=host></div><script>host.attachShadow({mode: 'open'}).innerHTML = '<p>We use cookies for statistics if you"
    " agree. You may withdraw your consent at any time in the cookie settings.</p><button>Accept</button>'</script>"
    "<main></main><script>document.querySelector('main').innerHTML = '<h2>' + location.pathname + '</h2>';"
)
PATHS = ("/cookie-policy", "/cookies", "/privacy-policy", "/privacy")


async def test_an_application_that_answers_every_address_with_itself_has_no_policy(
    fresh: Site, instrument: Instrument
) -> None:
    for path in PATHS:
        fresh.put(path, f"{SHELL}</script>")
    assert await found(fresh, instrument, f"{SHELL}</script>") == []


async def test_an_application_that_shows_its_policy_at_a_usual_path_has_one(
    fresh: Site, instrument: Instrument
) -> None:
    routes = (
        f"if (location.pathname === '/cookie-policy') document.querySelector('main').innerHTML = `{POLICY}`</script>"
    )
    for path in PATHS:
        fresh.put(path, f"{SHELL}{routes}")
    (document,) = await found(fresh, instrument, f"{SHELL}{routes}")
    assert document.url.endswith("/cookie-policy")
