"""The dashboard in a real browser, as somebody uses it: by mouse and keyboard, with and without script, on a phone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from scanner.capture.locate import find_browser
from scanner.dashboard import Export, Shown
from scanner.store.history import open_history
from scanner.store.places import open_place
from tests import npm
from tests.chromium import LIGHT
from tests.dashboard import watched
from tests.dashboard.asking import HASH, PASSWORD, Visitor
from tests.dashboard.conftest import NAMES, Known, Open
from tests.report import samples

pytestmark = pytest.mark.browser
SITE = NAMES[0]


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this module."""
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", LIGHT])
        yield started
        await started.close()


class Witness:
    """Writes down everything that a page should not do."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.seen: list[str] = []
        self._base = base
        context.on("request", lambda one: self._request(one.url))
        context.on("requestfailed", lambda one: self.seen.append(f"failed {one.url}: {one.failure}"))
        context.on("dialog", lambda dialog: self.seen.append(f"dialog {dialog.message}"))
        context.on("weberror", lambda error: self.seen.append(f"error {error.error}"))
        context.on("console", lambda message: self.seen.append(f"console {message.text}"))
        context.on("response", lambda one: self._response(one.status, one.url))

    def _request(self, url: str) -> None:
        if not url.startswith((self._base, "data:")):
            self.seen.append(f"request {url}")

    def _response(self, status: int, url: str) -> None:
        if status >= 400:
            self.seen.append(f"{status} {url}")


def _base(visitor: Visitor) -> str:
    return f"http://127.0.0.1:{visitor.served.port}"


async def _page(browser: Browser, base: str, **options: Any) -> tuple[Page, Witness]:
    context = await browser.new_context(base_url=base, **options)
    witness = Witness(context, base)
    return await context.new_page(), witness


def _last(known: Known) -> tuple[int, int]:
    """The last two scans of the site whose reports are kept, the older first."""
    newest, older = known.history.scans(SITE, limit=2)
    return older.id, newest.id


def _paths(known: Known) -> list[str]:
    older, newest = _last(known)
    return [
        "/",
        "/?text=shop&sort=name",
        f"/sites/{SITE}",
        "/search",
        "/search?text=_ga",
        f"/sites/{SITE}/compare?old={older}&new={newest}",
        "/login",
    ]


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core; without it (no npm, no network) nothing can be said."""
    modules = npm.installed("axe", ("axe-core@4.10.3",))
    if modules is None:
        pytest.skip("axe-core cannot be had here")
    return (modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


# Without `preload`, axe does not ask for style sheets again, which the content policy forbids.
_RULES = "{preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"


async def _faults(page: Page, axe: str) -> list[str]:
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    await page.evaluate(axe)
    found = await page.evaluate(f"axe.run(document, {_RULES})")
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_has_a_barrier(browser: Browser, opened: Open, known: Known, axe: str, scheme: str) -> None:
    """Everything unfolded: names, roles, contrast, order of headings (axe-core, WCAG 2.2 A and AA)."""
    client = opened({"scans": True}, begin=_nothing)
    page, witness = await _page(browser, _base(client), color_scheme=scheme)
    faults = []
    for path in [path for path in _paths(known) if path != "/login"]:
        await page.goto(path)
        faults += await _faults(page, axe)
    assert faults == []
    assert witness.seen == []
    await page.context.close()


async def test_the_login_page_has_no_barrier(browser: Browser, guarded: Visitor, axe: str) -> None:
    """Also with its message of a wrong password."""
    page, _ = await _page(browser, _base(guarded))
    await page.goto("/")
    assert await _faults(page, axe) == []
    await page.get_by_label("Name").fill("eve")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert await _faults(page, axe) == []
    await page.context.close()


async def _nothing(site: str, tell: object) -> int | None:
    return None


@pytest.mark.parametrize("width", [390, 820, 1440])
async def test_no_page_is_wider_than_its_window(browser: Browser, opened: Open, known: Known, width: int) -> None:
    """Tables scroll inside themselves, also with endless names."""
    page, _ = await _page(browser, _base(opened()), viewport={"width": width, "height": 900})
    for path in _paths(known):
        await page.goto(path)
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert await page.evaluate("document.documentElement.scrollWidth") == width, path
    await page.context.close()


@pytest.mark.parametrize("width", [390, 1440])
async def test_what_strangers_wrote_does_nothing(browser: Browser, opened: Open, tmp_path: Path, width: int) -> None:
    """No script, no request, no dialogue, and the layout holds."""
    history = open_history(str(tmp_path / "history.db"))
    for number, scan in enumerate((samples.shop(), samples.hostile())):
        run = watched.Run(site="shop", due=f"2026-11-0{number + 1}T00:00:00Z")
        history.record(scan, run=run, url=samples.EVIL_URL, location=f"shop/{number}", owner=samples.ATTACK)
    client = opened(past=history, fleet=watched.fleet([]))
    page, witness = await _page(browser, _base(client), viewport={"width": width, "height": 900})
    for path in ("/", "/sites/shop", "/search?text=cmd", "/search?text=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"):
        await page.goto(path)
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert await page.evaluate("document.documentElement.scrollWidth") == width, path
        assert (
            await page.evaluate("document.images.length + document.scripts.length + document.styleSheets.length") == 1
        )
    assert witness.seen == []
    await page.context.close()
    history.close()


async def test_markup_that_slipped_through_would_not_run(browser: Browser, opened: Open) -> None:
    """The content policy refuses scripts, styles, pictures from elsewhere, frames and forms to elsewhere."""
    client = opened()
    page, witness = await _page(browser, _base(client))
    smuggled = (
        "<script>document.title='owned'</script><img src='https://evil.test/x' onerror=\"document.title='owned'\">"
        "<style>body{display:none}</style><iframe src='/'></iframe><base href='https://evil.test/'>"
    )

    async def spoil(route: Any) -> None:
        answer = await route.fetch()
        text = (await answer.text()).replace("</main>", f"{smuggled}</main>")
        await route.fulfill(response=answer, body=text)

    await page.route("**/search", spoil)
    await page.goto("/search")
    assert await page.title() == "Who loads what – Cookie watch"
    assert await page.locator("h1").is_visible()
    assert not [line for line in witness.seen if line.startswith("request") and "evil.test" not in line]
    assert all("csp" in line for line in witness.seen if line.startswith("failed"))
    await page.context.close()


async def test_sites_are_found_sorted_and_opened_without_script(browser: Browser, opened: Open, known: Known) -> None:
    """Filter, heading, page of the site, and back: all of it are links and forms."""
    page, witness = await _page(browser, _base(opened()), java_script_enabled=False)
    await page.goto("/")
    rows = page.locator("#sites tbody tr")
    await expect(rows).to_have_count(len(NAMES))
    await page.get_by_role("columnheader", name="Site").get_by_role("link").click()
    await expect(page.get_by_role("columnheader", name="Site")).to_have_attribute("aria-sort", "ascending")
    await expect(rows.first.locator("th a")).to_have_text(NAMES[0])
    await page.get_by_label("Name, address or owner").fill(NAMES[3])
    await page.get_by_role("button", name="Show").click()
    await expect(rows).to_have_count(1)
    await page.get_by_role("link", name=NAMES[3]).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NAMES[3])
    charts = page.get_by_role("img", name=re.compile("^(Findings|Advertising|Cookies|Services)"))
    assert await charts.count() == 4
    assert witness.seen == []
    await page.context.close()


async def test_two_scans_are_chosen_and_compared(browser: Browser, opened: Open, known: Known) -> None:
    """With the dots of the list, without script."""
    older, newest = _last(known)
    page, _ = await _page(browser, _base(opened()), java_script_enabled=False)
    await page.goto(f"/sites/{SITE}")
    await page.locator(f'input[name="old"][value="{older}"]').check()
    await page.locator(f'input[name="new"][value="{newest}"]').check()
    await page.get_by_role("button", name="Compare").click()
    await expect(page).to_have_url(re.compile(rf"/compare\?(?=.*old={older}\b)(?=.*new={newest}\b)"))
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.context.close()


async def test_a_scan_is_started_and_its_progress_seen_without_script(
    browser: Browser, opened: Open, known: Known
) -> None:
    """Lines appear in the open page one after the other, while the scan runs; at its end stands the report."""
    loops: list[asyncio.AbstractEventLoop] = []
    steps: list[asyncio.Event] = []

    async def begin(site: str, tell: Callable[[str], None]) -> int | None:
        loops.append(asyncio.get_running_loop())
        steps.extend((asyncio.Event(), asyncio.Event()))
        tell("before: opening the first page")
        await steps[0].wait()
        tell("accept: pressing “Accept all”")
        await steps[1].wait()
        return known.history.scans(site, limit=1)[0].id

    client = opened({"scans": True}, begin=begin)
    page, witness = await _page(browser, _base(client), java_script_enabled=False)
    await page.goto(f"/sites/{SITE}")
    await page.get_by_role("button", name="Scan now").click(no_wait_after=True)
    lines = page.locator(".progress li")
    await expect(lines).to_have_text(["before: opening the first page"])
    loops[0].call_soon_threadsafe(steps[0].set)
    await expect(lines).to_have_count(2)
    await expect(page.locator(".ended")).to_have_count(0)
    loops[0].call_soon_threadsafe(steps[1].set)
    await expect(page.locator(".ended")).to_contain_text("The scan has ended.")
    await page.get_by_role("link", name="Open its report").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cookie audit of")
    assert witness.seen == []
    await page.context.close()


async def test_a_user_signs_in_goes_on_and_signs_out(browser: Browser, guarded: Visitor) -> None:
    """To the page that was asked for; afterwards the way back is closed."""
    page, _ = await _page(browser, _base(guarded), java_script_enabled=False)
    await page.goto(f"/sites/{SITE}")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await page.get_by_label("Name").fill("ada")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{_base(guarded)}/sites/{SITE}")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await page.context.close()


async def test_another_site_cannot_start_a_scan_or_look_in(browser: Browser, opened: Open, known: Known) -> None:
    """A page of another origin posts a form, opens a frame and loads a picture: none of it comes through."""
    begun: list[str] = []

    async def begin(site: str, tell: object) -> int | None:
        begun.append(site)
        return None

    client = opened({"scans": True}, begin=begin)
    base = _base(client)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{base}/sites/{SITE}")
    token = await page.locator('input[name="token"]').first.get_attribute("value")
    evil = f"""<form method="post" action="{base}/sites/{SITE}/scan"><input name="token" value="{token}">
    <button>Win</button></form><iframe src="{base}/"></iframe><img src="{base}/static/icon.svg">"""
    await page.route("http://evil.example/", lambda route: route.fulfill(body=evil, content_type="text/html"))
    statuses: dict[str, int] = {}
    page.on("response", lambda answer: statuses.update({answer.request.resource_type + answer.url: answer.status}))
    await page.goto("http://evil.example/")
    assert await page.evaluate("document.images[0].naturalWidth") == 0
    await page.get_by_role("button", name="Win").click()
    await expect(page.get_by_text("Refused")).to_be_visible()
    assert begun == []
    await context.close()


async def test_a_report_cannot_reach_the_dashboard(browser: Browser, opened: Open, known: Known) -> None:
    """It is shown, its tables work, but it is of no origin: no cookie, no storage, no page of the dashboard."""
    _, newest = _last(known)
    client = opened()
    page, _ = await _page(browser, _base(client))
    await page.goto("/")
    await page.goto(f"/scans/{newest}/report.html")
    assert await page.evaluate("self.origin") == "null"
    assert await page.evaluate("(() => { try { return document.cookie } catch { return 'closed' } })()") == "closed"
    reached = "fetch('/sites.csv').then(() => 'open', () => 'closed')"
    assert await page.evaluate(reached) == "closed"
    assert await page.locator("html.scripted").count() == 1
    await page.context.close()


async def test_everything_is_reached_by_keyboard(browser: Browser, opened: Open) -> None:
    """The first stop leads past the head; every control shows where it is."""
    page, _ = await _page(browser, _base(opened()))
    await page.goto("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    seen = set()
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement === document.body"):
            break
        seen.add(await page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
    assert {"All sites", "Who loads what", "text", "Show", "As CSV", NAMES[0]} <= seen
    await page.context.close()


@pytest.mark.parametrize("script", [True, False])
async def test_an_export_opens_from_a_folder(
    browser: Browser, known: Known, axe: str, tmp_path: Path, script: bool
) -> None:
    """With its style, without a server; where scripts run, its tables can be filtered."""
    shown = Shown(watched.fleet(NAMES), known.history, open_place(known.reports))
    done = Export(shown, tmp_path / "pages", written="2026-11-22T10:00:00Z", kept=1).write()
    context = await browser.new_context(java_script_enabled=script)
    witness = Witness(context, "file:")
    page = await context.new_page()
    await page.goto(done.index.as_uri())
    assert await page.locator("body").evaluate("one => getComputedStyle(one).marginTop") == "0px"
    rows = page.locator("#sites tbody tr")
    await expect(rows).to_have_count(len(NAMES))
    if script:
        assert await _faults(page, axe) == []
        await page.goto((tmp_path / "pages" / "who.html").as_uri())
        await page.get_by_label("Find a company or site").fill("no such company")
        await expect(page.locator("#all-vendor tbody tr")).to_have_count(0)
        await page.goto(done.index.as_uri())
        if await page.get_by_label("Find a site").count():
            await page.get_by_label("Find a site").fill(NAMES[0])
            await expect(rows).to_have_count(1)
    await page.get_by_role("link", name=NAMES[0], exact=True).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NAMES[0])
    if script:
        assert await _faults(page, axe) == []
    await page.get_by_role("link", name=re.compile("Report of the last")).first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cookie audit of")
    assert witness.seen == []
    await context.close()


def test_the_hash_of_the_tests_is_one_of_ours() -> None:
    """So that what they prove holds for the hash that `serve --hash-password` prints."""
    assert HASH.startswith("scrypt$")
