"""What changed between two scans: new, gone and changed things, and nothing that only the measuring changed."""

from __future__ import annotations

from typing import Any

from scanner.diff import Difference, compare
from scanner.model.inventory import Cookie
from scanner.model.scan import Scan
from tests.report import samples


def _with(scan: Scan, **changes: Any) -> Scan:
    return scan.model_copy(update=changes)


def _without_cookie(scan: Scan, name: str) -> Scan:
    return _with(scan, cookies=tuple(cookie for cookie in scan.cookies if cookie.name != name))


def _changed_cookie(scan: Scan, wanted: str, /, **changes: Any) -> Scan:
    return _with(
        scan,
        cookies=tuple(one.model_copy(update=changes) if one.name == wanted else one for one in scan.cookies),
    )


SHOP = samples.shop()
FIRST: Cookie = next(cookie for cookie in SHOP.cookies if cookie.blocked is None and len(cookie.states) > 1)


def test_a_scan_does_not_differ_from_itself() -> None:
    found = compare(SHOP, SHOP, old_text=("A. ", "B."), new_text=("A.", "B. "))
    assert found.empty
    assert found.caveats == ()
    assert found.findings.unchanged == len(SHOP.findings)


def test_what_comes_in_one_order_goes_in_the_other() -> None:
    """Comparing backwards swaps new and gone, whatever the scans are."""
    there, back = compare(SHOP, samples.clean()), compare(samples.clean(), SHOP)
    assert there.cookies.new == back.cookies.gone and there.cookies.gone == back.cookies.new
    assert there.vendors.new == back.vendors.gone and there.beacons.gone == back.beacons.new
    assert there.policy.new_cookies == back.policy.gone_cookies


def test_a_new_cookie_is_told_once_with_its_states() -> None:
    found = compare(_without_cookie(SHOP, FIRST.name), SHOP)
    assert [line.name for line in found.cookies.new] == [FIRST.name]
    assert found.cookies.new[0].states == FIRST.states
    assert found.cookies.gone == () and found.cookies.changed == ()


def test_an_identifier_in_a_name_is_no_new_cookie() -> None:
    """`_hjSession_41` of one scan is `_hjSession_9981` of the next."""
    old = _changed_cookie(SHOP, FIRST.name, name="_session_4f2a99b1c0")
    new = _changed_cookie(SHOP, FIRST.name, name="_session_91dd03e7aa")
    assert compare(old, new).cookies.new == compare(old, new).cookies.gone == ()


def test_changes_of_a_cookie_are_named_and_small_ones_left_out() -> None:
    old = _changed_cookie(SHOP, FIRST.name, lifetime_seconds=30.0 * 86400, session=False, states=("accept",))
    near = _changed_cookie(SHOP, FIRST.name, lifetime_seconds=30.4 * 86400, session=False, states=("accept",))
    assert compare(old, near).cookies.changed == ()
    new = _changed_cookie(SHOP, FIRST.name, lifetime_seconds=400.0 * 86400, session=False, states=("accept", "before"))
    (changed,) = compare(old, new).cookies.changed
    assert {change.what: (change.old, change.new) for change in changed.changes} == {
        "lifetime": ("2592000", "34560000"),
        "states": ("accept", "accept, before"),
    }


def test_a_state_that_one_scan_did_not_reach_is_a_caveat_and_no_change() -> None:
    """What only the other scan could see is not called new or gone."""
    cut = _with(SHOP, states={**SHOP.states, "accept": SHOP.states["accept"].model_copy(update={"reached": False})})
    only_accept = [cookie for cookie in SHOP.cookies if cookie.states == ("accept",)]
    old = _with(cut, cookies=tuple(cookie for cookie in SHOP.cookies if cookie not in only_accept))
    found = compare(old, SHOP)
    assert ("state-only-new", "accept") in [(caveat.kind, caveat.state) for caveat in found.caveats]
    assert only_accept and found.cookies.new == ()


def test_a_finding_is_new_gone_or_worse_by_rule_and_subject() -> None:
    worst = SHOP.findings[0]
    milder = _with(SHOP, findings=(worst.model_copy(update={"severity": "low"}), *SHOP.findings[1:]))
    (worse,) = compare(milder, SHOP).findings.new
    assert (worse.finding.rule, worse.was, worse.subjects) == (worst.rule, "low", ())
    lost = compare(SHOP, _with(SHOP, findings=SHOP.findings[1:])).findings.gone
    assert [gone.finding for gone in lost] == [worst]


def test_a_finding_is_not_called_mended_where_its_check_could_not_be_decided() -> None:
    worst = SHOP.findings[0]
    checks = tuple(
        check.model_copy(update={"outcome": "inconclusive" if check.rule == worst.rule else "passed"})
        for check in SHOP.checks
    )
    later = _with(SHOP, findings=(), checks=checks)
    decided = {gone.finding.rule: gone.decided for gone in compare(SHOP, later).findings.gone}
    assert decided[worst.rule] is False


def test_the_policy_is_compared_by_rows_statements_and_sentences() -> None:
    rows = SHOP.declaration.cookies
    longer = rows[0].model_copy(update={"duration": 99, "duration_text": "99 seconds", "quote": "new words"})
    declaration = SHOP.declaration.model_copy(update={"cookies": (longer, *rows[1:-1]), "claims": ()})
    found = compare(
        SHOP, _with(SHOP, declaration=declaration), old_text=("Same.", "Old one."), new_text=("Same.", "New one.")
    ).policy
    assert [row.name for row in found.gone_cookies] == [rows[-1].name]
    assert [(old.name, new.quote) for old, new in found.changed_cookies] == [(rows[0].name, "new words")]
    assert {one.code for one in found.gone_statements} == {claim.code for claim in SHOP.declaration.claims}
    assert (found.new_sentences, found.gone_sentences) == (("New one.",), ("Old one.",))


def test_without_both_texts_no_sentence_is_called_new() -> None:
    found = compare(SHOP, SHOP, new_text=("A sentence.",))
    assert found.policy.new_sentences is None and found.empty


def test_another_site_is_said_so() -> None:
    other = _with(SHOP, target=SHOP.target.model_copy(update={"site": "other.example", "host": "other.example"}))
    assert "other-site" in [caveat.kind for caveat in compare(SHOP, other).caveats]


def test_the_difference_survives_its_own_json() -> None:
    found = compare(SHOP, samples.clean(), old_text=(), new_text=("x",))
    assert Difference.model_validate_json(found.model_dump_json()) == found
