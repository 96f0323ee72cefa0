"""A site that keeps the law is told so: everything that looks suspicious and is not, alone and all together."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.audit import audit
from scanner.classify import load_catalogue
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
    matomo_cookie,
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
    assert [one.severity for one in found] == ["info"]
    assert "checkout_step" in found[0].subjects and "_ga_*" in found[0].subjects


def _kept(days: float, **fields: object) -> Inventory:
    """Google's visitor cookie that asks for so many days, of which the browser keeps 400 at most."""
    given = {"lifetime_seconds": days * DAY, "kept_seconds": min(days, 400.0) * DAY, "states": AFTER_ACCEPT}
    return inventory(ga_cookie(**(given | fields)))


def _lifetime(seen: Inventory, duration: int, words: str) -> list[str]:
    said = declaration(row("_ga", category="analytics", purpose="Visits", duration=duration, duration_text=words))
    return [one.severity for one in judged("lifetime-mismatch", seen, said)[0]]


@pytest.mark.parametrize("days", [390.0, 393.0, 395.25, 396.0])
@pytest.mark.parametrize("declared", [390, 395, 396])
def test_thirteen_months_are_any_of_their_lengths(days: float, declared: int) -> None:
    """However a policy's reader counts months, and however a script does."""
    assert _lifetime(_kept(days), declared * DAY, "13 months") == []
    assert _lifetime(_kept(days * 2), declared * DAY, "13 months") == ["medium"]


@pytest.mark.parametrize(("declared", "words"), [(730 * DAY, "2 years"), (400 * DAY, "400 days")])
def test_what_the_browser_cuts_to_400_days_is_no_wrong_lifetime(declared: int, words: str) -> None:
    """The policy may say what the site asks for, or what is left of it; it may not say something else."""
    assert _lifetime(_kept(730.0), declared, words) == []
    assert _lifetime(_kept(730.0), 180 * DAY, "6 months") == ["medium"]


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("_ga_*", "_ga_8X2K9QL1AB"),
        ("_ga_<container-id>", "_ga_8X2K9QL1AB"),
        ("_hjSession_<id>", "_hjSession_2874512"),
        ("_hjSession_{site_id}", "_hjSession_2874512"),
        ("_gat_gtag_UA_*", "_gat_gtag_UA_1234567_1"),
    ],
)
def test_a_cookie_declared_by_pattern_is_declared(declared: str, name: str) -> None:
    seen = inventory(ga_cookie(name, states=AFTER_ACCEPT))
    assert judged("undeclared-cookie", seen, declaration(row(declared)))[0] == ()
    other = inventory(ga_cookie("_gcl_au", states=AFTER_ACCEPT))
    assert [one.subject for one in judged("undeclared-cookie", other, declaration(row(declared)))[0]] == [
        "_gcl_au@shop.test"
    ]


@pytest.mark.parametrize("signal", ["gcs=G100", "G100", "gcs=G100; gcd=13q3q3q3q5l1"])
def test_a_cookieless_ping_of_consent_mode_is_no_cookie(signal: str) -> None:
    """`gcs=G100` says that neither statistics nor advertising was agreed to; `G111` with an identifier is a hit."""
    ping = ga_beacon(states=("before", "reject"), consent_signal=signal, cookieless=True)
    hit = ga_beacon(states=("before", "reject"), consent_signal="gcs=G111")
    for rule in ("tracking-before-consent", "tracking-after-reject"):
        assert judged(rule, inventory(ping), POLICY)[0] == ()
        assert [one.severity for one in judged(rule, inventory(hit), POLICY)[0]] == ["high"]


def test_exempt_audience_measurement_is_told_with_its_conditions_before_and_after_a_choice() -> None:
    """As a note that asks for a check, never as a fault; the conditions stand in it."""
    for rule, state in (("tracking-before-consent", "before"), ("tracking-after-reject", "reject")):
        (found,), _ = judged(rule, inventory(matomo_cookie(states=(state,))), POLICY)
        assert (found.severity, found.confidence) == ("info", "check")
        assert "Only for statistics of this site alone." in found.detail
        assert "France and Italy" in found.detail


@pytest.mark.parametrize(
    "name", ["AWSALB", "AWSALBCORS", "AWSELB", "ARRAffinity", "ARRAffinitySameSite", "BIGipServerpool"]
)
def test_a_load_balancer_on_the_site_s_own_domain_follows_nobody(name: str) -> None:
    """What the catalogue makes of it and what the rules make of that: neither before a choice nor after a refusal."""
    known = load_catalogue().cookie(name, HOST)
    assert known is not None and known.role == "load-balancing"
    balancer = cookie(
        name, category=known.category, role=known.role, consent_exempt=known.consent_exempt, identifier=True,
        vendor=known.vendor.name, vendor_id=known.vendor.id,
    )  # fmt: skip
    for consent in (states(), without_banner()):
        found = audit(inventory(balancer, consent=consent), POLICY).findings
        assert [one.rule for one in found if one.severity in ("high", "medium")] == []


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
