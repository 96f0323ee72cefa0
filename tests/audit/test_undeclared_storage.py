"""undeclared-storage: web storage beside cookies."""

from __future__ import annotations

import pytest

from scanner.model.inventory import Problem

from .builders import NO_POLICY, claim, declaration, inventory, judged, named, row, storage

RULE = "undeclared-storage"
PIXEL = storage("_fbp", category="marketing", vendor="Meta Pixel", vendor_id="meta-pixel", identifier=True)


@pytest.mark.parametrize(
    ("entry", "said", "severity"),
    [
        (PIXEL, (row("a"),), "medium"),
        (PIXEL, (row("a"), named("Facebook")), "low"),
        (storage("uid", identifier=True), (row("a"),), "low"),
        (storage("uid", identifier=True), (claim("local_storage_used"),), "info"),
        (storage("cart", kind="session"), (row("a"),), "info"),
        (storage("theme", category="functional"), (row("a"),), "info"),
    ],
)
def test_the_severity_follows_what_is_known(entry: object, said: tuple[object, ...], severity: str) -> None:
    (finding,), check = judged(RULE, inventory(entry), declaration(*said))
    assert check.outcome == "found"
    assert finding.severity == severity
    assert finding.subject == f"{entry.key}@shop.test"  # type: ignore[attr-defined]
    assert finding.observed == ("/storage/0",)


def test_a_declared_key_or_pattern_passes() -> None:
    seen = inventory(storage("theme"), storage("cart_8231", kind="session"))
    assert judged(RULE, seen, declaration(row("theme"), row("cart_*")))[1].outcome == "passed"


def test_a_key_that_the_sentence_about_storage_names_is_told() -> None:
    said = claim("local_storage_used", "Im lokalen Speicher legen wir unter dem Namen theme ab, was Sie gewählt haben.")
    assert judged(RULE, inventory(storage("theme")), declaration(said))[1].outcome == "passed"
    assert judged(RULE, inventory(storage("theme_x")), declaration(said))[1].outcome == "found"
    assert judged(RULE, inventory(storage("the")), declaration(said))[1].outcome == "found"


def test_without_policy_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(PIXEL), NO_POLICY)[1].outcome == "inconclusive"


def test_storage_that_could_not_be_read_leaves_it_inconclusive() -> None:
    unread = Problem(state="accept", kind="storage", message="a frame did not answer")
    assert judged(RULE, inventory(problems=(unread,)), declaration())[1].outcome == "inconclusive"
