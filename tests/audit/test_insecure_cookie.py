"""insecure-cookie: sessions that could be taken over."""

from __future__ import annotations

import pytest

from scanner.model.inventory import SetBy, Target

from .builders import cookie, ga_cookie, inventory, judged, session_cookie, state

RULE = "insecure-cookie"
HTTP = SetBy(kind="http", url="https://shop.test/")


def test_a_session_without_secure_is_low() -> None:
    (finding,), check = judged(RULE, inventory(session_cookie(secure=False)))
    assert check.outcome == "found"
    assert (finding.severity, finding.subject) == ("low", "PHPSESSID@shop.test")


def test_a_session_that_scripts_can_read_is_information() -> None:
    (finding,), _ = judged(RULE, inventory(session_cookie(http_only=False, set_by=HTTP)))
    assert finding.severity == "info"


@pytest.mark.parametrize(
    "harmless",
    [
        session_cookie(),
        session_cookie(http_only=False, set_by=SetBy(kind="script", url="https://shop.test/app.js")),
        cookie("theme", category="functional", role="preference", secure=False),
        cookie("XSRF-TOKEN", category="necessary", role="csrf", secure=False),
        ga_cookie(secure=False),
    ],
    ids=str,
)
def test_protected_and_other_cookies_pass(harmless: object) -> None:
    assert judged(RULE, inventory(harmless))[1].outcome == "passed"


def test_a_site_without_encryption_is_another_matter() -> None:
    target = Target(url="http://shop.test/", site="shop.test", host="shop.test")
    assert judged(RULE, inventory(session_cookie(secure=False), target=target))[1].outcome == "not-applicable"


def test_without_any_page_it_is_inconclusive() -> None:
    assert judged(RULE, inventory(consent={"before": state(reached=False)}))[1].outcome == "inconclusive"
