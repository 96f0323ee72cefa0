"""A whole scan: all consent states side by side, their pages, the policy documents, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scanner.capture.cdp import ProtocolError
from scanner.capture.contexts import Hub, VisitorContext, visitor
from scanner.capture.discretion import Discretion
from scanner.capture.documents import Documents, is_named
from scanner.capture.leads import IN_SITEMAP, sitemap_links
from scanner.capture.log import now
from scanner.capture.plan import BrowserOptions, Plan, Progress
from scanner.capture.resolving import OFF, SYSTEM, Names
from scanner.capture.sink import Sink
from scanner.capture.states import Desk, Listen, StateRun
from scanner.capture.together import beside, together
from scanner.capture.visit import VisitRun
from scanner.model.evidence import Link, Record, ScanFinished, ScanStarted, Visit
from scanner.model.instrument import Browser
from scanner.site import host_of, site_of

if TYPE_CHECKING:
    from playwright.async_api import StorageState

    from scanner.capture.driven import Driver

ChooseDocuments = Callable[[Sequence[Link]], Sequence[tuple[str, str]]]

# Pages that are the site's own doing: nothing was lost by them.
_NOT_LOST = frozenset({"http-status", "not-html", "redirected-away", "bot-wall", "redirect-loop", "login"})


@dataclass
class SiteScan:
    """One scan under way."""

    hub: Hub
    driver: Driver
    options: BrowserOptions
    browser: Browser
    plan: Plan
    sink: Sink
    progress: Callable[[Progress], None]
    choose_documents: ChooseDocuments
    listen: Listen
    visits: list[Visit] = field(default_factory=list)
    listed: tuple[Link, ...] = ()
    """What the site's sitemaps list, where no link of the start page leads to a policy."""
    discretion: Discretion | None = None
    """Needed where the plan has a login."""
    lost: bool = False
    _state: StorageState | None = None
    """What every visitor has before the first page."""
    _seen: bool = False
    """Whether any page of the site was seen: a state that is ended early has its visit written down all the same."""

    def __post_init__(self) -> None:
        # What a mapped host or a proxy leads to is not what a name server says.
        elsewhere = self.options.host_rules is not None or self.options.proxy is not None
        server = OFF if elsewhere and self.plan.name_server == SYSTEM else self.plan.name_server
        self.names = Names(site_of(host_of(self.plan.url)), server, self.sink.record)
        self.desk = Desk(
            plan=self.plan,
            emit=self._record,
            keep_file=self.sink.file,
            progress=self.progress,
            tabs=asyncio.Semaphore(max(1, self.plan.tabs)),
            viewport=self.options.viewport,
            listen=self.listen,
        )
        self.documents = Documents(self.desk)

    async def run(self) -> None:
        """Record everything from `ScanStarted` to `ScanFinished`. Raises nothing for what a site does."""
        self.sink.record(self._started())
        runs: list[StateRun] = []
        try:
            async with asyncio.timeout(self.plan.site_timeout_s), AsyncExitStack() as stack:
                if await self._let_in():
                    await self._states(stack, runs)
        except TimeoutError:
            self.lost = True
            limit = f"the site's limit of {self.plan.site_timeout_s:g} s was reached"
            for state in self.plan.states:
                self.desk.gap("time", limit, state, self.plan.url)
        except asyncio.CancelledError:
            self.lost = True
            self.names.drop()
            self.desk.gap("interrupted", "the scan was interrupted", self.plan.states[0], self.plan.url)
            raise
        finally:
            await self.names.close()
            self.sink.record(ScanFinished(finished=now(), outcome=self._outcome(runs)))

    def _record(self, record: Record) -> None:
        self.sink.record(record)
        self.names.see(record)
        if isinstance(record, Visit) and record.purpose == "page" and record.error is None:
            self._seen = True

    def _started(self) -> ScanStarted:
        plan = self.plan
        host = host_of(plan.url)
        return ScanStarted(
            tool_version=plan.tool_version,
            url=plan.url,
            host=host,
            site=site_of(host),
            started=now(),
            states=plan.states,
            pages=plan.pages,
            policy=plan.user_given_policy,
            host_rules=self.options.host_rules,
            ignore_https_errors=self.options.ignore_https_errors,
            browser=self.browser,
        )

    def _visitor(self, *, gpc: bool = False) -> AbstractAsyncContextManager[VisitorContext]:
        if self._state is not None:
            return self.driver.visitor(gpc=gpc, state=self._state)
        return visitor(self.hub, self.options, gpc=gpc)

    async def _let_in(self) -> bool:
        """Log in, where the plan has it; whether the visitors can set out. A login that fails ends the scan."""
        plan = self.plan
        if plan.login is None:
            return True
        if self.discretion is None:
            raise ValueError("a scan with a login needs somebody who keeps its secrets")
        self.progress(Progress(plan.states[0], plan.url, "logging in"))
        from scanner.capture.login import LoginError, Way, enter  # noqa: PLC0415 - few scans log in

        way = Way(plan.url, plan.page_timeout_s, self.discretion)
        try:
            self._state, record = await enter(plan.login, way, self.driver.visitor)
        except LoginError as error:
            self.lost = True
            for state in plan.states:
                self.desk.gap("login", str(error), state, plan.url)
            return False
        self.sink.record(record)
        return True

    async def _states(self, stack: AsyncExitStack, runs: list[StateRun]) -> None:
        """The leading state finds the pages; all go to the same ones, each as soon as it is ready."""
        leader = "before" if "before" in self.plan.states else self.plan.states[0]
        pages: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        tabs = max(1, self.plan.tabs // len(self.plan.states))

        async def one(state: str) -> None:
            leading = state == leader
            try:
                await self._one_state(stack, runs, state, pages, tabs, leading=leading)
            except ProtocolError as error:
                self.lost = True
                self.desk.gap("state", f"the browser failed: {error}", state, self.plan.url)
            finally:
                if leading and not pages.done():
                    pages.set_result(())
            if leading and self._wants_documents:
                await self._documents(stack)

        await together(*(one(state) for state in self.plan.states))

    async def _one_state(
        self,
        stack: AsyncExitStack,
        runs: list[StateRun],
        state: str,
        pages: asyncio.Future[tuple[str, ...]],
        tabs: int,
        *,
        leading: bool,
    ) -> None:
        context = await stack.enter_async_context(self._visitor(gpc=state == "gpc"))
        run = StateRun(self.desk, context, state, aside=self._look_for_documents if leading else None)
        runs.append(run)
        async with beside(run.start()):
            await run.settled.wait()
            if leading:
                pages.set_result(self._pages(run))
            urls = await pages
            if run.reached:
                self.visits.extend(await run.rest(urls, tabs, self.documents.take if leading else None))
        if run.first is not None and leading:
            self.visits.insert(0, run.first)
        if run.first is not None and run.first.error is None and not run.reached:
            self.desk.gap("state", "no choice could be made: this state was not reached", state, self.plan.url)

    def _pages(self, leader: StateRun) -> tuple[str, ...]:
        """The pages of every state besides the first: those asked for by address, then those that were chosen."""
        chosen = self.plan.page_urls or leader.pages
        also = tuple(url for url in self.plan.also_urls if url != self.plan.url)
        if not also:
            return chosen
        others = [url for url in chosen if url not in also]
        return (*also, *others[: max(0, self.plan.pages - 1 - len(also))])

    async def _look_for_documents(self, run: VisitRun) -> None:
        if not self._wants_documents:
            return
        candidates = self._candidates(run.links)
        if candidates and not is_named(candidates):
            self.listed = await sitemap_links(run.tab, run.log.top_url)
            self.documents.name(self.listed, IN_SITEMAP)
            candidates = self._candidates([*run.links, *self.listed])
        self.documents.want(candidates)
        await self.documents.look(run.tab)

    @property
    def _wants_documents(self) -> bool:
        return bool(self.plan.policy_urls) or self.plan.user_given_policy is None

    def _candidates(self, links: Sequence[Link]) -> Sequence[tuple[str, str]]:
        if self.plan.policy_urls:
            return [(url, "given") for url in self.plan.policy_urls]
        return self.choose_documents(links)

    async def _documents(self, stack: AsyncExitStack) -> None:
        """Whatever the pages themselves did not bring, from a visitor of its own."""
        if not self.plan.policy_urls and (not self.visits or self.visits[0].error is not None):
            return
        links = [*(link for visit in self.visits for link in visit.links), *self.listed]
        candidates = self._candidates(links)
        named = is_named(candidates)
        if not self.documents.left(candidates) and (named or not candidates):
            return
        try:
            context = await stack.enter_async_context(self._visitor())
            if not named:
                links += await self.documents.from_banner(context, self.plan.url)
                candidates = self._candidates(links)
            await self.documents.fetch(context, candidates)
        except ProtocolError as error:
            self.lost = True
            self.desk.gap("policy", f"the browser failed while the policy was read: {error}", "before", self.plan.url)

    def _outcome(self, runs: Sequence[StateRun]) -> Literal["complete", "partial", "failed"]:
        if not self._seen:
            return "failed"
        loaded = [run for run in runs if run.first is not None and run.first.error is None]
        broken = any(visit.error is not None and visit.error_kind not in _NOT_LOST for visit in self.visits)
        return "partial" if self.lost or broken or len(loaded) < len(self.plan.states) else "complete"
