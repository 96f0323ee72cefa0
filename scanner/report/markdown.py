"""`report.md`: the verdict and the findings for a pull request or a chat."""

from __future__ import annotations

import re

from scanner.messages import say, say_n
from scanner.model.scan import Scan
from scanner.report.findings import FindingView, finding_views
from scanner.report.links import safe_link
from scanner.report.text import visible
from scanner.report.verdict import limits, verdict
from scanner.report.words import SEVERITY_LABELS, clipped, day, moment

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&@])")
_SHOWN = 8


def markdown(scan: Scan) -> str:
    """The report in GitHub's Markdown. Text of strangers is escaped: it makes no link, mention, picture or markup."""
    found = verdict(scan)
    lines = [
        f"## {escaped(say('Cookie audit of {host}', host=scan.target.host))}",
        "",
        f"**{found.label}.** {escaped(found.sentence)}",
        "",
    ]
    lines += [escaped(said) + "\n" for said in found.support]
    if found.figures:
        lines += [f"| {say('Figure')} | {say('What it counts')} |", "| ---: | --- |"]
        lines += [f"| {figure.value} | {escaped(figure.label)} ({escaped(figure.note)}) |" for figure in found.figures]
        lines.append("")
    if said_limits := limits(scan):
        lines += [f"**{say('Limits of this scan')}**", "", *(f"- {escaped(said)}" for said in said_limits), ""]
    for view in finding_views(scan):
        lines += _finding(view)
    lines.append(
        f"{scan.tool.name} {escaped(scan.tool.version)}, {moment(scan.started)}. "
        f"{say('Technical findings, not legal advice.')}"
    )
    return "\n".join(lines) + "\n"


def _finding(view: FindingView) -> list[str]:
    finding = view.finding
    shown = [f"`{_code(subject)}`" for subject in view.subjects[:_SHOWN]]
    shown += (
        [say_n("and {count} more", "and {count} more", len(view.subjects) - _SHOWN)]
        if len(view.subjects) > _SHOWN
        else []
    )
    lines = [f"### {SEVERITY_LABELS[finding.severity]}: {escaped(finding.title)}", ""]
    lines += [f"{say('About')} {', '.join(shown)} ({', '.join(view.states)})", ""] if shown else []
    if finding.accepted is not None and not finding.accepted.expired:
        until = day(finding.accepted.until)
        told = say(
            "Accepted by the owner of the site until {day}, for this reason: {reason}.",
            day=until,
            reason=finding.accepted.reason,
        )
        lines += [f"*{escaped(told)}*", ""]
    elif finding.known:
        lines += [f"*{escaped(say('Known from the earlier scan'))}*", ""]
    lines += [escaped(clipped(finding.detail, 1500)), ""]
    if finding.declared:
        lines += [f"> {escaped(clipped(finding.declared.quote))}", ""]
        if link := safe_link(finding.declared.source):
            lines += [f"{say('Policy')}: <{_address(link)}>", ""]
    return [*lines, f"**{say('What to do')}:** {escaped(finding.fix)}", ""]


def escaped(text: str) -> str:
    """A text on one line in which Markdown sees nothing but letters."""
    shown = " ".join(str(visible(text)).split())
    shown = _SPECIAL.sub(r"\\\1", shown).replace("://", ":&#8203;//").replace("www.", "www&#8203;.")
    return re.sub(r"^([-+=]|\d+[.)])", r"\\\1", shown)


def _code(text: str) -> str:
    return " ".join(str(visible(text)).split()).replace("`", "'")


def _address(url: str) -> str:
    return re.sub(r"[\s<>\\]", "", url)
