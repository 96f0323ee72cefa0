"""A whole scan: states, phases, pages, documents, and the order of its records."""

from __future__ import annotations

import asyncio

import pytest

from scanner.capture import Plan
from scanner.capture.instrument import Instrument
from scanner.model.consent import BannerSeen, ChoiceMade, Screenshot
from scanner.model.evidence import (
    DocumentKept,
    Gap,
    JarSnapshot,
    Request,
    ScanFinished,
    ScanStarted,
    ScriptCookieWrite,
    Visit,
)
from tests.capture.conftest import FIRST, GIF, OTHER, Records, Scan, Site

pytestmark = pytest.mark.browser

BANNER = f"""
<div id=banner style="position: fixed; bottom: 0; left: 0; right: 0; padding: 20px; background: #eee; z-index: 9">
We use cookies to measure our traffic and for advertising.
<button id=yes>Accept all</button> <button id=no>Reject all</button></div>
<script>
const track = () => {{
  const s = document.createElement('script'); s.src = 'https://{OTHER}/tag.js'; document.body.append(s);
}};
const choose = (v) => {{
  document.cookie = 'consent=' + v + '; Path=/; Max-Age=31536000';
  banner.style.transition = 'opacity 300ms'; banner.style.opacity = 0;
  setTimeout(() => banner.remove(), 400);
  if (v === 'yes') setTimeout(track, 3000);
}};
if (document.cookie.includes('consent=')) {{ banner.remove(); if (document.cookie.includes('yes')) track() }}
yes.onclick = () => choose('yes'); no.onclick = () => choose('no');
</script>"""


@pytest.fixture
def shop(site: Site) -> str:
    """A small shop with a banner, three pages and a policy. Returns its address."""
    site.put(
        "/tag.js",
        f"document.cookie = 'tag=1; Path=/'; new Image().src = 'https://{OTHER}/collect.gif?p=' + location.pathname",
        Content_Type="text/javascript",
    )
    site.put("/collect.gif", GIF, "collector=1; Secure; SameSite=None; Max-Age=1000")
    links = "<a href=/one>One</a> <a href=/two>Two</a> <a href=/the-privacy>Privacy policy</a>"
    for path in ("/shop", "/one", "/two"):
        site.put(path, f"<!doctype html><html lang=en><title>{path}</title><body>{links}{BANNER}", "session=1; Path=/")
    site.put("/the-privacy", "<!doctype html><html lang=en><title>Privacy</title><body><h1>Privacy</h1><p>Cookies.")
    return f"https://{FIRST}/shop"


async def test_three_states_are_told_apart_by_what_the_visitor_chose(shop: str, scan: Scan) -> None:
    records = await scan(
        shop,
        states=("before", "accept", "reject"),
        pages=3,
        documents=lambda links: [(link.url, "link") for link in links if "privacy" in link.url] + [(shop + "-no", "?")],
    )
    assert isinstance(records.all[0], ScanStarted)
    assert isinstance(records.all[-1], ScanFinished)
    assert records.all[-1].outcome == "complete"
    choices = {choice.context: (choice.made, choice.verified) for choice in records.of(ChoiceMade)}
    assert choices == {"accept": ("accept", True), "reject": ("reject", True)}

    pages: dict[str, set[str]] = {}
    for visit in records.of(Visit):
        if visit.purpose == "page":
            pages.setdefault(visit.context, set()).add(visit.url)
    assert pages["before"] == pages["accept"] == pages["reject"]
    assert len(pages["before"]) == 3

    hits = {(request.context, request.phase) for request in records.of(Request) if "/collect.gif" in request.url}
    assert hits == {("accept", "chosen")}
    jars = {(jar.context, jar.phase): {cookie.name for cookie in jar.cookies} for jar in records.of(JarSnapshot)}
    assert jars[("before", "initial")] == {"session"}
    assert jars[("accept", "initial")] == {"session"}
    assert jars[("accept", "chosen")] == {"session", "consent", "tag", "collector"}
    assert jars[("reject", "chosen")] == {"session", "consent"}

    writes = {(write.context, write.phase, write.raw.split("=")[0]) for write in records.of(ScriptCookieWrite)}
    assert ("accept", "chosen", "consent") in writes
    assert not [write for write in writes if write[1] == "initial"]

    seen = {(banner.context, banner.moment, banner.found) for banner in records.of(BannerSeen)}
    assert ("before", "loaded", True) in seen
    assert ("accept", "reloaded", False) in seen
    shots = {(shot.context, shot.label) for shot in records.of(Screenshot)}
    assert {("before", "banner"), ("before", "page"), ("accept", "page"), ("reject", "page")} <= shots
    assert all(records.files[shot.file].startswith(b"\xff\xd8") for shot in records.of(Screenshot))

    (document,) = records.of(DocumentKept)
    assert (document.title, document.language, document.found_by) == ("Privacy", "en", "link")
    assert b"<p>Cookies." in records.files[f"evidence/{document.file}"]


async def test_what_the_click_sets_off_is_seen_although_it_comes_seconds_later(shop: str, scan: Scan) -> None:
    records = await scan(shop, states=("accept",))
    first = next(visit for visit in records.of(Visit) if visit.purpose == "page")
    hits = [request for request in records.of(Request) if "/collect.gif" in request.url]
    assert first.id in {hit.visit for hit in hits}
    assert [visit.purpose for visit in records.of(Visit)] == ["page", "reload"]


async def test_a_state_that_cannot_be_reached_says_so(site: Site, scan: Scan) -> None:
    records = await scan(site.page("<p>No banner here.</p><a href=/one>1</a>", "a=1"), states=("accept",), pages=3)
    assert records.of(ChoiceMade)[0].made is None
    assert any(gap.what == "state" for gap in records.of(Gap))
    assert len(records.of(Visit)) == 1


async def test_a_visitor_with_global_privacy_control_says_so(site: Site, scan: Scan) -> None:
    url = site.page("<script>document.cookie = 'gpc=' + navigator.globalPrivacyControl + '; Path=/'</script>")
    records = await scan(url, states=("gpc",))
    assert records.jar()["gpc"].value == "true"
    page = next(request for request in records.of(Request) if request.url == url)
    assert ("sec-gpc", "1") in page.request_headers


async def test_the_sites_limit_ends_the_scan_and_keeps_what_was_seen(site: Site, scan: Scan) -> None:
    async def slow(request: object) -> object:
        while not request.transport.is_closing():  # type: ignore[attr-defined]
            await asyncio.sleep(0.05)
        raise ConnectionError

    site.call("/slow-page", slow)  # type: ignore[arg-type]
    records = await scan(site.page("<a href=/slow-page>s</a>", "kept=1"), pages=2, site_timeout_s=8.0)
    assert "kept" in records.jar()
    assert any(gap.what == "time" for gap in records.of(Gap))
    assert isinstance(records.all[-1], ScanFinished)
    assert records.all[-1].outcome == "partial"


async def test_an_interrupted_scan_keeps_what_was_seen_and_ends_its_record(site: Site, instrument: Instrument) -> None:
    records = Records()
    plan = Plan(url=site.page("x", "kept=1"), states=("before",), pages=1, tool_version="0")
    task = asyncio.create_task(
        instrument.scan(
            plan,
            records,
            progress=lambda p: p.doing.startswith("looking") and task.cancel(),
            choose_documents=lambda _: (),
        )
    )
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "kept=1" in {line.raw for request in records.of(Request) for line in request.set_cookies}
    assert records.of(Visit)
    assert isinstance(records.all[-1], ScanFinished)
    assert any(gap.what == "interrupted" for gap in records.of(Gap))


async def test_a_given_policy_is_fetched_and_a_text_is_kept_as_it_is(site: Site, scan: Scan) -> None:
    site.put("/policy.txt", "We use cookies. Straße", Content_Type="text/plain; charset=utf-8")
    records = await scan(site.page("x"), policy_urls=(f"https://{FIRST}/policy.txt",), user_given_policy="given")
    (document,) = records.of(DocumentKept)
    assert document.media_type == "text/plain"
    assert records.files[f"evidence/{document.file}"] == "We use cookies. Straße".encode()


async def test_documents_alone_can_be_fetched(site: Site, instrument: Instrument) -> None:
    site.put("/just-policy", "<title>P</title><body><script>document.body.append('written late')</script>")
    records = Records()
    await instrument.fetch_documents([f"https://{FIRST}/just-policy"], records)
    (document,) = records.of(DocumentKept)
    assert b"written late" in records.files[f"evidence/{document.file}"]
