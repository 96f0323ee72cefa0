"""HTML: the template environment, the audit report, the overview of all sites and the declaration page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scanner.model.scan import Scan
from scanner.report import proof, words
from scanner.report.companies import companies
from scanner.report.comparison import comparison
from scanner.report.declared import draft
from scanner.report.findings import finding_views
from scanner.report.links import passage_link, safe_link
from scanner.report.pictures import gallery
from scanner.report.states import picture, spoken
from scanner.report.text import blocks, visible
from scanner.report.timeline import timeline
from scanner.report.verdict import Tone, limits, verdict

_TONE_ORDER: tuple[Tone, ...] = ("high", "medium", "open", "failed", "clear")


def render_report(scan: Scan, pictures: Mapping[str, bytes]) -> str:
    """`report.html`: one self-contained page. `pictures` maps a state's screenshot names to their bytes."""
    return _render(
        "report.html.j2",
        ("report.css",),
        ("tables.js",),
        scan=scan,
        verdict=verdict(scan),
        limits=limits(scan),
        picture=picture(scan),
        timeline=timeline(scan),
        findings=finding_views(scan),
        comparison=comparison(scan),
        states=words.in_order(scan.states),
        gallery=gallery(scan, pictures),
    )


def render_index(scans: Sequence[tuple[str, Scan]]) -> str:
    """`index.html`: all scanned sites at a glance, the ones that need action first.

    Each scan comes with its folder, relative to the page (`shop.example/20261122T093000Z`); the link goes to the
    `report.html` inside it.
    """
    rows = [(folder, scan, verdict(scan)) for folder, scan in scans]
    rows.sort(key=lambda row: (_TONE_ORDER.index(row[2].tone), row[1].target.host, row[1].started, row[0]))
    links = [(quote(f"{folder.rstrip('/')}/report.html"), scan, found) for folder, scan, found in rows]
    return _render("index.html.j2", ("report.css",), ("tables.js",), rows=links)


def render_declaration(scan: Scan) -> str:
    """`declaration.html`: the declaration as it should read, its HTML source to paste, and what is left to do."""
    made = draft(scan)
    fragment = _environment().get_template("declaration-fragment.html.j2")
    block = fragment.render(scan=scan, draft=made, services=companies(scan)).strip() + "\n"
    changes = [view for view in finding_views(scan) if view.finding.declared is not None]
    return _render(
        "declaration.html.j2",
        ("report.css",),
        ("copy.js",),
        scan=scan,
        draft=made,
        fragment=Markup(block),
        source=block,
        changes=changes,
    )


def _render(template: str, styles: Sequence[str], scripts: Sequence[str], **context: object) -> str:
    style = "".join(_packaged(name) for name in styles)
    script = "".join(_packaged(name) for name in scripts)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    page = _environment().get_template(template)
    # Style and script are files of this package, never data of a scan.
    text = page.render(content_policy=policy, style=Markup(style), script=Markup(script), **context)
    return text.rstrip("\n") + "\n"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _packaged(name: str) -> str:
    return resources.files("scanner.report").joinpath("templates", name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scanner.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=visible,
    )
    environment.filters.update(
        blocks=blocks,
        button_words=proof.button_words,
        category=words.CATEGORY_LABELS.__getitem__,
        clipped=words.clipped,
        confidence=words.CONFIDENCE_LABELS.__getitem__,
        cookie_facts=proof.cookie_facts,
        count=words.count,
        duration=words.duration,
        elapsed=words.elapsed,
        lifetime=proof.lifetime,
        shortened=proof.shortened,
        listing=words.listing,
        moment=words.moment,
        number=words.number,
        rule_label=words.rule_label,
        safe_link=safe_link,
        severity=words.SEVERITY_LABELS.__getitem__,
        signal_lines=proof.signal_lines,
        size=words.size,
        spoken=spoken,
        state_label=words.state_label,
    )
    environment.globals.update(
        beacon_labels=words.BEACON_LABELS,
        claim_labels=words.CLAIM_LABELS,
        outcome_labels=words.OUTCOME_LABELS,
        passage_link=passage_link,
        party_labels=words.PARTY_LABELS,
        storage_labels=words.STORAGE_LABELS,
        technique_labels=words.TECHNIQUE_LABELS,
    )
    return environment
