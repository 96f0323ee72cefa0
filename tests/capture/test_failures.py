"""A site that cannot be scanned: one short word for why, and no evidence against it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from scanner.capture import BrowserOptions, Plan, open_instrument
from scanner.capture.failures import challenged, failure_of, not_a_page, refused_by_status
from scanner.capture.instrument import Instrument
from scanner.model.evidence import ScanFinished, ScanStarted, Visit
from tests.capture.conftest import FIRST, THIRD, Records, Scan, Site
from tests.capture.test_settling import never


@pytest.fixture(scope="module")
async def strict(site: Site) -> AsyncIterator[Instrument]:
    """A browser that believes no self-made certificate."""
    async with open_instrument(BrowserOptions(host_rules=site.host_rules), calibrate=False) as running:
        yield running


@pytest.mark.browser
@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://nowhere.test/", "dns"),
        ("https://refused.test/", "refused"),
        (f"https://{FIRST}/certificate", "certificate"),
    ],
)
async def test_a_host_that_cannot_be_reached_fails_with_its_kind(strict: Instrument, url: str, kind: str) -> None:
    records = Records()
    await strict.scan(
        Plan(url=url, states=("before", "accept"), pages=3, tool_version="0"),
        records,
        progress=lambda _: None,
        choose_documents=lambda _: (),
    )
    assert isinstance(records.all[0], ScanStarted)
    assert {visit.error_kind for visit in records.of(Visit)} == {kind}
    assert isinstance(records.all[-1], ScanFinished)
    assert records.all[-1].outcome == "failed"
    assert not [record for record in records.all if record.kind in ("jar", "storage", "banner", "choice")]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("status", "headers", "title", "kind"),
    [
        (404, {}, "Not found", "http-status"),
        (403, {}, "Forbidden", "http-status"),
        (403, {"cf_mitigated": "challenge"}, "Just a moment...", "bot-wall"),
        (503, {}, "Checking your browser before accessing", "bot-wall"),
        (202, {"x_amzn_waf_action": "challenge"}, "", "bot-wall"),
        (200, {"Content_Type": "application/json"}, "", "not-html"),
    ],
)
async def test_an_answer_that_is_not_the_site_fails_with_its_kind(
    site: Site, scan: Scan, status: int, headers: dict[str, str], title: str, kind: str
) -> None:
    records = await scan(site.page("wall", title=title, status=status, **headers))
    assert records.visit.error_kind == kind
    assert records.visit.status == status
    assert records.all[-1].outcome == "failed"


@pytest.mark.browser
async def test_a_redirect_to_another_site_names_it_and_fails(site: Site, scan: Scan) -> None:
    site.put("/new-home", "<title>New home</title>")
    site.put("/moved", b"", status=301, Location="https://elsewhere.example/new-home")
    records = await scan(f"https://{FIRST}/moved")
    assert records.visit.error_kind == "redirected-away"
    assert "https://elsewhere.example/new-home" in (records.visit.error or "")
    assert records.all[-1].outcome == "failed"


@pytest.mark.browser
async def test_a_redirect_to_another_host_of_the_site_is_the_site(site: Site, scan: Scan) -> None:
    site.put("/at-www", "<title>At www</title>")
    site.put("/apex", b"", status=301, Location=f"https://{FIRST}/at-www")
    records = await scan("https://shop.test/apex")
    assert (records.visit.error, records.visit.final_url) == (None, f"https://{FIRST}/at-www")


@pytest.mark.browser
async def test_redirects_in_a_circle_fail(site: Site, scan: Scan) -> None:
    site.put("/circle", b"", status=302, Location="/circle")
    records = await scan(f"https://{FIRST}/circle")
    assert records.visit.error_kind == "redirect-loop"


@pytest.mark.browser
async def test_a_host_that_does_not_answer_fails_at_the_pages_limit(site: Site, scan: Scan) -> None:
    site.call("/silent", never)
    records = await scan(f"https://{FIRST}/silent", page_timeout_s=2.0)
    assert records.visit.error_kind == "timeout"
    assert records.visit.wall_ms < 8_000
    assert records.all[-1].outcome == "failed"


@pytest.mark.browser
async def test_a_challenge_page_of_another_frame_does_not_condemn_the_site(site: Site, scan: Scan) -> None:
    site.put("/walled", "<title>Just a moment...</title>", status=403, cf_mitigated="challenge")
    records = await scan(site.page(f'<iframe src="https://{THIRD}/walled"></iframe>'))
    assert records.visit.error is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("net::ERR_NAME_NOT_RESOLVED", "dns"),
        ("net::ERR_CONNECTION_REFUSED", "refused"),
        ("net::ERR_CERT_DATE_INVALID", "certificate"),
        ("net::ERR_SSL_PROTOCOL_ERROR", "certificate"),
        ("net::ERR_CONNECTION_RESET", "reset"),
        ("net::ERR_TOO_MANY_REDIRECTS", "redirect-loop"),
        ("net::ERR_SOMETHING_NEW", "other"),
    ],
)
def test_the_browsers_words_become_a_kind_and_a_sentence(text: str, kind: str) -> None:
    assert failure_of(text)[0] == kind
    assert text in failure_of(text)[1]


def test_a_title_alone_is_no_bot_wall() -> None:
    assert not challenged(200, "Just a moment in history", {})
    assert not challenged(404, "Access denied", {})
    assert not challenged(200, "Shop", {"x-datadome": "protected"})
    assert challenged(403, "Shop", {"x-datadome": "protected"})


def test_status_and_kind_of_answer() -> None:
    assert refused_by_status(399) is None
    assert refused_by_status(503) == ("http-status", "the server answered with status 503")
    assert not_a_page("application/xhtml+xml") is None
    assert not_a_page(None) is None
