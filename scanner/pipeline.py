"""The two halves and the file where they meet: capture writes evidence, audit reads it. Nothing else knows both."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

import scanner
from scanner import audit as auditing
from scanner import capture as capturing
from scanner import policy as policies
from scanner.capture.consent.explain import Explanation, Trace
from scanner.capture.resolving import server_address
from scanner.classify import Catalogue, build_inventory, load_catalogue
from scanner.config import Config
from scanner.config.address import target_url as target_url
from scanner.diff import Difference, Identities, compare, identities
from scanner.errors import EvidenceError, PolicyError, ScannerError, SiteError, UsageError
from scanner.given import GivenFirst, policy_files, split_policies
from scanner.messages import Language, speaking
from scanner.model.base import Category
from scanner.model.declaration import Declaration
from scanner.model.evidence import DocumentKept, Gap, Link, Record, Visit
from scanner.model.finding import SEVERITIES, AuditResult
from scanner.model.instrument import Browser
from scanner.model.inventory import Inventory, Problem
from scanner.model.recorded import Document, Evidence
from scanner.model.scan import Scan, Summary, Tool
from scanner.policy.text import read_blocks
from scanner.report import load_scan, write_reports, write_whole
from scanner.store import EvidenceWriter, Redacting, Redactor, document_of, read_evidence

Progress = Callable[[str, capturing.Progress], None]
"""Called with the host of the site and what is being done to it."""


@dataclass(frozen=True)
class Done:
    """One scanned or audited site and the folder of its files."""

    scan: Scan
    folder: Path


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


def audit(
    folder: Path,
    config: Config,
    catalogue: Catalogue,
    *,
    out: Path | None = None,
    policy: Sequence[str] = (),
) -> Done:
    """Judge recorded evidence and write the reports. No browser, no network, no clock: the same evidence and
    catalogue give the same bytes.
    """
    recorded = read_evidence(folder)
    documents: Sequence[Document] = recorded.evidence.documents
    earlier = identities(load_scan(Path(config.baseline)).findings) if config.baseline is not None else None
    if policy:
        addresses, _ = split_policies(policy)
        if addresses:
            raise UsageError(f"--policy {addresses[0]}: an audit works offline; save the page and give the file")
        documents = policy_files(policy)
    material = _material(recorded.evidence, documents, catalogue)
    scan = _judged(*material, config, earlier, "en")
    told = scan if config.language == "en" else _judged(*material, config, earlier, config.language)
    target = out or recorded.folder
    try:
        with speaking(config.language):
            write_reports(
                scan,
                target,
                pictures=recorded.pictures,
                formats=config.format,
                told=told,
                evidence=recorded.evidence,
            )
    except OSError as error:
        raise EvidenceError(f"cannot write the report to {target}: {error.strerror}; the evidence is kept") from error
    return Done(scan, target)


def judge(evidence: Evidence, documents: Sequence[Document], catalogue: Catalogue, profile: str = "eu") -> Scan:
    """Evidence and policy documents in, the whole result out: the pure half of the program.

    `profile` names the region whose rules apply (`scanner.audit.PROFILES`).
    """
    inventory, declaration = _material(evidence, documents, catalogue)
    return _scan(inventory, declaration, auditing.audit(inventory, declaration, profile=profile))


def _judged(
    inventory: Inventory, declaration: Declaration, config: Config, earlier: Identities | None, language: Language
) -> Scan:
    """The result with its findings in a language, marked with what is known and accepted on the day of the scan."""
    with speaking(language):
        result = auditing.audit(inventory, declaration, profile=config.profile)
    if config.accept or earlier is not None:
        today = datetime.date.fromisoformat((inventory.finished or inventory.started)[:10])
        result = auditing.standing(result, accepts=config.accept, earlier=earlier, today=today)
    return _scan(inventory, declaration, result)


def _material(evidence: Evidence, documents: Sequence[Document], catalogue: Catalogue) -> tuple[Inventory, Declaration]:
    """What was seen and what is declared, before any rule has looked at it."""
    inventory = build_inventory(evidence, catalogue)
    try:
        declaration = policies.read(documents, known_vendors=catalogue.vendors)
    except PolicyError:
        # One document beyond all measure does not spoil the others; that it was not read is told.
        readable, problems = _told_apart(documents)
        declaration = policies.read(readable, known_vendors=catalogue.vendors)
        inventory = inventory.model_copy(update={"problems": (*inventory.problems, *problems)})
    return inventory, declaration


def difference(old: Path, new: Path) -> tuple[Difference, Scan]:
    """What changed from one finished scan to another, and the newer one.

    Each is a folder or a `scan.json`. Where both have their evidence beside them, the sentences of their policies are
    compared too. Raises UsageError for what is no result of a scan.
    """
    before, after = load_scan(old), load_scan(new)
    texts = _policy_text(old), _policy_text(new)
    return compare(before, after, old_text=texts[0], new_text=texts[1]), after


def _policy_text(path: Path) -> tuple[str, ...] | None:
    """The sentences of all policy documents that lie with a scan; null where its evidence is not at hand."""
    texts = policy_sentences(path if path.is_dir() else path.parent)
    return tuple(sentence for sentences in texts.values() for sentence in sentences) if texts is not None else None


def policy_sentences(folder: Path) -> dict[str, tuple[str, ...]] | None:
    """The sentences of each policy document that lies with a scan, by its address.

    Null where the evidence is not at hand or one of the documents cannot be read.
    """
    try:
        texts: dict[str, tuple[str, ...]] = {}
        for document in read_evidence(folder).evidence.documents:
            sentences = tuple(sentence.text for sentence in read_blocks(document).sentences)
            texts[document.url] = texts.get(document.url, ()) + sentences
        return texts
    except (EvidenceError, PolicyError):
        return None


async def print_report(done: Done, config: Config) -> None:
    """Print the report to `report.pdf`, where the configuration asks for it.

    Raises BrowserNotFoundError where no browser can print.
    """
    if "pdf" in config.format:
        pages = await capturing.print_page(done.folder / "report.html", config.browser)
        write_whole(done.folder / "report.pdf", pages)


def _told_apart(documents: Sequence[Document]) -> tuple[list[Document], list[Problem]]:
    readable: list[Document] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            policies.read([document])
        except PolicyError as error:
            problems.append(Problem(url=document.url, kind="policy", message=str(error)))
        else:
            readable.append(document)
    return readable, problems


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
    async with open_instrument(config) as instrument:

        async def one(url: str) -> None:
            async with gate:
                folder = folder_of(url)
                try:
                    traces = {state: Trace() for state in config.states} if explained is not None else {}
                    await capture(instrument, url, config, folder, progress, traces.get)
                    for state, trace in traces.items():
                        if explained is not None:
                            explained(url, state, trace.explanation(urlsplit(url).hostname or url))
                    result = await asyncio.to_thread(audit, folder, config, catalogue)
                    await print_report(result, config)
                    done(url, result)
                except ScannerError as error:
                    done(url, error)

        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(one(url))


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


def _scan(inventory: Inventory, declaration: Declaration, result: AuditResult) -> Scan:
    names = set(Inventory.model_fields) & set(Scan.model_fields)
    return Scan.model_validate(
        {name: getattr(inventory, name) for name in names}
        | {
            "schema": "cookie-scanner/scan/1",
            "tool": Tool(version=scanner.__version__),
            "declaration": declaration,
            "findings": result.findings,
            "checks": result.checks,
            "summary": _summary(inventory, result),
        }
    )


def _summary(inventory: Inventory, result: AuditResult) -> Summary:
    kept = [cookie for cookie in inventory.cookies if cookie.blocked is None]
    return Summary(
        score=auditing.score(inventory, result),
        findings={level: sum(finding.severity == level for finding in result.findings) for level in SEVERITIES},
        cookies={
            state: {
                category: sum(cookie.category == category and state in cookie.states for cookie in kept)
                for category in get_args(Category)
            }
            for state in inventory.states
        },
    )
