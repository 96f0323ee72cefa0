"""A browser, a server with the site set, and a visit to a page of it, shared by the tests of this folder."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from scanner.capture.consent.method import MethodName
from scanner.capture.consent.session import ConsentSession
from scanner.config.recipe import Recipe
from scanner.loopback import Loopback, serve
from scanner.model.evidence import Record
from tests.capture.consent.paces import PACES, RealPace
from tests.capture.consent.pages import Case, frame_document
from tests.capture.consent.phrases import PHRASES
from tests.capture.consent.playwright_page import PlaywrightPage
from tests.chromium import LIGHT

SITE = "www.banners.test"
FRAMES = "consent.frames.test"
STAGE = Path(__file__).resolve().parents[3] / "fixtures" / "banners"


@dataclass
class Site:
    """The server's side: which pages it serves, what each run chose, and where its libraries lie."""

    pages: dict[str, Case] = field(default_factory=dict)
    chosen: dict[str, list[frozenset[str]]] = field(default_factory=lambda: defaultdict(list))
    clicked: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, Path] = field(default_factory=dict)
    runs: int = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request of either host."""
        path = request.path
        if path == "/chose":
            names = request.query["granted"].split(",")
            self.chosen[request.query["run"]].append(frozenset(n for n in names if n))
            return web.Response(status=204)
        if path == "/clicked":
            self.clicked[request.query["run"]].append(request.query["what"])
            return web.Response(status=204)
        if path == "/banner":
            lang = request.query["lang"]
            return web.Response(text=frame_document(PHRASES[lang], lang), content_type="text/html")
        if path.startswith("/banners/"):
            file = STAGE / path.removeprefix("/banners/")
            return web.FileResponse(file) if file.is_file() else web.Response(status=404)
        if path.startswith("/files/"):
            root, _, rest = path.removeprefix("/files/").partition("/")
            return web.FileResponse(self.files[root] / rest) if root in self.files else web.Response(status=404)
        case = self.pages.get(path.strip("/"))
        if case is None:
            return web.Response(status=404, text="nothing here")
        return web.Response(text=case.body, content_type="text/html")


@dataclass
class Visit:
    """One page opened for one consent state, with everything that was written down."""

    page: Page
    session: ConsentSession
    pace: RealPace
    run: str
    site: Site
    records: list[Record] = field(default_factory=list)

    def of(self, kind: type[Any]) -> list[Any]:
        """The records of one kind."""
        return [record for record in self.records if isinstance(record, kind)]

    async def granted(self) -> frozenset[str] | None:
        """What the server's log says was granted at last; null where nothing was chosen."""
        for _ in range(100):  # the last beacon may still be on its way
            if self.site.chosen[self.run]:
                return self.site.chosen[self.run][-1]
            await self.page.evaluate("() => fetch('/').then(r => r.status)")
        return None


@dataclass
class Lab:
    """What a test opens pages with."""

    browser: Browser
    server: Loopback
    site: Site

    @asynccontextmanager
    async def visit(
        self,
        case: Case,
        state: str,
        pace: str = "real",
        *,
        recipe: Recipe | None = None,
        rules: bool = False,
        general: bool = True,
    ) -> AsyncIterator[Visit]:
        """Open a page in a fresh context, settle it, and hand over the session."""
        self.site.pages[case.name] = case
        self.site.runs += 1
        run = str(self.site.runs)
        context = await self.browser.new_context(ignore_https_errors=True)
        try:
            page = await context.new_page()
            records: list[Record] = []
            kind = PACES[pace](page)
            ways: tuple[MethodName, ...] = (
                "recipe",
                *(("heuristic",) if general else ()),
                *(("rule",) if rules else ()),
            )
            session = ConsentSession(
                await PlaywrightPage.of(page),
                context_state=state,
                recipe=recipe,
                emit=records.append,
                visit_id="v1",
                pace=kind,
                ways=ways,
            )
            await session.prepare()
            await page.goto(f"https://{SITE}/{case.name}?run={run}&{case.query}", wait_until="load")
            await kind.settle()
            yield Visit(page, session, kind, run, self.site, records)
        finally:
            await context.close()


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@asynccontextmanager
async def open_lab() -> AsyncIterator[Lab]:
    """One browser, and one server that it takes for every host."""
    site = Site()
    with tempfile.TemporaryDirectory() as folder:
        default = Path(folder) / "Default"
        default.mkdir()
        settings = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
        (default / "Preferences").write_text(json.dumps(settings))
        async with serve(site.handle, [SITE, FRAMES]) as server, async_playwright() as playwright:
            outer = await playwright.chromium.launch_persistent_context(
                folder,
                executable_path=_chromium(),
                ignore_https_errors=True,
                args=[
                    *(["--no-sandbox"] if os.geteuid() == 0 else []),
                    "--disable-blink-features=AutomationControlled",
                    LIGHT,
                    "--site-per-process",
                    f"--host-resolver-rules={server.host_rules}",
                ],
            )
            assert outer.browser is not None
            try:
                yield Lab(outer.browser, server, site)
            finally:
                await outer.close()


@pytest.fixture(scope="session")
async def lab() -> AsyncIterator[Lab]:
    """One lab for all tests."""
    async with open_lab() as opened:
        yield opened
