"""Real banners in a real browser; the server's log judges what was chosen."""

from __future__ import annotations

import pytest

from scanner.capture.consent.general.flows import NO_REFUSAL, PAY_OR_CONSENT
from scanner.capture.consent.general.withdraw import NO_WAY_BACK
from scanner.capture.consent.session import NO_BANNER
from scanner.config.recipe import Recipe
from scanner.model.consent import BannerSeen, ChoiceMade, SignalsRead
from tests.capture.consent.conftest import Lab
from tests.capture.consent.pages import (
    DECOYS,
    OK_ONLY,
    OK_ONLY_DE,
    OPTIONAL,
    PAY,
    REMEMBERS_WRONGLY,
    RETURNS,
    SCROLLED,
    SHAPES,
    WITH_WAY_BACK,
    case,
)
from tests.capture.consent.phrases import PHRASES

pytestmark = pytest.mark.browser

EVERYTHING = frozenset(OPTIONAL)
NOTHING: frozenset[str] = frozenset()
IN_REAL_TIME = ("bar", "two_layers", "animated", "late_handlers", "framed", "shadow_closed", "redrawn")


async def _choose(lab: Lab, shape: str, lang: str, wanted: str, pace: str) -> tuple[ChoiceMade, frozenset[str] | None]:
    async with lab.visit(case(shape, lang), wanted, pace) as visit:
        sighting = await visit.session.observe()
        assert sighting is not None, f"no banner seen on {shape}"
        choice = await visit.session.choose(wanted)
        return choice, await visit.granted()


@pytest.mark.parametrize("wanted", ["accept", "reject"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_every_shape_of_banner_is_accepted_and_refused(lab: Lab, shape: str, wanted: str) -> None:
    """Two layers, frames, shadow roots, drawn switches, tabs, late handlers: the server sees what was asked for."""
    choice, granted = await _choose(lab, shape, "en", wanted, "virtual")
    assert granted == (EVERYTHING if wanted == "accept" else NOTHING)
    assert choice.made == wanted
    assert choice.verified, choice.error
    assert {"banner-gone", "gone-after-reload", "consent-record-changed", "signal-agrees"} <= set(choice.proofs)


@pytest.mark.parametrize("shape", IN_REAL_TIME)
async def test_time_may_pass_as_it_does(lab: Lab, shape: str) -> None:
    """Nothing relies on virtual time."""
    choice, granted = await _choose(lab, shape, "en", "reject", "real")
    assert granted == NOTHING
    assert choice.verified, choice.error


@pytest.mark.parametrize("lang", PHRASES)
async def test_banners_are_answered_in_every_language(lab: Lab, lang: str) -> None:
    """Refused through pre-ticked settings, which takes most words; every fourth is accepted on the first layer too."""
    first = (("bar", "accept"),) if list(PHRASES).index(lang) % 4 == 0 else ()
    for shape, wanted in (*first, ("pre_ticked", "reject")):
        choice, granted = await _choose(lab, shape, lang, wanted, "virtual")
        assert granted == (EVERYTHING if wanted == "accept" else NOTHING), (shape, wanted)
        assert choice.verified, choice.error


@pytest.mark.parametrize("name", DECOYS)
async def test_nothing_is_pressed_where_no_consent_banner_stands(lab: Lab, name: str) -> None:
    """Newsletters, age gates, choosers, orders to reject, sales of cookies: no banner, and not one click."""
    async with lab.visit(DECOYS[name], "accept", "virtual", rules=True) as visit:
        assert await visit.session.observe() is None
        for wanted in ("accept", "reject"):
            choice = await visit.session.choose(wanted)
            assert choice.made is None
            assert choice.error == NO_BANNER
        assert visit.pace.marks == 0
        await visit.page.evaluate("() => fetch('/').then(r => r.status)")
        assert visit.site.clicked[visit.run] == []
        assert [s.found for s in visit.of(BannerSeen)] == [False]


@pytest.mark.parametrize("page", [OK_ONLY, OK_ONLY_DE], ids=lambda c: c.name)
async def test_a_banner_that_only_informs_is_acknowledged_and_cannot_be_refused(lab: Lab, page: object) -> None:
    """Accepting presses its button and says so; refusing presses nothing and says why."""
    assert isinstance(page, type(OK_ONLY))
    async with lab.visit(page, "accept", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("accept")
        assert (choice.made, choice.verified) == ("ack", True)
        assert await visit.granted() == EVERYTHING
    async with lab.visit(page, "reject", "virtual", rules=True) as visit:
        await visit.session.observe()
        choice = await visit.session.choose("reject")
        assert (choice.made, choice.error) == (None, NO_REFUSAL)
        assert not visit.site.chosen[visit.run]


async def test_paying_is_not_refusing(lab: Lab) -> None:
    """A wall of "accept or pay" is recognised; nothing is bought."""
    async with lab.visit(PAY, "reject", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("reject")
        assert (choice.made, choice.error) == (None, PAY_OR_CONSENT)
        assert not visit.site.chosen[visit.run]


@pytest.mark.parametrize("shape", ["pre_ticked", "switches", "tabs", "ticks_on_first"])
async def test_one_category_alone_is_allowed(lab: Lab, shape: str) -> None:
    """Everything but the wanted category is switched off before saving."""
    async with lab.visit(case(shape, "de"), "category:analytics", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("category:analytics")
        assert await visit.granted() == {"analytics"}
        assert (choice.made, choice.verified, choice.error) == ("save", True, None)


async def test_a_category_that_is_not_offered_is_said_so(lab: Lab) -> None:
    """Nothing is saved for it."""
    async with lab.visit(case("pre_ticked", "en"), "category:functional", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("category:functional")
        assert choice.made is None
        assert choice.error == "no choice for the category functional is offered"
        assert not visit.site.chosen[visit.run]


async def test_consent_is_withdrawn_through_the_way_back(lab: Lab) -> None:
    """Accepted first, then taken back through the settings that the page keeps open."""
    async with lab.visit(WITH_WAY_BACK, "withdraw", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("withdraw")
        assert (choice.made, choice.verified, choice.error) == ("withdraw", True, None)
        assert visit.site.chosen[visit.run] == [EVERYTHING, NOTHING]
        assert choice.clicks == 2
        assert [c.wanted for c in visit.of(ChoiceMade)] == ["accept", "withdraw"]


async def test_no_way_back_is_said_so(lab: Lab) -> None:
    """A page that never offers its settings again is a fact of its own."""
    async with lab.visit(case("bar", "en"), "withdraw", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("withdraw")
        assert choice.made is None
        assert choice.error is not None
        assert choice.error.startswith(NO_WAY_BACK)


async def test_a_record_that_says_the_opposite_is_no_proof(lab: Lab) -> None:
    """The banner leaves and stays away, but what it keeps says that all was granted."""
    async with lab.visit(REMEMBERS_WRONGLY, "reject", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("reject")
        assert choice.made == "reject"
        assert not choice.verified
        assert choice.contradictions
        assert choice.error is not None
        assert "says otherwise" in choice.error


async def test_a_banner_that_comes_back_is_no_proof(lab: Lab) -> None:
    """Gone after the click, there again after the reload."""
    async with lab.visit(RETURNS, "reject", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("reject")
        assert (choice.made, choice.verified) == ("reject", False)
        assert choice.error == "the banner came back after a reload"
        moments = [(s.moment, s.found) for s in visit.of(BannerSeen)]
        assert moments == [("loaded", True), ("answered", False), ("reloaded", True)]


async def test_a_banner_that_waits_for_scrolling_is_found(lab: Lab) -> None:
    """Not before the visitor scrolls, so not in the first look."""
    async with lab.visit(SCROLLED, "reject", "virtual") as visit:
        assert await visit.session.observe() is None
        choice = await visit.session.choose("reject")
        assert await visit.granted() == NOTHING
        assert choice.verified, choice.error


async def test_what_was_seen_is_written_down(lab: Lab) -> None:
    """Buttons of both layers with their words, place and colours; boxes ticked beforehand; pictures; phases."""
    async with lab.visit(case("pre_ticked", "fr"), "reject", "virtual") as visit:
        sighting = await visit.session.observe()
        assert sighting is not None
        assert sighting.languages[0] == "fr"
        assert [(b.action, b.layer, b.text) for b in sighting.buttons] == [
            ("accept", 1, "Tout accepter"),
            ("settings", 1, "Paramétrer"),
        ]
        choice = await visit.session.choose("reject")
        assert choice.clicks == 4
        loaded, inner, answered, reloaded = visit.of(BannerSeen)
        assert loaded.screenshot == "screenshots/banner.png"
        assert loaded.buttons[0].rect is not None
        assert loaded.buttons[0].background == "rgb(221, 221, 221)"
        assert (inner.moment, inner.buttons[0].layer) == ("settings", 2)
        assert len(inner.preselected) == 2
        assert (answered.found, reloaded.found) == (False, False)
        assert [s.phase for s in visit.of(BannerSeen)] == ["initial", "chosen", "chosen", "chosen"]
        assert [s.phase for s in visit.of(SignalsRead)] == ["initial", "chosen", "chosen"]
        assert visit.pace.marks == 1
        assert [step.did for step in choice.steps] == [
            "opened the settings",
            "switched off",
            "switched off",
            "saved the choices",
        ]


async def test_a_recipe_goes_before_everything_else(lab: Lab) -> None:
    """Its steps are pressed in order, through shadow roots and frames of other sites."""
    recipe = Recipe(accept=("consent-box >>> [data-do=all]",), reject=("consent-box >>> [data-do=none]",))
    async with lab.visit(case("shadow_closed", "en"), "reject", "virtual", recipe=recipe) as visit:
        sighting = await visit.session.observe()
        assert sighting is not None
        assert sighting.method == "recipe"
        choice = await visit.session.choose("reject")
        assert await visit.granted() == NOTHING
        assert (choice.method, choice.verified, choice.clicks) == ("recipe", True, 1)
    framed = Recipe(accept=("iframe >>> [data-do=all]",), reject=("iframe >>> [data-do=none]",))
    async with lab.visit(case("framed", "en"), "accept", "virtual", recipe=framed) as visit:
        await visit.session.observe()
        choice = await visit.session.choose("accept")
        assert await visit.granted() == EVERYTHING
        assert (choice.method, choice.verified) == ("recipe", True)


async def test_a_recipe_that_finds_nothing_gives_way(lab: Lab) -> None:
    """A site was redesigned and its recipe is stale: the general method answers."""
    recipe = Recipe(banner="#no-such-banner", reject=("#no-such-button",))
    async with lab.visit(case("bar", "en"), "reject", "virtual", recipe=recipe) as visit:
        await visit.session.observe()
        choice = await visit.session.choose("reject")
        assert (choice.method, choice.verified) == ("heuristic", True)
        assert await visit.granted() == NOTHING
