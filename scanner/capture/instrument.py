"""The browser as an instrument: started, and ready to scan sites."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.autoconsent import rules_for
from scanner.capture.consent.words.lexicon import lexicons
from scanner.capture.contexts import Hub, visitor
from scanner.capture.discretion import Discretion
from scanner.capture.documents import Documents
from scanner.capture.driven import Driver
from scanner.capture.gate import Gate
from scanner.capture.gate_sink import GateSink
from scanner.capture.launch import Running
from scanner.capture.plan import BrowserOptions, Plan, Progress
from scanner.capture.scan import ChooseDocuments, SiteScan
from scanner.capture.sink import Sink
from scanner.capture.states import Desk, Listen
from scanner.capture.visit import VisitRun, VisitSpec
from scanner.errors import BrowserNotFoundError, SiteError
from scanner.model.evidence import Record
from scanner.model.instrument import Browser
from scanner.site import site_of


class Instrument:
    """One running browser. Several scans may run in it at once."""

    def __init__(
        self,
        hub: Hub,
        driver: Driver,
        options: BrowserOptions,
        browser: Browser,
        gate: Gate | None = None,
        pid: int | None = None,
    ) -> None:
        self._hub = hub
        self._driver = driver
        self._options = options
        self._gate = gate
        self.browser = browser
        self.pid = pid
        """The browser's process, which leads a process group of its own; null where it is not known."""

    @property
    def alive(self) -> bool:
        """Whether the browser still answers on its pipe."""
        return not self._hub.connection.closed.is_set()

    async def scan(
        self,
        plan: Plan,
        sink: Sink,
        *,
        progress: Callable[[Progress], None],
        choose_documents: ChooseDocuments,
        listen: Listen = lambda _: None,
        discretion: Discretion | None = None,
    ) -> None:
        """Scan one site into `sink`. What a site does raises nothing: it is written down, down to `ScanFinished`.

        `listen` gives, for each state, who hears step by step what becomes of the banner, or null. A plan with a login
        needs a `discretion`.
        """
        steps = plan.login.addresses(plan.url) if plan.login is not None else ()
        named = (plan.url, *plan.page_urls, *plan.also_urls, *plan.policy_urls, *steps)
        through = self._through_gate(sink, named)
        await SiteScan(
            hub=self._hub,
            driver=self._driver,
            options=self._options,
            browser=self.browser,
            plan=plan,
            sink=through,
            progress=progress,
            choose_documents=choose_documents,
            listen=listen,
            discretion=discretion,
        ).run()

    def _through_gate(self, sink: Sink, named: Sequence[str]) -> Sink:
        """The sink for a job of which the user named these addresses."""
        if self._gate is None:
            return sink
        for url in named:
            self._gate.guard.name(url)
        return GateSink(self._gate, sink)

    async def visit_once(self, url: str, emit: Callable[[Record], None]) -> None:
        """One visit of one page by a fresh visitor, with everything a visit of a scan does.

        Raises:
            ProtocolError: the browser failed.
        """
        async with visitor(self._hub, self._options) as context:
            plan = Plan(url=url, states=("before",), pages=1, tool_version="")
            run = VisitRun(
                await context.new_tab(),
                VisitSpec(
                    id="v1",
                    url=url,
                    context="before",
                    emit=emit,
                    life_ms=plan.life_ms,
                    timeout_s=plan.page_timeout_s,
                    viewport=self._options.viewport,
                ),
            )
            if await run.open():
                await run.wake()
            await run.close()

    async def fetch_documents(self, urls: Sequence[str], sink: Sink) -> None:
        """Fetch policy documents into `sink`: a `Visit` for each, and a `DocumentKept` where there was one.

        Raises:
            SiteError: the browser failed.
        """
        through = self._through_gate(sink, urls)
        plan = Plan(url=urls[0] if urls else "", states=("before",), pages=0, tool_version="")
        desk = Desk(
            plan=plan,
            emit=through.record,
            keep_file=through.file,
            progress=lambda _: None,
            tabs=asyncio.Semaphore(plan.tabs),
            viewport=self._options.viewport,
        )
        try:
            async with visitor(self._hub, self._options) as context:
                await Documents(desk).fetch(context, [(url, "given") for url in urls])
        except ProtocolError as error:
            raise SiteError("crashed", f"the browser failed: {error}") from error


@asynccontextmanager
async def equipped(
    running: Running, options: BrowserOptions, browser: Browser, gate: Gate | None
) -> AsyncIterator[Instrument]:
    """The instrument that a browser which has just started is.

    Raises:
        BrowserNotFoundError: it does not let itself be watched.
    """
    hub = Hub(running.connection)
    try:
        await hub.watch()
    except ProtocolError as error:
        raise BrowserNotFoundError(f"the browser started but cannot be driven: {error}") from error
    async with AsyncExitStack() as stack:
        yield Instrument(hub, Driver(hub, options, stack), options, browser, gate, running.pid)


def get_ready() -> None:
    """Make what the first page would wait for: the words of banners, the rules of platforms, the public suffixes."""
    lexicons()
    rules_for("", main=True)
    site_of("ready.invalid")
