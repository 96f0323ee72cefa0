"""What a message says: facts in a form that can wait in a database, and the words made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from scanner.config.fleet import Alerts, WatchedSite
from scanner.model.base import Model, UtcTime
from scanner.model.watch import ChangeKind, ChangeRow, Outgoing, Recorded

Mark = Literal["bad", "good", "news"]

_MOST_LINES = 25
_MOST_SUBJECTS = 8
_LONGEST = 300
_MARKS: dict[Mark, str] = {"bad": "(!)", "good": "(ok)", "news": "(i)"}
_KINDS: dict[ChangeKind, tuple[Mark, str]] = {
    "finding-new": ("bad", "New finding"),
    "finding-worse": ("bad", "Finding is worse than it was"),
    "finding-resolved": ("good", "Finding resolved"),
    "policy-changed": ("news", "The policy's text has changed"),
    "banner-lost": ("bad", "The consent banner is not there any more"),
    "banner-found": ("good", "There is a consent banner now"),
    "unreachable": ("bad", "The site could not be scanned"),
    "reachable-again": ("good", "The site can be scanned again"),
}
_COUNTED: dict[ChangeKind, tuple[str, str]] = {
    "cookie-new": ("new cookie", "new cookies"),
    "cookie-gone": ("cookie gone", "cookies gone"),
    "vendor-new": ("new company", "new companies"),
    "vendor-gone": ("company gone", "companies gone"),
    "finding-new": ("new finding of less weight", "new findings of less weight"),
    "finding-worse": ("lesser finding that grew", "lesser findings that grew"),
    "finding-resolved": ("lesser finding resolved", "lesser findings resolved"),
}
# What a chat would take as a call to everybody, or as markup of its own. The words come from strangers' pages.
_CALLS = re.compile(r"@(?=(?:everyone|here|channel|all)\b)", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_MARKUP = str.maketrans({"<": "\u2039", ">": "\u203a", "`": "'", "|": "\u00a6"})


class Line(Model):
    """One change."""

    mark: Mark
    text: str


class Message(Model):
    """What changed with one scan of one site, for whoever is to hear of it.

    `link` leads to the report or the dashboard; `attach` is the location of the report that comes along.
    """

    site: str
    url: str
    owner: str | None = None
    scanned: UtcTime
    lines: tuple[Line, ...]
    besides: str = ""
    figures: str = ""
    link: str | None = None
    attach: str | None = None


def compose(
    site: WatchedSite,
    recorded: Recorded,
    told: Sequence[ChangeRow],
    besides: dict[ChangeKind, int],
    settings: Alerts,
    not_before: UtcTime,
) -> tuple[Outgoing, ...]:
    """One message for each target of a site; none where there is nothing to tell or nobody to hear it."""
    if not told:
        return ()
    row = recorded.row
    lines = [Line(mark=_KINDS[change.kind][0], text=_line(change, recorded)) for change in told[:_MOST_LINES]]
    if len(told) > _MOST_LINES:
        lines.append(Line(mark="news", text=f"and {len(told) - _MOST_LINES} more"))
    message = Message(
        site=site.name,
        url=plain(site.url),
        owner=plain(site.owner) if site.owner else None,
        scanned=row.started,
        lines=tuple(lines),
        besides=", ".join(
            f"{count} {_COUNTED[kind][count != 1]}" for kind, count in besides.items() if kind in _COUNTED
        ),
        figures=_figures(recorded),
        link=_link(settings, row.id, row.run.site, row.location),
        attach=row.location if settings.attach and row.outcome != "failed" else None,
    )
    return tuple(
        Outgoing(target=name, message=message.model_dump(mode="json"), not_before=not_before) for name in site.notify
    )


def title(messages: Sequence[Message]) -> str:
    """The subject line of one or several messages that go out together."""
    bad = sum(line.mark == "bad" for message in messages for line in message.lines)
    what = f"{bad} problem{'s' if bad != 1 else ''}" if bad else "changes, none for the worse"
    if len(messages) == 1:
        return f"cookie-scanner: {messages[0].site}: {what}"
    return f"cookie-scanner: {len(messages)} sites: {what}"


def text(messages: Sequence[Message]) -> str:
    """The body, as plain text: the sites with problems first."""
    ordered = sorted(messages, key=lambda one: (-sum(line.mark == "bad" for line in one.lines), one.site))
    return "\n\n".join("\n".join(_paragraph(message)) for message in ordered)


def plain(words: str) -> str:
    """Words from a stranger's page without anything that a mail program or a chat would take as its own markup."""
    flat = _CONTROL.sub(" ", words).translate(_MARKUP)
    flat = _CALLS.sub("@\u2060", flat).strip()
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}\u2026"


def worst(messages: Sequence[Message]) -> Mark:
    """The gravest mark of all lines."""
    marks = {line.mark for message in messages for line in message.lines}
    return "bad" if "bad" in marks else "news" if "news" in marks else "good"


def _paragraph(message: Message) -> list[str]:
    owner = f", {message.owner}" if message.owner else ""
    lines = [f"{message.site} ({message.url}{owner}), scanned {_moment(message.scanned)}"]
    lines += [f"  {_MARKS[line.mark]} {line.text}" for line in message.lines]
    if message.besides:
        lines.append(f"  besides: {message.besides}")
    if message.figures:
        lines.append(f"  now: {message.figures}")
    if message.link:
        lines.append(f"  {message.link}")
    return lines


def _line(change: ChangeRow, recorded: Recorded) -> str:
    label = _KINDS[change.kind][1]
    if change.kind == "unreachable":
        why = f": {plain(change.detail)}" if change.detail else ""
        return f"{label}, {recorded.failures} times in a row{why}"
    if change.kind == "reachable-again":
        return f"{label}, after {recorded.failed_before} failed scans"
    if change.kind in ("banner-lost", "banner-found"):
        return label
    severity = f" ({change.severity})" if change.severity else ""
    subjects = [part for part in change.subject.split(", ") if part]
    shown = ", ".join(plain(part) for part in subjects[:_MOST_SUBJECTS])
    more = f" and {len(subjects) - _MOST_SUBJECTS} more" if len(subjects) > _MOST_SUBJECTS else ""
    rule = f" {change.rule}:" if change.rule else ":"
    detail = f" - {plain(change.detail)}" if change.detail else ""
    return f"{label}{severity}{rule} {shown}{more}{detail}".rstrip(": ")


def _figures(recorded: Recorded) -> str:
    row = recorded.row
    if row.outcome == "failed":
        return ""
    findings = ", ".join(
        f"{row.findings.get(level, 0)} {level}" for level in ("high", "medium", "low") if row.findings.get(level, 0)
    )
    score = f", score {row.score}" if row.score is not None else ""
    return (
        f"findings: {findings or 'none'}{score}; {row.nonessential_before} cookies for analytics or marketing "
        "before any choice"
    )


def _link(settings: Alerts, scan: int, site: str, location: str) -> str | None:
    """`link` with its places filled in: `{scan}`, `{site}`, `{location}`; the report's location where it has none."""
    if settings.link is None:
        return None
    if "{" not in settings.link:
        return f"{settings.link.rstrip('/')}/{location}/report.html"
    filled = settings.link
    for name, value in (("{scan}", str(scan)), ("{site}", site), ("{location}", location)):
        filled = filled.replace(name, value)
    return filled


def _moment(when: UtcTime) -> str:
    return f"{when[:10]} {when[11:16]} UTC"
