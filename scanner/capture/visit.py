"""One visit: load a page, let it live, wake it, read everything, leave it, and say how it went."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

from scanner.capture.canaries import Canaries
from scanner.capture.cdp import ProtocolError
from scanner.capture.collectors.frames import WORLD
from scanner.capture.failures import challenged, failure_of, not_a_page, refused_by_status
from scanner.capture.forms import Typist
from scanner.capture.log import Emit, VisitLog, now
from scanner.capture.settle import CEILING_S
from scanner.capture.tab import Tab
from scanner.capture.together import meanwhile
from scanner.capture.wake import wake
from scanner.model.base import Phase, StateName
from scanner.model.evidence import Link, Settling, Visit
from scanner.site import host_of, site_of

Purpose = Literal["page", "reload", "policy"]

_PROBE = files(__package__).joinpath("page_probe.js").read_text(encoding="utf-8")
_ANSWER_S = 3.0
_WAKE_LIFE_MS = 3_000.0
_WAKE_CEILING_S = 4.0
_TYPED_LIFE_MS = 1_500.0
_LEAVE_S = 3.0
_LAST_HITS_S = 2.0
_DOCUMENT_S = 4.0
"""How long, on the wall, a document is waited for after the browser has said that it goes there."""
_RETRIED = frozenset({"reset", "offline"})


@dataclass(frozen=True)
class VisitSpec:
    """Which page, for whom, and how much of its life; `canaries` null: nothing is typed into its forms."""

    id: str
    url: str
    context: StateName
    emit: Emit
    life_ms: float
    timeout_s: float
    viewport: tuple[int, int]
    phase: Phase = "initial"
    purpose: Purpose = "page"
    canaries: Canaries | None = field(default_factory=Canaries)


class VisitRun:
    """A visit under way. `open`, then whatever is to be done on the page, then `close`; each never raises."""

    def __init__(self, tab: Tab, spec: VisitSpec) -> None:
        self.tab = tab
        self.spec = spec
        self.log = VisitLog(spec.id, spec.context, spec.url, spec.emit, phase=spec.phase)
        self.settling: Settling | None = None
        self.error: str | None = None
        self.error_kind: str | None = None
        self.title = ""
        self.crowded = False
        """Whether the document never came, because its tab shares a process with a page that is busy: another tab
        may bring it."""
        self._arrived = False
        self._written = False
        self.links: tuple[Link, ...] = ()
        self.lists: tuple[int | None, ...] = ()
        """For the first links, the number of the list of likes on the page that each stands in, or null."""
        self.language: str | None = None
        """What the page says its language is."""
        self._load_ms: float | None = None
        self._mime: str | None = None
        self._started = now()
        self._began = time.monotonic()

    @property
    def loaded(self) -> bool:
        """Whether the page stands there, error status or not."""
        return self.error is None or self.error_kind in ("http-status", "bot-wall", "redirected-away")

    @property
    def left_s(self) -> float:
        """Seconds until the page's limit."""
        return max(0.0, self.spec.timeout_s - (time.monotonic() - self._began))

    async def open(self) -> bool:
        """Load the page and let it live. Whether it is the site's own page, and usable."""
        self.tab.begin(self.log)
        self.tab.time.hold()
        if self.spec.purpose == "reload":
            await self._reload()
        else:
            await self._navigate()
            if self.error_kind in _RETRIED and not self.tab.gone:
                self.error = self.error_kind = None
                await self._navigate()
        if self.error is None and not self._is_no_document():
            await self._settle()
        if self.error is None:
            await self._judge()
        return self.error is None

    async def move_to(self, tab: Tab) -> None:
        """Go on in another tab, where `open` is to be called again. What was seen in the first stays; it is closed."""
        await self.tab.finish()
        await self.tab.close()
        self.tab, self.crowded = tab, False
        self.error = self.error_kind = None

    async def live(self, ms: float, ceiling_s: float) -> None:
        """More of the page's life."""
        if self.tab.gone:
            self._fail("crashed", "the page crashed, or closed itself")
            return
        await self.tab.time.live(ms, ceiling_s=ceiling_s)

    async def wake(self) -> None:
        """Do what a visitor does on a page, and see what comes of it."""
        if self.tab.gone:
            return
        scrolled = await wake(self.tab.page, self.tab.id, self.spec.viewport, self.tab.time.tick)
        if not scrolled and not self.tab.gone:
            self.log.gap("waking", "the page was not scrolled to its end: what loads only there may be missing")
        if self.spec.canaries is not None:
            typist = Typist(self.tab.page, self.tab.id, self.log, self.spec.canaries)
            if await typist.type():
                # Scripts that wait for a pause, or look again and again, read while the cursor is in the field.
                await self.live(_TYPED_LIFE_MS, min(_WAKE_CEILING_S, max(1.0, self.left_s)))
                await typist.leave()
        await self.live(_WAKE_LIFE_MS, min(_WAKE_CEILING_S, max(1.0, self.left_s)))

    async def close(self, *, leave: bool = True) -> Visit:
        """Read everything, leave the page, and write the visit down. The record is returned."""
        if self.tab.gone and self.error is None:
            self._fail("crashed", "the page crashed, or closed itself")
        if self.loaded and not self.tab.gone:
            await self.tab.time.linger()
            await self.tab.snapshot(("in-page",))
            if leave:
                await self._leave()
        if self._arrived:
            await self.tab.snapshot(("after-page",))
        return await self._write_down()

    async def abandon(self, kind: str, message: str) -> None:
        """The time is up: write down what was seen so far, without asking the page anything more."""
        if not self._written:
            self._fail(kind, message)
            await self._write_down()

    async def _write_down(self) -> Visit:
        self._written = True
        await self.tab.finish()
        main = self.tab.main
        visit = Visit(
            id=self.spec.id,
            context=self.spec.context,
            purpose=self.spec.purpose,
            url=self.spec.url,
            final_url=self.log.top_url,
            status=main.status,
            mime_type=self._mime or main.mime_type,
            title=self.title,
            language=self.language,
            started=self._started,
            wall_ms=round((time.monotonic() - self._began) * 1000, 1),
            load_ms=self._load_ms,
            settling=self.settling or Settling(method="none", life_ms=0.0, ended=self.error_kind or "not settled"),
            links=self.links,
            error=self.error,
            error_kind=self.error_kind,
        )
        self.spec.emit(visit)
        return visit

    def _fail(self, kind: str, message: str) -> None:
        self.error_kind, self.error = kind, message

    async def _navigate(self) -> None:
        try:
            error = await self.tab.navigate(self.spec.url, max(1.0, self.left_s))
        except ProtocolError:
            if self.tab.gone:
                self._fail("crashed", "the page crashed while it was loading")
            else:
                self.tab.page.post("Page.stopLoading")
                self._fail("timeout", f"no answer in {self.spec.timeout_s:g} s")
            return
        if error is not None:
            self._fail(*failure_of(error))
        self._arrived = error is None

    async def _reload(self) -> None:
        try:
            await self.tab.reload(max(1.0, self.left_s))
            self._arrived = True
        except ProtocolError as error:
            self._fail("crashed" if self.tab.gone else "timeout", str(error))

    async def _settle(self) -> None:
        life = self.tab.time.live(self.spec.life_ms, ceiling_s=min(CEILING_S, max(1.0, self.left_s)))
        async with meanwhile(life) as living:
            if not await self.tab.came(min(_DOCUMENT_S, max(1.0, self.left_s))):
                self.tab.time.worn = self.crowded = True
                self._fail("timeout", f"the browser did not bring the page in {_DOCUMENT_S:g} s")
                return
            self.settling = await living
        if self.settling.ended == "ceiling":
            self.tab.page.post("Page.stopLoading")
            if not await self.tab.responds() and not self.tab.gone:
                self._fail("timeout", "the page does not answer any more: its script never ends")
            elif self.settling.life_ms < self.spec.life_ms:
                lived = f"{self.settling.life_ms / 1000:.1f} s of {self.spec.life_ms / 1000:g}"
                self.log.gap("life", f"the page did not come to rest: of its life, {lived} s were observed")
        if self.tab.gone:
            self._fail("crashed", "the page crashed, or closed itself")

    async def _judge(self) -> None:
        """Read what the page says of itself, and decide whether it is the site's page."""
        main = self.tab.main
        facts = await self._facts()
        self.title = str(facts.get("title", ""))
        self.language = facts.get("language") or None
        self._mime = facts.get("type") or None
        load = facts.get("load")
        self._load_ms = round(max(0.0, load - self.log.clock_offset), 1) if load else None
        listed = [
            (Link(url=url, text=text), number)
            for (url, text, download), number in zip(facts.get("links", ()), facts.get("lists", ()), strict=True)
            if not download
        ]
        routes = (Link(url=url, text=text) for url, text in facts.get("routes", ()))
        self.links = (*(link for link, _ in listed), *routes)
        self.lists = tuple(number for _, number in listed)
        final = self.tab.main_url
        self.log.top_url = final if final.startswith("http") else self.log.top_url
        refused = refused_by_status(main.status)
        strange = not_a_page(main.mime_type)
        if challenged(main.status, self.title, main.headers):
            status = f"status {main.status}, " if main.status else ""
            self._fail("bot-wall", f"a protection service answered instead of the site ({status}{self.title!r})")
        elif refused is not None:
            self._fail(*refused)
        elif strange is not None:
            self._fail(*strange)
        elif self._is_elsewhere(final):
            self._fail("redirected-away", f"the address leads to another site: {final}")

    def _is_no_document(self) -> bool:
        """Whether a policy was looked for where there is none: such a page needs no life."""
        return self.spec.purpose == "policy" and refused_by_status(self.tab.main.status) is not None

    def _is_elsewhere(self, final: str) -> bool:
        return final.startswith("http") and site_of(host_of(final)) != site_of(host_of(self.spec.url))

    async def _facts(self) -> Mapping[str, Any]:
        try:
            world = await self.tab.page.send(
                "Page.createIsolatedWorld", {"frameId": self.tab.id, "worldName": WORLD}, timeout_s=_ANSWER_S
            )
            answer = await self.tab.page.send(
                "Runtime.evaluate",
                {"expression": _PROBE, "contextId": world["executionContextId"], "returnByValue": True},
                timeout_s=_ANSWER_S,
            )
        except ProtocolError as error:
            self.log.gap("page", f"the page could not be read: {error}")
            return {}
        value = answer.get("result", {}).get("value")
        return value if isinstance(value, Mapping) else {}

    async def _leave(self) -> None:
        """Go away as a visitor does, so that what a page sends on leaving is sent, and wait for the answers."""
        top_url = self.log.top_url
        try:
            await self.tab.navigate("about:blank", _LEAVE_S)
        except ProtocolError:
            self.log.gap("leaving", "the page could not be left in time")
        await self.tab.barrier()
        self.log.top_url = top_url
        await self.tab.state.network.until_idle(_LAST_HITS_S)
