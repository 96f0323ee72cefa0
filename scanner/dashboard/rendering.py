"""Pages from templates: the report's words and look, with what only the dashboard has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup, escape

from scanner.dashboard import wording
from scanner.dashboard.links import Links
from scanner.dashboard.site_page import scan_facts
from scanner.report.environment import environment as report_environment
from scanner.report.text import visible
from scanner.report.words import in_order

_HERE = "scanner.dashboard"
_SLOT = "\N{REPLACEMENT CHARACTER}lines\N{REPLACEMENT CHARACTER}"

EXPORT_POLICY = (
    "default-src 'none'; style-src 'self' file:; img-src 'self' file: data:; script-src 'self' file:; "
    "base-uri 'none'; form-action 'none'"
)
"""Content policy of an exported page: of a folder's pages, some browsers take `file:` for themselves, others not."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page: their name if they have logged in, and the token for their forms (none in an export)."""

    user: str | None = None
    token: str = ""


def render(template: str, links: Links, reader: Reader, **context: object) -> str:
    """A whole page."""
    text = environment().get_template(template).render(links=links, reader=reader, **context)
    return text.rstrip("\n") + "\n"


def render_around(template: str, links: Links, reader: Reader, **context: object) -> tuple[str, str]:
    """A page in two halves: what stands before the lines that are still to come (`slot` in the template), and after."""
    before, _, after = render(template, links, reader, slot=Markup(_SLOT), **context).partition(_SLOT)
    return before, after


def line(text: str) -> str:
    """A line of progress as it is streamed into a list."""
    return f"<li>{escape(visible(text))}</li>\n"


@cache
def style() -> str:
    """The style sheet: the report's, and what the dashboard adds."""
    report = resources.files("scanner.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    return report + static("dashboard.css")


@cache
def static(name: str) -> str:
    """A file that ships with the dashboard."""
    return resources.files(_HERE).joinpath("static", name).read_text(encoding="utf-8")


@cache
def table_script() -> str:
    """The report's script for tables that filter, sort and turn pages; an exported page may have it, and needs not."""
    return resources.files("scanner.report").joinpath("templates", "tables.js").read_text(encoding="utf-8")


@cache
def version() -> str:
    """A word that changes whenever the style sheet does."""
    return hashlib.sha256((style() + static("icon.svg")).encode("utf-8")).hexdigest()[:12]


@cache
def environment() -> Environment:
    """The report's environment over the templates of this package, which may use those of the report."""
    made = report_environment().overlay(
        loader=ChoiceLoader([PackageLoader(_HERE, "templates"), PackageLoader("scanner.report", "templates")])
    )
    made.filters = {
        **made.filters,
        "change_label": wording.CHANGE_LABELS.__getitem__,
        "change_look": wording.change_look,
        "change_subject": wording.change_subject,
        "counted": wording.counted,
        "findings_words": wording.findings_words,
        "in_order": in_order,
        "outcome": wording.OUTCOME_LABELS.__getitem__,
        "scan_facts": scan_facts,
        "state_look": wording.STATE_LOOKS.__getitem__,
        "state_word": wording.STATE_LABELS.__getitem__,
        "worst": wording.worst,
    }
    made.globals = {
        **made.globals,
        "state_meanings": wording.STATE_MEANINGS,
        "count_words": wording.count_words,
        "export_policy": EXPORT_POLICY,
    }
    return made


def warm() -> None:
    """Read and compile all templates now, so that the first visitor does not wait for it."""
    style()
    for name in ("overview", "site", "search", "compare", "progress", "ended", "login", "problem"):
        environment().get_template(f"{name}.html.j2")
