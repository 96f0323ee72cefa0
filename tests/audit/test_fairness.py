"""A site that keeps the law is told so: everything that looks suspicious and is not, alone and all together."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.audit import audit
from scanner.model.declaration import Declaration
from scanner.model.inventory import Inventory

from .builders import (
    AFTER_ACCEPT,
    DAY,
    HOST,
    beacon,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    judged,
    named,
    request,
    row,
    session_cookie,
    states,
    storage,
    without_banner,
)

SESSION = session_cookie()
SECURITY = cookie(
    "__cf_bm", category="necessary", role="bot-detection", consent_exempt="yes", lifetime_seconds=1800.0,
    http_only=True, vendor="Cloudflare", vendor_id="cloudflare",
)  # fmt: skip
BALANCER = cookie("AWSALB", category="necessary", role="load-balancing", consent_exempt="yes", identifier=True)
RECORD = cookie(
    "CookieConsent", category="necessary", role="consent-record", consent_exempt="yes", lifetime_seconds=365.0 * DAY
)
PING = ga_beacon(states=("before", "reject"), identifiers=(), consent_signal="gcs=G100", cookieless=True)
GA = ga_cookie(states=AFTER_ACCEPT, lifetime_seconds=396.0 * DAY, kept_seconds=396.0 * DAY, first_seen=None)
GA_STREAM = ga_cookie(
    "_ga_8X2K9QL1AB", states=AFTER_ACCEPT, lifetime_seconds=390.0 * DAY, kept_seconds=390.0 * DAY, first_seen=None
)
CAPPED = cookie(
    "theme", category="functional", consent_exempt="yes", lifetime_seconds=730.0 * DAY, kept_seconds=400.0 * DAY
)
STATE = storage("basket", category="necessary", role="state", consent_exempt="yes")

ROWS = (
    row("PHPSESSID", category="necessary", purpose="Session", duration="session", duration_text="Session"),
    row("__cf_bm", category="necessary", purpose="Security", duration=1800, duration_text="30 minutes"),
    row("AWSALB", category="necessary", purpose="Load", duration="session", duration_text="Session"),
    row("CookieConsent", category="necessary", purpose="Consent", duration=31536000, duration_text="1 year"),
    row("_ga", category="analytics", purpose="Visits", duration=13 * 30 * DAY, duration_text="13 months"),
    row("_ga_*", category="analytics", purpose="Visits", duration=13 * 30 * DAY, duration_text="13 months"),
    row("theme", category="functional", purpose="Look", duration=400 * DAY, duration_text="400 days"),
    row("basket", category="necessary", purpose="Basket", duration="persistent", duration_text="Persistent"),
    row("checkout_step", category="necessary", purpose="Checkout", duration="session", duration_text="Session"),
)
POLICY = declaration(*ROWS, named("Google"), named("Cloudflare"))


def _above_a_note(seen: Inventory, said: Declaration, profile: str = "eu") -> list[tuple[str, str, str]]:
    found = audit(seen, said, profile=profile).findings
    return [(one.severity, one.rule, one.subject) for one in found if one.severity != "info"]


@pytest.mark.parametrize("profile", ["eu", "uk", "ch", "us-ca"])
def test_a_site_that_keeps_the_law_has_no_finding_above_a_note(profile: str) -> None:
    seen = inventory(
        SESSION, SECURITY, BALANCER, RECORD, PING, GA, GA_STREAM, CAPPED, STATE,
        request("www.google-analytics.com", vendor="Google Analytics", vendor_id="google-analytics",
                category="analytics", states=AFTER_ACCEPT),
    )  # fmt: skip
    assert _above_a_note(seen, POLICY, profile) == []


@pytest.mark.parametrize(
    "thing",
    [SESSION, SECURITY, BALANCER, RECORD, PING, CAPPED, STATE],
    ids=lambda one: getattr(one, "name", getattr(one, "host", getattr(one, "key", "?"))),
)
def test_what_needs_no_consent_accuses_nobody_of_tracking(thing: Any) -> None:
    """Neither with a banner nor without one, neither before a choice nor after a refusal."""
    for consent in (states(), without_banner()):
        seen = inventory(thing, consent=consent)
        for rule in ("tracking-before-consent", "tracking-after-reject", "tracking-without-banner"):
            assert judged(rule, seen, POLICY)[0] == ()


def test_a_declared_cookie_that_a_short_scan_did_not_see_is_a_note() -> None:
    found, _ = judged("declared-not-observed", inventory(SESSION), POLICY)
    assert {one.severity for one in found} <= {"info"}


@pytest.mark.parametrize("name", ["Google", "Google LLC", "Google Ireland Limited", "Google Analytics 4", "Alphabet"])
def test_the_owner_covers_its_products(name: str) -> None:
    seen = inventory(ga_beacon(states=AFTER_ACCEPT))
    found, _ = judged("undeclared-vendor", seen, declaration(*ROWS, named(name)))
    assert [one.severity for one in found if one.severity in ("high", "medium")] == []


def test_another_product_of_an_owner_does_not_cover_advertising_with_certainty() -> None:
    """The other way round only with care: the finding stands, and says that it is only likely."""
    pixel = beacon(
        "ad.doubleclick.net", vendor="Google Ads", vendor_id="google-ads", category="marketing",
        identifiers=("gclid",), states=AFTER_ACCEPT,
    )  # fmt: skip
    found, _ = judged("undeclared-vendor", inventory(pixel), declaration(*ROWS, named("Google Analytics")))
    assert [one.confidence for one in found] == ["likely"]


def test_findings_of_one_cause_are_one_finding() -> None:
    """Two cookies and a hit of one company are three subjects of one finding."""
    seen = inventory(ga_cookie(), ga_cookie("_ga_8X2K9QL1AB"), ga_beacon())
    (found,), _ = judged("tracking-before-consent", seen, POLICY)
    assert len(found.subjects) == 3 and HOST in found.subjects[0]
