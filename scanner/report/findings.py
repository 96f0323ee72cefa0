"""Findings as the report tells them: subject, proof (a few pieces in full, the rest counted), words of the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.model.finding import Finding
from scanner.model.scan import Scan
from scanner.report.links import passage_link
from scanner.report.pictures import Crop, Picture, cropped
from scanner.report.proof import Proof, proofs
from scanner.report.words import CLAIM_LABELS, in_order, state_label

CROPS = 2
"""Parts of screenshots shown with a finding."""

SHOWN = 12
"""Pieces of proof and subjects told in full; more are counted and stand in the tables and in `scan.json`."""


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


def finding_views(scan: Scan, shots: Sequence[Picture] = ()) -> tuple[FindingView, ...]:
    """All findings in their order, worst first; `shots` are the screenshots of the page that tells them."""
    return tuple(_view(scan, position, finding, shots) for position, finding in enumerate(scan.findings, start=1))


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
