"""What to look at first: the serious findings, those of one kind together, each kind with its first step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.model.finding import Severity
from scanner.report.findings import FindingView
from scanner.report.text import blocks
from scanner.report.words import rule_label

SHOWN = 5
"""Kinds of findings named at the top of the report."""

LINKS = 8
"""Findings of one kind named there; more are counted."""


@dataclass(frozen=True, slots=True)
class Priority:
    """Findings of one kind. `links` are anchors of the page and what is said of each, `more` how many were left out.

    `step` is what to do first about the first of them.
    """

    severity: Severity
    label: str
    """What the findings have in common; empty where there is one, whose link says it all."""
    links: tuple[tuple[str, str], ...]
    more: int
    step: str


def priorities(views: Sequence[FindingView]) -> tuple[Priority, ...]:
    """The kinds of serious findings that still count, worst first."""
    kinds: dict[tuple[Severity, str], list[FindingView]] = {}
    for view in views:
        if view.finding.counts and view.finding.severity in ("high", "medium"):
            kinds.setdefault((view.finding.severity, view.finding.rule), []).append(view)
    return tuple(_priority(severity, rule, found) for (severity, rule), found in list(kinds.items())[:SHOWN])


def _priority(severity: Severity, rule: str, views: Sequence[FindingView]) -> Priority:
    anchors = [view.anchor for view in views]
    titles = [view.finding.title for view in views]
    alone = len(views) == 1
    links = tuple(zip(anchors, titles if alone else apart(titles), strict=True))
    label = "" if alone else rule_label(rule)
    return Priority(severity, label, links[:LINKS], max(0, len(links) - LINKS), _first_step(views[0]))


def _first_step(view: FindingView) -> str:
    return next((block.lines[0] for block in blocks(view.finding.fix)), "")


def apart(titles: Sequence[str]) -> tuple[str, ...]:
    """What tells titles of one kind from one another: the words that not all begin or end with.

    The titles as they are, where nothing would be left of one.
    """
    words = [title.split() for title in titles]
    head = _alike(words)
    tail = _alike([line[head:][::-1] for line in words])
    left = tuple(" ".join(line[head : len(line) - tail]) for line in words)
    return left if all(left) else tuple(titles)


def _alike(lines: Sequence[Sequence[str]]) -> int:
    """With how many words all lines begin alike."""
    count = 0
    for column in zip(*lines, strict=False):
        if len(set(column)) > 1:
            break
        count += 1
    return count
