"""The two halves and the folder where they meet: capture writes evidence, judging reads it. Nothing else knows both.

The second half is loaded while the browser starts, for both take half a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import scanner
from scanner import capture as capturing
from scanner import policy as policies
from scanner.capture.consent.explain import Explanation, Trace
from scanner.capture.resolving import server_address
from scanner.classify import Catalogue, load_catalogue
from scanner.config import Config
from scanner.config.address import target_url as target_url
from scanner.errors import ScannerError, SiteError
from scanner.given import GivenFirst, policy_files, split_policies
from scanner.model.declaration import Declaration
from scanner.model.evidence import DocumentKept, Gap, Link, Record, Visit
from scanner.model.instrument import Browser
from scanner.model.recorded import Document
from scanner.store import EvidenceWriter, Redacting, Redactor, document_of

if TYPE_CHECKING:
    from scanner.judging import Done

Progress = Callable[[str, capturing.Progress], None]
"""Called with the host of the site and what is being done to it."""


def browser_options(config: Config) -> capturing.BrowserOptions:
    """How the configuration wants the browser started."""
    return capturing.BrowserOptions(
        executable=config.browser,
        host_rules=config.host_rules,
        ignore_https_errors=config.ignore_https_errors,
        proxy=config.proxy,
        user_agent=config.user_agent,
        locale=config.locale,
        timezone=config.timezone,
        viewport=config.viewport,
        geolocation=config.geolocation,
        guard=config.guard,
        allow=config.allow,
    )


@asynccontextmanager
async def open_instrument(config: Config, *, calibrate: bool = True) -> AsyncIterator[capturing.Instrument]:
    """A calibrated browser as the configuration wants it. Raises UsageError for a name server that is none."""
    if config.name_server not in ("system", "off"):
        server_address(config.name_server)
    async with capturing.open_instrument(browser_options(config), calibrate=calibrate) as instrument:
        yield instrument


async def prove(config: Config) -> Browser:
    """Find the browser and calibrate it anew, whatever is remembered of an earlier time."""
    return await capturing.calibrate(capturing.find_browser(config.browser))


async def capture(
    instrument: capturing.Instrument,
    url: str,
    config: Config,
    folder: Path,
    progress: Progress,
    listen: Callable[[str], Trace | None] = lambda _: None,
    *,
    limit_s: float | None = None,
) -> None:
    """Scan one site into the evidence of `folder`. A site that cannot be scanned leaves evidence that says so.

    `listen` gives, for each consent state, who hears step by step what becomes of the banner, or null. After `limit_s`
    seconds the scan is ended, whatever it is at, and says so.
    """
    host = urlsplit(url).hostname or url
    addresses, _ = split_policies(config.policy)
    table = config.recipe.get(host) or config.recipe.get(host.removeprefix("www."))
    plan = capturing.Plan(
        url=url,
        states=config.states,
        pages=config.pages,
        policy_urls=addresses,
        also_urls=config.also,
        recipe=table,
        login=config.login,
        tabs=config.tabs,
        page_timeout_s=config.page_timeout,
        site_timeout_s=config.site_timeout,
        life_ms=config.page_life * 1000,
        ignore_robots=config.ignore_robots,
        name_server=config.name_server,
        type_into_forms=config.type_into_forms,
        tool_version=scanner.__version__,
        user_given_policy=", ".join(config.policy) or None,
    )
    given = policy_files(config.policy)
    with EvidenceWriter(folder) as writer:

        def choose(links: Sequence[Link]) -> Sequence[tuple[str, str]]:
            return () if config.policy else policies.choose_documents(links, url)

        redactor = Redactor()
        sink = Redacting(GivenFirst(writer, given), redactor)
        try:
            async with asyncio.timeout(limit_s):
                await instrument.scan(
                    plan,
                    sink,
                    progress=lambda step: progress(host, replace(step, url=redactor.text(step.url))),
                    choose_documents=choose,
                    listen=listen,
                    discretion=_discretion(config, redactor) if config.login is not None else None,
                )
        except TimeoutError:
            writer.record(Gap(what="time", url=url, message=f"the scan was ended at its limit of {limit_s:g} s"))


def _discretion(config: Config, redactor: Redactor) -> capturing.Discretion:
    """Who keeps a login's secrets, and knows what is left behind: answers to banners, what counts or advertises."""
    catalogue = load_catalogue(tuple(Path(name) for name in config.catalogue))

    def leave_behind(kind: Literal["cookie", "local"], name: str, host: str) -> bool:
        known = catalogue.cookie(name, host, kind=kind)
        return known is not None and (known.role == "consent-record" or known.category in ("analytics", "marketing"))

    return capturing.Discretion(redactor.conceal, leave_behind)


async def scan_sites(
    urls: Sequence[str],
    config: Config,
    folder_of: Callable[[str], Path],
    progress: Progress,
    done: Callable[[str, Done | ScannerError], None],
    explained: Callable[[str, str, Explanation], None] | None = None,
) -> None:
    """Capture and audit every site, `config.jobs` at once, in one browser; `done` is called as each site ends.

    Before it, where somebody wants to know, `explained` is called with the site's address, each consent state, and
    what happened to the banner in it. An error of one site is handed to `done` and does not touch the others.
    Interrupted, evidence so far is kept.
    """
    catalogue = load_catalogue(tuple(Path(name) for name in config.catalogue))
    gate = asyncio.Semaphore(config.jobs)
    async with (
        _meanwhile(_load_second_half),
        open_instrument(config) as instrument,
        _meanwhile(partial(_get_ready, catalogue)),
    ):

        async def one(url: str) -> None:
            async with gate:
                folder = folder_of(url)
                try:
                    traces = {state: Trace() for state in config.states} if explained is not None else {}
                    await capture(instrument, url, config, folder, progress, traces.get)
                    for state, trace in traces.items():
                        if explained is not None:
                            explained(url, state, trace.explanation(urlsplit(url).hostname or url))
                    done(url, await _judged(folder, config, catalogue))
                except ScannerError as error:
                    done(url, error)

        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(one(url))


async def _judged(folder: Path, config: Config, catalogue: Catalogue) -> Done:
    from scanner.judging import audit  # noqa: PLC0415 - loaded while the browser started
    from scanner.printing import print_report  # noqa: PLC0415

    result = await asyncio.to_thread(audit, folder, config, catalogue)
    await print_report(result, config)
    return result


def _load_second_half() -> None:
    import_module("scanner.printing")


def _get_ready(catalogue: Catalogue) -> None:
    from scanner.judging import get_ready  # noqa: PLC0415

    get_ready(catalogue)


@asynccontextmanager
async def _meanwhile(work: Callable[[], None]) -> AsyncIterator[None]:
    """Let something be done in a thread beside the body."""
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        yield
    finally:
        await task


async def read_policies(names: Sequence[str], config: Config) -> list[tuple[str, Declaration]]:
    """What each address or file declares, in the order given. Files need no browser.

    Raises PolicyError for a file that cannot be read, and SiteError for an address that gives no document.
    """
    addresses, files = split_policies(names)
    catalogue = load_catalogue(tuple(Path(name) for name in config.catalogue))
    documents = {name: [policies.document_from_file(Path(name))] for name in files}
    if addresses:
        async with open_instrument(config, calibrate=False) as instrument:
            for url in addresses:
                documents[url] = await _fetched(instrument, url)
    return [(name, policies.read(documents[name], known_vendors=catalogue.vendors)) for name in names]


async def _fetched(instrument: capturing.Instrument, url: str) -> list[Document]:
    sink = _Memory()
    await instrument.fetch_documents([target_url(url)], sink)
    kept = [record for record in sink.records if isinstance(record, DocumentKept)]
    if not kept:
        errors = [record.error for record in sink.records if isinstance(record, Visit) and record.error]
        raise SiteError("policy", f"{url}: no policy could be fetched{': ' + errors[0] if errors else ''}")
    return [document_of(record, sink.files[f"evidence/{record.file}"]) for record in kept]


class _Memory:
    """A sink that keeps nothing on disk."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.files: dict[str, bytes] = {}

    def record(self, record: Record) -> None:
        self.records.append(record)

    def file(self, name: str, data: bytes) -> None:
        self.files[name] = data
