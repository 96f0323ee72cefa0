"""The templates: their environment, and pages that bring everything with them and ask for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from scanner.messages import Message, known, language, number, say
from scanner.report import moments, personal, proof, words
from scanner.report.compiled import KeptTemplates
from scanner.report.links import passage_link, safe_link
from scanner.report.purposes import purpose_words
from scanner.report.states import spoken
from scanner.report.text import blocks, visible

_STYLE = "report.css"
_EARLY = "early.js"


def page(template: str, script: str, **context: object) -> str:
    """A whole page with its style and script inside, and a content policy that allows exactly these.

    `script` is a file of this package. A page loads nothing, runs nothing else, and sends no form.
    """
    style, early, late = _packaged(_STYLE), _packaged(_EARLY), _packaged(script)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(early)}' '{_hash(late)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    # Style and scripts are files of this package, never data of a scan.
    fixed = {
        "style": Markup(style),
        "early": Markup(early),
        "script": Markup(late),
        "language": language(),
        "script_words": json.dumps(_script_words(), ensure_ascii=False),
    }
    text = environment().get_template(template).render(content_policy=policy, **fixed, **context)
    return text.rstrip("\n") + "\n"


def _script_words() -> dict[str, str]:
    """What the scripts say, for they are the same in every language; braces are filled in by them."""
    return {
        "all": say("All"),
        "group": say("Purpose group"),
        "back": say("Previous"),
        "next": say("Next"),
        "pages": Message("Pages of: {table}").told(),
        "rows": Message("{found} of {all} rows").told(),
        "place": Message("{first} to {last} of {all}").told(),
        "copy": say("Copy the HTML"),
        "copied": say("Copied."),
        "selected": say("Selected: press Ctrl+C or Cmd+C to copy."),
    }


def _said(text: str, /, **fields: object) -> Markup:
    """A message of a template. What fills its fields is escaped and made visible like every other value."""
    return _filled(Message(text).told(), fields)


def _said_n(one: str, many: str, count: int, /, **fields: object) -> Markup:
    return _filled(Message(one, many).told(count), {"count": number(count), **fields})


def _filled(text: str, fields: dict[str, object]) -> Markup:
    safe = escape(text)
    return safe.format(**{name: visible(value) for name, value in fields.items()}) if fields else safe


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _packaged(name: str) -> str:
    return resources.files("scanner.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Jinja with the words of the report as its filters; every value is escaped and made visible."""
    made = Environment(
        loader=PackageLoader("scanner.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=visible,
        bytecode_cache=KeptTemplates(),
    )
    filters: dict[str, Callable[..., object]] = {
        "blocks": blocks,
        "button_words": proof.button_words,
        "category": words.CATEGORY_LABELS.__getitem__,
        "clipped": words.clipped,
        "confidence": words.CONFIDENCE_LABELS.__getitem__,
        "cookie_facts": proof.cookie_facts,
        "duration": words.duration,
        "elapsed": words.elapsed,
        "lifetime": proof.lifetime,
        "shortened": proof.shortened,
        "inside": words.inside,
        "manner": personal.manner,
        "known": lambda text: known(text) if text else text,
        "listing": words.listing,
        "moment": words.moment,
        "day": words.day,
        "number": number,
        "purpose_words": purpose_words,
        "rule_label": words.rule_label,
        "safe_link": safe_link,
        "severity": words.SEVERITY_LABELS.__getitem__,
        "signal_lines": proof.signal_lines,
        "since_choice": moments.since_choice,
        "size": words.size,
        "spoken": spoken,
        "state_label": words.state_label,
    }
    made.filters |= {name: _when_asked(filter_) for name, filter_ in filters.items()}
    made.globals.update(
        say=_said,
        say_n=_said_n,
        scan_json=Markup("<code>scan.json</code>"),
        declaration_html=Markup("<code>declaration.html</code>"),
        beacon_labels=words.BEACON_LABELS,
        claim_labels=words.CLAIM_LABELS,
        data_labels=personal.DATA_LABELS,
        source_labels=personal.SOURCE_LABELS,
        outcome_labels=words.OUTCOME_LABELS,
        passage_link=passage_link,
        party_labels=words.PARTY_LABELS,
        storage_labels=words.STORAGE_LABELS,
        technique_labels=words.TECHNIQUE_LABELS,
    )
    return made


def _when_asked(spoken_by: Callable[..., object]) -> Callable[..., object]:
    """A filter that Jinja does not call for a constant while it compiles: its words are those of the report's language,
    and one compiled template serves reports in many."""

    @pass_context
    def asked(_: Context, *values: object, **named: object) -> object:
        return spoken_by(*values, **named)

    return asked


def get_ready() -> None:
    """Compile the templates, which the first report would wait for, or read what is kept of them; in any thread."""
    for name in environment().list_templates(extensions=["j2"]):
        environment().get_template(name)
