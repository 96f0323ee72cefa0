"""What to do first: findings of one kind together, and steps that were told once are not told again."""

from __future__ import annotations

from bs4 import BeautifulSoup

from scanner.model.finding import Acceptance, Finding
from scanner.model.scan import Scan
from scanner.report import render_report
from scanner.report.findings import finding_views
from scanner.report.first import apart, priorities

from . import samples

STEPS = ("Open the tag manager.", "Give the tag a condition.", "Publish.", "Scan again.")


def _finding(company: str, **more: object) -> Finding:
    steps = (f"Start {company} only after consent.", *STEPS)
    return (
        samples.shop()
        .findings[0]
        .model_copy(
            update={
                "title": f"{company} follows visitors before they have chosen",
                "fix": "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
                **more,
            }
        )
    )


def _scan(*findings: Finding) -> Scan:
    return samples.shop().model_copy(update={"findings": findings})


def test_findings_of_one_kind_are_one_line_with_their_first_step() -> None:
    """What tells them apart is the link, and one that stands alone is told by its title."""
    other = samples.shop().findings[2]
    first, second = priorities(finding_views(_scan(_finding("Acme"), _finding("Other Maker"), other)))
    assert (first.label, first.severity) == ("Tracking before consent", "high")
    assert first.links == (("finding-1", "Acme"), ("finding-2", "Other Maker"))
    assert first.step == "Start Acme only after consent."
    assert (second.label, second.links) == ("", (("finding-3", other.title),))


def test_what_is_accepted_known_or_small_is_not_first() -> None:
    accepted = _finding("Acme", accepted=Acceptance(reason="test", until="2027-01-01"))
    small = _finding("Small", severity="low")
    assert priorities(finding_views(_scan(accepted, _finding("Other", known=True), small))) == ()


def test_many_findings_of_one_kind_are_counted() -> None:
    (kind,) = priorities(finding_views(_scan(*(_finding(f"Company{position}") for position in range(11)))))
    assert (len(kind.links), kind.more) == (8, 3)


def test_titles_that_cannot_be_told_apart_stay_whole() -> None:
    assert apart(["A cookie", "A cookie"]) == ("A cookie", "A cookie")
    assert apart(["A cookie", "A cookie too"]) == ("A cookie", "A cookie too")
    assert apart(["Acme is late", "Big Co is late"]) == ("Acme", "Big Co")


def test_steps_told_before_are_folded_and_keep_their_numbers() -> None:
    """Nothing is lost: the other steps are one click away, and the finding that told them is named."""
    first, second = finding_views(_scan(_finding("Acme"), _finding("Other")))
    assert first.remedy is not None and second.remedy is not None
    assert [number for number, _ in first.remedy.steps] == [1, 2, 3, 4, 5] and not first.remedy.repeated
    assert second.remedy.steps == ((1, "Start Other only after consent."),)
    assert second.remedy.repeated == tuple(enumerate(STEPS, start=2))
    soup = BeautifulSoup(render_report(_scan(_finding("Acme"), _finding("Other")), {}), "lxml")
    folded = soup.select_one("#finding-2 details.repeated")
    assert folded is not None
    assert "4 more steps, as for “Acme follows visitors before they have chosen”" in folded.get_text(" ", strip=True)
    assert [item["value"] for item in folded.select("li")] == ["2", "3", "4", "5"]


def test_a_fix_of_other_shape_is_told_as_it_is() -> None:
    (view,) = finding_views(_scan(samples.shop().findings[0]))
    assert view.remedy is None
