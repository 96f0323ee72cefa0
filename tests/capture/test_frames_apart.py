"""A banner in a frame that the browser gives a process of its own is seen and answered like any other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from scanner.capture import BrowserOptions, Plan, find_browser, open_instrument
from scanner.capture.consent.page import Wire
from scanner.capture.instrument import Instrument
from scanner.capture.tab_page import TabPage
from scanner.model.consent import BannerSeen, ChoiceMade
from tests.capture.conftest import FIRST, THIRD, Records, Site

pytestmark = pytest.mark.browser

NOTICE = """<body style="background:#fff"><h2>We use cookies</h2>
<p>We and our partners use cookies for statistics and advertising. You can accept or reject them.</p>
<button onclick="answer('all')">Accept all</button> <button onclick="answer('none')">Reject all</button>
<script>function answer(what) { parent.postMessage(what, '*') }</script>"""

PAGE = f"""<script>if (!document.cookie.includes('answer=')) addEventListener('DOMContentLoaded', () => {{
  const frame = document.createElement('iframe');
  frame.src = 'https://{THIRD}/notice';
  frame.style = 'position:fixed;bottom:0;left:40px;width:90%;height:240px;border:0;z-index:9';
  document.body.append(frame);
  addEventListener('message', (e) => {{ document.cookie = 'answer=' + e.data; frame.remove() }})
}})</script>"""


@pytest.fixture
async def apart(site: Site, tmp_path: Path) -> AsyncIterator[Instrument]:
    """A browser that gives each site a process of its own, as a browser with a window does."""
    browser = tmp_path / "chromium"
    browser.write_text(f'#!/bin/sh\nexec "{find_browser(None)}" "$@" --site-per-process\n')
    browser.chmod(0o755)
    options = BrowserOptions(executable=str(browser), host_rules=site.host_rules, ignore_https_errors=True)
    async with open_instrument(options, calibrate=False) as running:
        yield running


async def test_a_notice_in_a_process_of_its_own_is_answered(
    site: Site, apart: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    frames = TabPage.frames

    async def told(page: TabPage) -> Mapping[str, Wire]:
        found = await frames(page)
        asked.update(found)
        return found

    monkeypatch.setattr(TabPage, "frames", told)
    site.put("/notice", NOTICE)
    records = Records()
    plan = Plan(url=site.page(PAGE), states=("before", "accept", "reject"), pages=1, tool_version="0")
    await apart.scan(plan, records, progress=lambda _: None, choose_documents=lambda _: ())
    made = {choice.context: (choice.made, choice.verified, choice.error) for choice in records.of(ChoiceMade)}
    assert made == {"accept": ("accept", True, None), "reject": ("reject", True, None)}
    seen = [banner for banner in records.of(BannerSeen) if banner.found]
    assert {banner.frame_url for banner in seen} == {f"https://{THIRD}/notice"}
    assert asked, f"the frame of {THIRD} stood in the process of {FIRST}"
