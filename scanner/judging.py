"""The second half: recorded evidence in, judgement and reports out. No browser, no network, no clock."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import scanner
from scanner import audit as auditing
from scanner import policy as policies
from scanner import report as reports
from scanner.classify import Catalogue, build_inventory
from scanner.config import Config
from scanner.diff import Difference, Identities, compare, identities
from scanner.errors import EvidenceError, PolicyError, UsageError
from scanner.given import policy_files, split_policies
from scanner.messages import Language, speaking
from scanner.model.base import Category
from scanner.model.declaration import Declaration
from scanner.model.finding import SEVERITIES, AuditResult
from scanner.model.inventory import Inventory, Problem
from scanner.model.recorded import Document, Evidence
from scanner.model.scan import Scan, Summary, Tool
from scanner.policy.text import read_blocks
from scanner.report import load_scan, write_reports
from scanner.store import read_evidence


@dataclass(frozen=True)
class Done:
    """One scanned or audited site and the folder of its files."""

    scan: Scan
    folder: Path


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


def get_ready(catalogue: Catalogue) -> None:
    """What the first audit would make for itself (a second), ahead of it and in any thread."""
    policies.get_ready(catalogue.vendors)
    reports.get_ready()


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
