"""Findings as the report tells them: subject, proof (a few pieces in full, the rest counted), words of the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scanner.model.finding import Finding
from scanner.model.scan import Scan
from scanner.report.links import passage_link
from scanner.report.pictures import Crop, Picture, cropped
from scanner.report.proof import Proof, proofs
from scanner.report.text import Block, blocks
from scanner.report.words import CLAIM_LABELS, in_order, state_label

CROPS = 2
"""Parts of screenshots shown with a finding."""

SHOWN = 12
"""Pieces of proof and subjects told in full; more are counted and stand in the tables and in `scan.json`."""

REPEATED = 3
"""From so many steps on that stand with an earlier finding, a fix refers to it."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a finding: steps in their order, each with its number.

    Where the better part of them was told with an earlier finding, `steps` are the others, and `repeated` those
    that were told there (`anchor`, `title`).
    """

    steps: tuple[tuple[int, str], ...]
    repeated: tuple[tuple[int, str], ...] = ()
    anchor: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding ready for a page. `anchor` is its address inside the page."""

    finding: Finding
    anchor: str
    subjects: tuple[str, ...]
    """What it is about, in words where the subject is the code of a claim."""
    states: tuple[str, ...]
    proofs: tuple[Proof, ...]
    more: tuple[str, ...]
    policy_link: str | None
    silent: bool
    shots: tuple[Picture, ...]
    """Screenshots of the consent states whose own record (banner, choice) is observed."""
    crops: tuple[Crop, ...] = ()
    """The part of such a screenshot where the buttons stand."""
    remedy: Remedy | None = None
    """The steps of the fix, where it is nothing but steps."""


def finding_views(scan: Scan, shots: Sequence[Picture] = ()) -> tuple[FindingView, ...]:
    """All findings in their order, worst first; `shots` are the screenshots of the page that tells them."""
    views = tuple(_view(scan, position, finding, shots) for position, finding in enumerate(scan.findings, start=1))
    return _without_repetition(views)


def _without_repetition(views: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """Fixes of one kind share most of their steps: they are told once, and stay within reach of the later ones."""
    told: list[FindingView] = []
    for view in views:
        parts = blocks(view.finding.fix)
        if len(parts) != 1 or parts[0].kind != "steps":
            told.append(view)
            continue
        told.append(replace(view, remedy=_remedy(parts[0], told)))
    return tuple(told)


def _remedy(part: Block, told: Sequence[FindingView]) -> Remedy:
    steps = tuple(enumerate(part.lines, start=1))
    for earlier in told:
        if earlier.remedy is None or earlier.remedy.repeated:
            continue
        there = {text for _, text in earlier.remedy.steps}
        repeated = tuple(step for step in steps if step[1] in there)
        if len(repeated) >= REPEATED:
            others = tuple(step for step in steps if step[1] not in there)
            return Remedy(others, repeated, earlier.anchor, earlier.finding.title)
    return Remedy(steps)


def _view(scan: Scan, position: int, finding: Finding, shots: Sequence[Picture]) -> FindingView:
    quote = finding.declared
    shown_in = {pointer.split("/")[2] for pointer in finding.observed if pointer.startswith("/states/")}
    shown = tuple(shot for shot in shots if shown_in.intersection(shot.states))
    crops = tuple(crop for shot in shown[:3] if (crop := cropped(shot)) is not None)[:CROPS]
    return FindingView(
        finding=finding,
        anchor=f"finding-{position}",
        subjects=tuple(_subject(subject) for subject in finding.subjects),
        states=tuple(state_label(state) for state in in_order(finding.states)),
        proofs=proofs(scan, finding.observed[:SHOWN]),
        more=finding.observed[SHOWN:],
        policy_link=passage_link(quote.source, quote.quote) if quote else None,
        silent=quote is None and scan.declaration.found and finding.rule.startswith("undeclared-"),
        shots=tuple(shot for shot in shown if not any(crop.shot is shot for crop in crops)),
        crops=crops,
    )


def _subject(subject: str) -> str:
    """A subject in words: the label of a claim for its code, everything else as it is."""
    return CLAIM_LABELS.get(subject, subject)
