"""Which consent state an observation belongs to."""

from __future__ import annotations

import pytest

YEAR = "Max-Age=31536000"


def test_what_a_choosing_context_shows_before_its_choice_belongs_to_before(record):
    """`initial` of accept and reject is the time without a choice."""
    scan = record()
    scan.choice("reject")
    scan.request("reject", "https://www.shop.test/", set_cookie=f"early=x; {YEAR}", kind="Document")
    assert scan.cookie("early").states == ("before",)


def test_what_follows_a_made_choice_belongs_to_its_state(record):
    """`chosen` of reject is the state reject."""
    scan = record()
    scan.choice("reject")
    scan.request("reject", "https://www.shop.test/x", set_cookie=f"late=x; {YEAR}", phase="chosen")
    assert scan.cookie("late").states == ("reject",)


def test_a_choice_that_was_made_but_not_verified_still_is_one(record):
    """The click happened; whether it held is for the rules to weigh."""
    scan = record()
    scan.choice("accept", verified=False)
    scan.request("accept", "https://www.shop.test/x", set_cookie="late=x", phase="chosen")
    assert scan.cookie("late").states == ("accept",)
    assert scan.inventory().states["accept"].reached


def test_where_nothing_was_pressed_all_belongs_to_before(record):
    """A banner that was not found leaves the visitor without a choice."""
    scan = record()
    scan.choice("reject", made=None, error="no button")
    scan.request("reject", "https://www.shop.test/x", set_cookie="late=x", phase="chosen")
    inventory = scan.inventory()
    assert inventory.cookies[0].states == ("before",)
    assert not inventory.states["reject"].reached
    assert inventory.states["reject"].choice.error == "no button"
    assert {page.state for page in inventory.pages} == {"before"}


@pytest.mark.parametrize(("context", "made"), [("reject", "ack"), ("reject", "accept"), ("accept", "reject")])
def test_another_answer_than_the_one_wanted_reaches_no_state(record, context, made):
    """Pressing OK is no refusal; what followed is neither `before` nor `reject`."""
    scan = record()
    scan.choice(context, made=made)
    scan.request(context, "https://www.shop.test/x", set_cookie="late=x", phase="chosen")
    inventory = scan.inventory()
    assert inventory.cookies == ()
    assert not inventory.states[context].reached


@pytest.mark.parametrize(("context", "made"), [("accept", "ack"), ("accept", "save"), ("reject", "save")])
def test_other_ways_to_the_same_answer_count(record, context, made):
    """OK accepts where only that is offered; saving with all switched off refuses."""
    scan = record()
    scan.choice(context, made=made)
    scan.request(context, "https://www.shop.test/x", set_cookie="late=x", phase="chosen")
    assert scan.cookie("late").states == (context,)


def test_a_cookie_that_survives_the_refusal_belongs_to_both_states(record, jar_cookie):
    """In the jar before the choice and still there at the end of `reject`."""
    scan = record()
    scan.choice("reject")
    scan.jar("reject", jar_cookie("keeps", "1"))
    scan.jar("reject", jar_cookie("keeps", "1"), phase="chosen")
    assert scan.cookie("keeps").states == ("before", "reject")


def test_a_cookie_that_the_refusal_clears_belongs_to_before_alone(record, jar_cookie):
    """It lay in the jar right after the click, and was gone at the end."""
    scan = record()
    scan.choice("reject")
    scan.jar("reject", jar_cookie("cleared", "1"))
    scan.jar("reject", jar_cookie("cleared", "1"), phase="chosen")
    scan.jar("reject", phase="chosen")
    assert scan.cookie("cleared").states == ("before",)


def test_a_cookie_that_appears_only_after_the_click_needs_no_staying(record, jar_cookie):
    """Set after the choice and gone again: it was there in that state."""
    scan = record()
    scan.choice("accept")
    scan.jar("accept")
    scan.jar("accept", jar_cookie("brief", "1"), phase="chosen")
    scan.jar("accept", phase="chosen")
    assert scan.cookie("brief").states == ("accept",)


def test_storage_follows_the_same_rule(record):
    """A key that survives belongs to both states, one that is cleared to the first."""
    scan = record()
    scan.choice("reject")
    scan.storage("reject", {"stays": "1", "goes": "1"})
    scan.storage("reject", {"stays": "1"}, phase="chosen")
    states = {entry.key: entry.states for entry in scan.inventory().storage}
    assert states == {"stays": ("before", "reject"), "goes": ("before",)}


def test_the_signal_state_of_a_browser_setting_is_its_own(record):
    """`gpc` makes no choice: its initial phase is the state itself."""
    scan = record("before", "gpc")
    scan.request("gpc", "https://www.shop.test/x", set_cookie="late=x")
    assert scan.cookie("late").states == ("gpc",)
    assert scan.inventory().states["gpc"].reached


def test_what_precedes_a_withdrawal_is_not_before(record):
    """A withdrawal follows an acceptance; what was set between belongs to no state."""
    scan = record("before", "withdraw")
    scan.choice("withdraw", made="accept", wanted="accept")
    scan.choice("withdraw", made="withdraw")
    scan.request("withdraw", "https://www.shop.test/a", set_cookie="between=x")
    scan.request("withdraw", "https://www.shop.test/b", set_cookie="after=x", phase="chosen")
    assert {cookie.name: cookie.states for cookie in scan.inventory().cookies} == {"after": ("withdraw",)}


def test_a_category_state_is_named_after_its_category(record):
    """Saving one category's switch leads to its state."""
    scan = record("before", "category:analytics")
    scan.choice("category:analytics", made="save")
    scan.request("category:analytics", "https://www.shop.test/b", set_cookie="after=x", phase="chosen")
    assert scan.cookie("after").states == ("category:analytics",)


def test_banner_buttons_of_both_layers_and_signals_are_read_into_the_state(record):
    """The first layer as loaded, the second as opened; the last signals count."""
    scan = record()
    scan.choice("reject")
    scan.banner("reject", ("accept", 1, "Accept all"), ("settings", 1, "Settings"), cmp="Acme", languages=("en",))
    scan.banner("reject", ("reject", 2, "Only necessary"), moment="settings", preselected=("Statistics",))
    scan.signals("reject", {"usp": "1---"})
    scan.signals("reject", {"usp": "1YYN"}, phase="chosen")
    states = scan.inventory().states
    banner = states["reject"].banner
    assert [(button.action, button.layer) for button in banner.buttons] == [
        ("accept", 1),
        ("settings", 1),
        ("reject", 2),
    ]
    assert (banner.cmp, banner.preselected) == ("Acme", ("Statistics",))
    assert states["reject"].signals == {"usp": "1YYN"}
    assert states["before"].signals == {"usp": "1---"}


def test_a_page_without_banner_says_so(record):
    """`found: false` is an observation."""
    scan = record("before")
    scan.banner("before", found=False)
    assert scan.inventory().states["before"].banner.found is False


def test_errors_gaps_and_a_cut_short_scan_are_problems(record):
    """What could not be seen stands in the inventory."""
    scan = record("before")
    scan.visit("before", "https://www.shop.test/gone", error="net::ERR_TIMED_OUT", error_kind="timeout", status=None)
    scan.gap("storage", "a frame did not answer", context="before")
    scan.finished = None
    inventory = scan.inventory()
    assert {problem.kind for problem in inventory.problems} == {"timeout", "storage", "interrupted"}
    assert inventory.outcome == "failed"


def test_a_cut_short_scan_that_saw_pages_is_partial(record):
    """What was seen is kept."""
    scan = record("before")
    scan.visit("before")
    scan.finished = None
    assert scan.inventory().outcome == "partial"


def test_the_same_evidence_gives_the_same_inventory(record, jar_cookie):
    """Nothing depends on chance, and every list is sorted."""
    scan = record()
    scan.choice("accept")
    for name in ("b", "a", "c"):
        scan.request("before", f"https://{name}.test/i.gif?x=1", set_cookie=f"{name}=1", status=204)
        scan.jar("accept", jar_cookie(name, "1", f"{name}.test"), phase="chosen")
    first, second = scan.inventory(), scan.inventory()
    assert first == second
    assert [cookie.name for cookie in first.cookies] == ["a", "b", "c"]
    assert [host.host for host in first.requests] == ["a.test", "b.test", "c.test"]
