"""What proves a choice and what speaks against it."""

from __future__ import annotations

import pytest

from scanner.capture.consent.proof import Observed, prove
from scanner.capture.consent.signals.gpp_us import UsSection
from scanner.capture.consent.signals.reading import Signals
from scanner.capture.consent.signals.records import read


def _signals(*, cookie: str | None = None, updates: tuple[dict[str, str], ...] = ()) -> Signals:
    record = read("cookie_consent", cookie) if cookie is not None else None
    commands = tuple({"command": "update", "values": values} for values in updates)
    return Signals(records={"cookie_consent": record} if record is not None else {}, commands=commands)


EMPTY = Signals()


def test_a_refusal_that_is_kept_is_proven() -> None:
    """Gone, gone after the reload, and the record says so."""
    said = _signals(cookie="rejected")
    proof = prove("reject", Observed(EMPTY, said, said, True, True))
    assert proof.proofs == ("banner-gone", "gone-after-reload", "consent-record-changed", "signal-agrees")
    assert proof.contradictions == ()


def test_a_record_of_the_opposite_contradicts() -> None:
    """In both directions."""
    accepted, rejected = _signals(cookie="accepted"), _signals(cookie="rejected")
    assert prove("reject", Observed(EMPTY, accepted, accepted, True, True)).contradictions
    assert prove("accept", Observed(EMPTY, rejected, rejected, True, True)).contradictions


def test_a_record_that_did_not_change_says_nothing() -> None:
    """It may be somebody else's."""
    same = _signals(cookie="accepted")
    assert prove("reject", Observed(same, same, same, True, True)).contradictions == ()


def test_consent_mode_counts_only_from_the_click_on() -> None:
    """A default or an update from before is the page's state, not the choice."""
    granted, denied = {"ad_storage": "granted"}, {"ad_storage": "denied", "analytics_storage": "denied"}
    before = _signals(updates=(granted,))
    refused = _signals(updates=(granted, denied))
    assert prove("reject", Observed(before, refused, EMPTY, True, True)).contradictions == ()
    wrong = _signals(updates=(granted, granted))
    assert prove("reject", Observed(before, wrong, EMPTY, True, True)).contradictions


def test_one_category_alone_is_checked_by_name() -> None:
    """Another category granted besides is a contradiction."""
    right = _signals(cookie='{"analytics":true,"marketing":false}')
    wrong = _signals(cookie='{"analytics":true,"marketing":true}')
    assert "signal-agrees" in prove("category:analytics", Observed(EMPTY, right, right, True, True)).proofs
    assert prove("category:analytics", Observed(EMPTY, wrong, wrong, True, True)).contradictions


def _opted(sale: str, gpc: bool | None = None) -> Signals:
    fields = {"sale_opt_out_notice": "provided", "sale_opt_out": sale, "sharing_opt_out": "not-applicable"}
    return Signals(us={"usca": UsSection("usca", 1, dict(fields), gpc)})


@pytest.mark.parametrize(
    ("wanted", "before", "after", "agrees", "contradicts"),
    [
        ("reject", "not-opted-out", "opted-out", True, False),
        ("reject", "opted-out", "not-opted-out", False, True),
        ("accept", "opted-out", "not-opted-out", True, False),
        ("accept", "not-opted-out", "opted-out", False, True),
        ("withdraw", "not-opted-out", "opted-out", True, False),
        ("reject", "not-opted-out", "not-opted-out", False, False),
        ("reject", None, "opted-out", True, False),
        ("reject", None, "not-opted-out", False, False),
        ("reject", "not-opted-out", "not-applicable", False, False),
        ("category:analytics", "not-opted-out", "opted-out", False, False),
    ],
)
def test_opt_outs_that_the_choice_moved_speak_of_it(
    wanted: str, before: str | None, after: str, *, agrees: bool, contradicts: bool
) -> None:
    """What was never moved, or stands there for the first time as it does for everybody, contradicts nothing."""
    first = _opted(before) if before is not None else EMPTY
    proof = prove(wanted, Observed(first, _opted(after), _opted(after), True, True))
    assert ("signal-agrees" in proof.proofs) == agrees
    assert bool(proof.contradictions) == contradicts
