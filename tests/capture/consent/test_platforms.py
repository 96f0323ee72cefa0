"""Hosted platforms imitated in markup of our own, odd banners, and look-alikes; the server's log is the judge."""

from __future__ import annotations

import pytest

from scanner.capture.consent.general.flows import NO_REFUSAL, PAY_OR_CONSENT
from scanner.capture.consent.general.withdraw import NO_WAY_BACK
from scanner.capture.consent.session import NO_BANNER
from scanner.model.consent import BannerSeen, SignalsRead
from tests.capture.consent.conftest import Lab
from tests.capture.consent.pages import Case
from tests.capture.consent.staged import (
    LOOK_ALIKES,
    NO_WAYS_BACK,
    PLATFORMS,
    TWO,
    WAYS_BACK,
    WILD,
    Staged,
    platform,
)

pytestmark = pytest.mark.browser

NOTHING: frozenset[str] = frozenset()
_WHY = {"none": NO_REFUSAL, "pay": PAY_OR_CONSENT}


def _first_of_each(pages: tuple[Staged, ...]) -> list[Staged]:
    """One setting of each platform: the last, which is mostly the one without a refusal on its first layer."""
    return list({page.case.name.split("-")[0]: page for page in pages}.values())


async def _accept(lab: Lab, page: Staged) -> None:
    async with lab.visit(page.case, "accept", "virtual") as visit:
        assert await visit.session.observe() is not None
        choice = await visit.session.choose("accept")
        assert await visit.granted() == page.everything, choice.how
        assert choice.verified, choice.error


async def _reject(lab: Lab, page: Staged) -> None:
    async with lab.visit(page.case, "reject", "virtual") as visit:
        assert await visit.session.observe() is not None
        choice = await visit.session.choose("reject")
        if page.refusal is not None:
            assert (choice.made, choice.error) == (None, _WHY[page.refusal])
            assert not visit.site.chosen[visit.run]
            return
        assert await visit.granted() == NOTHING, (choice.how, choice.error, choice.steps)
        assert choice.verified, choice.error


@pytest.mark.parametrize("page", PLATFORMS[::4], ids=lambda page: page.case.name)
async def test_platforms_are_accepted(lab: Lab, page: Staged) -> None:
    """One press is the same everywhere, so a quarter of the settings stands for all; the measurement runs them all."""
    await _accept(lab, page)


@pytest.mark.parametrize("page", _first_of_each(PLATFORMS), ids=lambda page: page.case.name)
async def test_every_platform_is_refused(lab: Lab, page: Staged) -> None:
    """Toggles, rows, levels, frames, shadow roots: nothing but what is necessary is granted, and that is proven."""
    await _reject(lab, page)


@pytest.mark.parametrize("page", WILD, ids=lambda page: page.case.name)
async def test_odd_banners_are_refused(lab: Lab, page: Staged) -> None:
    """Levels, radio buttons, forbidding switches, pages of vendors, icons, covered and moving banners."""
    await _reject(lab, page)


@pytest.mark.parametrize(
    "page",
    [p for p in WILD if p.case.name in ("wild-range-slider", "wild-tick-and-cross", "wild-do-not-sell-toggle")],
    ids=lambda page: page.case.name,
)
async def test_odd_banners_are_accepted(lab: Lab, page: Staged) -> None:
    """Where granting takes more than one press."""
    await _accept(lab, page)


@pytest.mark.parametrize("case", LOOK_ALIKES, ids=lambda case: case.name)
async def test_look_alikes_are_left_alone(lab: Lab, case: Case) -> None:
    """Carts, recipes, calls, merge requests, terms: not one click."""
    async with lab.visit(case, "reject", "virtual") as visit:
        assert await visit.session.observe() is None
        for wanted in ("accept", "reject"):
            choice = await visit.session.choose(wanted)
            assert (choice.made, choice.error) == (None, NO_BANNER)
        await visit.page.evaluate("() => fetch('/').then(r => r.status)")
        assert visit.site.clicked[visit.run] == []


@pytest.mark.parametrize("page", WAYS_BACK, ids=lambda page: page.case.name)
async def test_consent_is_taken_back(lab: Lab, page: Staged) -> None:
    """By a floating button, a link in the footer, a page about cookies, or the platform's own call, told apart."""
    async with lab.visit(page.case, "withdraw", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("withdraw")
        assert choice.made == "withdraw", (choice.error, choice.steps)
        assert visit.site.chosen[visit.run][-1] == NOTHING
        assert choice.verified, choice.error
        assert choice.via_api == page.by_interface


@pytest.mark.parametrize("page", NO_WAYS_BACK, ids=lambda page: page.case.name)
async def test_a_page_that_keeps_no_way_back_is_said_to_have_none(lab: Lab, page: Staged) -> None:
    """Consent was given and stands: nothing else is claimed."""
    async with lab.visit(page.case, "withdraw", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("withdraw")
        assert (choice.made, choice.verified) == (None, False)
        assert (choice.error or "").startswith(NO_WAY_BACK)
        assert visit.site.chosen[visit.run] == [page.everything]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("radio-yes-no", ("Audience measurement Yes No", "Personalised advertising Yes No")),
        ("do-not-sell-toggle", ("Analytics cookies",)),
        ("radio-unset-de", ()),
    ],
)
async def test_what_stands_on_beforehand_is_written_down(lab: Lab, name: str, expected: tuple[str, ...]) -> None:
    """Switches and radio buttons that grant; one that forbids, or that nobody has set, grants nothing."""
    page = next(page for page in WILD if page.case.name == f"wild-{name}")
    async with lab.visit(page.case, "reject", "virtual") as visit:
        await visit.session.observe()
        await visit.session.choose("reject")
        assert {text for shown in visit.of(BannerSeen) for text in shown.preselected} == set(expected)


@pytest.mark.parametrize(
    "page",
    [
        platform("onetrust", "on=1", "de"),
        platform("usercentrics", "reject=0&on=1", "nl"),
        platform("didomi", "", "en"),
        platform("complianz", "reject=0&on=1", "fr"),
        platform("commanders-act", "", "en"),
        platform("axeptio", "noreject=1&on=1", "en"),
    ],
    ids=lambda page: page.case.name,
)
async def test_one_category_alone_is_allowed_on_platforms(lab: Lab, page: Staged) -> None:
    """Switches, rows of "agree" and "disagree", radio buttons and a stepper, each left on for marketing alone."""
    async with lab.visit(page.case, "category:marketing", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("category:marketing")
        assert await visit.granted() == frozenset({"marketing"}), (choice.error, choice.steps)
        assert choice.made == "save"


async def test_what_a_platform_signals_is_read_bit_for_bit(lab: Lab) -> None:
    """The TC string, its disclosed vendors and the platform's own records, as the page set them."""
    async with lab.visit(platform("didomi", "no=button").case, "accept", "virtual") as visit:
        await visit.session.observe()
        await visit.session.choose("accept")
        values = visit.of(SignalsRead)[-1].values
        kept = {c["name"]: c["value"] for c in await visit.page.context.cookies()}
        assert values["tcf"]["data"]["tcString"] == kept["euconsent-v2"]
        decoded = values["tcf"]["decoded"]
        assert decoded["purposes"] == [1, 4, 8]
        assert (decoded["vendors"], decoded["disclosed_vendors"]) == ([1, 2, 755], [1, 2, 755])
        assert values["cmp_cookie"]["didomi_token"]["granted"] == ["ads", "audience", "cookies"]


async def test_opt_outs_of_the_us_are_read_bit_for_bit(lab: Lab) -> None:
    """California's section of the GPP string before and after a refusal, which it proves."""
    page = next(page for page in WILD if page.case.name == "wild-us-sell-or-share")
    async with lab.visit(page.case, "reject", "virtual") as visit:
        await visit.session.observe()
        choice = await visit.session.choose("reject")
        read = [signals.values["gpp"]["us"]["usca"] for signals in visit.of(SignalsRead)]
        assert [one["sale_opt_out"] for one in read] == ["not-opted-out", "opted-out", "opted-out"]
        assert [one["sharing_opt_out"] for one in read] == ["not-opted-out", "opted-out", "opted-out"]
        assert (read[-1]["sale_opt_out_notice"], read[-1]["gpc"]) == ("provided", False)
        assert read[-1]["mspa_covered_transaction"] == "no"
        assert "signal-agrees" in choice.proofs
        assert choice.verified


async def test_how_a_banner_stands_is_measured(lab: Lab) -> None:
    """A wall in a frame of another site: buttons in the page's own measure, the page blocked behind it."""
    async with lab.visit(platform("sourcepoint", "reject=1", "de").case, "reject", "virtual") as visit:
        sighting = await visit.session.observe()
        assert sighting is not None
        [shown] = [s for s in visit.of(type(visit.records[0])) if s.kind == "banner"]
        assert shown.stance is not None
        assert (shown.stance.behind, shown.stance.language) == ("blocked", "de")
        frame = await visit.page.locator("iframe").bounding_box()
        assert frame is not None
        for button in shown.buttons:
            assert button.rect is not None
            inside = frame["x"] <= button.rect[0] <= frame["x"] + frame["width"]
            assert inside and frame["y"] <= button.rect[1] <= frame["y"] + frame["height"]
    async with lab.visit(platform("hubspot", "reject=1", "ja").case, "reject", "virtual") as visit:
        await visit.session.observe()
        [shown] = [s for s in visit.of(type(visit.records[0])) if s.kind == "banner"]
        assert shown.stance is not None
        assert (shown.stance.position, shown.stance.behind) == ("bottom", "usable")


def test_the_set_covers_what_it_says() -> None:
    """Every page of the folder is in the set, and everything is granted by names that the pages use."""
    assert len({page.case.name for page in PLATFORMS}) == len(PLATFORMS)
    assert all(page.everything for page in (*PLATFORMS, *WILD))
    assert frozenset().union(*(page.everything for page in PLATFORMS)) >= TWO
