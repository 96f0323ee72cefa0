"""What the demonstration sites do in a real browser, by the server's log and the cookie jar: the truth behind the
expected findings.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from scanner.capture.locate import find_browser
from scanner.demo import DemoServer, DemoSite, Hit, serve_demo, site_names
from tests.chromium import LIGHT

pytestmark = pytest.mark.browser

QUIET_S = 0.2
INNER_PAGE = 3
"""One inner page stands for all, which share a layout; in the shop with a payment service it is the basket."""


@dataclass(frozen=True)
class Run:
    """One site in one state: cookies as `name@domain`, contacted hosts other than the site's page host, all hits."""

    cookies: frozenset[str]
    hosts: frozenset[str]
    hits: tuple[Hit, ...]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[DemoServer]:
    """All sites."""
    async with serve_demo() as running:
        yield running


@pytest.fixture(scope="module")
async def browser(server: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser led to the server, with third-party cookies allowed in its profile (some builds block them)."""
    profile: Path = tmp_path_factory.mktemp("profile")
    (profile / "Default").mkdir()
    allow = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
    (profile / "Default" / "Preferences").write_text(json.dumps(allow), encoding="utf-8")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_browser(),
            args=[
                "--no-sandbox",
                LIGHT,
                "--disable-gpu",
                "--disable-background-networking",
                "--ignore-certificate-errors",
                f"--host-resolver-rules={server.host_rules}",
            ],
        )
        assert context.browser is not None
        yield context.browser
        await context.close()


# How each banner is answered: selectors pressed one after another, in whichever frame has them.
ANSWERS = {
    "consent-mode-shop": {"accept": ["#choice [value=granted]"], "reject": ["#choice [value=denied]"]},
    "deaf-ear-news": {"accept": ["[data-choice=accepted]"], "reject": ["[data-choice=rejected]"]},
    "laden-berlin": {"accept": ["#hinweis-ja"], "reject": ["#hinweis-nein"]},
    "medical-society": {"accept": ["#cookie-notice-ok"]},
    "museo-lagunare": {"accept": ["#accetta"], "reject": ["#scegli", "#rifiuta"]},
    "no-way-out": {"accept": ["#first-layer .yes"]},
    "osano-travel": {"accept": [".cc-allow"], "reject": [".cc-deny"]},
    "respectful-magazine": {"accept": ["#consent-accept"], "reject": ["#consent-reject"]},
    "trois-ponts": {"accept": ["[data-choix=oui]"], "reject": ["[data-choix=non]"]},
}


async def press(page: Page, selector: str) -> None:
    for frame in page.frames:
        found = frame.locator(selector)
        if await found.count():
            await found.first.click()
            return
    pytest.fail(f"{page.url} has no {selector}")


async def run(server: DemoServer, browser: Browser, name: str, state: str) -> Run:
    """Open the start page, answer the banner, visit an inner page, and the start page again."""
    site = next(site for site in server.sites if site.name == name)
    context = await browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(10_000)
    errors: list[str] = []
    try:
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        start = len(server.log)
        await page.goto(site.start)
        await server.quiet(QUIET_S)
        for selector in ANSWERS.get(name, {}).get(state, []):
            await press(page, selector)
        for url in (site.pages[INNER_PAGE], site.start):
            await page.goto(url)
        await server.quiet(QUIET_S)
        cookies = await context.cookies()
    finally:
        await context.close()
    assert errors == []
    await server.quiet(QUIET_S)
    return _seen(site, [f"{one['name']}@{one['domain'].lstrip('.')}" for one in cookies], server.log[start:])


def _seen(site: DemoSite, cookies: list[str], log: list[Hit]) -> Run:
    # What the browser sends of itself goes to hosts that are none of the site's.
    hits = tuple(hit for hit in log if hit.host in set(site.all_hosts()))
    assert [f"{hit.host}{hit.path}" for hit in hits if not hit.served] == []
    front = site.start.split("/")[2]
    return Run(frozenset(cookies), frozenset(hit.host for hit in hits) - {front}, hits)


GOOGLE_TAG = {"www.googletagmanager.com", "region1.google-analytics.com"}
META = {"connect.facebook.net", "www.facebook.com"}
YOUTUBE = {"www.youtube.com", "i.ytimg.com"}
YOUTUBE_COOKIES = {
    "YSC@youtube.com",
    "VISITOR_INFO1_LIVE@youtube.com",
    "VISITOR_PRIVACY_METADATA@youtube.com",
    "__Secure-ROLLOUT_TOKEN@youtube.com",
}
HARBOUR = (
    {
        "_ga@harbour-courier.example",
        "_ga_HC90WX2LRT@harbour-courier.example",
        "__gads@harbour-courier.example",
        "__gpi@harbour-courier.example",
        "_clck@harbour-courier.example",
        "_clsk@harbour-courier.example",
        "CLID@www.clarity.ms",
        "SM@c.clarity.ms",
        "MUID@clarity.ms",
        "MUID@bing.com",
        "IDE@doubleclick.net",
    },
    {
        *GOOGLE_TAG,
        "securepubads.g.doubleclick.net",
        "www.clarity.ms",
        "scripts.clarity.ms",
        "c.clarity.ms",
        "j.clarity.ms",
        "c.bing.com",
    },
)
STRIPE = {"__stripe_mid@tidewater-outdoor.example", "__stripe_sid@tidewater-outdoor.example"}
SOCIETY = (
    {
        "XSRF-TOKEN@www.lusoscottish-medical.example",
        "hs@www.lusoscottish-medical.example",
        "_ga@lusoscottish-medical.example",
        "_ga_LS8M4T0QWZ@lusoscottish-medical.example",
        *YOUTUBE_COOKIES,
    },
    {*GOOGLE_TAG, *YOUTUBE, "static.parastorage.com", "static.wixstatic.com"},
)

# Site, state, cookies in the jar at the end, hosts contacted beside the page's own.
TRUTH: list[tuple[str, str, set[str], set[str]]] = [
    ("clean-bakery", "before", {"basket@www.crumb-and-crust.example"}, set()),
    (
        "consent-mode-shop",
        "before",
        {"tw_session@www.tidewater-outdoor.example", *STRIPE},
        {*GOOGLE_TAG, "js.stripe.com"},
    ),
    (
        "consent-mode-shop",
        "reject",
        {"tw_session@www.tidewater-outdoor.example", "tw_consent@www.tidewater-outdoor.example", *STRIPE},
        {*GOOGLE_TAG, "js.stripe.com"},
    ),
    (
        "consent-mode-shop",
        "accept",
        {
            "tw_session@www.tidewater-outdoor.example",
            "tw_consent@www.tidewater-outdoor.example",
            "_ga@tidewater-outdoor.example",
            "_ga_TW46B1YHXE@tidewater-outdoor.example",
            "FPID@tidewater-outdoor.example",
            "FPLC@tidewater-outdoor.example",
            *STRIPE,
        },
        {*GOOGLE_TAG, "js.stripe.com", "metrics.tidewater-outdoor.example"},
    ),
    ("deaf-ear-news", "before", *HARBOUR),
    ("deaf-ear-news", "accept", {*HARBOUR[0], "hc_choice@www.harbour-courier.example"}, HARBOUR[1]),
    ("deaf-ear-news", "reject", {*HARBOUR[0], "hc_choice@www.harbour-courier.example"}, HARBOUR[1]),
    (
        "laden-berlin",
        "before",
        {"kl_sitzung@www.kiezladen.example", "kl_merkliste@www.kiezladen.example"},
        set(),
    ),
    (
        "laden-berlin",
        "reject",
        {
            "kl_sitzung@www.kiezladen.example",
            "kl_merkliste@www.kiezladen.example",
            "kl_einwilligung@www.kiezladen.example",
        },
        set(),
    ),
    (
        "laden-berlin",
        "accept",
        {
            "kl_sitzung@www.kiezladen.example",
            "kl_merkliste@www.kiezladen.example",
            "kl_einwilligung@www.kiezladen.example",
            "_pk_id.3.02d6@www.kiezladen.example",
            "_pk_ses.3.02d6@www.kiezladen.example",
            "_hjSessionUser_5093372@kiezladen.example",
            "_hjSession_5093372@kiezladen.example",
            "_gcl_au@kiezladen.example",
            "_fbp@kiezladen.example",
            "IDE@doubleclick.net",
            "test_cookie@doubleclick.net",
        },
        {
            "statistik.kiezladen.example",
            "static.hotjar.com",
            "script.hotjar.com",
            "metrics.hotjar.io",
            "www.googletagmanager.com",
            "googleads.g.doubleclick.net",
            *META,
        },
    ),
    ("medical-society", "before", *SOCIETY),
    ("medical-society", "accept", {*SOCIETY[0], "cookie_notice@www.lusoscottish-medical.example"}, SOCIETY[1]),
    (
        "medicines-group",
        "before",
        {"_ga@kestrelmoor.example", "_ga_KM7R2XVQ41@kestrelmoor.example", "_fbp@kestrelmoor.example"},
        {*GOOGLE_TAG, *META, "browser.sentry-cdn.com", "o4507712035.ingest.de.sentry.io"},
    ),
    ("museo-lagunare", "before", set(), set()),
    ("museo-lagunare", "reject", {"ml_consenso@www.museo-lagunare.example"}, set()),
    (
        "museo-lagunare",
        "accept",
        {
            "ml_consenso@www.museo-lagunare.example",
            "_ga@museo-lagunare.example",
            "_ga_ML20VFJ83C@museo-lagunare.example",
            *YOUTUBE_COOKIES,
        },
        {*GOOGLE_TAG, *YOUTUBE},
    ),
    ("no-way-out", "before", set(), set()),
    (
        "no-way-out",
        "accept",
        {
            "cg_cookies@www.castlegate-fitness.example",
            "_ga@castlegate-fitness.example",
            "_ga_CF17P3MN6D@castlegate-fitness.example",
            "_ttp@castlegate-fitness.example",
            "_tt_enable_cookie@castlegate-fitness.example",
            "_ttp@tiktok.com",
        },
        {*GOOGLE_TAG, "analytics.tiktok.com"},
    ),
    ("osano-travel", "before", set(), set()),
    ("osano-travel", "reject", {"cookieconsent_status@www.nordlys-journeys.example"}, set()),
    (
        "osano-travel",
        "accept",
        {
            "cookieconsent_status@www.nordlys-journeys.example",
            "_ga@nordlys-journeys.example",
            "_ga_NJ5T82ZKPB@nordlys-journeys.example",
            "_hjSessionUser_3480917@nordlys-journeys.example",
            "_hjSession_3480917@nordlys-journeys.example",
        },
        {*GOOGLE_TAG, "static.hotjar.com", "script.hotjar.com", "metrics.hotjar.io"},
    ),
    ("respectful-magazine", "before", set(), {"cdn.jsdelivr.net"}),
    ("respectful-magazine", "reject", {"qm_consent@www.quiet-margin.example"}, {"cdn.jsdelivr.net"}),
    (
        "respectful-magazine",
        "accept",
        {
            "qm_consent@www.quiet-margin.example",
            "_ga@quiet-margin.example",
            "_ga_QM31K8VD5N@quiet-margin.example",
            "__gads@quiet-margin.example",
            "__gpi@quiet-margin.example",
            "IDE@doubleclick.net",
        },
        {"cdn.jsdelivr.net", *GOOGLE_TAG, "securepubads.g.doubleclick.net"},
    ),
    ("trois-ponts", "before", set(), {"plausible.io", "cadre.consentement-clair.example"}),
    (
        "trois-ponts",
        "reject",
        {"ctp_choix@www.trois-ponts.example"},
        {"plausible.io", "cadre.consentement-clair.example"},
    ),
    (
        "trois-ponts",
        "accept",
        {"ctp_choix@www.trois-ponts.example", "_fbp@trois-ponts.example"},
        {"plausible.io", "cadre.consentement-clair.example", *META},
    ),
]


def test_the_table_covers_every_site_and_every_answer() -> None:
    covered = {(name, state) for name, state, _, _ in TRUTH}
    assert covered == {(name, "before") for name in site_names()} | {
        (name, state) for name, states in ANSWERS.items() for state in states
    }


@pytest.mark.parametrize(("name", "state", "cookies", "hosts"), TRUTH, ids=[f"{row[0]}-{row[1]}" for row in TRUTH])
async def test_a_site_does_in_each_state_what_its_truth_says(
    server: DemoServer, browser: Browser, name: str, state: str, cookies: set[str], hosts: set[str]
) -> None:
    seen = await run(server, browser, name, state)
    assert seen.cookies == cookies
    assert seen.hosts == hosts
    if state != "before":
        kept = {hit.state for hit in seen.hits if hit.path == "/" and hit.site == name and hit.state}
        assert kept == {"before", state}, "the choice was not kept"


async def test_consent_mode_pings_are_denied_before_and_granted_after_acceptance(
    server: DemoServer, browser: Browser
) -> None:
    for state in ("before", "reject"):
        hits = [hit for hit in (await run(server, browser, "consent-mode-shop", state)).hits if "collect" in hit.path]
        assert hits
        assert {hit.query["gcs"] for hit in hits} == {"G100"}
        assert {hit.host for hit in hits} == {"region1.google-analytics.com"}
    hits = [hit for hit in (await run(server, browser, "consent-mode-shop", "accept")).hits if "collect" in hit.path]
    granted = [hit for hit in hits if hit.query["gcs"] == "G101"]
    assert {hit.host for hit in granted} == {"metrics.tidewater-outdoor.example"}
    assert granted[0].query["gcd"] == "13p3r3p3p5l1"
    assert len({hit.query["cid"] for hit in granted}) == 1


async def test_hits_of_the_google_tag_carry_what_real_ones_do(server: DemoServer, browser: Browser) -> None:
    seen = await run(server, browser, "medicines-group", "before")
    hits = [hit for hit in seen.hits if hit.path == "/g/collect"]
    first = hits[0].query
    assert first["tid"] == "G-KM7R2XVQ41"
    assert first["en"] == "page_view"
    assert first["_fv"] == "1"
    assert first["gcd"] == "13l3l3l3l5l1"
    assert "gcs" not in first
    assert len({hit.query["cid"] for hit in hits}) == 1
    assert {"page_view", "user_engagement"} <= {hit.query["en"] for hit in hits}
    pixel = next(hit for hit in seen.hits if hit.host == "www.facebook.com").query
    assert pixel["ev"] == "PageView"
    assert pixel["fbp"].startswith("fb.1.")
    envelope = next(hit for hit in seen.hits if hit.path.endswith("/envelope/"))
    assert '"type":"session"' in envelope.body
