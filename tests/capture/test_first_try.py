"""What does not come at the first try, and what is tried a second time.

A document that the browser does not bring, cookies that are told after a page has failed, and the second life of a page
that asks its server again and again.
"""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from scanner.capture import Plan
from scanner.capture.instrument import Instrument
from scanner.capture.tab import Tab
from scanner.model.evidence import Request, Visit
from tests.capture.conftest import Records, Site

pytestmark = pytest.mark.browser


async def _scanned(instrument: Instrument, first: str, *others: str) -> Records:
    records = Records()
    plan = Plan(
        url=first,
        states=("before",),
        pages=len(others) + 1,
        page_urls=others,
        tool_version="0",
        tabs=1,
        life_ms=5_000.0,
    )
    await instrument.scan(plan, records, progress=lambda _: None, choose_documents=lambda _: ())
    return records


async def test_a_page_that_does_not_come_is_one_visit_in_another_tab(
    site: Site, instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a service worker has put it into the process of a page that is busy; the browser here is not."""
    start, other = site.page("start"), site.page("other", "other=1; Path=/", title="Other")
    asked: list[Tab] = []
    came = Tab.came

    async def not_at_first(self: Tab, timeout_s: float) -> bool:
        there = await came(self, timeout_s)
        if self.main_url != other:
            return there
        asked.append(self)
        return there and len(asked) > 1

    monkeypatch.setattr(Tab, "came", not_at_first)
    records = await _scanned(instrument, start, other)
    assert len(asked) == 2
    assert asked[0] is not asked[1]
    assert asked[0].gone
    (visit,) = [visit for visit in records.of(Visit) if visit.url == other]
    assert (visit.error, visit.title) == (None, "Other")
    asked_for = [request for request in records.of(Request) if request.url == other]
    assert len(asked_for) == 2, "what the first tab saw is kept"
    assert {request.visit for request in asked_for} == {visit.id}


async def test_the_cookie_of_a_page_that_refuses_is_never_lost(site: Site, instrument: Instrument) -> None:
    start = site.page("start")
    refusing = [
        site.page("no", f"asks{number}=1; Path=/", status=401, WWW_Authenticate='Basic realm="x"')
        for number in range(8)
    ]
    records = await _scanned(instrument, start, *refusing)
    lines = [line.raw for request in records.of(Request) for line in request.set_cookies]
    assert sorted(lines) == [f"asks{number}=1; Path=/" for number in range(8)]


async def test_a_page_that_polls_gets_a_shorter_life_the_second_time(site: Site, instrument: Instrument) -> None:
    async def slow(_: web.BaseRequest) -> web.StreamResponse:  # else a fast machine is done before it knows
        await asyncio.sleep(0.02)
        return web.Response(text="0")

    records = Records()
    site.call("/poll", slow)
    url = site.page("<script>setInterval(() => fetch('/poll'), 100)</script>")
    plan = Plan(url=url, states=("before",), pages=1, tool_version="0")
    await instrument.scan(plan, records, progress=lambda _: None, choose_documents=lambda _: ())
    lives = {visit.purpose: visit.settling for visit in records.of(Visit)}
    first, second = lives["page"], lives["reload"]
    assert first is not None and second is not None
    assert (first.ended, first.life_ms, second.life_ms) == ("polling", 30_000.0, 10_000.0)
