"""What `explain` tells of one answer, and whether its recipe works."""

from __future__ import annotations

import tomllib

import pytest

from scanner.capture.consent.explain import Concluded, Looked, Pressed, SignalsCompared, Trace
from scanner.capture.consent.session import ConsentSession
from scanner.config.recipe import Recipe
from tests.capture.consent.conftest import SITE, Lab
from tests.capture.consent.playwright_page import PlaywrightPage
from tests.capture.consent.staged import platform

pytestmark = pytest.mark.browser


async def test_an_answer_is_told_step_by_step_and_its_recipe_answers_too(lab: Lab) -> None:
    """Two layers in frames of another site: what was weighed, read, pressed, proven; then the recipe does it alone."""
    page = platform("sourcepoint", "reject2=1&on=1", "it").case
    trace = Trace()
    async with lab.visit(page, "reject", "virtual") as visit:
        page_now = await PlaywrightPage.of(visit.page)
        session = ConsentSession(
            page_now, context_state="reject", recipe=None, emit=visit.records.append, visit_id="v1", pace=visit.pace,
            ways=("heuristic",), trace=trace,
        )  # fmt: skip
        await session.prepare()
        await session.observe()
        await session.choose("reject")
    told = trace.explanation(SITE)
    looks = [e for e in told.events if isinstance(e, Looked)]
    seen = next(look for look in looks if any(c.taken for c in look.candidates))  # the banner may come later
    best = seen.candidates[0]
    assert best.taken
    assert best.score >= seen.threshold
    assert best.reasons
    assert best.frame_url is not None
    assert {b.words: b.role for b in best.buttons} == {"Opzioni": "settings", "Accetta e continua": "accept"}
    assert "italiano" in best.buttons[0].why
    assert [e.did for e in told.events if isinstance(e, Pressed)] == [
        "opened the settings",
        "refused on the second layer",
    ]
    assert [e.moment for e in told.events if isinstance(e, SignalsCompared)] == ["loaded", "answered", "reloaded"]
    [end] = [e for e in told.events if isinstance(e, Concluded)]
    assert (end.made, end.verified) == ("reject", True)

    written = tomllib.loads(told.recipe)["recipe"][SITE]
    assert len(written["reject"]) == 2
    assert isinstance(written["accept"], str)
    recipe = Recipe(banner=written["banner"], accept=(written["accept"],), reject=tuple(written["reject"]))
    async with lab.visit(page, "reject", "virtual", recipe=recipe, general=False) as visit:
        await visit.session.observe()
        choice = await visit.session.choose("reject")
        assert await visit.granted() == frozenset()
        assert (choice.method, choice.verified, choice.clicks) == ("recipe", True, 2)
